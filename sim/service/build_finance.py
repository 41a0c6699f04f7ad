"""Building the finance of a service from its sentences (YAML) and its numbers (a table with price years)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from .calendar import Calendar
from .commissioning import ANY, LEVELS, day_of, is_for, name_faults, paying_bodies, read_commissioning, shares_fault
from .deflator import read_deflators
from .estimates import read_estimates, set_estimates
from .fault import Fault, InputError, is_number, nearest_spelling, refuse, settings
from .finance import (
    BASES,
    BUDGETS,
    HARMONISING,
    PAYMENTS,
    RISK_RULES,
    Budgets,
    Finance,
    PassThrough,
    Payment,
    PaymentChange,
    ProviderBook,
    RiskShare,
)
from .parameter_table import stand_in
from .service import Parameter, Service
from .source import Source, table_of_numbers
from .tables import NOTE, TEXT, Column, read_table

_KNOWN = (
    "name",
    "table",
    "parameters",
    "deflators",
    "price_year",
    "cost_price_year",
    "horizon_years",
    "payment",
    "payment_changes",
    "rebase",
    "harmonise",
    "harmonise_at",
    "price_spread",
    "pass_through",
    "budgets",
    "risk_share",
    "providers",
)
_TRAVEL = ("visits_per_bed_day", "ambulance_return_ratio", "ambulance_share", "fetching_trips")
"""Rows of the table of travel burden that are used here too."""
_SHARES = (
    *("optimism_bias", "share_of_beds_built", "ambulance_share", "variable_share", "device_rebate", "stranded_support", "savings_delivery"),
    *(f"stranded_share_year_{year}" for year in (1, 2, 3)),
)
_MAY_FALL = ("cost_growth", "device_growth", "device_shock", "budget_growth")
MOST_YEARS = 30
"""The discount rate of the Green Book holds for so many years."""


def build_finance(given: object, commissioning: object, service: Service, calendar: Calendar) -> Finance | None:
    """The finance of a service.

    Parameters
    ----------
    given
        The contents of ``configs/finance/*.yaml``; None, or one whose name is ``none``, for no money at all.
    commissioning
        The contents of ``configs/commissioning/*.yaml``.
    service
        The baseline.
    calendar
        Starts on the first day costed; dates are turned into days from it.

    Returns
    -------
    None where nothing is to be counted, or the service has no costs.

    Raises
    ------
    InputError
        With every fault of the sentences, of the tables they name, or of the service's market forces factors.
    """
    given = settings(given, "finance", known=_KNOWN)
    if given.get("name", "none") == "none" or service.costs is None:
        return None
    deflators = read_deflators(given.get("deflators") or "deflators")
    parameters, years = read_numbers(given.get("table") or "finance")
    # Numbers of the region's own are in pounds of the price year asked for, as those set by the user are.
    parameters = stand_in(parameters, service.region.numbers, service.region.numbers_at)
    years = {name: year for name, year in years.items() if name not in service.region.numbers}
    travel = service.burden.estimate if service.burden else read_estimates("burden", _TRAVEL, "finance")
    parameters |= {name: travel[name] for name in _TRAVEL}
    parameters = set_estimates(parameters, given.get("parameters"), "finance parameters")
    price_year, cost_year = (str(given.get(key) or "2024/25") for key in ("price_year", "cost_price_year"))
    refuse(deflators.faults((price_year, cost_year, *years.values())), of="finance")
    parameters = {name: _dated(each, years.get(name, price_year), price_year) for name, each in parameters.items()}
    numbers = _numbers(parameters, deflators, price_year)
    reader = _Reader(given, service, calendar, numbers)
    made = dict(
        horizon_years=reader.horizon(),
        pass_through=reader.pass_through(),
        payment=reader.payment(),
        budgets=reader.budgets(deflators, price_year),
        risk_share=reader.risk_share(),
        providers=reader.providers(),
    )
    who = reader.attempt(lambda: read_commissioning(commissioning, service, calendar))
    refuse([*reader.faults, *market_forces_faults(service)], of="finance" if reader.faults else "")
    finance = Finance(
        name=str(given["name"]),
        price_year=price_year,
        cost_price_year=cost_year,
        cost_uplift=deflators.factor(cost_year, price_year),
        parameters=parameters,
        number=numbers,
        commissioning=who,
        **made,
    )
    refuse(_body_faults(finance, service), of="finance")
    return finance


def read_numbers(name: str) -> tuple[dict[str, Parameter], dict[str, str]]:
    """The table of numbers by name, and the price year of those in pounds."""
    path = table_of_numbers(name, "finance")
    columns = {
        "name": Column(is_unique=True),
        "value": Column(float),
        "low": Column(float, blank=np.nan),
        "high": Column(float, blank=np.nan),
        "unit": TEXT,
        "price_year": NOTE,
        "source": TEXT,
        "confidence": Column(known=("high", "medium", "low"), known_from="high, medium, low"),
        "basis": Column(
            known=("seen", "derived", "memory", "assumption", "user"), known_from="where numbers come from"
        ),
        "note": NOTE,
    }
    table = read_table(path, columns)
    made, years, faults = {}, {}, []
    for row in range(len(table["name"])):
        cells = {column: values[row].item() for column, values in table.items()}
        year, name = cells.pop("price_year"), cells["name"]
        ends = {end: None if cells[end] != cells[end] else cells[end] for end in ("low", "high")}
        made[name] = Parameter(**{**cells, **ends})
        if cells["unit"].startswith("GBP") != bool(year):
            rule = f"{name}: a number in GBP needs a price_year, and no other has one"
            faults.append(table.fault(row, rule, year, column="price_year"))
        if year:
            years[name] = year
    refuse(faults)
    return made, years


def _dated(number: Parameter, year: str, price_year: str) -> Parameter:
    """A number with the year of its pounds: what a user sets is in pounds of the price year asked for."""
    if not number.unit.startswith("GBP"):
        return number
    return replace(number, price_year=price_year if number.basis == "user" else year)


def _numbers(parameters: Mapping[str, Parameter], deflators, price_year: str) -> dict[str, float]:
    faults = [
        Fault(f"{name} must be 0 or more", each.value, f"set finance.parameters.{name}, 0 for none")
        for name, each in parameters.items()
        if name not in _MAY_FALL and each.value < 0
    ]
    faults += [
        Fault(f"{name} is a share from 0 to 1", parameters[name].value, f"set finance.parameters.{name}, as 0.25 for a quarter")
        for name in _SHARES
        if name in parameters and parameters[name].value > 1
    ]
    faults += [Fault(f"{n} must be above -1", parameters[n].value) for n in _MAY_FALL if parameters[n].value <= -1]
    for name in ("bed_step", "asset_life", "ambulance_job"):
        faults += [Fault(f"{name} must be above 0", parameters[name].value)] if parameters[name].value <= 0 else []
    refuse(faults, of="finance parameters")
    return {
        name: float(each.value) * (deflators.factor(each.price_year, price_year) if each.price_year else 1.0)
        for name, each in parameters.items()
    }


class _Reader:
    """Reads the sentences, keeping every fault until all can be told together."""

    def __init__(self, given: Mapping, service: Service, calendar: Calendar, numbers: Mapping[str, float]):
        self.given, self.service, self.calendar, self.numbers = given, service, calendar, numbers
        self.faults: list[Fault | str] = []

    def attempt(self, read):
        """What a reader gives; None, with its faults kept, where it refuses."""
        try:
            return read()
        except InputError as error:
            self.faults.append(str(error))
            return None

    def day(self, at: object, of: str) -> float:
        return self.attempt(lambda: day_of(at, self.calendar, of)) or 0.0

    def amount(self, value: object, of: str, least: float = 0.0, most: float = math.inf) -> float:
        """A number, or the name of one in the table."""
        value = self.numbers.get(value, value) if isinstance(value, str) else value
        if is_number(value, least, most):
            return float(value)
        limits = f"{least:g} or more" if most == math.inf else f"from {least:g} to {most:g}"
        close = nearest_spelling(value, self.numbers)[2:] if isinstance(value, str) else ""
        self.faults.append(Fault(f"{of} must be a number, {limits}, or the name of one in the table", value, close))
        return 0.0

    def word(self, value: object, known: tuple[str, ...], of: str) -> str:
        if value in known:
            return str(value)
        self.faults.append(Fault(f"{of} is one of {', '.join(known)}", value, nearest_spelling(value, known)[2:]))
        return known[0]

    def horizon(self) -> int:
        years = self.given.get("horizon_years", 10)
        if isinstance(years, int) and is_number(years, 1, MOST_YEARS):
            return years
        self.faults.append(Fault(f"horizon_years is a whole number from 1 to {MOST_YEARS}", years))
        return 1

    def pass_through(self) -> tuple[PassThrough, ...]:
        lines = self.attempt(lambda: settings(self.given.get("pass_through"), "finance pass_through")) or {}
        lines = {name: given for name, given in lines.items() if given is not None and is_for(given, self.service)}
        made = (self.attempt(lambda n=n, g=g: self._pass_through(n, g)) for n, g in lines.items())
        return tuple(each for each in made if each)

    def _pass_through(self, name: str, given: object) -> PassThrough:
        of = f"finance pass_through {name}"
        known = ("service", "line", "counts", "list_price", "rebate", "growth", "shock", "shock_at", "is_in_cost")
        given = settings(given, of, ("line", "counts", "list_price"), known)
        labels = sorted({stage.counts for group in self.service.groups for stage in group.stages} - {""})
        if given["counts"] not in labels:
            cure = f"known: {', '.join(labels)}" if labels else f"leave it out: finance.pass_through.{name}=null"
            self.faults.append(Fault(f"{of}: counts names no label of a stage", given["counts"], cure))
        is_in_cost = given.get("is_in_cost", False)
        if not isinstance(is_in_cost, bool):
            self.faults.append(Fault(f"{of}: is_in_cost is true or false", is_in_cost))
        made = PassThrough(
            name=name,
            line=self.word(given["line"], ("device", "drug"), f"{of} line"),
            counts=str(given["counts"]),
            list_price=self.amount(given["list_price"], f"{of} list_price"),
            rebate=self.amount(given.get("rebate", 0), f"{of} rebate", most=1),
            growth=self.amount(given.get("growth", 0), f"{of} growth", least=-0.99),
            shock=self.amount(given.get("shock", 0), f"{of} shock", least=-1),
            shock_at=self.day(given.get("shock_at", 0), f"{of} shock_at"),
            is_in_cost=is_in_cost is True,
        )
        return made

    def payment(self) -> Payment:
        first = PaymentChange(
            0.0, ANY, ANY, self.word(self.given.get("payment", "aligned"), PAYMENTS, "finance payment")
        )
        later = self.given.get("payment_changes") or []
        if not isinstance(later, (list, tuple)):
            self.faults.append(Fault("finance payment_changes is a list of rows", later, "as [{at: 2028-04-01, payment: block}]"))
            later = []
        rebase = self.given.get("rebase")
        rebase = [] if rebase is None else rebase if isinstance(rebase, (list, tuple)) else [rebase]
        harmonise = self.word(self.given.get("harmonise") or "none", HARMONISING, "finance harmonise")
        harmonise_at = self.day(self.given.get("harmonise_at") or 0, "finance harmonise_at")
        days = {self.day(at, "finance rebase") for at in rebase} | ({harmonise_at} if harmonise != "none" else set())
        return Payment(
            changes=(first, *(self._payment_change(n, lines) for n, lines in enumerate(later, start=1))),
            rebase=tuple(sorted(days)),
            harmonise=harmonise,
            harmonise_at=harmonise_at,
            price_spread=self.amount(self.given.get("price_spread") or 0, "finance price_spread", most=2),
        )

    def _payment_change(self, number: int, lines: object) -> PaymentChange:
        of = f"finance payment_changes row {number}"
        given = self.attempt(lambda: settings(lines, of, ("payment",), ("at", "group", "stage", "payment"))) or {}
        group, stage = str(given.get("group", ANY)), str(given.get("stage", ANY))
        self.faults += name_faults(self.service, group, stage)
        how = self.word(given.get("payment", "aligned"), PAYMENTS, f"{of} payment")
        return PaymentChange(self.day(given.get("at", 0), of), group, stage, how)

    def budgets(self, deflators, price_year: str) -> Budgets:
        known = ("by", "basis", "pooling", "table", "table_price_year")
        given = self.attempt(lambda: settings(self.given.get("budgets"), "finance budgets", known=known)) or {}
        year = str(given.get("table_price_year") or price_year)
        table = None
        path = given.get("table") or self.service.region.own.get("budgets")
        if path:
            table = self.attempt(lambda: read_budgets(path, deflators.factor(year, price_year)))
        return Budgets(
            by=self.word(given.get("by", "history"), BUDGETS, "finance budgets by"),
            basis=self.word(given.get("basis", "resident"), BASES, "finance budgets basis"),
            pooling=self._level(given.get("pooling"), "finance budgets pooling"),
            given=table,
        )

    def risk_share(self) -> RiskShare:
        known = ("rule", "share", "limit", "among", "shares", "start", "end", "taper_years")
        of = "finance risk_share"
        given = self.attempt(lambda: settings(self.given.get("risk_share"), of, known=known)) or {}
        shares = given.get("shares")
        if shares is not None:
            shares = self.attempt(lambda: settings(shares, f"{of} shares")) or {}
            bad = [
                Fault(f"{of} shares: {name} is a share from 0 to 1", v)
                for name, v in shares.items()
                if not is_number(v, 0, 1)
            ]
            if not bad and abs(sum(shares.values()) - 1) > 1e-9:
                bad.append(shares_fault(f"{of} shares must sum to 1", shares))
            self.faults += bad
        return RiskShare(
            rule=self.word(given.get("rule") or "none", RISK_RULES, f"{of} rule"),
            share=self.amount(given.get("share", 1), f"{of} share", most=1),
            limit=self.amount(given.get("limit", 0), f"{of} limit"),
            among=self._level(given.get("among"), f"{of} among"),
            shares=shares,
            start=self.day(given.get("start") or 0, f"{of} start"),
            end=math.inf if given.get("end") is None else self.day(given["end"], f"{of} end"),
            taper_years=self.amount(given.get("taper_years", 0), f"{of} taper_years"),
        )

    def _level(self, given: object, of: str) -> str:
        """A column of bodies; empty for ``none`` and ``all``."""
        if given in (None, "none", "all"):
            return ""
        known = paying_bodies(self.service)
        if given not in known:
            self.faults.append(Fault(f"{of} is no level of bodies", given, "known: " + ", ".join(["none", *known])))
        return str(given)

    def providers(self) -> dict[str, ProviderBook]:
        path = self.given.get("providers") or self.service.region.own.get("providers")
        if not path:
            return {}
        known = sorted(set(self.service.units.provider.tolist()))
        return self.attempt(lambda: read_providers(path, known)) or {}


_AMOUNT = Column(float, blank=np.nan, is_required=False, unit="GBP a year")
PROVIDER_COLUMNS = {
    "provider": Column(is_unique=True, meaning="the trust's code, as in the units table", example="RAA"),
    "control_total_gbp": replace(_AMOUNT, meaning="the margin that was set for it; blank where not known"),
    "total_income_gbp": replace(_AMOUNT, least=0, meaning="from all services"),
    "plan_income_gbp": replace(_AMOUNT, least=0, meaning="that its plan assumes from this service"),
    "price_ratio": replace(_AMOUNT, least=0, unit="ratio", meaning="its own price over the national one, market forces apart"),
}
"""The columns of a table of trusts."""

BUDGET_COLUMNS = {
    "level": Column(known=LEVELS, meaning=", ".join(LEVELS), example="icb"),
    "body": Column(meaning="its name, as in the areas table"),
    "budget_gbp": Column(float, least=0, unit="GBP a year", meaning="what it has to spend on this service"),
}
"""The columns of a table of budgets."""


def read_providers(path: Source | str, known: list[str]) -> dict[str, ProviderBook]:
    """What a user says of trusts: ``provider``, and any of the amounts of `ProviderBook`; blank stays blank."""
    columns = {**PROVIDER_COLUMNS, "provider": replace(PROVIDER_COLUMNS["provider"], known=known, known_from="the units table")}
    table = read_table(_source(path), columns)
    names = {column: column.removesuffix("_gbp") for column in table if column != "provider"}
    return {
        str(provider): ProviderBook(**{name: float(table[column][row]) for column, name in names.items()})
        for row, provider in enumerate(table["provider"])
    }


def _source(given: Source | object) -> Source:
    """A table of the region's, or the path of one as a config gives it."""
    return given if isinstance(given, Source) else Source.of(str(given))


def read_budgets(path: Source | str, factor: float) -> dict[tuple[str, str], float]:
    """Budgets of a user: ``level`` (icb ...), ``body``, ``budget_gbp`` a year.

    Parameters
    ----------
    path
        A CSV file.
    factor
        What a pound of the table is in the price year.
    """
    table = read_table(_source(path), BUDGET_COLUMNS)
    keys = list(zip(table["level"].tolist(), table["body"].tolist()))
    twice = sorted({key for key in keys if keys.count(key) > 1})
    refuse([Fault("a budget is given twice", key, file=table.name) for key in twice])
    return dict(zip(keys, (table["budget_gbp"] * factor).tolist()))


def market_forces_faults(service: Service) -> list[Fault]:
    """Providers whose market forces factor is blank or nothing, where the units table has the column."""
    factor = service.units.attribute.get("market_forces_factor")
    if factor is None:
        return []
    bad = ~(np.asarray(factor, dtype=float) > 0)
    return [
        Fault(
            f"provider {provider} has no market forces factor",
            cure=f"give market_forces_factor for its units ({', '.join(service.units.id[bad & (service.units.provider == provider)])})"
            ", or count no money: finance=none",
        )
        for provider in sorted(set(service.units.provider[bad].tolist()))
    ]


def _body_faults(finance: Finance, service: Service) -> list[Fault]:
    """Budgets that do not cover every area, and parties to a risk share that nobody is."""
    faults = []
    paying = {level for payer in finance.commissioning.payers for level in payer.shares if payer.shares[level] > 0}
    bodies = {level: bodies_of(finance, service, level) for level in paying}
    if finance.budgets.given is not None:
        for level, names in sorted(bodies.items()):
            lacking = [name for name in names if (level, name) not in finance.budgets.given]
            if lacking:
                faults.append(
                    Fault(
                        f"budgets do not cover every area: no {level} budget for {', '.join(lacking)}",
                        cure="add a row for each to the table of budgets",
                    )
                )
    if finance.risk_share.shares is not None:
        known = sorted({name for names in bodies.values() for name in names})
        faults += [
            Fault(f"risk_share shares name an unknown commissioner {name!r}" + nearest_spelling(name, known))
            for name in finance.risk_share.shares
            if name not in known
        ]
    return faults


def bodies_of(finance: Finance, service: Service, level: str) -> list[str]:
    """The names of the bodies of a level: of areas, and on the host basis of sites too."""
    column = finance.commissioning.bodies[level]
    if level == "national":
        return ["the nation"]
    if not column:
        return [service.region.name]
    names = set(service.areas.body[column].tolist())
    if finance.budgets.basis == "host":
        names |= set(service.sites.body.get(column, np.array([], dtype=str)).tolist())
    return sorted(names)
