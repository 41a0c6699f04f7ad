"""Check a region: every fault, whatever is odd, and what stands in for what is not given. Nothing is simulated or written."""

from __future__ import annotations

from ..compose import compose_config
from ..service.fault import settings
from ..show.checked import checked
from ..study.check import check


def main(given: list[str]) -> int:
    """Check the tables of a region for a service.

    Returns
    -------
    0 where a run can be made, with or without things to look at; 2 where something is wrong.
    """
    config, _ = compose_config(given)
    service = settings(config["service"], "service", ("name",))
    region = settings(config["region"], "region", ("name",))["name"]
    lines = [settings(config[group], group) for group in ("allocation", "finance", "commissioning")]
    found = check(service, str(region), *lines, str(config["run"]["start"]))
    print("\n".join(checked(found)), flush=True)
    return 2 if found.faults else 0
