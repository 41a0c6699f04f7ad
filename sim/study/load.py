"""Loading a service by name, with its beds sized where no table gives them: the first line of most notebooks."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from ..configs import choices, folder
from ..service.build import build_service
from ..service.fault import Fault, nearest_spelling, refuse, settings
from ..service.region import load_region
from ..service.service import Service
from .sizing import size_beds


def load_service(name: str = "stroke", region: str = "england", **changed) -> Service:
    """A service in a region, ready to be simulated.

    Parameters
    ----------
    name
        One of the configs in ``configs/service``.
    region
        A shipped region or the path of a folder of tables.
    changed
        Keys of the service's config to replace, for example ``thrombectomy_share=0.10``.

    Examples
    --------
    >>> service = load_service("stroke", region="two_towns")
    >>> service.units.id.tolist()
    ['Ashford', 'Ashford-REHAB', 'Dover', 'Dover-REHAB']
    """
    known = choices("service")
    refuse(
        [Fault(f"unknown service {name!r}", cure="known: " + ", ".join(known) + nearest_spelling(name, known))]
        if name not in known
        else []
    )
    given = yaml.safe_load((folder() / "service" / f"{name}.yaml").read_text(encoding="utf-8"))
    return service_from({**given, **changed}, region)


def service_from(given: Mapping, region: str, progress=None) -> Service:
    """A service from a composed config, with beds sized by its rule."""
    given = settings(given, "service", ("name",))
    beds = settings(given.get("beds"), "service beds", known=("rule", "delay"))
    service = build_service(given, load_region(region, given["name"], progress=progress))
    refuse([Fault("beds.rule is delay", beds.get("rule"))] if beds.get("rule", "delay") != "delay" else [])
    return size_beds(service, beds.get("delay", 0.05))
