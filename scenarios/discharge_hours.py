"""When in the week staff discharge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.hours import read_hours
from sim.service.service import Service, WeeklyHours


@dataclass(frozen=True)
class DischargeHours:
    """Staff discharge at some hours of the week only, everywhere: whoever is ready at another hour keeps the bed until then.

    The hours hold for the whole run. Who dies or moves on to another ward leaves at any hour.
    """

    hours: str
    """As ``Mon-Fri 09:00-17:00``; several spans with commas between them, whole hours. ``Mon-Sun 00:00-24:00`` for all hours."""

    def __post_init__(self):
        read_hours(self.hours, "DischargeHours")

    def __call__(self, service: Service) -> Service:
        hours = WeeklyHours(read_hours(self.hours, "DischargeHours"))
        was = "" if service.discharge is None else f", not for {24 * service.discharge.mean_wait:.1f}"
        said = (
            f"Staff discharge {self.hours} only: a bed is kept for {24 * hours.mean_wait:.1f} hours on average after its patient "
            f"is ready to go home{was}."
        )
        return replace(service, discharge=hours, history=(*service.history, said))
