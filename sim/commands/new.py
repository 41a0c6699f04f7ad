"""Write the tables of a region of one's own, filled with a made-up example that runs at once."""

from __future__ import annotations

import shlex
from pathlib import Path

from ..configs import choices, folder
from ..service.fault import Fault, nearest_spelling, refuse
from ..store.template import write_template

_USAGE = "python -m sim new my_region, or my_region.xlsx for one workbook"


def main(given: list[str]) -> int:
    """Write a template: ``new <folder or workbook> [service=...] [own_service=true]``."""
    places = [word for word in given if "=" not in word]
    refuse([] if len(places) == 1 and places[0].strip() else [Fault("new takes one name", " ".join(given) or None, _USAGE)])
    settings = dict(word.split("=", 1) for word in given if "=" in word)
    known = ("service", "own_service")
    unknown = [key for key in settings if key not in known]
    refuse([Fault("unknown setting", key, f"known: {', '.join(known)}" + nearest_spelling(key, known)) for key in unknown])
    service, services = settings.get("service", "stroke"), choices("service")
    if service not in services:
        refuse([Fault(f"unknown service {service!r}", cure="known: " + ", ".join(services) + nearest_spelling(service, services))])
    wanted = settings.get("own_service", "false")
    refuse([] if wanted in ("true", "false") else [Fault("own_service is true or false", wanted)])
    target = Path(places[0])
    sentences = folder() / "service" / f"{service}.yaml" if wanted == "true" else None
    written = write_template(target, service, sentences)
    chosen = "" if service == "stroke" else f" service={service}"
    if sentences:
        chosen = f" service={target.as_posix()}/service/{service}.yaml"
    print(f"Written: {target}", *(f"  {name}" for name in written), sep="\n")
    print("\nIt is made up, and runs as it is. Check it, then put your own rows in:")
    print(f"  python -m sim check region={shlex.quote(target.as_posix())}{chosen}", flush=True)
    return 0
