"""Finance and commissioning as they are read: what is wrong is said in one message, with the cure."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.build_finance import read_numbers
from sim.service.deflator import read_deflators
from sim.service.fault import InputError
from sim.study.load import load_finance
from sim.study.money import money_of
from tests.money import finance_of, towns_in_round_numbers
from tests.two_towns import stroke


def refused(*words: str, service=None, **given) -> None:
    """The finance is refused in these words."""
    with pytest.raises(InputError) as error:
        load_finance(service or stroke(), **given)
    for word in words:
        assert word in str(error.value), str(error.value)


def test_a_provider_without_market_forces_factor_is_named():
    service = stroke()
    factor = {**service.units.attribute, "market_forces_factor": np.array([1.1, 1.1, np.nan, np.nan])}
    blank = service.with_units(attribute=factor)
    refused("provider DOV has no market forces factor", "Dover, Dover-REHAB", "finance=none", service=blank)
    with pytest.raises(InputError, match="DOV"):
        money_of(service, blank, finance_of(service, pass_through={}))


def test_a_region_without_market_forces_factors_has_none():
    service = towns_in_round_numbers()
    attribute = {name: column for name, column in service.units.attribute.items() if name != "market_forces_factor"}
    assert finance_of(service.with_units(attribute=attribute))


def test_budgets_must_cover_every_area(tmp_path):
    path = tmp_path / "budgets.csv"
    path.write_text("level,body,budget_gbp\nnational,the nation,100\n")
    refused("budgets do not cover every area", "icb budget for Two Towns", budgets={"table": str(path)})
    path.write_text("level,body,budget_gbp\nicb,Two Towns,-5\nicb,Two Towns,7\n")
    refused("budgets.csv", "0 or more", budgets={"table": str(path)})


def test_shares_of_the_payer_table_must_sum_to_one():
    rows = [{"icb": 1.0}, {"line": "device", "icb": 0.5, "national": 0.4}]
    refused(
        "payers row 2",
        "shares of the levels must sum to 1",
        "got 0.9",
        "0.1 is missing: raise icb or national",
        commissioning={"name": "x", "payers": rows},
    )


def test_shares_of_the_risk_table_must_sum_to_one():
    refused(
        "risk_share shares must sum to 1",
        "got 0.9",
        "raise Two Towns",
        risk_share={"rule": "proportional", "shares": {"Two Towns": 0.9}},
    )


def test_a_risk_share_names_commissioners():
    refused("unknown commissioner 'Two Town'", "Two Towns", risk_share={"rule": "capped", "shares": {"Two Town": 1.0}})


def test_a_price_year_needs_a_deflator():
    refused("price year without deflator", "1999/00", "2000/01 to 2030/31", "finance.deflators", price_year="1999/00")
    refused("price year without deflator", "2031/32", cost_price_year="2031/32")


def test_a_negative_price_is_refused():
    refused(
        "capital_per_bed must be 0 or more",
        "got -1",
        "set finance.parameters.capital_per_bed",
        parameters={"capital_per_bed": -1},
    )
    device = {"line": "device", "counts": "thrombectomy", "list_price": -4}
    refused("list_price must be a number, 0 or more", "-4", pass_through={"device": device})


def test_everything_that_is_wrong_is_told_at_once():
    given = {"payment": "blok", "harmonise": "men", "horizon_years": 40, "rebase": ["soon"], "budgets": {"by": "luck"}}
    refused("'block'", "'mean'", "from 1 to 30", "year-month-day", "history, need, converging", "5 faults", **given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"paiment": "block"}, ("unknown setting", "payment")),
        ({"parameters": {"stranded_share": 1}}, ("unknown parameter 'stranded_share'",)),
        ({"parameters": {"optimism_bias": 24}}, ("optimism_bias is a share from 0 to 1",)),
        (
            {"parameters": {"share_of_beds_built": 1.5}},
            ("share_of_beds_built is a share from 0 to 1", "1.5", "as 0.25 for a quarter"),
        ),
        ({"parameters": {"bed_step": 0}}, ("bed_step must be above 0",)),
        ({"price_spread": "own_price"}, ("price_spread", "own_price_spread")),
        ({"rebase": ["2025-01-01"]}, ("must not fall before 2026-04-01",)),
        (
            {"pass_through": {"device": {"line": "device", "counts": "coils", "list_price": 1}}},
            ("coils", "thrombectomy"),
        ),
        ({"pass_through": {"device": {"line": "toy", "counts": "thrombectomy", "list_price": 1}}}, ("device, drug",)),
        ({"budgets": {"pooling": "local_authority"}}, ("no level of bodies", "region")),
        ({"payment_changes": [{"stage": "acut", "payment": "block"}]}, ("unknown stage 'acut'", "acute")),
        ({"providers": "nowhere.csv"}, ("nowhere.csv",)),
    ],
)
def test_a_wrong_setting_of_finance_is_refused_with_the_cure(given, words):
    refused(*words, **given)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"payers": [{"icb": 1.0}]}, ("name is missing",)),
        ({"name": "x", "payers": []}, ("payers",)),
        ({"name": "x", "payers": [{"icb": 1.5}]}, ("share from 0 to 1", "1.5")),
        ({"name": "x", "payers": [{"icb": 1.0, "line": "cars"}]}, ("line is one of", "cars")),
        ({"name": "x", "payers": [{"icb": 1.0, "group": "strok"}]}, ("unknown group 'strok'", "'stroke'")),
        ({"name": "x", "payers": [{"icb": 1.0, "line": "care"}]}, ("nobody pays for device",)),
        ({"name": "x", "payers": [{"icb": 1.0, "at": 5}]}, ("nobody pays for care from the start",)),
        ({"name": "x", "payers": [{"trust": 1.0}]}, ("unknown setting", "trust")),
        ({"name": "x", "bodies": {"icb": "isbn"}, "payers": [{"icb": 1.0}]}, ("isbn", "region")),
    ],
)
def test_a_wrong_payer_table_is_refused_with_the_cure(lines, words):
    refused(*words, commissioning=lines)


def test_a_trust_that_nobody_knows_is_refused(tmp_path):
    path = tmp_path / "trusts.csv"
    path.write_text("provider,control_total_gbp\nDOVE,5\n")
    refused("trusts.csv", "DOVE", providers=str(path))


def test_every_shipped_number_has_unit_source_confidence_and_pounds_a_price_year():
    parameters, years = read_numbers("finance")
    for name, each in parameters.items():
        assert all((each.unit, each.source, each.confidence, each.basis))
        assert each.unit.startswith("GBP") == (name in years)
    assert parameters["stranded_share_year_1"].is_guess
    assert not parameters["discount_rate"].is_guess
    assert set(years.values()) <= set(read_deflators().index)


def test_a_number_in_pounds_without_price_year_is_refused(tmp_path):
    path = tmp_path / "finance.csv"
    path.write_text(
        "name,value,low,high,unit,price_year,source,confidence,basis,note\nbed,5,,,GBP a bed,,me,high,seen,\n"
    )
    with pytest.raises(InputError, match="needs a price_year"):
        read_numbers(str(path))


def test_deflators_are_those_of_the_treasury():
    found = read_deflators()
    assert found.factor("2017/18", "2024/25") == pytest.approx(1.298, abs=5e-4)
    assert found.factor("2024/25", "2024/25") == 1
    assert "2026/27" in found.forecast


def test_pounds_are_brought_to_the_price_year_but_for_those_of_the_user():
    table = load_finance(stroke())
    assert table.number["capital_per_bed"] == pytest.approx(290_000 * 100 / 78.7948)
    own = load_finance(stroke(), parameters={"capital_per_bed": 290_000})
    assert own.number["capital_per_bed"] == 290_000
    assert table.parameters["capital_per_bed"].price_year == "2018/19"
    assert own.parameters["capital_per_bed"].price_year == own.price_year == "2024/25"


def test_finance_none_counts_no_money():
    assert load_finance(stroke(), "none") is None


def test_payers_change_on_their_dates_and_the_later_row_holds():
    rows = [
        {"icb": 1.0},
        {"line": "device", "national": 1.0},
        {"stage": "comprehensive", "at": "2028-04-01", "region": 1.0},
    ]
    found = load_finance(stroke(), commissioning={"name": "x", "payers": rows}).commissioning
    stages = [("thrombectomy", "comprehensive"), ("stroke", "acute")]
    assert found.shares(stages, "device", 0).tolist() == [[0, 0, 0, 1, 0], [0, 0, 0, 1, 0]]
    assert found.shares(stages, "device", 731).tolist() == [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
    assert found.shares(stages, "care", 730).tolist() == [[1, 0, 0, 0, 0], [1, 0, 0, 0, 0]]
    assert found.dates == (731.0,)
