"""The table of what is validated: a figure outside what is allowed fails its case, whatever its test says, and nothing is left out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.comparison import Comparison, agree, is_within, simulated_by, take
from tests.validate import CASES, ROOT, SUITES, Gather, interval, known_cases, page, shown, summary

PAGE = ROOT / "docs" / "validation.md"


@pytest.fixture(autouse=True)
def clean_sheet():
    """Nothing that is noted here is handed on as a comparison of this file."""
    yield
    take()


def report(nodeid: str, outcome: str = "passed", compared=(), reason: str = ""):
    """What pytest tells of a test."""
    return SimpleNamespace(
        nodeid=nodeid,
        when="call",
        passed=outcome == "passed",
        failed=outcome == "failed",
        skipped=outcome == "skipped",
        longrepr=("file", 1, f"Skipped: {reason}"),
        user_properties=[("comparison", tuple(each)) for each in compared],
    )


def near(ours: float) -> Comparison:
    return Comparison("item", "figure", 10.0, ours, 9.0, 12.0, "by hand", "compiled")


def test_a_figure_is_noted_with_the_engine_that_made_it_whether_it_agrees_or_not():
    def simulate():
        """Stands for an engine."""

    simulate.__module__ = "sim.engine.reference"
    simulated_by(simulate)
    assert is_within("a", "b", 10.0, 10.5, 0.5, "by hand")
    with pytest.raises(AssertionError, match=r"a b: published 10, ours 10.6"):
        agree("a", "b", 10.0, 10.6, 0.5, "by hand")
    first, second = take()
    assert (first.low, first.high, first.passes, first.engine) == (9.5, 10.5, True, "reference")
    assert not second.passes
    assert take() == []


@pytest.mark.parametrize(("ours", "strain"), [(10.0, 0.0), (11.0, 0.5), (9.5, 0.5), (13.0, 1.5), (9.0, 1.0)])
def test_strain_is_the_share_used_up_of_what_is_allowed_on_that_side(ours, strain):
    assert near(ours).strain == pytest.approx(strain)


def test_nothing_allowed_means_equal():
    assert Comparison("i", "f", 3.0, 3.0, 3.0, 3.0, "a count", "").passes
    assert not Comparison("i", "f", 3.0, 4.0, 3.0, 3.0, "a count", "").passes


def test_one_figure_outside_fails_its_case_and_is_the_one_shown():
    gather = Gather()
    gather.pytest_runtest_logreport(report("tests/theory/test_loss.py::test_a", compared=[near(10.1), near(13.0), near(9.9)]))
    gather.pytest_runtest_logreport(report("tests/theory/test_queues.py::test_a", compared=[near(10.1)]))
    rows = {row[0]: row for row in summary(gather.cases)}
    assert rows["A06 loss"][2:] == ("3", "item: figure", "10", "13", "9 to 12", "FAIL")
    assert rows["A06 queues"][-1] == "pass"
    assert "**failing: A06 loss**" in page(gather.cases)


def test_a_test_that_fails_without_a_figure_fails_its_case_and_one_that_is_skipped_says_why():
    gather = Gather()
    gather.pytest_runtest_logreport(report("tests/published/test_p_median.py::test_a", "failed"))
    gather.pytest_runtest_logreport(report("tests/published/test_or_library.py::test_a", "skipped", reason="no raw files"))
    verdict = {case.case: case.verdict for case in gather.cases}
    assert verdict["A05"] == "FAIL"
    assert verdict["A05 OR-Library"] == "skipped"
    assert "Skipped (1 tests): no raw files." in page(gather.cases)


def test_a_file_that_the_table_does_not_know_has_a_case_of_its_own():
    gather = Gather()
    gather.pytest_runtest_logreport(report("tests/published/test_new_paper.py::test_a", compared=[near(11.0)]))
    assert (gather.cases[-1].case, gather.cases[-1].verdict) == ("new paper", "pass")


def test_every_case_of_the_table_names_tests_that_are_there_and_a_source_and_a_tolerance():
    for case in known_cases():
        assert case.source
        assert case.tolerance
        for name in case.tests:
            assert (Path(__file__).parent / name).is_file(), f"{CASES.name}: {name}"


def test_the_suites_hold_the_cases_a01_to_a08():
    assert {f"A0{n}" for n in range(1, 9)} <= {case.case.split()[0] for case in known_cases()}
    assert all((ROOT / suite).is_dir() for suite in SUITES)


def test_the_page_that_is_kept_has_every_case_and_every_verdict_is_a_pass():
    text = PAGE.read_text("utf-8")
    assert "every verdict is a pass" in text
    for case in known_cases():
        assert f"## {case.case}: {case.title}" in text, "python -m tests.validate --page docs/validation.md"


@pytest.mark.parametrize(("value", "words"), [(3.0, "3"), (0.123456, "0.12346"), (242874.0, "242874"), (1e12, "1e+12")])
def test_numbers_are_shown_to_five_digits_and_counts_whole(value, words):
    assert shown(value) == words


def test_an_interval_is_shown_with_digits_enough_to_tell_its_ends_apart():
    assert interval(Comparison("i", "f", 0.12, 0.12, 0.1199999, 0.1200001, "", "")) == "0.1199999 to 0.1200001"


def test_the_page_names_what_was_not_run():
    gather = Gather()
    gather.pytest_runtest_logreport(report("tests/theory/test_loss.py::test_a", compared=[near(10.1)]))
    assert "every verdict is a pass." in page([case for case in gather.cases if case.passed])
    gather.pytest_runtest_logreport(report("tests/published/test_or_library.py::test_a", "skipped", reason="no files"))
    assert "**not run, or not wholly: A05 OR-Library**" in page(gather.cases)
