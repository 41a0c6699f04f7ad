"""A flow picture: where patients go, through centres and rehabilitation, before and after - for one unit, one ICB, or all."""

from __future__ import annotations

import json
import shlex
from functools import partial
from pathlib import Path

from ..compose import compose_config, run_of, scenario_of, service_of
from .words import parted

USUAL = {"unit": "", "icb": "", "to": ""}
"""Settings and what they are where nothing is given; see `main`."""


def main(given: list[str]) -> int:
    """Draw the picture of an option; nothing is simulated.

    Parameters
    ----------
    given
        The words of a question, and ``unit=<id>`` (patients who come through it), ``icb=<name>`` (who live there), ``to=<folder>``.
    """
    from ..service.extend import same_units
    from ..show.figures.drawing import Figure, picture
    from ..show.figures.palette import option_name
    from ..show.figures.sankey import sankey
    from ..show.terminal import in_marked_lines
    from ..store.provenance import config_text, made_with
    from ..store.results import write_csv, write_text
    from ..store.whole import check_writable, whole_folder
    from ..study.fit import ILLUSTRATIVE, said_first_unsimulated
    from ..study.paths import paths
    from ..study.run import Run
    from ..study.view import view

    own, words = parted(given, USUAL)
    config, chosen = compose_config(words, USUAL)
    run_of(config["run"], Run)  # nothing is run, but what is given is looked at
    service = service_of(config)
    option = scenario_of(config["scenario"])(service)
    scenario = chosen["scenario"]
    of = own["unit"] or own["icb"] or "all"
    slug = "".join(letter if letter.isalnum() else "_" for letter in f"{scenario}-{of}").lower()[:100]
    to = Path(own["to"] or Path("results") / f"flow-{slug}")
    check_writable(to, by="flow")
    at = max((change.at for change in option.changes), default=0.0)
    before, after = view(same_units(service, option), at), view(option, at)
    links = {"baseline": paths(before, own["unit"], own["icb"]), "option": _after(before, after, own)}
    where = _name_of(option, own["unit"]) or own["icb"] or "all patients"
    titles = {"baseline": f"{where}: baseline", "option": f"{where}: {option_name(scenario)}"}
    region = service.region
    first = said_first_unsimulated(service, 0.0)
    mark = "Open data, illustrative, not a proposal. " if region.is_open_data else ""
    if not mark and any(each.startswith(ILLUSTRATIVE) for each in first):
        mark = f"{ILLUSTRATIVE}: the baseline is not fitted. "
    basis = f"{mark}Region {region.name}"
    basis += f"; minutes: {region.travel.basis}; index patients a year, expected for the allocation in force."
    with whole_folder(to, "flow") as made:
        told = []
        for side, of_side in links.items():
            drawn = picture(side, Figure(partial(sankey, title=titles[side]), (12, 7)), of_side, basis)
            (made / f"{side}.png").write_bytes(drawn.png)
            (made / f"{side}.svg").write_bytes(drawn.svg)
            told.append(drawn.alternative)
        write_csv(made / "flow.csv", [{"side": side, **vars(each)} for side, of_side in links.items() for each in of_side])
        command = shlex.join(["python", "-m", "sim", "flow", *given])
        kept = {"command": command, **made_with(), "config": config_text(config).splitlines(), "data": dict(region.hashes)}
        write_text(made / "provenance.json", json.dumps(kept, indent=2, sort_keys=True) + "\n")
        said = [f"- {each}" for each in (*first, *told)]
        lines = ["# Where patients go", "", *said, f"- {basis}", "", "Make it again:", "", f"    {command}", ""]
        write_text(made / "README.md", "\n".join(lines))
    print(*in_marked_lines(first), "", *told, f"\nFiles: {to}", sep="\n")
    return 0


def _after(before, after, own: dict):
    """The paths under the option; where the unit asked for has closed, those of the patients who went there first."""
    from ..study.paths import paths

    if own["unit"]:
        at = before.service.unit_index(own["unit"])
        if before.is_open[at] and not after.is_open[at]:
            return paths(after, "", own["icb"], among=before.first.unit == at)
    return paths(after, own["unit"], own["icb"])


def _name_of(service, unit: str) -> str:
    return str(service.units.name[service.unit_index(unit)]) if unit else ""
