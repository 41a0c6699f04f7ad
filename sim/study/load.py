"""Loading a service by name, with its beds sized where no table gives them: the first line of most notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from ..configs import choices, folder
from ..journeys.calibration import calibrate
from ..service.allocation import Allocation, with_allocation
from ..service.build import build_service
from ..service.build_finance import build_finance
from ..service.calendar import Calendar
from ..service.fault import Fault, nearest_spelling, refuse, settings
from ..service.finance import Finance
from ..service.region import load_region
from ..service.sentences import read_sentences
from ..service.service import Service
from ..service.source import READ, is_sentences
from .run import Run
from .sizing import size_beds, size_slots

REPORTED = "reported"
"""What the constants of a choice rule can be calibrated to."""


def load_service(
    name: str = "stroke", region: str = "england", allocation: str | Mapping | Allocation = "nearest", **changed
) -> Service:
    """A service in a region, ready to be simulated.

    Parameters
    ----------
    name
        One of the configs in ``configs/service``, or the path of a YAML file of the same keys.
    region
        A shipped region, or the path of a folder of tables or of one workbook.
    allocation
        One of the configs in ``configs/allocation``, the lines of one, or an `Allocation`.
    changed
        Keys of the service's config to replace, for example ``thrombectomy_share=0.10``.

    Examples
    --------
    >>> service = load_service("stroke", region="two_towns")
    >>> service.units.id.tolist()
    ['Ashford', 'Ashford-REHAB', 'Dover', 'Dover-REHAB']
    """
    lines = service_lines(name) if is_sentences(name) else _config("service", name)
    return service_from({**lines, **changed}, region, allocation=load_allocation(allocation))


def load_allocation(given: str | Mapping | Allocation) -> Mapping | Allocation:
    """The lines of an allocation known by name; anything else as it is."""
    return _config("allocation", given) if isinstance(given, str) else given


def service_lines(path: str | Path) -> dict:
    """The sentences of a service of the user's own, tables that lie beside them named by their paths.

    Parameters
    ----------
    path
        A YAML file of the keys that ``configs/service/stroke.yaml`` shows.
    """
    path = Path(path)
    lines = settings(read_sentences(path), path.name, ("name",))
    made: dict = {}
    for base in lines.pop("defaults", None) or ():
        made |= _config("service", str(base)) if base != "_self_" else {}
    return made | {key: _beside(value, path.parent) for key, value in lines.items()}


def _beside(value: object, folder: Path) -> object:
    """A setting in which the names of tables that lie in a folder are their paths."""
    if isinstance(value, Mapping):
        return {key: _beside(each, folder) for key, each in value.items()}
    if isinstance(value, list):
        return [_beside(each, folder) for each in value]
    is_table = isinstance(value, str) and value.lower().endswith(READ) and not Path(value).is_absolute()
    return (folder / value).as_posix() if is_table and (folder / value).is_file() else value


def _config(group: str, name: str) -> dict:
    known = choices(group)
    refuse(
        [Fault(f"unknown {group} {name!r}", cure="known: " + ", ".join(known) + nearest_spelling(name, known))]
        if name not in known
        else []
    )
    lines = yaml.safe_load((folder() / group / f"{name}.yaml").read_text(encoding="utf-8"))
    made = {}
    for base in lines.pop("defaults", ()):
        made |= _config(group, base)
    return made | lines


def service_from(given: Mapping, region: str, progress=None, allocation: Mapping | Allocation | None = None) -> Service:
    """A service from a composed config, under a rule of allocation, with beds sized by its rule under that."""
    given = settings(given, "service", ("name",))
    beds = settings(given.get("beds"), "service beds", known=("rule", "delay", "delay_of", "sized_with"))
    where = load_region(region, given["name"], progress=progress)

    def built(lines: Mapping) -> Service:
        # A service whose config says nothing of demand needs a region that counts its admissions and not another's.
        return allocate(build_service({"demand": None, **lines}, where), allocation)

    service = built(given)
    refuse([Fault("beds.rule is delay", beds.get("rule"))] if beds.get("rule", "delay") != "delay" else [])
    by_kind = settings(beds.get("delay_of"), "service beds delay_of")
    apart = settings(beds.get("sized_with"), "service beds sized_with", known=("parameters", "factors"))
    if not any(apart.values()):
        return size_slots(size_beds(service, beds.get("delay", 0.05), by_kind))
    # Beds that stand do not change with what is believed of a stay: they are sized with other numbers than the service then has.
    lines = {key: {**settings(given.get(key), f"service {key}"), **(more or {})} for key, more in apart.items()}
    sized = size_slots(size_beds(built({**given, **lines}), beds.get("delay", 0.05), by_kind))
    return replace(service.with_units(beds=sized.units.beds), beds_rule=sized.beds_rule, slots=sized.slots)


def allocate(service: Service, given: Mapping | Allocation | None) -> Service:
    """A service under a rule of allocation, calibrated where its lines ask for it.

    Parameters
    ----------
    service
        The service.
    given
        The lines of a config, an `Allocation`, or None to leave it as it is.
    """
    if given is None or isinstance(given, Allocation):
        return service if given is None else with_allocation(service, given)
    lines = settings(given, "allocation")
    to = lines.pop("calibrate", None)
    refuse([] if to in (None, REPORTED) else [Fault(f"calibrate is {REPORTED} or null", to)], of="allocation")
    made = with_allocation(service, Allocation.read(lines, service.region.own, service.name))
    made = replace(made, region=replace(made.region, hashes={**made.region.hashes, **made.allocation.hashes}))
    return calibrate(made).service if to else made


def load_finance(
    service: Service, name: str = "default", commissioning: str | Mapping = "icb", start: str = "", **changed
) -> Finance | None:
    """How money is counted and who pays, for a service: what `ask` takes as ``finance``.

    Parameters
    ----------
    service
        The baseline.
    name
        One of the configs in ``configs/finance``.
    commissioning
        One of the configs in ``configs/commissioning``, or the lines of one.
    start
        The first day measured, from which plan years count; the service's own first day where not given.
    changed
        Keys of the config of finance to replace, for example ``payment="block"``.

    Examples
    --------
    >>> load_finance(load_service("stroke", region="two_towns"), payment="block").payment.how("stroke", "acute", 0)
    'block'
    """
    who = _config("commissioning", commissioning) if isinstance(commissioning, str) else commissioning
    calendar = Calendar.read(start) if start else service.calendar
    return build_finance({**_config("finance", name), **changed}, who, service, calendar)


def finance_from(given: Mapping, commissioning: Mapping, service: Service, run: Run) -> Finance | None:
    """How money is counted, from a composed config; plan years begin on the first day measured."""
    return build_finance(given, commissioning, service, Calendar.read(run.start))
