"""One question: an option against the baseline, printed and written as a folder of results."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from time import monotonic

from ..compose import GROUPS, compose_config, find, service_of, with_book
from ..service.fault import Fault, refuse, settings


def main(given: list[str]) -> int:
    """Answer the question that some words put together."""
    answer(*compose_config(given), given)
    return 0


def answer(config: dict, chosen: dict, given: list[str]) -> None:
    """One question: build, simulate, print, write."""
    from ..show.terminal import Progress, report
    from ..store.log import RUN, append, check_log, line, log_of
    from ..store.provenance import config_text, provenance
    from ..store.results import REPORT, notices, write_results
    from ..store.whole import check_writable
    from ..study.option_row import option_row

    config, book = with_book(settings(config, "config", GROUPS, (*GROUPS, "results", "figures", "report", "assumptions")))
    region, engine = (settings(config[key], key, ("name",), ("name",))["name"] for key in ("region", "engine"))
    texts = {"region.name": region, "engine.name": engine, "results": config["results"] or ""}
    faults = [Fault(f"{key} is text", value) for key, value in texts.items() if not isinstance(value, str)]
    faults += [Fault(f"{key} is true or false", config[key]) for key in ("figures", "report") if not isinstance(config[key], bool)]
    refuse(faults)
    name = chosen["scenario"]
    usual = {"allocation": "nearest", "finance": "default", "commissioning": "icb"}
    unusual = [chosen[group] for group, choice in usual.items() if chosen.get(group, choice) != choice]
    of = "-".join([str(settings(config["service"], "service")["name"]), *unusual])
    results = Path(config["results"] or _results_folder(of, region, name))
    check_writable(results)
    check_log(log_of(results))
    progress = Progress("replications")
    found = find(config, name, partial(service_of, say=progress.say), progress, book)
    print(report(found, notices(found)), flush=True)
    command = " ".join(["python -m sim", *map(shlex.quote, given)])
    figures = page = None
    if config["figures"]:
        from ..show.figures import draw_figures as figures
    if config["report"]:
        from ..show.report import single_report

        page = partial(single_report, progress=partial(Progress, "units kept one by one, for the report", quiet_seconds=2))
    began, text = monotonic(), config_text(config)
    made = provenance(found, command, config.get("assumptions"), text)
    write_results(found, results, text, made, figures, page)
    append(log_of(results), line(RUN, results, made, option_row(found), found.service.name))
    print(f"\nFiles: {results}")
    if page:
        print(f"Report: {results / REPORT} ({monotonic() - began:.1f} s for tables, figures and report)")


def _results_folder(service: object, region: str, scenario: str) -> Path:
    place = str(service) if region == "england" else f"{service}@{Path(region).name}"
    return Path("results") / place / scenario
