"""Several options side by side on the same luck, and what is said of all of them at once."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.__main__ import main
from sim.service.fault import InputError
from sim.study.comparison import interval
from sim.study.experiment import experiment
from sim.study.family import family, holm, variance_reduction
from sim.study.panel import Panel
from sim.study.run import Run
from sim.study.selected import select_from
from sim.study.target import Target
from tests.two_towns import QUICK, WARD, stroke, towns

TARGET = Target("occupied_beds_mean", 1.0)


def test_a_panel_gives_each_option_the_numbers_of_an_experiment():
    service = stroke()
    options = {"close": scenarios.Close(["Dover"])(service), "late": scenarios.Close(["Dover"], at=30)(service)}
    panel = Panel(service, options, QUICK)
    for number, option in enumerate(options.values(), start=1):
        found = experiment(service, option, QUICK)
        for side, of in (("baseline", 0), ("option", number)):
            np.testing.assert_array_equal(panel.values(of, 2, TARGET), found.values(side, "occupied_beds_mean")[1][:, 0])


def test_an_option_may_open_a_unit_that_the_others_have_not():
    service = stroke()
    options = {"open": scenarios.Open("New", 9, site="Dover", kinds=("acute",))(service), "close": scenarios.Close(["Dover"])(service)}
    assert all(np.isfinite(Panel(service, options, QUICK).values(k, 1, TARGET)).all() for k in range(3))


def test_what_cannot_be_judged_by_is_refused():
    panel = Panel(stroke(), {}, QUICK)
    with pytest.raises(InputError, match="did you mean 'occupied_beds_mean'"):
        panel.value(0, 0, Target("ocupied_beds_mean", 1.0))
    full = towns(all=WARD).with_units(beds=np.array([15.0, 1.0, 30.0, 1.0]))
    with pytest.raises(InputError, match=r"grows without limit: saturated are Ashford"):
        Panel(full, {}, QUICK).value(0, 0, Target("wait_hours_mean", 1.0))


def test_the_best_is_selected_and_told_beside_the_baseline():
    service = towns(all=WARD).with_units(beds=np.array([20.0, 1.0, 12.0, 1.0]))
    options = {name: scenarios.AddBeds({"Ashford": beds})(service) for name, beds in (("few", 1), ("more", 6))}
    run = Run(replications=2, warmup_days=20, years=0.3, cooldown_days=5, workers=1)
    target = Target("wait_share_delayed", 0.01)
    found = select_from(Panel(service, options, run), target, 0.01, first=5)
    assert found.options[found.best].name == "more"
    rows = {row["option"]: row for row in found.rows()}
    assert rows["more"]["high_together"] < rows["few"]["difference"] < 0
    assert rows["more"]["variance_saved"] > 0.2
    assert "with a chance of 95 % of being right" in found.said[0]
    short = select_from(Panel(service, options, run), Target("wait_share_delayed", 1e-6), 1e-6, first=3, ceiling=3)
    assert short.said[0].startswith("Not decided")


class Normal:
    """A panel of normal values in place of simulated ones: means 0 to 1 of six options, half of the variance shared."""

    names = tuple("abcdef")
    mean = np.linspace(0.0, 1.0, 6)

    def __init__(self, seed: int):
        rng = np.random.default_rng(seed)
        self.given = self.mean + np.sqrt(0.5) * (rng.normal(size=(200, 1)) + rng.normal(size=(200, 6)))

    def value(self, option: int, replication: int, target: Target) -> float:
        return self.given[replication, option]

    def values(self, option: int, replications: int, target: Target) -> np.ndarray:
        return self.given[:replications, option]


def test_intervals_of_a_selection_hold_together_although_it_stops_when_it_has_seen_enough():
    repeats = 600
    held = []
    for seed in range(repeats):
        found = select_from(Normal(seed), Target("x", 0.3), 0.3, first=5, ceiling=200)
        beside = [(each.member, mean) for each, mean in zip(found.options[1:], Normal.mean[1:])]
        held.append(all(of.low_together <= mean <= of.high_together for of, mean in beside))
    assert np.mean(held) >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / repeats)


def test_options_that_are_alike_are_said_to_be():
    service = towns(all=WARD).with_units(beds=np.array([20.0, 1.0, 12.0, 1.0]))
    options = {"late": scenarios.Close(["Dover"], at=30_000)(service), "later": scenarios.Close(["Dover"], at=40_000)(service)}
    found = select_from(Panel(service, options, QUICK), TARGET, 1.0, first=3)
    assert found.is_sure
    assert [each.replications for each in found.options] == [3, 3, 3]
    assert "Alike with baseline in every replication, and so as good: late, later." in found.said


def test_of_many_options_without_effect_hardly_a_family_has_a_finding():
    luck = np.random.default_rng(5)
    findings = [any(each.is_sure for each in family(luck.normal(size=(12, 10)))) for _ in range(400)]
    assert np.mean(findings) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_simultaneous_intervals_hold_all_at_once():
    luck, true = np.random.default_rng(6), np.linspace(-1, 1, 8)
    shared = 0.8
    held = []
    for _ in range(400):
        values = true[:, None] + shared * luck.normal(size=10) + np.sqrt(1 - shared**2) * luck.normal(size=(8, 10))
        held.append(all(each.low_together <= mean <= each.high_together for each, mean in zip(family(values), true)))
    assert np.mean(held) >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 400)


def test_one_comparison_needs_no_correction():
    values = np.array([1.0, 2.0, 4.0])
    (only,) = family([values])
    assert (only.low_together, only.high_together) == (only.low, only.high) == interval(values)[1:]
    assert only.p_together == only.p


def test_holm_keeps_the_order_of_p_values_and_leaves_out_the_unknown():
    assert holm(np.array([0.04, np.nan, 0.001, 0.03])).round(4).tolist()[0::2] == [0.06, 0.003]
    assert np.isnan(holm(np.array([np.nan]))).all()


def test_no_variance_is_saved_where_luck_is_not_shared():
    luck = np.random.default_rng(7)
    assert abs(variance_reduction(luck.normal(size=4000), luck.normal(size=4000))) < 0.1


def test_the_command_selects_and_writes(tmp_path, capsys):
    words = ["select", "scenario=close", "scenario.units=[Dover],[Ashford-REHAB]", "region=two_towns", "run=quick", "first=4"]
    own = ["measure=occupied_beds_mean", "kind=null", "better=higher", "worth=5", f"to={(tmp_path / 'made').as_posix()}"]
    assert main([*words, *own]) == 0
    said = capsys.readouterr().out
    assert "which of 3 options has the highest occupied_beds_mean" in said
    assert (tmp_path / "made" / "selection.csv").read_text("utf-8").count("\n") == 4
    assert main(["select", "scenario=close", "scenario.units=[Dover]", "region=two_towns", "worth=0"]) == 2
    wrong = capsys.readouterr().err
    assert "measure is needed" in wrong
    assert "worth is the smallest difference" in wrong
