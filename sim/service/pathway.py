"""Pathways: what a group of patients goes through, stage by stage.

A pathway is data: a stage is a few lines of YAML. This module reads and checks them; it knows no unit and no patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from .distribution import Distribution
from .fault import Fault, InputError, is_number, nearest_spelling, refuse

DESTINATIONS = ("home", "home_supported", "care_home", "death")
"""Where a patient may go for good: home, home with early supported discharge, a care home, or death in hospital."""

REFERRAL, PLANNED = "referral", "planned"
"""How a group can be on a waiting list: on the clock from the referral, or planned and off it. Emergencies are on none."""

REST = "rest"
"""The word for the share that is left over."""

_ALLOWED = {
    "if_full": ("wait", "lost"),
    "wait_at": ("first", "any"),
    "stay_from": ("given", "requested"),
    "beds": ("counted", "unlimited"),
    "ranked_from": ("home", "here"),
}


@dataclass(frozen=True)
class Stage:
    """One step of a pathway: a kind of care, a stay, and where patients go next."""

    name: str
    """Unique within the group; luck is keyed by it, so that a new stage shifts no other's luck."""
    kind: str
    """The kind of care asked for; never a named unit."""
    stay: Distribution
    """How long it lasts."""
    next: Mapping[str, float] = field(default_factory=dict)
    """The chance of each next stage or destination; sums to 1. Drawn on entry."""
    stay_if: Mapping[str, Distribution] = field(default_factory=dict)
    """The stay of those who go on to a given next stage or destination, where it differs."""
    stay_same_bed: Distribution | None = None
    """The stay of one who goes on in the bed of the stage before, where it differs."""
    ranked_from: str = ""
    """Units are ranked from ``home`` or from ``here``, where the patient is; home for a first stage, else here."""
    same_bed: bool = True
    """Whether a patient whose unit also gives this kind stays in the bed they have."""
    beds: str = "counted"
    """``unlimited``: no bed is counted; the patient is given a place at once and holds no bed."""
    keeps_bed: bool = True
    """Whether the bed of the stage before is kept while waiting for this one."""
    if_full: str = "wait"
    """``wait`` or ``lost``."""
    wait_at: str = "first"
    """``first``: on the list of the unit chosen; ``any``: on the lists of all acceptable units."""
    stay_from: str = "given"
    """``given``: the stay starts in the bed; ``requested``: it runs while waiting elsewhere in the hospital."""
    transfer: Distribution = Distribution("constant", mean=0.0)
    """Days from this bed being given to leaving the one before; both are held."""
    leaving: Distribution = Distribution("constant", mean=0.0)
    """Days a bed is kept after the last stay, before going home."""
    gives_up_after: Distribution | None = None
    """Days of waiting after which a patient gives up; None for never."""
    slot: str = ""
    """The sort of slot (theatre, list) given together with the bed; empty for none."""
    priority: int | None = None
    """Smaller is served first; None for the priority of the group."""
    diversion_minutes: float | None = None
    """Full units are passed over within so many extra minutes; None for no diversion."""
    counts: str = ""
    """What a stay here counts as, beside an index admission (for example ``thrombectomy``)."""

    @classmethod
    def read(cls, name: str, given: Mapping, is_first: bool, of: str) -> Stage:
        """A stage from its lines of YAML, with every fault in them told at once."""
        known = {f.name for f in fields(cls)} - {"name"}
        faults = [
            Fault(
                "unknown setting of a stage", k, "known: " + ", ".join(sorted(known)) + nearest_spelling(str(k), known)
            )
            for k in given
            if k not in known
        ]
        made = {k: v for k, v in given.items() if k in known and v is not None}
        faults += [Fault(f"a stage needs {k}", cure=f"add {k}:") for k in ("kind", "stay") if k not in made]
        for setting in ("kind", "slot", "counts"):
            if not isinstance(made.get(setting, ""), str):
                faults.append(Fault(f"{setting} is a word", made[setting]))
        if is_first and made.get("ranked_from") == "here":
            faults.append(Fault("a first stage is ranked from home, where the patient is", "here"))
        for setting, allowed in _ALLOWED.items():
            if made.get(setting, "") not in ("", *allowed):
                faults.append(Fault(f"{setting} is one of {', '.join(allowed)}", made[setting]))
        for setting in ("same_bed", "keeps_bed"):
            if not isinstance(made.get(setting, True), bool):
                faults.append(Fault(f"{setting} is true or false", made[setting]))
        for setting in ("stay", "stay_same_bed", "transfer", "leaving", "gives_up_after"):
            if made.get(setting) is not None:
                made[setting] = _distribution(made[setting], setting, faults)
        made["stay_if"] = {k: _distribution(v, f"stay_if {k}", faults) for k, v in (made.get("stay_if") or {}).items()}
        made["next"] = shares(made.get("next") or {"home": 1.0}, "next", faults)
        if not is_number(made.get("diversion_minutes", 0), 0):
            faults.append(Fault("diversion_minutes must be 0 or more", made["diversion_minutes"]))
        faults += _priority_faults(made.get("priority", 0))
        refuse(faults, of=f"{of} stage {name}")
        made["ranked_from"] = made.get("ranked_from") or ("home" if is_first else "here")
        return cls(name=name, **made)


@dataclass(frozen=True)
class Group:
    """Patients who share a pathway, a priority and distributions."""

    name: str
    per_admission: float
    """Patients for each unit of an area's demand (its index admissions a year)."""
    stages: tuple[Stage, ...]
    """The pathway; every patient starts at the first."""
    priority: int = 1
    """Smaller is served first."""
    is_index: bool = True
    """Whether these patients count as index admissions (mimics take beds but do not count)."""
    first_contact: Distribution = Distribution("constant", mean=0.0)
    """Days from the need to setting out (ambulance response and time on scene)."""
    waiting_list: str = ""
    """``referral``: these patients wait on a list, on the clock from the moment the need arises; ``planned``: on a list, off the
    clock; empty for emergencies, who are never on one."""

    def stage(self, name: str) -> Stage:
        """The stage of that name."""
        return next(stage for stage in self.stages if stage.name == name)

    @classmethod
    def read(cls, name: str, given: Mapping) -> Group:
        """A group from its lines of YAML."""
        of = f"group {name}"
        known = {f.name for f in fields(cls)} - {"name"}
        faults = [
            Fault(
                "unknown setting of a group", k, "known: " + ", ".join(sorted(known)) + nearest_spelling(str(k), known)
            )
            for k in given
            if k not in known
        ]
        given = {k: v for k, v in given.items() if v is not None}
        rate = given.get("per_admission")
        if not is_number(rate, 0):
            faults.append(Fault("per_admission must be a number, 0 or more", rate))
        if not isinstance(given.get("is_index", True), bool):
            faults.append(Fault("is_index is true or false", given["is_index"]))
        faults += _priority_faults(given.get("priority", 1))
        if given.get("waiting_list", "") not in ("", REFERRAL, PLANNED):
            faults.append(Fault(f"waiting_list is {REFERRAL} or {PLANNED}, or left out for emergencies", given["waiting_list"]))
        if not isinstance(given.get("stages"), Mapping) or not given["stages"]:
            faults.append(Fault("a group needs stages", given.get("stages")))
        refuse(faults, of=of)
        stages, messages = [], []
        for position, (stage, lines) in enumerate(given["stages"].items()):
            try:
                stages.append(Stage.read(stage, lines or {}, position == 0, of))
            except InputError as error:
                messages.append(str(error))
        refuse(messages)
        group = cls(
            name=name,
            per_admission=float(rate),
            stages=tuple(stages),
            priority=given.get("priority", 1),
            is_index=given.get("is_index", True),
            first_contact=Distribution.read(given.get("first_contact", 0.0), f"{of} first_contact"),
            waiting_list=str(given.get("waiting_list", "")),
        )
        refuse(_path_faults(group), of=of)
        return group


def shares(given: Mapping[str, object], of: str, faults: list[Fault]) -> dict[str, float]:
    """Chances that sum to 1; one of them may be the word ``rest``. Faults are added to the list."""
    said = {k: v for k, v in given.items() if v != REST}
    bad = [
        Fault(f"{of}: a share is a number from 0 to 1", v, f"mend {k}")
        for k, v in said.items()
        if not is_number(v, 0, 1)
    ]
    rest = [k for k in given if given[k] == REST]
    if len(rest) > 1:
        bad.append(Fault(f"{of}: only one share can be the rest", rest))
    if bad:
        faults.extend(bad)
        return {}
    total = float(sum(said.values()))
    if rest:
        if total > 1 + 1e-9:
            faults.append(Fault(f"{of}: shares must not sum to more than 1", round(total, 9)))
        said[rest[0]] = max(0.0, 1 - total)
    elif abs(total - 1) > 1e-6:
        faults.append(Fault(f"{of}: shares must sum to 1", round(total, 9), "let one of them be `rest`"))
    return {k: float(said[k]) for k in given}


def _priority_faults(given: object) -> list[Fault]:
    is_whole = isinstance(given, int) and is_number(given, -1_000_000, 1_000_000)
    return [] if is_whole else [Fault("priority must be a whole number, smaller is served first", given)]


def _distribution(given: object, of: str, faults: list[Fault]) -> Distribution | None:
    try:
        return Distribution.read(given, of)
    except InputError as error:
        faults.append(Fault(str(error)))
        return None


def _path_faults(group: Group) -> list[Fault]:
    names = [stage.name for stage in group.stages]
    known = [*names, *DESTINATIONS]
    faults = [Fault("a stage cannot have the name of a destination", name) for name in names if name in DESTINATIONS]
    for position, stage in enumerate(group.stages):
        for to in (*stage.next, *stage.stay_if):
            if to not in known:
                faults.append(
                    Fault(
                        f"stage {stage.name}: unknown next stage or destination",
                        to,
                        "known: " + ", ".join(known) + nearest_spelling(to, known),
                    )
                )
            elif to in names and names.index(to) <= position:
                faults.append(
                    Fault(
                        f"stage {stage.name}: a next stage must be listed after it",
                        to,
                        "repeat the stage under another name for a second visit",
                    )
                )
    return faults


def expected_visits(group: Group) -> dict[str, float]:
    """The share of a group's patients who come to each stage.

    Examples
    --------
    >>> group = Group.read("stroke", {"per_admission": 1, "stages": {
    ...     "acute": {"kind": "acute", "stay": 9, "next": {"rehabilitation": 0.25, "home": "rest"}},
    ...     "rehabilitation": {"kind": "rehabilitation", "stay": 30}}})
    >>> expected_visits(group)
    {'acute': 1.0, 'rehabilitation': 0.25}
    """
    visits = dict.fromkeys((stage.name for stage in group.stages), 0.0)
    visits[group.stages[0].name] = 1.0
    for stage in group.stages:
        for to, chance in stage.next.items():
            if to in visits:
                visits[to] += visits[stage.name] * chance
    return visits


def expected_stay(stage: Stage, in_same_bed: bool = False) -> float:
    """The mean stay in days over those who go on to each next stage or destination."""
    if in_same_bed and stage.stay_same_bed is not None:
        return stage.stay_same_bed.expectation
    return sum(chance * stage.stay_if.get(to, stage.stay).expectation for to, chance in stage.next.items())
