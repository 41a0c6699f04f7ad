"""Targets: how precisely a measure should be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..measures.tidy import ALL
from ..service.fault import Fault, is_number, nearest_spelling, refuse


@dataclass(frozen=True)
class Target:
    """A half-width of the 95 % interval of a paired difference."""

    measure: str
    half_width: float
    by: str = ALL
    """What the measure is by: everything together, or a unit, kind, group ..."""
    key: str = ""
    """Which of them."""

    @property
    def name(self) -> str:
        """The measure in one word, as tidy tables have it."""
        return f"{self.measure} {self.by}={self.key}" if self.key else self.measure


def read_targets(given: object) -> tuple[Target, ...]:
    """Targets from the lines of a config.

    Parameters
    ----------
    given
        By measure a half-width over everything, or half-widths by what and which, as ``{kind: {hyperacute: 0.5}}``.

    Examples
    --------
    >>> [each.name for each in read_targets({"occupied_beds_mean": 1, "wait_hours_mean": {"kind": {"acute": 0.5}}})]
    ['occupied_beds_mean', 'wait_hours_mean kind=acute']
    """
    if isinstance(given, tuple):
        return given
    faults: list[Fault] = []
    found = list(_read(given or {}, faults))
    faults += [
        Fault("a half-width must be a number above 0", each.half_width, f"mend {each.name}")
        for each in found
        if not is_number(each.half_width, 0) or each.half_width == 0
    ]
    refuse(faults, of="run.precision")
    return tuple(found)


def _read(given: object, faults: list[Fault]) -> Iterator[Target]:
    usual = "as {wait_hours_mean: 0.5} or {wait_hours_mean: {kind: {hyperacute: 0.5}}}"
    if not isinstance(given, Mapping):
        faults.append(Fault("precision is measures, each with its half-width", given, usual))
        return
    for measure, width in given.items():
        if not isinstance(width, Mapping):
            yield Target(str(measure), width)
            continue
        for by, lines in width.items():
            if not isinstance(lines, Mapping):
                faults.append(Fault(f"{measure} by {by} names which, each with its half-width", lines, usual))
                continue
            for key, each in lines.items():
                yield Target(str(measure), each, str(by), str(key))


def unknown(target: Target, seen: Iterable[tuple[str, str, str]], of: str) -> Fault:
    """What is said of a measure that was not made: that none is called so, that it is not by that, or that there is no such unit ...

    Parameters
    ----------
    target
        What is asked for.
    seen
        What was made: each measure, by what, and which.
    of
        What has no such measure.
    """
    own = {(by, key) for measure, by, key in seen if measure == target.measure}
    if not own:
        known = sorted({measure for measure, by, _ in seen if by == target.by})
        return Fault(f"{of} has no measure {target.name!r}", cure=_known(target.measure, known))
    if target.by not in {by for by, _ in own}:
        cure = "known by " + ", ".join("everything" if by == ALL else by for by in sorted({by for by, _ in own}))
        return Fault(f"{target.measure} is not known by {'everything' if target.by == ALL else target.by}", cure=cure)
    known = sorted(key for by, key in own if by == target.by)
    return Fault(f"{target.measure}: unknown {target.by}", target.key, _known(target.key, known))


def _known(word: str, known: Sequence[str]) -> str:
    return "known: " + ", ".join(known) + nearest_spelling(word, known)
