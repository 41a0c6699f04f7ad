"""How often a closing rule closes each unit, when what it rests on is a little different; nothing is simulated."""

from __future__ import annotations

import shlex
from pathlib import Path

from ..compose import compose_config, run_of, scenario_of, service_of
from ..service.fault import Fault, refuse
from .words import parted

USUAL = {"draws": 1000, "seed": 1, "minutes": 0.10, "poisson": True, "volumes": None, "catchments": None, "ties": True,
         "to": None, "figures": True}  # fmt: skip
"""Settings and what they are where nothing is given; see `main`."""


def main(given: list[str]) -> int:
    """Ask a rule at many draws.

    Parameters
    ----------
    given
        What to ask, as of one question. ``draws``, ``seed``. ``minutes``: how far each may be off, as a share. ``poisson``: another year
        of demand. ``volumes``: [reported, modelled]. ``catchments``: [nearest, choice]. ``ties``: broken at random. ``to``: the folder.
    """
    from dataclasses import replace

    from ..show.stability import draw_stability, stability_text
    from ..show.terminal import Progress, in_marked_lines
    from ..store.provenance import config_text, files_named
    from ..store.study import write_study
    from ..store.whole import check_writable
    from ..study.fit import said_first_unsimulated
    from ..study.run import Run
    from ..study.stability import Shaken, stability, stability_in_words, stability_rows

    made, words = parted(given, USUAL)
    refuse([] if isinstance(made["figures"], bool) else [Fault("figures is true or false", made["figures"])], of="stability")
    lists = {name: [made[name]] if isinstance(made[name], str) else made[name] for name in ("volumes", "catchments")}
    shaken = Shaken(
        **{name: made[name] for name in ("draws", "seed", "minutes", "poisson", "ties")},
        **{name: value for name, value in lists.items() if value is not None},
    )
    config, chosen = compose_config(words, USUAL)
    rule = scenario_of(config["scenario"])
    rule = getattr(rule, "rule", rule)
    name = chosen["scenario"]
    cure = "as scenario=close_small_units"
    refuse([] if hasattr(rule, "decide") else [Fault("stability is of a rule that decides which units close", name, cure)])
    run = run_of(config["run"], Run)
    service = replace(service_of(config), calendar=run.calendar)
    to = Path(made["to"] or Path("results", "stability", f"{service.name}@{service.region.name}", name))
    check_writable(to, by="stability")
    found = stability(service, rule, shaken, progress=Progress("draws"))
    title = f"{service.name} in {service.region.name}: how sure {name} is of each unit"
    said = said_first_unsimulated(service, run.window.start)
    print(*in_marked_lines(said), "", title, "=" * len(title), *stability_text(found), sep="\n", flush=True)
    command = shlex.join(["python", "-m", "sim", "stability", *given])
    what = "one row a unit: share of draws in which it closes, verdict, and the share by source of volumes and by catchment"
    tables = {"stability.csv": (stability_rows(found), what)}
    told = {"data": {**service.region.hashes, **files_named(given)}, "config": config_text(config).splitlines()}
    told |= {"seed": shaken.seed, "draws": shaken.draws}
    draw = (lambda place: draw_stability(found, place)) if made["figures"] else None
    write_study(to, title, [*said, *stability_in_words(found)], tables, command, told, draw)
    print(f"\nFiles: {to}")
    return 0
