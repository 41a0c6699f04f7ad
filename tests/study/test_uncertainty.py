"""What is not known of the numbers: beliefs are those of the tables, and an analysis of a case worked by hand finds its answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.__main__ import main
from sim.service.fault import InputError
from sim.service.service import Parameter
from sim.study import uncertainty
from sim.study.belief import Belief, Beliefs, draw_beliefs, law_of, one_way, settings_at
from sim.study.load import load_finance
from sim.study.uncertainty import Drawn, Judged
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
    return Drawn(
        BELIEFS,
        ("A", "B"),
        (MEASURE._replace(better=better),),
        ends[:, 0],
        ends[:, 1:].reshape(2, 3, 2, 1),
        settings,
        value + noise,
        np.full(value.shape, luck),
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
    best = uncertainty.best_rows(found)
    # A is N(2, 3), B is N(0, sqrt 5), the baseline 0.
    luck = np.random.default_rng(1)
    a, b = luck.normal(2, 3, 400_000), luck.normal(0, np.sqrt(5), 400_000)
    most = np.maximum(np.maximum(a, b), 0)
    assert row(best, option="A")["chance_best"] == pytest.approx(np.mean(a == most), abs=0.01)
    assert row(best, option="A")["value_of_knowing_everything"] == pytest.approx(most.mean() - 2, abs=0.05)
    assert [each["option"] for each in best if each["is_best_on_average"]] == ["A"]
    # Knowing x alone: the better of 3 x - 1 and what B and the baseline have on average, 0.
    x = luck.normal(1, 1, 400_000)
    alone = np.maximum(3 * x - 1, 0).mean() - 2
    assert row(uncertainty.knowing_rows(found), parameter="x")["value_of_knowing_it"] == pytest.approx(alone, abs=0.1)


def test_where_less_is_better_signs_turn():
    assert row(uncertainty.best_rows(made(500, better="lower")), is_best_on_average=True)["option"] in ("baseline", "B")
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
    drawn = made(10)
    rows = uncertainty.saltelli_rows(drawn, answer(settings_at(BELIEFS, share)))
    for name, of in (("y", 1 / 5), ("z", 4 / 5), ("x", 0.0)):
        found = row(rows, option="B", parameter=name)
        assert found["total"] == pytest.approx(of, abs=0.05)
        assert found["first_order"] == pytest.approx(of, abs=0.1)


def test_net_benefit_needs_cost_and_qalys():
    assert uncertainty.acceptability_rows(made(10)) == []
    cost, effect = (Judged(key, key, "", better) for key, better in ((uncertainty.COST, "lower"), (uncertainty.EFFECT, "higher")))
    luck = np.random.default_rng(2)
    value = np.stack([np.full(500, 0.1), luck.normal(5, 1, 500)], axis=1)[None]  # GBP 100,000 for 5 QALYs: 20,000 each
    drawn = Drawn(BELIEFS, ("A",), (cost, effect), value[:, 0], np.zeros((1, 3, 2, 2)), draw_beliefs(BELIEFS, 500, 1), value, value * 0)
    chance = {each["gbp_per_qaly"]: each["chance_best"] for each in uncertainty.acceptability_rows(drawn) if each["option"] == "A"}
    assert chance[0] == 0
    assert chance[20_000] == pytest.approx(0.5, abs=0.06)
    assert chance[25_000] == pytest.approx(stats.norm.sf(-1), abs=0.06)


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
    first = {path.name: path.read_bytes() for path in (tmp_path / "made").glob("*.csv")}
    assert {"spread.csv", "tornado.csv", "best.csv", "thresholds.csv", "knowing.csv", "draws.csv", "parameters.csv"} <= set(first)
    assert "close units=Dover" in first["tornado.csv"].decode()
    assert main(words) == 0
    assert "14 of 14 done" in capsys.readouterr().out
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "made").glob("*.csv")}


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
