"""Building a service from its sentences (YAML) and its numbers (the table of parameters).

Where a pathway wants a number it may name a row of the table, or several whose product is meant; so every number that is used
carries its unit, source and confidence with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from .benefit import read_benefit
from .build_finance import read_numbers
from .burden import read_burden
from .calendar import Calendar
from .costs import read_costs
from .demand import Demand
from .distribution import Distribution
from .fault import Fault, InputError, is_number, nearest_spelling, refuse, settings, words
from .hours import read_hours
from .parameter_table import read_parameters, stand_in, unknown_numbers
from .pathway import REST, Group
from .places import Region
from .rate import with_demand
from .seasons import with_seasons
from .service import Parameter, Service, Standard, WeeklyHours
from .slots import read_slot_rules
from .staffing import read_staffing

_LAWFUL = ("stay", "stay_same_bed", "transfer", "leaving", "gives_up_after", "first_contact")


def set_parameters(table: dict[str, Parameter], given: Mapping[str, object]) -> dict[str, Parameter]:
    """The table with some values set by the user, who then is their source."""
    faults, made = [], dict(table)
    for name, value in given.items():
        if name not in table:
            faults.append(Fault(f"unknown parameter {name!r}" + nearest_spelling(name, table)))
        elif value is not None:
            try:
                made[name] = replace(
                    table[name], value=_set(table[name].value, value), source="set by the user", basis="user"
                )
            except InputError as error:
                faults.append(Fault(f"parameter {name}: {error}"))
    refuse(faults)
    return made


def _set(old: object, given: object) -> object:
    if not isinstance(old, Distribution):
        refuse([] if is_number(given) else [Fault("a number is needed", given)])
        return float(given)
    if isinstance(given, Mapping):
        return Distribution.read({"law": old.law, **given})
    return Distribution.read(given)


def multiplied(table: dict[str, Parameter], given: Mapping[str, object]) -> dict[str, Parameter]:
    """The table with some numbers, or the durations of some laws, so many times as large: what an uncertainty analysis varies.

    Parameters
    ----------
    table
        By name.
    given
        Factors by name, 0 or more.
    """
    faults, made = [], dict(table)
    for name, factor in given.items():
        if name not in table:
            faults.append(Fault(f"unknown parameter {name!r} in factors" + nearest_spelling(name, table)))
        elif not is_number(factor, 0):
            faults.append(Fault(f"the factor of {name} must be a number, 0 or more", factor))
        elif factor != 1:
            old = table[name]
            value = old.value.times(factor) if isinstance(old.value, Distribution) else old.value * factor
            made[name] = replace(old, value=value, source=f"{factor:g} times: {old.source}", low=None, high=None)
    refuse(faults)
    return made


class _Numbers:
    """Turns names of parameters into their values, remembering which were used."""

    def __init__(self, table: Mapping[str, Parameter]):
        self.table, self.used, self.faults = table, {}, []

    def number(self, given: object, of: str) -> object:
        if isinstance(given, (list, tuple)):
            factors = [self.number(each, of) for each in given]
            if factors and all(map(is_number, factors)):
                return float(math.prod(factors))
            self.faults.append(Fault(f"{of}: a product is a list of numbers or of parameters that are numbers", given))
            return 0.0
        if not isinstance(given, str) or given == REST:
            return given
        if given not in self.table:
            self.faults.append(Fault(f"{of}: unknown parameter {given!r}" + nearest_spelling(given, self.table)))
            return 0.0
        self.used[given] = self.table[given]
        return self.table[given].value

    def amount(self, given: object, of: str, most: float = math.inf) -> float:
        """A number where no law will do."""
        value = self.number(given, of)
        if is_number(value, 0, most):
            return float(value)
        limits = "0 or more" if most == math.inf else f"from 0 to {most:g}"
        self.faults.append(Fault(f"{of} must be a number, {limits}", value))
        return 0.0

    def is_guess(self, given: object) -> bool:
        """Whether a number of the config names a parameter that is a guess."""
        named = given if isinstance(given, (list, tuple)) else [given]
        return any(isinstance(each, str) and each in self.table and self.table[each].is_guess for each in named)

    def group(self, name: str, given: Mapping) -> dict:
        made = given = settings(given, f"group {name}")
        made["per_admission"] = self.number(given.get("per_admission"), f"group {name} per_admission")
        if "first_contact" in made:
            made["first_contact"] = self.number(made["first_contact"], f"group {name} first_contact")
        stages = settings(given.get("stages"), f"group {name} stages")
        made["stages"] = {k: self._stage(name, k, v) for k, v in stages.items()}
        return made

    def _stage(self, group: str, name: str, given: Mapping) -> dict:
        of = f"group {group} stage {name}"
        made = settings(given, of)
        for setting in _LAWFUL:
            if setting in made:
                made[setting] = self.number(made[setting], f"{of} {setting}")
        for setting in ("next", "stay_if"):
            if made.get(setting):
                lines = settings(made[setting], f"{of} {setting}")
                made[setting] = {k: self.number(v, f"{of} {setting} {k}") for k, v in lines.items()}
        return made


_PARTS = ("parameters", "factors", "treated", "standards", "need", "growth")

_KNOWN = (
    "name",
    "table",
    "parameters",
    "factors",
    "access_kind",
    "threshold_minutes",
    "blocked_first",
    "treated",
    "beds",
    "cost",
    "standards",
    "need",
    "growth",
    "arrivals",
    "discharge",
    "demand",
    "warning",
    "higher_kinds",
    "hub_kind",
    "remote_minutes",
    "slots",
    "outcome",
    "burden",
    "staff",
    "groups",
    "thrombectomy_share",
)


def build_service(given: Mapping, region: Region, calendar: Calendar | None = None) -> Service:
    """A service from the mapping that its YAML holds.

    Parameters
    ----------
    given
        The contents of ``configs/service/*.yaml``; see `configs/service/stroke.yaml` for every key.
    region
        Areas, sites, units and travel.
    calendar
        The first day of the run.

    Raises
    ------
    InputError
        With every fault of the sentences, or of the service they make.
    """
    given = settings(given, "service", ("name", "table", "access_kind", "threshold_minutes", "groups"), _KNOWN)
    parts = {key: settings(given.get(key), f"service {key}") for key in _PARTS}
    # A share that planners set often has a key of its own; it is the parameter of that name.
    own = {"thrombectomy_share": given["thrombectomy_share"]} if given.get("thrombectomy_share") is not None else {}
    table = read_parameters(given["table"])
    if set(region.numbers) - set(table):
        refuse(unknown_numbers(region.numbers, region.numbers_at, table, read_numbers("finance")[0]))
    table = stand_in(table, region.numbers, region.numbers_at)
    numbers = _Numbers(multiplied(set_parameters(table, {**parts["parameters"], **own}), parts["factors"]))
    groups = settings(given["groups"], "service groups")
    groups = {name: numbers.group(name, lines) for name, lines in groups.items()}
    of_pathways = tuple(numbers.used)
    standards = tuple(_standard(name, lines) for name, lines in parts["standards"].items())
    costs = read_costs(given.get("cost"), numbers, given.get("staff"))
    treated = settings(parts["treated"], "service treated", known=("counts", "eligible_share"))
    eligible = treated.get("eligible_share")
    eligible = None if eligible is None else numbers.amount(eligible, "treated eligible_share", most=1)
    need = {key: numbers.amount(value, f"need {key}") for key, value in parts["need"].items()}
    growth = {key: numbers.number(value, f"growth {key}") for key, value in parts["growth"].items()}
    numbers.faults += [
        Fault(f"growth {k} must be a share a year above -1", v) for k, v in growth.items() if not is_number(v, -0.99)
    ]
    benefit, burden = read_benefit(given.get("outcome"), numbers.amount), read_burden(given.get("burden"))
    delay = settings(given.get("beds"), "service beds").get("delay", 0.05)
    staffing = read_staffing(given.get("staff"), numbers.amount, numbers.is_guess, delay)
    slot_rules = read_slot_rules(given.get("slots"), numbers.amount)
    if "demand" in given:
        region = with_demand(region, given["name"], given["demand"], numbers.amount)
    refuse([*numbers.faults, *_plain_faults(given)], of=f"service {given['name']}")
    _fill_rest(groups)
    made, messages = [], []
    for name, lines in groups.items():
        try:
            made.append(Group.read(name, lines))
        except InputError as error:
            messages.append(str(error))
    refuse(messages, of=f"service {given['name']}" if len(messages) > 1 else "")
    service = Service(
        name=given["name"],
        region=region,
        groups=tuple(made),
        standards=standards,
        access_kind=given["access_kind"],
        threshold_minutes=tuple(float(m) for m in given["threshold_minutes"]),
        blocked_first=given.get("blocked_first", False),
        parameters=(*numbers.used.values(), *(p for each in (benefit, burden) if each for p in each.parameters)),
        of_pathways=of_pathways,
        costs=costs,
        benefit=benefit,
        burden=burden,
        staffing=staffing,
        treated=str(treated.get("counts") or ""),
        eligible_share=eligible,
        need=need,
        growth=growth,
        discharge=_discharge(given.get("discharge")),
        demand=with_seasons(Demand(), given.get("arrivals")),
        standing=region.standing,
        slot_rules=slot_rules,
        warning=words(given.get("warning"), "service warning"),
        **({"calendar": calendar} if calendar else {}),
    )
    refuse(_naming_faults(service), of=f"service {service.name}")
    return service


def _discharge(given: object) -> WeeklyHours | None:
    """When in the week staff discharge, from words; None for at all hours."""
    return None if given is None else WeeklyHours(read_hours(given, "service discharge"))


def _plain_faults(given: Mapping) -> list[Fault]:
    """What is wrong with settings that name nothing."""
    minutes, blocked_first = given["threshold_minutes"], given.get("blocked_first", False)
    faults = []
    if not isinstance(minutes, (list, tuple)) or not minutes or not all(is_number(each, 0) for each in minutes):
        faults.append(Fault("threshold_minutes is a list of minutes, 0 or more", minutes, "as [30, 45, 60]"))
    if not isinstance(blocked_first, bool):
        faults.append(Fault("blocked_first is true or false", blocked_first))
    return faults


def _naming_faults(service: Service) -> list[Fault]:
    """Kinds that no unit gives, and labels that no stage counts as, where standards, costs or measures name them."""
    kinds = [kind for kind, given in service.units.gives.items() if given.any()]
    labels = ["index", *sorted({stage.counts for group in service.groups for stage in group.stages} - {""})]
    bedded = tuple(dict.fromkeys(s.kind for g in service.groups for s in g.stages if s.beds == "counted"))
    costs = service.costs
    of_kind = [("access_kind", service.access_kind), *((f"standard {s.name} kind", s.kind) for s in service.standards)]
    of_label = [(f"standard {s.name} counts", s.counts) for s in service.standards if not s.column]
    of_label += [("treated counts", service.treated)] if service.treated else []
    standards = [standard.name for standard in service.standards]
    of_standard = [(f"{row.source}: standing of {row.unit}: standard", row.standard) for row in service.standing]
    if service.benefit:
        of_label.append(("outcome thrombectomy", service.benefit.thrombectomy))
    if service.staffing:
        of_kind += [
            (f"staff {group.name} {key}", kind)
            for group in service.staffing.groups
            for key, by_kind in (("per_bed", group.per_bed), ("minimum", group.minimum))
            for kind in by_kind
        ]
    if costs:
        of_kind += [("cost bed_day", kind) for kind in costs.bed_day]
        of_kind += [("cost equipment", kind) for kind in costs.equipment]
        of_label += [("cost counted", label) for label in costs.counted]
    return [
        Fault(f"{what} is none of {', '.join(known)}", name, nearest_spelling(name, known)[2:])
        for named, known in ((of_kind, kinds), (of_label, labels), (of_standard, standards))
        for what, name in named
        if name not in known
    ] + [
        *(service.staffing.without_ratio(bedded) if service.staffing else []),
        *(costs.faults(service.staffing) if costs else []),
    ]


def _fill_rest(groups: dict[str, dict]) -> None:
    """One group may take what is left of an admission after the other index groups."""
    rest = [name for name, lines in groups.items() if lines["per_admission"] == REST]
    refuse([Fault("only one group can take the rest of an admission", rest)] if len(rest) > 1 else [])
    if rest:
        others = [
            lines["per_admission"] for name, lines in groups.items() if lines.get("is_index", True) and name != rest[0]
        ]
        taken = sum(share for share in others if isinstance(share, (int, float)))
        refuse(
            [Fault("index groups take more than one patient an admission", taken, "lower their shares")]
            if taken > 1
            else []
        )
        groups[rest[0]]["per_admission"] = 1 - taken


def _standard(name: str, given: Mapping) -> Standard:
    known = set(Standard.__dataclass_fields__) - {"name"}
    needed = ("kind", "minimum", "source") + (() if "column" in settings(given, f"standard {name}") else ("counts",))
    made = {"counts": "", **settings(given, f"standard {name}", needed, sorted(known))}
    numbers = [key for key in ("minimum", "maximum", "window_years", "per_if_unknown") if key in made]
    faults = [Fault(f"{key} must be a number, 0 or more", made[key]) for key in numbers if not is_number(made[key], 0)]
    refuse(faults, of=f"standard {name}")
    return Standard(name=name, **made)
