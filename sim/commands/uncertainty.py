"""What is not known of the numbers, and what it means for the choice between options: one-way, probabilistic and variance-based."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..compose import composing, run_of
from ..configs import choices
from ..launch import find, kept_service, options_of, plan_of, sweep_folder, writing
from ..service.fault import Fault, is_number, nearest_spelling, refuse
from ..service.sentences import read_sentences
from ..space import Reader, Space, parted, spelt_as
from ..study.scorecard import BASELINE
from .words import chosen_or_file
from .words import parted as own_of

USUAL = {"uncertainty": None, "draws": 200, "saltelli": 0, "seed": 1, "measures": None, "name": None, "to": None, "figures": True}
"""Settings and what they are where nothing is given; see `main`."""

JUDGED = ("wait_share_delayed", "cost_last_year", "net_present_saving", "qalys_time_with_volume")
"""The measures looked at where none are named, as far as the service knows them."""

DRAWS_INSIDE = "service.outcome.draws"
"""The measure of treatment draws its numbers itself; here they are drawn outside, so that inside the fewest will do."""


def main(given: list[str], place: Path | None = None) -> int:
    """Ask every option at many draws of the numbers.

    Parameters
    ----------
    given
        What to ask, as of a sweep: every combination of scenario settings is an option. ``uncertainty``: a choice of
        ``configs/uncertainty``, or a YAML file; the service's own where there is one, else
        ``everything``. ``draws``: how many. ``saltelli``: base points of variance-based indices, a power of 2.
        ``seed``: the luck of the draws. ``measures``: keys of the option row. ``name``: of the sweep that asks. ``to``: the folder of
        tables. ``sweep....``: how it is asked.
    place
        The folder of the sweep that asks; the one of its name where none is given.

    Returns
    -------
    0 where every point is done, 1 where some failed or are missing.
    """
    from ..store.whole import check_writable
    from ..sweep.answer import REPLICATION
    from ..sweep.draws import BY, make_draws
    from ..sweep.how import How
    from ..sweep.plan import write_plan
    from ..sweep.run import check_place, describe, run

    made, rest = own_of(given, USUAL)
    _check(made)
    place = place or sweep_folder("uncertainty", [made["name"] or "uncertainty"])
    try:
        with composing():
            reader = Reader()
            sweep, design, words = parted(rest)
            refuse([Fault("an analysis makes its own design", design)] if design else [])
            how = How.read(reader.settings(sweep))
            check_place(how)
            space = reader.space(words, how.covered(), "", USUAL)
            plain = plan_of(space, (BY,))
            options = options_of(plain)
            cure = "leave it out: the baseline is beside every option; as scenario=close_small_units"
            refuse([Fault("an option is beside the baseline", name, cure) for name, _ in plain.configs() if name == BASELINE][:1])
            first = plain.configs()[0][1]
            beliefs = _beliefs(made["uncertainty"], first)
            to = Path(made["to"] or _usual_folder(kept_service(first), place))
            check_writable(to, by="uncertainty")
            # Names that are typed are looked up before hundreds of points are asked.
            found = find(first, plain.bases[plain.base[0]].choices["scenario"]) if isinstance(made["measures"], list) else None
            _ = found and _judged(made["measures"], found)
            draws = make_draws(beliefs, made["draws"], made["saltelli"], made["seed"], first["run"]["seed"])
            plan = plan_of(_crossed(space, draws, first), (BY, REPLICATION))
        command = shlex.join(["python", "-m", "sim", "uncertainty", *given])
        with writing(place):
            stored = write_plan(plan, place, {"command": command, "settings": describe(how)})
            is_done = run(stored, how, find, lambda line: print(line, flush=True))
        if how.dry_run or (how.on == "slurm" and not how.wait):
            return 0
        _tell(made, to, stored, plan, draws, options, first, command)
        return int(not is_done)
    except KeyboardInterrupt:
        print("stopped; what is finished is kept, and the same command goes on", file=sys.stderr)
        return 130


def _check(made: Mapping) -> None:
    """Refuse settings of the analysis that cannot be."""
    faults = [
        Fault(f"{name} must be a whole number, {least} or more", made[name])
        for name, least in (("draws", 2), ("saltelli", 0), ("seed", 0))
        if not (isinstance(made[name], int) and is_number(made[name], least))
    ]
    if not faults and made["saltelli"] & (made["saltelli"] - 1):
        faults.append(Fault("saltelli must be a power of 2", made["saltelli"]))
    wanted = made["measures"]
    if wanted not in (None, "all") and not (isinstance(wanted, list) and wanted and all(isinstance(each, str) for each in wanted)):
        faults.append(Fault("measures is a list of keys of the option row, or all", wanted, "as measures=[cost_last_year]"))
    elif isinstance(wanted, list) and len(set(wanted)) < len(wanted):
        faults.append(Fault("a measure is named twice", wanted, "keep one"))
    if not isinstance(made["figures"], bool):
        faults.append(Fault("figures is true or false", made["figures"]))
    refuse(faults, of="uncertainty")


def _beliefs(given: object, config: Mapping) -> tuple:
    """What is believed of the numbers of a config."""
    from ..study.belief import Beliefs
    from ..study.load import finance_from
    from ..study.run import Run

    name = str(config["service"]["name"])
    name = given or (name if name in choices("uncertainty") else "everything")
    path = chosen_or_file("uncertainty", name)
    service = kept_service(config)
    finance = finance_from(config["finance"], config["commissioning"], service, run_of(config["run"], Run))
    beliefs = Beliefs.read(read_sentences(path)).of(service, finance)
    refuse([] if beliefs else [Fault("no number is uncertain", str(name), "name some under parameters:")])
    return beliefs


def _crossed(space: Space, draws, config: Mapping) -> Space:
    """Every row of numbers for every option; the options of one row one after the other, so that its service is made once."""
    axes = (*space.axes, *draws.axes)
    twice = [axis for axis in draws.axes if axis in space.axes]
    refuse([Fault("drawn, and given several values on the command line", ", ".join(twice))] if twice else [])
    rows = [(*option, *row) for row in draws.rows() for option in space.rows]
    spelt = {**space.spelt, **{axis: spelt_as(axis) for axis in draws.axes}}
    beds = {each.setting.rpartition(".")[2]: each.value for each in draws.beliefs if each.setting.startswith("service.factors")}
    fixed = [*space.fixed, *(f"++service.beds.sized_with.factors.{name}={value:g}" for name, value in beds.items())]
    if config["service"].get("outcome") and not any(word.startswith(DRAWS_INSIDE) for word in space.fixed):
        fixed.append(f"{DRAWS_INSIDE}=2")
    return Space(tuple(fixed), axes, rows, spelt)


def _tell(made: Mapping, to: Path, stored, plan, draws, options: Mapping, config: Mapping, command: str) -> None:
    """Look at what came back, print it and write it."""
    from ..show.terminal import in_marked_lines
    from ..show.uncertainty import draw_uncertainty, notices, uncertainty_text
    from ..store.provenance import config_text, files_named
    from ..store.study import write_study
    from ..study import best
    from ..study import uncertainty as of
    from ..study.fit import said_first
    from ..sweep.draws import read_back

    found = find(config, plan.bases[plan.base[0]].choices["scenario"])
    drawn, cube, failed = read_back(stored, plan.keys(), draws, list(options), _judged(made["measures"], found))
    region = found.service.region
    title = f"{found.service.name} in {region.name}: what is not known of {len(draws.beliefs)} numbers, {made['draws']} draws"
    said = [
        *said_first(found),
        "Every option meets the same draws and, in each, the same patients. Beds stand as they are sized with the numbers of the tables.",
        *(f"{count} points failed: {reason}" for reason, count in failed.items()),
        _assumed(draws.beliefs),
    ]
    print("", *in_marked_lines(said), "", title, "=" * len(title), *uncertainty_text(drawn), sep="\n", flush=True)
    said += notices(drawn)
    tables = {
        "parameters.csv": (of.belief_rows(draws.beliefs), "one row a number: its law, and the columns or the assumption it is from"),
        "spread.csv": (of.spread_rows(drawn), "one row an option and measure: interval from the numbers, error of luck apart"),
        "tornado.csv": (of.tornado_rows(drawn), "one number at a time at the ends of its interval; where the option stops being better"),
        "best.csv": (best.best_rows(drawn), "how often each option is best, expected loss, value of knowing everything"),
        "thresholds.csv": (of.threshold_rows(drawn), "numbers at which another option becomes best, inside their intervals"),
        "knowing.csv": (best.knowing_rows(drawn), "what knowing one number for certain would bring to the choice"),
        "indices.csv": (of.index_rows(drawn), "standardised regression and first-order indices of the draws"),
        "acceptability.csv": (best.acceptability_rows(drawn), "how often each has the greatest net benefit, by a QALY's value"),
        "draws.csv": (of.draw_rows(drawn), "every draw: the numbers, and each measure of each option"),
    }
    if made["saltelli"]:
        tables["saltelli.csv"] = (of.saltelli_rows(drawn, cube), "first-order and total indices with 95 % half-widths")
    told = {"data": {**region.hashes, **files_named(shlex.split(command))}, "seed": made["seed"], "sweep": stored.folder.name}
    told["config"] = config_text({**config, "scenario": options}).splitlines()
    write_study(to, title, said, tables, command, told, (lambda place: draw_uncertainty(drawn, place)) if made["figures"] else None)
    print(f"\nFiles: {to}")


def _usual_folder(service, place: Path) -> Path:
    return Path("results", "uncertainty", f"{service.name}@{service.region.name}", place.name)


def _judged(given: object, found) -> tuple:
    """The measures looked at: those named, with a direction; of the usual ones those that the service knows."""
    from ..study.option_row import NEUTRAL, option_row
    from ..study.uncertainty import Judged

    row = {of.key: of for of in option_row(found) if of.better != NEUTRAL}
    wanted = [key for key, of in row.items() if of.is_headline] if given == "all" else given or [key for key in JUDGED if key in row]
    cure = "known: " + ", ".join(row)
    rule = "unknown measure, or one that is not better one way"
    refuse([Fault(rule, key, cure + nearest_spelling(key, row)) for key in wanted if key not in row])
    return tuple(Judged(key, row[key].label, row[key].unit, row[key].better) for key in wanted)


def _assumed(beliefs: Sequence) -> str:
    assumed = [each.name for each in beliefs if each.is_assumed]
    if not assumed:
        return "Every interval is from a table of sources."
    known = len(beliefs) - len(assumed)
    return f"Of {len(beliefs)} intervals {known} are from the tables of sources; assumed by their confidence: {', '.join(assumed)}."
