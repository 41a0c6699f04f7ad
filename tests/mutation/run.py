"""A mutation run: is every small fault put into the engines and the access core found by a quick test?

``make mutate`` (``python tests/mutation/run.py``). The faults are those of cosmic-ray's operators, one at a time: another operator in a
sum or a comparison, a number off by one, `and` for `or`, a condition turned round, a loop left out. Each is tried in a process of its
own, forked after the libraries are loaded, so that no file is changed and a fault costs little more than what finds it: random
cases first, for an engine, whose traces were made without the fault; then the quick tests of the module, to the first that fails.
Faults in annotations and docstrings change nothing and are left out.

Printed: how many of how many faults were tried, how many were found, and every survivor with its line. Survivors that cannot be found by
any test, because they change nothing that can be seen, are listed with the reason in `equivalent.csv`.
"""

from __future__ import annotations

import argparse
import ast
import csv
import doctest
import importlib
import io
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).parent / "equivalent.csv"

SEED = 1
"""The luck of the sample."""

SECONDS = 30
"""Processor time after which a mutant counts as found: it goes round in circles."""

LEFT_OUT = ("RemoveDecorator", "ExceptionReplacer", "VariableReplacer", "VariableInserter", "_Is", "_In", "_NotIn")
"""Operators, or parts of their names, that are not used: they break a name or a type rather than a rule."""

ARITHMETIC = {
    "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul",
    "BitOr_BitAnd", "BitAnd_BitOr", "RShift_LShift", "LShift_RShift", "BitXor_BitAnd",
}  # fmt: skip
"""Which operator of a sum becomes which: one each, not every other."""

HAND = "tests/engine/test_reference.py"
BUSY = "tests/agreement/test_engines_agree.py::test_engines_give_the_same_trace_of_busy_cases[0]"
ORDER = (
    "tests/properties/test_order.py::test_what_is_simultaneous_does_come_in_another_order_with_another_seed",
    "tests/properties/test_order.py::test_the_order_of_simultaneous_things_changes_no_trace[0]",
)


class Target(NamedTuple):
    """A module, and the quick tests that should find a fault in it."""

    module: str
    tests: tuple[str, ...]
    most: int
    """How many mutants are tried at most: a sample, where there are more."""
    is_python: bool = False
    """Whether its kernels are run as Python."""
    cases: int = 0
    """How many random cases an engine is tried on first."""


TARGETS = (
    Target("sim.measures.access", ("tests/measures/test_access.py",), 1000),
    Target("sim.journeys.nearest", ("tests/journeys/test_nearest.py",), 1000),
    Target("sim.measures.many", ("tests/measures/test_many.py",), 1000, is_python=True),
    Target("sim.engine.reference", (HAND, BUSY, *ORDER), 250, cases=300),
    Target("sim.engine.compiled", (HAND, BUSY, "tests/engine/test_compiled.py"), 250, is_python=True, cases=300),
)


class Mutant(NamedTuple):
    """One fault."""

    module: str
    operator: str
    occurrence: int
    line: int
    was: str
    now: str
    source: str
    """The whole module with the fault in it."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the fault whatever is added above it: the module, the line as it was and as it is now."""
        return self.module, self.was, self.now


def is_used(operator: str) -> bool:
    """Whether an operator of cosmic-ray is one of ours."""
    name = operator.rpartition("/")[2]
    if name.startswith("ReplaceBinaryOperator_"):
        return name.removeprefix("ReplaceBinaryOperator_") in ARITHMETIC
    return not any(part in name for part in LEFT_OUT)


def mutants(module: str) -> list[Mutant]:
    """Every fault of a module that changes what it does, in the order of its lines."""
    lines = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text("utf-8").splitlines(keepends=True)
    made = []
    for start, end in pieces("".join(lines)):
        piece = "".join(lines[start:end])
        for operator, occurrence, mutated in faults(piece):
            others = [*lines[:start], *mutated.splitlines(keepends=True), *lines[end:]]
            at = next(n for n, (one, other) in enumerate(zip(lines, others)) if one != other)
            made.append(
                Mutant(module, operator, occurrence, at + 1, lines[at].strip(), others[at].strip(), "".join(others))
            )
    return sorted(made, key=lambda each: (each.line, each.operator, each.occurrence))


def pieces(source: str) -> list[tuple[int, int]]:
    """First line and line after the last, from 0, of each statement at the top: small, so that a fault is soon made."""
    nodes = ast.parse(source).body
    return [
        (min(n.lineno for n in (node, *getattr(node, "decorator_list", ()))) - 1, node.end_lineno) for node in nodes
    ]


def faults(piece: str) -> Iterator[tuple[str, int, str]]:
    """Operator, occurrence and the piece with the fault in it."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    meaning, nodes = bare(piece), list(ast_nodes(get_ast(piece)))
    for name in filter(is_used, operator_names()):
        operator = get_operator(name)()
        for occurrence in range(sum(len(list(operator.mutation_positions(node))) for node in nodes)):
            mutated = mutate_code(piece, operator, occurrence)
            if mutated is not None and compiles(mutated) and bare(mutated) != meaning:
                yield name.rpartition("/")[2], occurrence, mutated


def compiles(source: str) -> bool:
    """Whether it is Python at all."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def bare(source: str) -> str:
    """What the source does: without annotations, docstrings and the words of faults."""
    return ast.dump(Bare().visit(ast.parse(source)))


class Bare(ast.NodeTransformer):
    """Takes off what does nothing."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        if isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
        self.generic_visit(node)
        return node


class InPlace(MetaPathFinder, Loader):
    """Gives the mutated module to whoever imports it."""

    def __init__(self, mutant: Mutant):
        self.mutant = mutant

    def find_spec(self, name, path=None, target=None):
        if name != self.mutant.module:
            return None
        found = PathFinder.find_spec(name, path)
        spec = ModuleSpec(name, self, origin=found.origin)
        spec.has_location = True
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.mutant.source, module.__spec__.origin, "exec"), module.__dict__)


class Known(NamedTuple):
    """A random case, and its trace without any fault."""

    case: object
    horizon: float
    trace: object


def known_traces(target: Target) -> list[Known]:
    """The cases of an engine: small ones, and of every thirty a busy one."""
    from tests.agreement.test_engines_agree import BUSY as LONG
    from tests.cases import SMALL, random_case

    simulate, made = importlib.import_module(target.module).simulate, []
    for seed in range(target.cases):
        case, horizon = random_case(seed, LONG if seed % 30 == 29 else SMALL)
        made.append(Known(case, horizon, simulate(case, horizon)))
    return made


def survives(mutant: Mutant | None, target: Target, traces: list[Known]) -> bool:
    """Try one fault (None: none, to see that the tests pass) in a process of its own."""
    child = os.fork()
    if not child:
        with suppress(BaseException):
            os._exit(0 if passes(mutant, target, traces) else 1)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def passes(mutant: Mutant | None, target: Target, traces: list[Known]) -> bool:
    """In the child: whether the cases, examples and tests of a module pass with the fault in it."""
    import pytest

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("sim", "tests", "scenarios")]:
        del sys.modules[name]
    if mutant:
        sys.meta_path.insert(0, InPlace(mutant))
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(io.StringIO()):
        module = importlib.import_module(target.module)
        if not all(is_same(module.simulate(each.case, each.horizon), each.trace) for each in traces):
            return False
        if doctest.testmod(module).failed:
            return False
        given = [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-p",
            "no:doctest",
            "-o",
            "addopts=--import-mode=importlib",
        ]
        return pytest.main([*given, "-m", "not slow", *target.tests]) == 0


def is_same(one, other) -> bool:
    """Whether two traces are equal to the last bit; the contract's own word for it may be the one with the fault."""
    import numpy as np

    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(one, other, strict=True))


def known() -> dict[tuple[str, str, str], str]:
    """Survivors that no test can find, and why."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {(row["module"], row["was"], row["now"]): row["reason"] for row in csv.DictReader(file)}


def run(target: Target, most: int) -> Iterator[tuple[str, Mutant]]:
    """Try the faults of one module; what became of each."""
    every, reasons, traces = mutants(target.module), known(), known_traces(target)
    chosen = sorted(Random(SEED).sample(range(len(every)), min(most, len(every))))
    print(f"\n{target.module}: {len(chosen)} of {len(every)} mutants", flush=True)
    assert survives(None, target, traces), "the tests fail without any fault"
    for each in map(every.__getitem__, chosen):
        began = time.monotonic()
        fate = (
            "found" if not survives(each, target, traces) else "changes nothing" if each.key in reasons else "survived"
        )
        if fate == "survived":
            print(
                f"  line {each.line}: {each.was}\n   became: {each.now}  ({time.monotonic() - began:.0f} s)", flush=True
            )
        yield fate, each


def main() -> int:
    """Run all targets, or those named."""
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    read.add_argument("modules", nargs="*", help="of the targets; all where none is named")
    read.add_argument("--most", type=int, help="mutants a module at most")
    given = read.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    targets = [each for each in TARGETS if not given.modules or each.module in given.modules]
    survived = 0
    for target in targets:
        # Numba reads this when it is imported; so a target of each sort has a process of its own.
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            survived += os.waitstatus_to_exitcode(status) != 0
            continue
        os.environ["NUMBA_DISABLE_JIT"] = "1" if target.is_python else "0"
        for library in ("numba", "numpy", "pytest", "scipy.special", "scipy.stats", "simpy", "hypothesis"):
            importlib.import_module(library)
        fates = Counter(fate for fate, _ in run(target, given.most or target.most))
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = used.ru_utime + used.ru_stime
        print(f"{target.module}: {dict(fates)}, {seconds:.0f} s of processor time", flush=True)
        os._exit(1 if fates["survived"] else 0)
    return min(survived, 1)


if __name__ == "__main__":
    sys.exit(main())
