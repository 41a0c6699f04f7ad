"""The order of imports: the picture of the README, held by a test.

Every folder of `sim` imports itself and those before it; `scenarios` imports `sim`, and only the command line imports them both;
only the command line and its launcher know Hydra; and asking for help loads nothing that takes seconds.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import scenarios
import sim

ROOT = Path(sim.__file__).parent
SCENARIOS = Path(scenarios.__file__).parent

ORDER = ("service", "cohort", "journeys", "engine", "measures", "study", "store", "show", "sweep")
"""The folders of `sim`, in the order of the picture; a sweep asks many questions and comes after all that one needs."""

LEAVES = ("configs",)
"""Modules beside the folders that import nothing of `sim`, and that anybody may import."""

DOORS = ("__init__", "__main__", "compose", "launch", "space", "commands")
"""What stands beside the folders, may import every one of them, and is imported by none: what is offered, and the command line with
its configs, its way of launching many questions and its commands."""

COMMAND_LINE = (ROOT / "compose.py", ROOT / "space.py", ROOT / "launch.py", ROOT / "commands" / "multirun.py")
"""The only files that know Hydra, and the only ones of `sim` that know the verbs."""

SLOW = ("matplotlib", "pandas", "pyarrow", "numba", "scipy.stats", "simpy", "hydra", "omegaconf", "numpy")
"""What is slow to import, and not needed to tell somebody what they may ask."""


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in it."""
    package = (
        path.parent.relative_to(ROOT.parent) if ROOT in path.parents else path.parent.relative_to(SCENARIOS.parent)
    ).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def folder_of(path: Path) -> str:
    """The folder of `sim` a file lies in, or its own name where it lies beside them."""
    inside = path.relative_to(ROOT)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def named(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


FILES = modules(ROOT)


def test_every_folder_has_its_place_in_the_order():
    assert {folder_of(path) for path in FILES} == {*ORDER, *LEAVES, *DOORS}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_run_one_way(path):
    here = folder_of(path)
    if here in DOORS:
        return
    may = LEAVES if here in LEAVES else (*ORDER[: ORDER.index(here) + 1], *LEAVES)
    for name in imported(path):
        if name.partition(".")[0] == "sim":
            assert name.split(".")[1] in may, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_sim_never_imports_scenarios_but_on_the_command_line(path):
    if path in COMMAND_LINE:
        return
    assert not [name for name in imported(path) if name.partition(".")[0] == "scenarios"]


@pytest.mark.parametrize("path", [*FILES, *modules(SCENARIOS)], ids=lambda path: path.stem)
def test_only_the_command_line_knows_hydra(path):
    if path in COMMAND_LINE:
        return
    assert not [name for name in imported(path) if name.partition(".")[0] in ("hydra", "omegaconf")]


@pytest.mark.parametrize("path", modules(SCENARIOS), ids=lambda path: path.stem)
def test_scenarios_import_sim_and_themselves_alone(path):
    for name in imported(path):
        first = name.partition(".")[0]
        assert first in ("sim", "scenarios", "numpy", "scipy", "__future__") or first in sys.stdlib_module_names, name


def test_nothing_but_store_show_and_sweep_writes_files_or_draws_figures():
    for path in FILES:
        if folder_of(path) in ("store", "show", "sweep", *DOORS):
            continue
        # Reading a table of the user's is no writing.
        names = [name for name in imported(path) if not (path.name == "parquet.py" and name.startswith("pyarrow"))]
        assert not [name for name in names if name.partition(".")[0] in ("matplotlib", "pyarrow", "pandas")], named(
            path
        )
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ]
        writing = [
            call.attr
            for call in calls
            if isinstance(call, ast.Attribute) and call.attr.startswith(("write_", "savefig"))
        ]
        # The package that England is built from leaves its tables in a cache of the user's, which is no result.
        assert not writing or "regions" in path.parts, f"{named(path)} calls {writing}"


def loaded_by(code: str) -> set[str]:
    """The modules loaded by some code in an interpreter of its own."""
    said = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True, text=True, check=True, cwd=ROOT.parent, timeout=120,
    )  # fmt: skip
    return set(said.stdout.splitlines()[-1].split())


def test_help_loads_nothing_that_takes_seconds():
    loaded = loaded_by(
        "import contextlib, io\nfrom sim.__main__ import main\nwith contextlib.redirect_stdout(io.StringIO()):\n    main(['--help'])"
    )
    assert "sim.__main__" in loaded
    assert not loaded & set(SLOW)


def test_the_access_core_needs_no_engine_and_no_simulation_library():
    loaded = loaded_by(
        "from sim.study.view import view\nfrom sim.study.load import load_service\nview(load_service(region='two_towns'))"
    )
    assert not loaded & {
        "simpy",
        "matplotlib",
        "pandas",
        "pyarrow",
        "scipy.stats",
        "hydra",
        "sim.engine.reference",
        "sim.engine.compiled",
    }


def test_the_reference_engine_needs_no_compiler():
    code = "from sim.engine.engines import engine\nengine('reference')"
    assert not loaded_by(code) & {"numba", "matplotlib", "pandas", "scipy.stats", "hydra"}


def test_everything_that_sim_offers_is_there():
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'nonsense'"):
        sim.nonsense  # noqa: B018
