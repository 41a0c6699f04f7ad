"""The command line: ``python -m sim scenario=close_small_units``.

A wrong choice or value gets one clear message and exit code 2; a run that was asked for and failed inside is a bug and shows
its traceback.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from inspect import getdoc
from typing import NamedTuple

from .compose import GROUPS
from .configs import choices, folder
from .service.fault import Fault, InputError, nearest_spelling, refuse


class Command(NamedTuple):
    """What can be asked besides a question."""

    usage: str
    """How it is written."""
    what: str
    """One line of help."""


COMMANDS = {
    "new": Command("python -m sim new <folder>", "writes the tables of a region of your own, filled with a made-up example"),
    "check": Command("python -m sim check region=<folder>", "every fault of a region, what is odd, and what stands in; runs nothing"),
    "repeat": Command("python -m sim repeat <results folder>", "runs it again and says whether the numbers are the same"),
    "multirun": Command(
        "python -m sim -m key=a,b ...",
        "tens of questions, by a launcher of Hydra's: hydra/launcher=basic, joblib, submitit_slurm",
    ),
    "sweep": Command("python -m sim sweep <name> key=a,b ...", "many, here or on Slurm (sweep.on=slurm); see docs/sweeps.md"),
    "status": Command("python -m sim status <name>", "how far a sweep is"),
    "collect": Command("python -m sim collect <name>", "one table of a sweep, and what failed or is missing"),
    "compare": Command(
        "python -m sim compare <folder> ...",
        "finished runs side by side: dominance, hurdles=, weights=, by=, against=, allow=, to=; no folder for all in results/",
    ),
    "report": Command(
        "python -m sim report <folder> ...", "finished runs as one page to open in a browser; the settings of compare, to=<file>.html"
    ),
    "flow": Command(
        "python -m sim flow scenario=... [unit=<id> | icb=<name>]",
        "a picture of where patients go, through centres and rehabilitation, before and after; no simulation",
    ),
    "discard": Command("python -m sim discard <folder> reason=...", "lays an option aside, in the log of options (results/log.csv)"),
    "pack": Command(
        "python -m sim pack <folder>",
        "the assurance pack and the assumptions book, as workbooks and CSV; publish=true keeps small numbers out, bed_test=",
    ),
    "select": Command(
        "python -m sim select scenario=a,b,c measure=... worth=...",
        "the best of several options, with a stated chance of being right, and each beside the baseline, all at once",
    ),
    "uncertainty": Command(
        "python -m sim uncertainty scenario=a,b draws=200",
        "what is not known of the numbers, which option is best and when it stops being so; see docs/uncertainty.md",
    ),
    "stability": Command(
        "python -m sim stability scenario=close_small_units",
        "how often a rule closes each unit when minutes, demand, volumes and ties differ a little; what is undecided",
    ),
    "rules": Command("python -m sim rules scenario=...", "the same question under every rule of allocation, without simulation"),
}
"""Commands by name; each is a file of `sim.commands` with ``main(given) -> int``."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    0, or 2 where something given was wrong; a command may have further codes.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without a letter shows a question mark, and goes on
    try:
        return _ask(given)
    except BrokenPipeError:  # whoever reads has seen enough, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _ask(given: list[str]) -> int:
    if any(word in ("-h", "--help", "help") for word in given):
        print(help_of(given[0]) if given[0] in COMMANDS else help_text(), flush=True)
        return 0
    try:
        name, rest = _command(given)
        return import_module(f".commands.{name}", __package__).main(rest)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        place = ", ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
        cure = "look at its name, its rights and the room on its disk, and give the same command again"
        print(f"error: {Fault(f'cannot be read or written ({error.strerror})', place, cure)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130


def _command(given: list[str]) -> tuple[str, list[str]]:
    """The command that words ask for, and its words."""
    first = given[0] if given else ""
    is_several = any(word in ("-m", "--multirun") for word in given)
    if first in COMMANDS and not (is_several and first == "multirun"):
        rule = f"-m asks several questions, and {first} is no question"
        refuse([Fault(rule, cure="leave -m out; many points are of `python -m sim sweep`")] if is_several else [])
        return first, given[1:]
    if first and "=" not in first and not first.startswith("-"):
        cure = "known: " + ", ".join(COMMANDS) + nearest_spelling(first, COMMANDS) + "; a setting is written key=value"
        refuse([Fault("unknown command", first, cure)])
    return ("multirun" if is_several else "answer"), given


def help_of(name: str) -> str:
    """How a command is written, what it does, and the settings it takes."""
    command = COMMANDS[name]
    told = (getdoc(import_module(f".commands.{name}", __package__).main) or "").replace("``", "")
    what = f"{command.what[:1].upper()}{command.what[1:]}."
    return "\n".join([command.usage, "", what, "", told, "", "Every choice and setting of a question: python -m sim --help"])


def help_text() -> str:
    """Every choice with one line each."""
    lines = [
        "python -m sim [scenario=...] [region=...] [service=...] [allocation=...] [finance=...] [commissioning=...] "
        "[engine=...] [run=...] [key=value ...]",
        "",
        "Compares an option with the baseline, prints the answer and writes a folder of results.",
        "",
    ]
    width = max(len(each.usage) for each in COMMANDS.values())
    lines += [f"{each.usage:<{width}}  {each.what}" for each in COMMANDS.values()] + [""]
    for group in GROUPS:
        lines.append(f"{group}=")
        lines += [f"    {name:<20} {what}" for name, what in choices(group).items()]
    lines += ["", "Single settings (shown: the default run)"]
    text = (folder() / "run" / "default.yaml").read_text(encoding="utf-8").splitlines()
    lines += [f"    run.{line}" for line in text if line and not line.startswith("#")]
    lines += [
        "    scenario.<setting>=...  as in configs/scenario/<name>.yaml",
        "    service.parameters.<name>=...  any number of the service",
        "    results=<folder>  figures=false  report=false  assumptions=<assumptions book>",
        "",
        "Examples",
        "    python -m sim scenario=close_small_units",
        "    python -m sim scenario=close scenario.units=[LA144LF] run.replications=10",
        "    python -m sim scenario=close_small_units region=two_towns run=quick",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
