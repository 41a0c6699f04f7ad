"""What is not known of the numbers: beliefs are those of the tables, and an analysis of a case worked by hand finds its answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy import stats

from sim.__main__ import main
from sim.service.fault import InputError
from sim.service.service import Parameter
from sim.show.figures import uncertainty as figures
from sim.show.uncertainty import draw_uncertainty, uncertainty_text
from sim.store.reading import read_rows
from sim.study import best, uncertainty
from sim.study.belief import Belief, Beliefs, draw_beliefs, law_of, one_way, settings_at
from sim.study.load import load_finance
from sim.study.uncertainty import Drawn, Judged
from sim.sweep.draws import luck_of
from tests.two_towns import stroke


@pytest.fixture(scope="module")
def every() -> dict[str, Belief]:
    service = stroke()
    return {each.name: each for each in Beliefs().of(service, load_finance(service))}


# -- beliefs -------------------------------------------------------------------------------------------------------------


def test_an_interval_of_the_table_goes_before_the_confidence(every):
    stay, share = every["stay_hyperacute"], every["thrombectomy_share"]
    assert (stay.law, stay.setting, stay.value) == ("gamma", "service.factors.stay_hyperacute", 1.0)
    assert (4.1 * stay.low, 4.1 * stay.high) == pytest.approx((4.04, 4.16))
    assert "sampling error alone" in stay.basis
    assert (share.law, share.is_assumed) == ("beta", True)
    assert (share.low, share.high) == pytest.approx((0.8, 1.2))


def test_numbers_of_every_table_are_believed_at_the_setting_that_sets_them(every):
    assert every["arrival_to_needle_minutes"].setting == "service.outcome.parameters.arrival_to_needle_minutes"
    assert every["public_transport_ratio"].setting == "service.burden.parameters.public_transport_ratio"
    assert every["capital_per_bed"].setting == "finance.parameters.capital_per_bed"
    # The table has it at prices of 2018/19, the setting is at those of the analysis.
    assert every["capital_per_bed"].value > 290_000


@pytest.mark.parametrize("law", ["beta", "lognormal", "gamma", "normal", "uniform"])
def test_a_law_has_its_mean_and_its_ends(law):
    belief = Belief("p", "service.factors.p", law, 1.0, 0.9, 1.1, "share", 0.3, "", False)
    share = (np.arange(20_000) + 0.5) / 20_000
    drawn = belief.quantile(share)
    assert drawn.mean() == pytest.approx(1.0, rel=0.003)
    ends = np.percentile(drawn, (2.5, 97.5))
    assert ends == pytest.approx((0.905, 1.095) if law == "uniform" else (0.9, 1.1), rel=0.01)


def test_the_mean_of_a_belief_is_the_value_of_the_table_however_lopsided_its_interval(every):
    share = (np.arange(20_000) + 0.5) / 20_000
    for each in every.values():
        if each.law != "lognormal":
            assert each.quantile(share).mean() == pytest.approx(each.value, rel=0.005), each.name
    late = every["stranded_share_year_3"]
    assert (late.law, late.value, late.low, late.high) == ("beta", 0.25, 0.0, 0.8)


def test_a_share_hardly_known_is_no_wider_than_its_mean_lets_it_be():
    belief = Belief("p", "p", "beta", 0.05, 0.0, 1.0, "share", 0.05, "", False)
    drawn = belief.quantile((np.arange(20_000) + 0.5) / 20_000)
    assert drawn.mean() == pytest.approx(0.05, rel=0.01)
    assert drawn.max() < 0.8


def test_only_the_word_ratio_makes_a_ratio():
    of = Parameter("p", 20.0, "operations a year per 100000 people", "", "low", "seen")
    assert law_of(of, 20.0) == "gamma"


@pytest.mark.parametrize(("law", "middle"), [("normal", 0.15), ("beta", 0.15), ("gamma", 0.15), ("uniform", 0.15)])
def test_a_law_of_ones_own_lies_about_the_middle_of_its_own_interval(law, middle):
    given = {"parameters": ["share_care_home"], "laws": {"share_care_home": {"law": law, "low": 0.1, "high": 0.2}}}
    (own,) = Beliefs.read(given).of(stroke(), None)
    share = (np.arange(4000) + 0.5) / 4000
    assert own.quantile(share).mean() * own.base / own.value == pytest.approx(middle, rel=0.005)


def test_every_belief_gives_settings_that_can_be(every):
    beliefs = tuple(every.values())
    drawn = draw_beliefs(beliefs, 200, 1)
    assert np.isfinite(drawn).all()
    shares = [b for b, each in enumerate(beliefs) if each.law == "beta"]
    scale = np.array([beliefs[b].base / beliefs[b].value for b in shares])
    assert ((drawn[:, shares] * scale >= 0) & (drawn[:, shares] * scale <= 1)).all()


def test_draws_depend_on_their_seed_alone_and_are_not_correlated(every):
    beliefs = tuple(every.values())[:6]
    one, other = draw_beliefs(beliefs, 400, 1), draw_beliefs(beliefs, 400, 2)
    assert (one == draw_beliefs(beliefs, 400, 1)).all()
    assert (one != other).any()
    assert np.abs(np.corrcoef(one.T) - np.eye(6)).max() < 0.2


def test_one_at_a_time_leaves_all_others_as_they_are():
    beliefs = tuple(Belief(n, n, "normal", 1.0, 0.5, 1.5, "", 1.0, "", False) for n in "ab")
    assert one_way(beliefs).tolist() == [[1, 1], [0.5, 1], [1.5, 1], [1, 0.5], [1, 1.5]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"parameters": ["stay_hyperacut"]}, "did you mean 'stay_hyperacute'"),
        ({"parameters": 3}, "parameters is a list of names, or all"),
        ({"widths": {"certain": 0.1}}, "widths are by confidence"),
        ({"widths": {"low": 2}}, "must lie between 0 and 1"),
        ({"laws": {"mimic_ratio": {"law": "betta", "low": 0, "high": 1}}}, "did you mean 'beta'"),
        ({"laws": {"mimic_ratio": {"law": "uniform", "low": 1, "high": 0}}}, "low end below its high end"),
        ({"laws": {"mimic_ratio": {"law": "lognormal", "low": 0, "high": 1}}}, "the lognormal law of mimic_ratio has its ends above 0"),
        ({"laws": {"share_care_home": {"law": "beta", "low": 0.1, "high": 2}}}, "between 0 and 1"),
        ({"width": {}}, "unknown setting"),
    ],
)
def test_what_cannot_be_believed_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        Beliefs.read(given).of(stroke(), None)


def test_a_number_set_by_the_user_is_certain_and_a_law_of_ones_own_is_taken():
    service = stroke(parameters={"mimic_ratio": 0.4}, factors={})
    given = {"parameters": ["mimic_ratio", "share_care_home"], "laws": {"share_care_home": {"law": "uniform", "low": 0.05, "high": 0.2}}}
    (own,) = [each for each in Beliefs.read(given).of(service, None) if each.name != "mimic_ratio"]
    assert (own.law, own.low, own.high) == ("uniform", pytest.approx(0.5), pytest.approx(2.0))
    assert Parameter("p", 1.0, "", "", "high", "user").low is None


# -- analysis: option A gains 3 x - 1, option B 1 + y - 2 z --------------------------------------------------------------

BELIEFS = tuple(Belief(n, n, "normal", v, v - 1.96, v + 1.96, "", v, "", False) for n, v in (("x", 1.0), ("y", 1.0), ("z", 1.0)))
MEASURE = Judged("gain", "gain", "units", "higher")


def answer(settings: np.ndarray) -> np.ndarray:
    """(2, N, 1)"""
    x, y, z = settings.T
    return np.stack([3 * x - 1, 1 + y - 2 * z])[:, :, None]


def made(count: int = 2000, luck: float = 0.0, better: str = "higher") -> Drawn:
    settings = draw_beliefs(BELIEFS, count, 3)
    value, ends = answer(settings), answer(one_way(BELIEFS))
    noise = np.random.default_rng(4).normal(0, luck, value.shape) if luck else 0.0
    found = drawn(value + noise, settings, luck, better=better)
    return replace(found, base=ends[:, 0], ends=ends[:, 1:].reshape(2, 3, 2, 1))


def drawn(value: np.ndarray, settings: np.ndarray, luck=0.0, level: np.ndarray | None = None, better: str = "higher") -> Drawn:
    """Draws of one measure: (O, N, 1) option less baseline, with luck of so much in each, found with three degrees of freedom."""
    options, count, _ = value.shape
    return Drawn(
        BELIEFS,
        ("A", "B")[:options],
        (MEASURE._replace(better=better),),
        np.zeros((options, 1)),
        np.zeros((options, 3, 2, 1)),
        np.zeros((options, 3, 1, 3, 3)),
        4,
        settings,
        value,
        np.concatenate([np.zeros((1, count, 1)), value]) if level is None else level,
        np.broadcast_to(np.eye(options) * luck**2, (count, 1, options, options)),
        np.full((count, 1), 3.0),
    )


def row(rows: list[dict], **which) -> dict:
    (found,) = [each for each in rows if all(each[key] == value for key, value in which.items())]
    return found


def test_the_spread_of_the_numbers_is_told_apart_from_luck():
    plain, lucky = (row(uncertainty.spread_rows(made(luck=luck)), option="A") for luck in (0.0, 4.0))
    assert plain["share_of_luck"] == 0
    assert plain["sd_of_numbers"] == pytest.approx(3.0, rel=0.03)
    assert lucky["sd_of_numbers"] == pytest.approx(3.0, rel=0.1)
    assert lucky["share_of_luck"] == pytest.approx(16 / 25, rel=0.08)
    assert (lucky["low"], lucky["high"]) == pytest.approx((2 - 1.96 * 3, 2 + 1.96 * 3), abs=0.6)


def test_a_tornado_names_the_widest_swing_first_and_where_the_option_is_no_better():
    rows = [each for each in uncertainty.tornado_rows(made(10)) if each["option"] == "B"]
    assert [each["parameter"] for each in rows] == ["z", "y", "x"]
    assert (rows[0]["at_low"], rows[0]["at_high"]) == pytest.approx((3.92, -3.92))
    of_a = row(uncertainty.tornado_rows(made(10)), option="A", parameter="x")
    assert of_a["zero_at"] == pytest.approx(1 / 3)
    assert np.isnan(row(uncertainty.tornado_rows(made(10)), option="A", parameter="y")["zero_at"])


def test_indices_are_shares_of_the_variance():
    rows = uncertainty.index_rows(made(1000))
    for name, share in (("y", 1 / 5), ("z", 4 / 5), ("x", 0.0)):
        found = row(rows, option="B", parameter=name)
        assert found["share_of_variance"] == pytest.approx(share, abs=0.03)
        assert found["first_order"] == pytest.approx(share, abs=0.05)
        assert found["r_squared"] == pytest.approx(1.0)
    assert row(rows, option="B", parameter="z")["standardised_coefficient"] < 0


def test_the_best_option_and_the_value_of_knowing_are_those_of_the_normal():
    found = made(20_000)
    rows = best.best_rows(found)
    # A is N(2, 3), B is N(0, sqrt 5), the baseline 0.
    luck = np.random.default_rng(1)
    a, b = luck.normal(2, 3, 400_000), luck.normal(0, np.sqrt(5), 400_000)
    most = np.maximum(np.maximum(a, b), 0)
    assert row(rows, option="A")["chance_best"] == pytest.approx(np.mean(a == most), abs=0.01)
    assert row(rows, option="A")["value_of_knowing_everything"] == pytest.approx(most.mean() - 2, abs=0.05)
    assert [each["option"] for each in rows if each["is_best_on_average"]] == ["A"]
    # Knowing x alone: the better of 3 x - 1 and what B and the baseline have on average, 0.
    x = luck.normal(1, 1, 400_000)
    alone = np.maximum(3 * x - 1, 0).mean() - 2
    assert row(best.knowing_rows(found), parameter="x")["value_of_knowing_it"] == pytest.approx(alone, abs=0.1)


def test_where_less_is_better_signs_turn():
    assert row(best.best_rows(made(500, better="lower")), is_best_on_average=True)["option"] in ("baseline", "B")
    assert row(uncertainty.spread_rows(made(500, better="lower")), option="A")["chance_better_than_baseline"] < 0.4


def test_thresholds_say_where_another_option_becomes_best():
    rows = uncertainty.threshold_rows(made(10))
    assert {each["best_as_tabled"] for each in rows} == {"A"}
    # A falls to 0, what B and the baseline have, at x = 1/3; B rises to 2 at y = 3 (outside) and at z = 0.
    assert row(rows, parameter="x")["stops_at"] == pytest.approx(1 / 3)
    assert row(rows, parameter="z")["stops_at"] == pytest.approx(0.0)
    assert row(rows, parameter="z")["then_best"] == "B"
    assert not [each for each in rows if each["parameter"] == "y"]


def test_variance_based_indices_of_a_case_with_a_known_answer():
    share = uncertainty.saltelli_shares(3, 256, 1)
    rows = uncertainty.saltelli_rows(made(10), answer(settings_at(BELIEFS, share)))
    for name, of in (("y", 1 / 5), ("z", 4 / 5), ("x", 0.0)):
        found = row(rows, option="B", parameter=name)
        assert found["total"] == pytest.approx(of, abs=0.05)
        assert found["first_order"] == pytest.approx(of, abs=0.1)


def test_a_measure_without_indices_says_why():
    value = answer(settings_at(BELIEFS, uncertainty.saltelli_shares(3, 16, 1)))
    value[0, 3], value[1] = np.inf, 2.0
    rows = {each["option"]: each["why_not"] for each in uncertainty.saltelli_rows(made(10), value)}
    assert rows == {"A": "1 of 80 points have no number, and none can be spared", "B": "the same at every point"}


def test_net_benefit_needs_cost_and_qalys():
    assert best.acceptability_rows(made(10)) == []
    cost, effect = (Judged(key, key, "", better) for key, better in ((best.COST, "lower"), (best.EFFECT, "higher")))
    luck = np.random.default_rng(2)
    value = np.stack([np.full(500, 0.1), luck.normal(5, 1, 500)], axis=1)[None]  # GBP 100,000 for 5 QALYs: 20,000 each
    found = replace(drawn(value[:, :, :1], draw_beliefs(BELIEFS, 500, 1)), measures=(cost, effect), value=value)
    rows = [each for each in best.acceptability_rows(found) if each["option"] == "A"]
    chance = {each["gbp_per_qaly"]: each["chance_best"] for each in rows}
    assert chance[0] == 0
    assert chance[20_000] == pytest.approx(0.5, abs=0.06)
    assert chance[25_000] == pytest.approx(stats.norm.sf(-1), abs=0.06)


# -- luck is no knowledge ------------------------------------------------------------------------------------------------


def normal(mean: float, sd: float, luck: float, count: int, seed: int) -> Drawn:
    """One option whose gain is normal in x alone, with luck in every draw."""
    settings = draw_beliefs(BELIEFS, count, seed)
    noise = np.random.default_rng(seed).normal(0, 1, count) * luck
    return drawn((mean + sd * (settings[:, 0] - 1) + noise)[None, :, None], settings, luck)


def loss_integral(mean: float, sd: float) -> float:
    """What perfect knowledge brings to a choice between 0 and a normal value."""
    z = abs(mean) / sd
    return sd * (stats.norm.pdf(z) - z * stats.norm.sf(z))


def test_luck_alone_is_worth_nothing_to_know_and_says_so():
    everything, one, told = [], [], []
    for seed in range(40):
        found = normal(0.0, 0.0, 2.0, 200, seed)
        rows = best.best_rows(found)
        everything.append(rows[0]["value_of_knowing_everything"])
        one.append(max(each["value_of_knowing_it"] for each in best.knowing_rows(found)))
        told.append(rows[0]["told_apart"])
        assert rows[0]["share_of_luck"] > 0.7
    # With luck left in, the better of two equals would seem to bring 2 x 0.4 = 0.8 on average.
    assert np.mean(np.array(everything) == 0) >= 0.85
    assert np.mean(everything) < 0.02
    assert np.mean(one) < 0.02
    assert np.mean(told) < 0.25  # by luck, one in twenty by the mean and one by the spread
    quiet = next(normal(0.0, 0.0, 2.0, 200, seed) for seed in range(40) if not told[seed])
    assert np.isnan(row(best.best_rows(quiet), option="A")["chance_best"])
    text = "\n".join(uncertainty_text(quiet))
    assert "do not tell these options apart beyond luck (baseline, A)" in text
    assert "run.replications=" in text
    assert "not told" in text


@pytest.mark.parametrize("luck", [0.0, 1.0, 3.0])
def test_the_value_of_knowing_is_that_of_the_normal_whatever_the_luck(luck):
    found = normal(0.5, 2.0, luck, 4000, 7)
    all_of_it = row(best.best_rows(found), option="A")
    exact, error = loss_integral(0.5, 2.0), all_of_it["value_of_knowing_everything_error"]
    assert abs(all_of_it["value_of_knowing_everything"] - exact) < 4 * error
    assert error < 0.05 + 0.02 * luck
    assert abs(all_of_it["chance_best"] - stats.norm.cdf(0.25)) < 4 * all_of_it["chance_best_error"]
    # x alone moves it: knowing x is knowing all.
    by_x = row(best.knowing_rows(found), parameter="x")
    assert abs(by_x["value_of_knowing_it"] - exact) < 4 * by_x["value_of_knowing_it_error"]
    assert row(best.knowing_rows(found), parameter="y")["value_of_knowing_it"] < 0.02


def test_the_value_of_knowing_is_right_on_average_where_luck_is_found_from_the_replications():
    worth, by_y = [], []
    for seed in range(40):
        settings = draw_beliefs(BELIEFS, 100, seed)
        samples = (0.5 + 2 * (settings[:, :1] - 1)) + np.random.default_rng(seed).normal(0, 4, (100, 4))
        found = replace(drawn(samples.mean(axis=1)[None, :, None], settings), luck=luck_of(samples[:, None, None, :]))
        worth.append(best.best_rows(found)[0]["value_of_knowing_everything"])
        by_y.append(row(best.knowing_rows(found), parameter="y")["value_of_knowing_it"])
    assert np.mean(worth) == pytest.approx(loss_integral(0.5, 2.0), abs=4 * np.std(worth) / np.sqrt(40))
    assert np.mean(by_y) < 0.02
    # With luck left in, it would seem to be that of a spread of 2.8.
    assert np.mean(worth) < loss_integral(0.5, 2.8) - 0.1


def test_luck_that_two_options_share_is_not_taken_for_a_difference_between_them():
    settings = draw_beliefs(BELIEFS, 2000, 5)
    luck = np.random.default_rng(5)
    shared, own = luck.normal(0, 3, 2000), luck.normal(0, 0.5, (2, 2000))
    gain = np.stack([2 + (settings[:, 0] - 1), 2 - (settings[:, 0] - 1)]) + shared + own
    found = replace(drawn(gain[:, :, None], settings), luck=np.broadcast_to(9 + 0.25 * np.eye(2), (2000, 1, 2, 2)))
    left = best.choice_of(found, 0).without_luck(np.arange(2000))
    # The two differ by 2 (x - 1), and by nothing else that is known.
    assert (left[1] - left[2]).std() == pytest.approx(2.0, rel=0.05)
    assert left[1].std() == pytest.approx(1.0, rel=0.2)


def test_which_option_is_written_first_changes_nothing():
    one = made(400, luck=2.0)
    other = replace(one, options=("B", "A"), value=one.value[::-1], level=one.level[[0, 2, 1]])
    for key in ("chance_best", "expected_loss", "value_of_knowing_everything"):
        assert row(best.best_rows(one), option="A")[key] == pytest.approx(row(best.best_rows(other), option="A")[key], rel=1e-6)


def test_where_luck_is_not_known_nothing_is_made_of_it():
    found = replace(made(100), luck=np.full((100, 1, 2, 2), np.nan), freedom=np.zeros((100, 1)))
    spread, first = row(uncertainty.spread_rows(found), option="A"), row(best.best_rows(found), option="A")
    assert spread["mean"] == pytest.approx(2.0, abs=0.1)
    assert np.isnan([spread[key] for key in ("low", "high", "share_of_luck", "chance_better_than_baseline")]).all()
    assert np.isnan([first[key] for key in ("chance_best", "expected_loss", "value_of_knowing_everything")]).all()
    assert "take run.replications=2 or more" in "\n".join(uncertainty_text(found))


def test_one_replication_does_not_know_its_luck():
    assert np.isnan(luck_of(np.array([[0.5]]))).all()
    assert luck_of(np.array([[1.0, 2.0, 3.0, np.nan]]))[0, 0] == pytest.approx(1 / 3)


def test_the_luck_of_two_means_goes_together_as_far_as_they_have_replications_in_common():
    both = luck_of(np.array([[1.0, 2.0, 6.0], [2.0, 4.0, 12.0]]))
    assert both == pytest.approx(np.cov([[1, 2, 6], [2, 4, 12]]) / 3)


# -- waits without limit -------------------------------------------------------------------------------------------------


def waits(option: list[float], baseline: list[float], other: list[float] | None = None) -> Drawn:
    """Waits of 100 draws: those named, then 1 for everybody but the option, which has 0.5 to 0.9."""
    count = 100
    level = np.ones((3 if other else 2, count, 1))
    level[1, :, 0] = np.linspace(0.5, 0.9, count)
    for place, first in enumerate(filter(None, (baseline, option, other))):
        level[place, : len(first), 0] = first
    with np.errstate(invalid="ignore"):
        value = level[1:] - level[:1]
    return drawn(value, draw_beliefs(BELIEFS, count, 1), level=level, better="lower")


NONE = float("inf")


def test_an_option_that_saturates_in_some_draws_looks_no_better_for_it():
    found = waits([NONE] * 30, [1.0])
    spread, first = row(uncertainty.spread_rows(found), option="A"), best.best_rows(found)
    assert spread["chance_better_than_baseline"] == pytest.approx(0.7)
    assert (spread["mean"], spread["high"]) == (NONE, NONE)
    assert spread["low"] < 0
    assert (spread["draws"], spread["draws_without_limit"], spread["draws_not_known"]) == (100, 30, 0)
    assert np.isnan([spread["sd_of_numbers"], spread["standard_error_of_mean"]]).all()
    option = row(first, option="A")
    assert (option["chance_best"], option["expected_loss"], option["draws_without_limit"]) == (pytest.approx(0.7), NONE, 30)
    assert row(first, option="baseline")["is_best_on_average"]
    assert not option["is_best_on_average"]
    assert np.isnan(best.knowing_rows(found)[0]["value_of_knowing_it"])
    text = "\n".join(uncertainty_text(found))
    assert "without limit in 30 of 100 draws, the baseline in 0" in text


def test_an_option_that_ends_a_wait_without_limit_is_better():
    found = waits([0.5], [NONE] * 20)
    assert row(uncertainty.spread_rows(found), option="A")["chance_better_than_baseline"] == 1
    assert row(uncertainty.spread_rows(found), option="A")["mean"] == -NONE
    assert row(best.best_rows(found), option="baseline")["expected_loss"] == NONE
    assert row(best.best_rows(found), option="A")["value_of_knowing_everything"] == 0


def test_two_options_are_told_apart_where_the_baseline_is_without_limit():
    found = waits([0.5] * 100, [NONE] * 100, [0.4] * 50 + [NONE] * 50)
    first = best.best_rows(found)
    assert row(first, option="A")["chance_best"] == row(first, option="B")["chance_best"] == 0.5
    assert row(first, option="B")["expected_loss"] == NONE
    assert row(first, option="A")["expected_loss"] == pytest.approx(0.05)


def test_two_waits_without_limit_are_a_tie_and_their_difference_is_not_known():
    found = waits([NONE] * 10, [NONE] * 10)
    spread, first = row(uncertainty.spread_rows(found), option="A"), row(best.best_rows(found), option="A")
    assert (spread["chance_better_than_baseline"], spread["chance_same_as_baseline"]) == pytest.approx((0.9, 0.1))
    assert np.isnan([spread["mean"], spread["low"], spread["high"]]).all()
    assert first["chance_best"] == pytest.approx(0.95)
    assert np.isnan([first["expected_loss"], first["value_of_knowing_everything"]]).all()


def test_a_draw_that_is_not_known_is_left_out_and_counted():
    found = made(100)
    level, value = found.level.copy(), found.value.copy()
    level[1, :7], value[0, :7] = np.nan, np.nan
    holed = replace(found, level=level, value=value)
    spread = {each["option"]: each for each in uncertainty.spread_rows(holed)}
    assert (spread["A"]["draws"], spread["A"]["draws_not_known"], spread["B"]["draws_not_known"]) == (93, 7, 0)
    assert np.isfinite([spread["A"]["mean"], spread["A"]["low"]]).all()
    assert {each["draws"] for each in best.best_rows(holed)} == {93}
    assert "A, gain: 7 of 100 draws are not known and are left out" in "\n".join(uncertainty_text(holed))


def test_a_swing_to_a_wait_without_limit_is_the_widest_and_a_swing_of_luck_is_marked():
    found = made(10, better="lower")
    ends, luck = found.ends.copy(), np.zeros((2, 3, 1, 3, 3))
    ends[0, 1, 1] = NONE
    luck[0, 0, 0] = 9 * np.eye(3)  # x moves A by 11.8 in all, with an error of 4.2 and three degrees of freedom
    rows = [each for each in uncertainty.tornado_rows(replace(found, ends=ends, ends_luck=luck)) if each["option"] == "A"]
    assert (rows[0]["parameter"], rows[0]["swing"], rows[0]["beyond_luck"]) == ("y", NONE, True)
    assert (rows[1]["parameter"], rows[1]["beyond_luck"]) == ("x", False)
    assert rows[1]["error_of_luck"] == pytest.approx(np.sqrt(18))


def test_a_swing_is_as_wide_as_its_three_points():
    found = made(10)
    ends = found.ends.copy()
    ends[0, 1] = found.base[0] - 3  # lower at both ends
    assert row(uncertainty.tornado_rows(replace(found, ends=ends)), option="A", parameter="y")["swing"] == pytest.approx(3.0)


# -- figures -------------------------------------------------------------------------------------------------------------


def test_what_luck_leaves_open_is_drawn_as_open():
    quiet = drawn(np.random.default_rng(1).normal(0, 2, (2, 100, 1)), draw_beliefs(BELIEFS, 100, 1), luck=2.0)
    said = figures.chances(quiet, plt.figure().subplots())
    assert "gain: not told apart: baseline and A and B" in said
    assert "gain: baseline" in figures.chances(made(100), plt.figure().subplots())
    plt.close("all")


def test_a_tornado_names_what_it_cannot_draw():
    found = made(10, better="lower")
    ends = found.ends.copy()
    ends[0, 1, 1] = NONE
    said = figures.tornado(replace(found, ends=ends), plt.figure().subplots())
    assert "Widest swings: x" in said
    assert "Left out, without limit or not known: y" in said
    ends[0, [0, 2]] = found.base[0]
    assert "None of the other numbers moves gain of A" in figures.tornado(replace(found, ends=ends), plt.figure().subplots())
    plt.close("all")


def test_a_report_puts_its_own_words_to_each_figure(tmp_path):
    (tmp_path / "figures").mkdir()
    said = draw_uncertainty(made(40, luck=1.0), tmp_path / "figures")
    assert [each.partition(":")[0] for each in said] == sorted(path.stem for path in (tmp_path / "figures").glob("*.svg"))
    assert not [each for each in said if ";" in each]


# -- the command ---------------------------------------------------------------------------------------------------------

LINES = """
parameters: [mimic_ratio, capital_per_bed]
widths: {high: 0.1, medium: 0.2, low: 0.5}
"""


def test_the_command_asks_as_a_sweep_analyses_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text(LINES, encoding="utf-8")
    words = ["uncertainty", "scenario=close", "scenario.units=[Dover],[Ashford-REHAB]", "region=two_towns", "run=quick", "draws=2"]
    words += ["uncertainty=own.yaml", "to=made", "sweep.workers=1", "figures=false"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "14 points over scenario.units, service.factors.mimic_ratio" in said
    assert "Every interval is from a table of sources" in said
    for text in (said, (tmp_path / "made" / "README.md").read_text(encoding="utf-8")):
        assert "Illustrative: the baseline does not fit what is reported" in text
        assert "Two Towns is made up" in text
    first = {path.name: path.read_bytes() for path in (tmp_path / "made").glob("*.csv")}
    assert {"spread.csv", "tornado.csv", "best.csv", "thresholds.csv", "knowing.csv", "draws.csv", "parameters.csv"} <= set(first)
    assert "close units=Dover" in first["tornado.csv"].decode()
    assert main(words) == 0
    assert "14 of 14 done" in capsys.readouterr().out
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "made").glob("*.csv")}


def test_one_replication_of_a_simulated_measure_is_said_to_tell_nothing_of_luck(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text("parameters: [mimic_ratio]", encoding="utf-8")
    words = ["uncertainty", "scenario=close", "scenario.units=[Dover]", "region=two_towns", "run=quick", "run.replications=1", "draws=3"]
    words += ["measures=[wait_share_delayed, within_30]", "uncertainty=own.yaml", "to=made", "sweep.workers=1", "figures=false"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "requests that wait for a bed: one replication does not say how much of it is luck; take run.replications=2 or more" in said
    assert "patients within 30 minutes: one" not in said
    waits, within = read_rows(tmp_path / "made" / "spread.csv")
    assert (waits["share_of_luck"], waits["low"], waits["standard_error_of_luck"]) == ("", "", "")
    assert within["standard_error_of_luck"] == "0"
    assert {each["chance_best"] for each in read_rows(tmp_path / "made" / "best.csv") if each["measure"] == "wait_share_delayed"} == {""}
    assert "one replication does not say" in (tmp_path / "made" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("draws=1", "draws must be a whole number, 2 or more"),
        ("saltelli=3", "saltelli must be a power of 2"),
        ("uncertainty=strok", "did you mean 'stroke'"),
        ("run.years=1,2", "options differ in their scenario alone"),
        ("measures=waits", "measures is a list of keys"),
        ("design=stroke_uncertain", "an analysis makes its own design"),
    ],
)
def test_words_that_cannot_be_are_refused(word, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["uncertainty", "scenario=close", "scenario.units=[Dover]", "region=two_towns", "run=quick", word]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
