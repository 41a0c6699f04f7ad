"""Building a service from its sentences (YAML) and its numbers (the table of parameters).

Where a pathway wants a number it may name a row of the table, or several whose product is meant; so every number that is used
carries its unit, source and confidence with it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .calendar import Calendar
from .distribution import Distribution
from .fault import Fault, InputError, nearest_spelling, refuse
from .pathway import REST, Group
from .places import Region
from .service import Costs, Parameter, Service, Standard

_FOLDER = Path(__file__).parent / "parameters"
_LAW_COLUMNS = ("mean", "sd", "median", "lower", "upper")
_LAWFUL = ("stay", "stay_same_bed", "transfer", "leaving", "gives_up_after", "first_contact")


def read_parameters(name: str) -> dict[str, Parameter]:
    """The parameters of a service by name, from the shipped table or from a CSV file of the same columns."""
    path = Path(name) if name.endswith(".csv") else _FOLDER / f"{name}.csv"
    if not path.is_file():
        shipped = sorted(p.stem for p in _FOLDER.glob("*.csv"))
        refuse(
            [
                Fault(
                    f"no table of parameters {name!r}",
                    cure="shipped: " + ", ".join(shipped) + nearest_spelling(name, shipped),
                )
            ]
        )
    made, faults = {}, []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                made[row["name"]] = _parameter(row)
            except (InputError, ValueError, KeyError) as error:
                faults.append(Fault(f"{row.get('name', '')}: {error}", file=path.name, row=number))
    refuse(faults)
    return made


def _parameter(row: Mapping[str, str]) -> Parameter:
    for column in ("unit", "source", "confidence", "basis"):
        if not row[column]:
            raise ValueError(f"{column} must not be empty")
    if row["law"]:
        value: object = Distribution(row["law"], **{k: float(row[k]) for k in _LAW_COLUMNS if row[k]})
    else:
        value = float(row["value"])
    return Parameter(row["name"], value, row["unit"], row["source"], row["confidence"], row["basis"], row["note"])


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
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            refuse([Fault("a number is needed", given)])
        return float(given)
    if isinstance(given, Mapping):
        return Distribution.read({"law": old.law, **given})
    return Distribution.read(given)


class _Numbers:
    """Turns names of parameters into their values, remembering which were used."""

    def __init__(self, table: Mapping[str, Parameter]):
        self.table, self.used, self.faults = table, {}, []

    def number(self, given: object, of: str) -> object:
        if isinstance(given, (list, tuple)):
            product = 1.0
            for each in given:
                value = self.number(each, of)
                product *= value if isinstance(value, (int, float)) else 1.0
            return product
        if not isinstance(given, str) or given == REST:
            return given
        if given not in self.table:
            self.faults.append(Fault(f"{of}: unknown parameter {given!r}" + nearest_spelling(given, self.table)))
            return 0.0
        self.used[given] = self.table[given]
        return self.table[given].value

    def group(self, name: str, given: Mapping) -> dict:
        made = dict(given)
        made["per_admission"] = self.number(given.get("per_admission"), f"group {name} per_admission")
        if "first_contact" in made:
            made["first_contact"] = self.number(made["first_contact"], f"group {name} first_contact")
        made["stages"] = {k: self._stage(name, k, v or {}) for k, v in (given.get("stages") or {}).items()}
        return made

    def _stage(self, group: str, name: str, given: Mapping) -> dict:
        of = f"group {group} stage {name}"
        made = dict(given)
        for setting in _LAWFUL:
            if setting in made:
                made[setting] = self.number(made[setting], f"{of} {setting}")
        for setting in ("next", "stay_if"):
            if made.get(setting):
                made[setting] = {k: self.number(v, f"{of} {setting} {k}") for k, v in made[setting].items()}
        return made


_KNOWN = (
    "name",
    "table",
    "parameters",
    "access_kind",
    "threshold_minutes",
    "blocked_first",
    "treated",
    "beds",
    "cost",
    "standards",
    "need",
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
    refuse(
        [
            Fault("unknown setting of a service", k, "known: " + ", ".join(_KNOWN) + nearest_spelling(str(k), _KNOWN))
            for k in given
            if k not in _KNOWN
        ]
    )
    # A share that planners set often has a key of its own; it is the parameter of that name.
    own = {"thrombectomy_share": given["thrombectomy_share"]} if given.get("thrombectomy_share") is not None else {}
    numbers = _Numbers(set_parameters(read_parameters(given["table"]), {**(given.get("parameters") or {}), **own}))
    groups = {name: numbers.group(name, lines) for name, lines in given["groups"].items()}
    standards = tuple(_standard(name, lines) for name, lines in (given.get("standards") or {}).items())
    costs = _costs(given.get("cost"), numbers)
    treated = given.get("treated") or {}
    eligible = numbers.number(treated.get("eligible_share"), "treated eligible_share")
    need = {key: numbers.number(value, f"need {key}") for key, value in (given.get("need") or {}).items()}
    refuse(numbers.faults, of=f"service {given['name']}")
    _fill_rest(groups)
    made, messages = [], []
    for name, lines in groups.items():
        try:
            made.append(Group.read(name, lines))
        except InputError as error:
            messages.append(str(error))
    refuse(messages, of=f"service {given['name']}" if len(messages) > 1 else "")
    return Service(
        name=given["name"],
        region=region,
        groups=tuple(made),
        standards=standards,
        access_kind=given["access_kind"],
        threshold_minutes=tuple(float(m) for m in given["threshold_minutes"]),
        blocked_first=bool(given.get("blocked_first", False)),
        parameters=tuple(numbers.used.values()),
        costs=costs,
        treated=str(treated.get("counts") or ""),
        eligible_share=eligible,
        need=need,
        **({"calendar": calendar} if calendar else {}),
    )


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
    faults = [
        Fault("unknown setting of a standard", k, nearest_spelling(str(k), known)) for k in given if k not in known
    ]
    faults += [Fault(f"a standard needs {k}") for k in ("kind", "counts", "minimum", "source") if k not in given]
    refuse(faults, of=f"standard {name}")
    return Standard(name=name, **given)


def _costs(given: Mapping | None, numbers: _Numbers) -> Costs | None:
    if not given:
        return None
    of = "cost"
    return Costs(
        admission=numbers.number(given["admission"], of),
        transfer=numbers.number(given["transfer"], of),
        bed_day={k: numbers.number(v, of) for k, v in (given.get("bed_day") or {}).items()},
        counted={k: numbers.number(v, of) for k, v in (given.get("counted") or {}).items()},
        share_fixed=numbers.number(given["share_fixed"], of),
        share_semi_fixed=numbers.number(given["share_semi_fixed"], of),
    )
