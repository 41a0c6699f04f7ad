"""Targets: how precisely a measure should be known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..measures.tidy import ALL
from ..service.fault import Fault, is_number, refuse


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
