"""`report`: finished runs as one page."""

from __future__ import annotations

import numpy as np
import pytest

from sim.__main__ import main
from sim.show.figures.pareto import front
from tests.show.test_report import Page

QUICK = ("region=two_towns", "run.replications=2", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0", "figures=false",
         "report=false")  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two finished runs, and the page of them."""
    root = tmp_path_factory.mktemp("options")
    folders = [str(root / name) for name in ("close", "localise_rehab")]
    assert main([*QUICK, "scenario=close", "scenario.units=[Dover]", f"results={folders[0]}"]) == 0
    assert main([*QUICK, "scenario=localise_rehab", f"results={folders[1]}"]) == 0
    assert main(["report", *folders]) == 0
    return root, folders


@pytest.fixture(scope="module")
def page(made):
    return Page((made[0] / "comparison.html").read_text(encoding="utf-8"))


def test_the_page_lies_beside_the_runs_and_is_the_same_each_time(made):
    root, folders = made
    before = (root / "comparison.html").read_bytes()
    assert main(["report", *folders]) == 0
    assert (root / "comparison.html").read_bytes() == before
    assert not [path.name for path in root.iterdir() if path.name.startswith(".comparison")]


@pytest.mark.parametrize(
    "said",
    [
        "2 options side by side: stroke in Two Towns",
        "Named units close: scenario.units=[LA144LF,SP28BJ].",
        "mean journey +11.7 minutes",
        "fails a hurdle",
        "Scorecard: every headline measure",
        "Every option less every other",
        "python -m sim report",
    ],
)
def test_it_sums_up_judges_and_can_be_repeated(page, said):
    assert said.lower() in " ".join(" ".join(page.text).split()).lower()


def test_what_is_traded_is_drawn_and_told(page):
    told = [attributes["alt"] for attributes in page.all("img")]
    assert len(told) >= 2
    assert all("Change against the baseline of" in each for each in told)


def test_a_page_has_a_name_that_a_browser_knows(made, capsys):
    assert main(["report", *made[1], f"to={made[0] / 'page.txt'}"]) == 2
    assert "its name ends in .html" in capsys.readouterr().err


def test_a_run_that_is_none_is_refused(made, capsys):
    assert main(["report", str(made[0] / "nothing")]) == 2
    assert "no such results folder" in capsys.readouterr().err


def test_nobody_on_the_front_is_beaten_in_both_and_everybody_else_is():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, (2, 40))
    best = front(x, y)
    for i in range(40):
        beaten = [(x[j] >= x[i]) & (y[j] >= y[i]) & ((x[j] > x[i]) | (y[j] > y[i])) for j in range(40)]
        assert best[i] == (not any(beaten))


def test_a_study_is_shown_as_its_folder_says_it(made, tmp_path):
    from sim.store.study import write_study

    def draw(folder):
        (folder / "sure.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
        return ["how sure the rule is"]

    rows = [{"unit": "<script>Dover</script>", "closes": 0.42}]
    tables = {"units.csv": (rows, "how often each unit closes"), "long.csv": ([{"draw": n} for n in range(500)], "every draw")}
    write_study(tmp_path / "study", "How sure", ["Dover is undecided."], tables, "python -m sim stability", None, draw)
    to = tmp_path / "page.html"
    assert main(["report", *made[1], f"studies=[{tmp_path / 'study'}]", f"to={to}"]) == 0
    page = Page(to.read_text(encoding="utf-8"))
    shown = " ".join(" ".join(page.text).split())
    for said in ("How sure", "Dover is undecided.", "How often each unit closes", "<script>Dover</script>", "long.csv (500 rows)"):
        assert said in shown
    assert "how sure the rule is" in [attributes["alt"] for attributes in page.all("img")]
    assert main(["report", *made[1], f"studies=[{tmp_path}]", f"to={to}"]) == 2
