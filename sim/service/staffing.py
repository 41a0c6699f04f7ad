"""Staffing: how many whole-time equivalents beds need, how many a unit needs for being open at all, and what they are paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .fault import Fault, is_number, refuse, settings
from .places import Columns


@dataclass(frozen=True, eq=False)
class StaffGroup:
    """One group of staff: nurses, physiotherapists, consultants."""

    name: str
    per_bed: Mapping[str, float]
    """By kind of care, whole-time equivalents a staffed bed."""
    minimum: Mapping[str, float]
    """By kind of care, whole-time equivalents that a unit which gives it needs whatever its size: the smallest rota."""
    is_guess: bool = False
    """Whether a ratio or a minimum of it is a guess."""
    pay: float | None = None
    """GBP a year for a whole-time equivalent, with on-costs; 0 where the price of a procedure covers it; None where not given."""

    def __post_init__(self):
        object.__setattr__(self, "per_bed", Columns(self.per_bed))
        object.__setattr__(self, "minimum", Columns(self.minimum))


@dataclass(frozen=True, eq=False)
class Staffing:
    """The staff of a service."""

    groups: tuple[StaffGroup, ...]
    share_moving: float
    """The share of staff whose post goes who move to where the work goes."""
    delay: float = 0.05
    """The chance of delay for which beds are asked."""

    def without_ratio(self, kinds: tuple[str, ...]) -> list[Fault]:
        """A fault for each group of staff that has no ratio for some kind of care."""
        lacking = {group.name: [kind for kind in kinds if kind not in group.per_bed] for group in self.groups}
        return [
            Fault(
                f"staff group {name} has no ratio per bed for {', '.join(some)}",
                cure=f"add per_bed: {{{some[0]}: ...}}, 0 for none",
            )
            for name, some in lacking.items()
            if some
        ]


def read_staffing(given: object, amount: Callable, is_guess: Callable[[object], bool], delay: float) -> Staffing | None:
    """The staffing that the lines ``staff:`` of a service's config describe; None where there are none.

    Parameters
    ----------
    given
        ``share_moving``, and ``groups``: each with ``per_bed`` and ``minimum`` by kind of care, and ``pay``.
    amount
        Turns a name of the service's own parameters, or a number, into a number: called with it, what it is, and the most it may be.
    is_guess
        Whether a number of the config rests on a guess.
    delay
        The chance of delay for which beds are asked.
    """
    if not given:
        return None
    given = settings(given, "service staff", ("share_moving", "groups"), ("share_moving", "groups"))
    refuse([] if is_number(delay, 1e-6, 0.999999) else [Fault("beds.delay must lie between 0 and 1", delay)])
    made = []
    for name, lines in settings(given["groups"], "service staff groups").items():
        lines = settings(lines, f"staff group {name}", ("per_bed",), ("per_bed", "minimum", "pay"))
        of = {key: settings(lines.get(key), f"staff group {name} {key}") for key in ("per_bed", "minimum")}
        read = {
            key: {kind: amount(value, f"staff {name} {key} {kind}") for kind, value in by_kind.items()}
            for key, by_kind in of.items()
        }
        guess = any(is_guess(value) for by_kind in of.values() for value in by_kind.values())
        pay = None if lines.get("pay") is None else amount(lines["pay"], f"staff {name} pay")
        made.append(StaffGroup(name, read["per_bed"], read["minimum"], guess, pay))
    return Staffing(tuple(made), amount(given["share_moving"], "staff share_moving", 1), delay)
