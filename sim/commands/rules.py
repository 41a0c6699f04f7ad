"""One scenario under every rule of allocation, and what bypassing costs and gains; printed, nothing is simulated or written."""

from __future__ import annotations

from ..compose import compose_config, run_of, scenario_of, service_of
from ..show.terminal import in_marked_lines
from ..study.allocations import as_text, bypass_table, compare_allocations
from ..study.fit import said_first_unsimulated
from ..study.run import Run


def main(given: list[str]) -> int:
    """Set the answers under each rule side by side."""
    config, _ = compose_config(given, {})
    run_of(config["run"], Run)  # nothing is run, but what is given is looked at
    service = service_of(config)
    rows = compare_allocations(service, scenario_of(config["scenario"]))
    first = said_first_unsimulated(service, 0.0)
    print(*in_marked_lines(first), "", *as_text(rows), "", *(f"{row['rule']}: {row['remark']}" for row in rows), sep="\n")
    if (service.gives("comprehensive") & service.gives(service.access_kind) & service.is_open()).any():
        print("", "Straight to a comprehensive unit, by the delay allowed", *as_text(bypass_table(service), 3), sep="\n")
    return 0
