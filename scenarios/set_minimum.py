"""Set the minimum of a standard."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .find import Finder, number_fault


@dataclass(frozen=True)
class SetMinimum:
    """A standard asks for another minimum, or has another upper limit; units are then judged by it."""

    standard: str
    """The standard's name."""
    minimum: float | None = None
    """Admissions or procedures a year."""
    maximum: float | None = None
    """The upper planning limit, a year."""
    source: str = "set by the user"
    """Who asks for it."""

    def __post_init__(self):
        faults = (
            [] if self.minimum is not None or self.maximum is not None else [Fault("give minimum, maximum or both")]
        )
        for name in ("minimum", "maximum"):
            faults += [] if getattr(self, name) is None else number_fault(name, getattr(self, name), 0)
        refuse(faults, of="SetMinimum")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        old = find.standard(self.standard)
        find.refuse()
        given = {k: float(v) for k, v in (("minimum", self.minimum), ("maximum", self.maximum)) if v is not None}
        new = replace(old, **given, source=str(self.source), confidence="")
        if new.minimum > new.maximum:
            find.fault("minimum must not exceed the upper limit", (new.minimum, new.maximum))
        find.refuse()
        standards = tuple(new if each is old else each for each in service.standards)
        told = " and ".join(f"{name} of {getattr(old, name):g} becomes {value:g}" for name, value in given.items())
        said = f"Standard {old.name}: the {told} a year ({self.source})."
        return replace(service, standards=standards, history=(*service.history, said))
