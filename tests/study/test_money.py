"""Money of an option, worked by hand on two towns, and its tables."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

import scenarios
from scenarios import Close
from sim.configs import choices
from sim.measures.money.bill import LINES
from sim.measures.money.bridge import STEPS
from sim.store.results import TABLES, notices, write_csv
from sim.study import money
from sim.study.option_row import NEUTRAL, option_row
from sim.study.plan import plan
from sim.study.question import ask
from sim.study.run import Run
from sim.study.tables import summary
from tests.money import dover_closes, finance_of, towns_in_round_numbers
from tests.two_towns import QUICK, stroke


@pytest.fixture(scope="module")
def closed():
    """Dover closes on the first day; its 15 beds and 300 patients a year go to Ashford. All in round numbers, over four years.

    The baseline, a year
        admissions          900 x 1,000                                       900,000
          of it fixed       2 units x 112,500                      225,000
          semi-fixed        45 beds x 10,000                       450,000
          variable          900 x 10 days x 25                     225,000
        ambulances          900 journeys x 100                                 90,000
                                                                              -------
                                                                              990,000
    The option                           year 1     year 2     year 3     year 4
        fixed, one unit                 112,500    112,500    112,500    112,500
        semi-fixed, 45 beds             450,000    450,000    450,000    450,000
        variable, 9,000 days            225,000    225,000    225,000    225,000
        ambulances                      125,000    125,000    125,000    125,000     90,000 and 350 hours more at 100:
        capital, 15 beds at 100,000   1,500,000                                      300 patients, 50 - 15 = 35 minutes more,
        optimism bias, 20 %             300,000                                      there and back: 300 x 70 / 60
        value added tax, 20 %           360,000
        double running                   37,500                                      15 beds x 10,000 x 3 / 12
        stranded: 60, 40, 25 %          157,500    105,000     65,625          0     of 112,500 + 15 x 10,000
                                      ---------  ---------  ---------  ---------
                                      3,267,500  1,017,500    978,125    912,500
    Less the baseline                 2,277,500     27,500    -11,875    -77,500
        without value added tax       1,917,500     27,500    -11,875    -77,500
        discounted at 3.5 %           1,917,500     26,570    -11,085    -69,900
    So the option costs 1,863,084 in present value over four years and saves 77,500 a year after them.

    Paid in line with activity (a fifth of the price of what lies beside plan), fixed elements set anew after a year:
        Dover's trust       baseline  300,000 income - 112,500 - 150,000 - 75,000 cost        = -37,500
                            year 1    300,000 - 300 x 1,000 / 5 = 240,000 income - 157,500    = +82,500
                            year 2    0 income - 105,000                                      = -105,000
        It is 67,500 worse in year 2, more than 1 % of its 300,000; 64,500 would leave it 3,000 worse and no more.
    """
    service = towns_in_round_numbers()
    return ask(service, Close(("Dover",)), QUICK, name="close", finance=finance_of(service))


def rows(found, table, **of) -> list[dict]:
    return [row for row in table(found) if all(row[key] == value for key, value in of.items())]


def one(found, table, **of) -> dict:
    (row,) = rows(found, table, **of)
    return row


def test_the_cost_of_the_option_is_that_worked_by_hand(closed):
    totals = rows(closed, money.option_costs, line="total")
    assert [row["baseline"] for row in totals] == [990_000.0] * 4
    assert [row["option"] for row in totals] == [3_267_500.0, 1_017_500.0, 978_125.0, 912_500.0]
    for row in totals:
        lines = [each for each in money.option_costs(closed) if each["year"] == row["year"] and each["line"] in LINES]
        assert sum(each["option"] for each in lines) == row["option"]


def test_present_value_leaves_out_value_added_tax(closed):
    flow = [1_917_500, 27_500, -11_875, -77_500]
    wanted = -sum(cost / 1.035**year for year, cost in enumerate(flow))
    assert money.net_present_value(money.reckon(closed)) == pytest.approx(wanted)
    assert round(wanted) == -1_863_084
    discounted = [row["discounted_difference"] for row in rows(closed, money.option_costs, line="in_present_value")]
    assert sum(discounted) == pytest.approx(-wanted)


def test_the_value_of_the_option_is_shown_with_and_without_capital_and_where_it_breaks_even(closed):
    made = {row["case"]: row for row in money.worth(closed)}
    value = money.net_present_value(money.reckon(closed))
    # 15 beds at 100,000 and a fifth of it for optimism bias: 1,800,000, all in the first year.
    assert made["as set"]["value"] == pytest.approx(value)
    assert made["no capital"]["value"] == pytest.approx(value + 1_800_000)
    assert made["no capital"]["value"] < 0
    assert made["break-even"]["value"] == pytest.approx((value + 1_800_000) / 18)
    assert "even if beds needed no capital" in made["break-even"]["what"]
    assert made["every bed built"]["value"] == pytest.approx(value)
    # Stranded: 157,500, 105,000 / 1.035 and 65,625 / 1.035^2.
    stranded = 157_500 + 105_000 / 1.035 + 65_625 / 1.035**2
    assert made["nothing stranded"]["value"] == pytest.approx(value + stranded)
    assert made["no capital, nothing stranded"]["value"] == pytest.approx(value + stranded + 1_800_000)
    assert made["stranded high"]["value"] < value < made["stranded low"]["value"]
    assert "stranded_share_year_1" not in made["no capital, nothing stranded"]["rests_on_guesses"]
    assert "capital_per_bed" not in made["no capital"]["rests_on_guesses"]
    assert "share_of_beds_built" in made["every bed built"]["rests_on_guesses"]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_at_the_break_even_capital_nothing_is_lost_or_gained(share):
    service, on = towns_in_round_numbers(), {"share_of_beds_built": share, "stranded_share_year_1": 0.1}
    on |= {"stranded_share_year_2": 0, "stranded_share_year_3": 0}
    found = money.money_of(service, Close(("Dover",))(service), finance_of(service, parameters=on))
    even = money.break_even_capital(found)
    if not share:
        assert even != even
        return
    assert even > 0
    again = finance_of(service, parameters={**on, "capital_per_bed": even})
    assert money.net_present_value(money.money_of(service, Close(("Dover",))(service), again)) == pytest.approx(
        0, abs=0.05
    )


def test_a_table_says_what_each_unit_is_made_of():
    service = stroke()
    found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, pass_through={}))
    made = {(row["unit"], row["scenario"]): row for row in money.unit_costs(found)}
    bill = money.reckon(found).side["option"].bill
    for part in ("fixed", "semi_fixed", "variable"):
        shown = sum(row[f"{part}_gbp"] for (_, side), row in made.items() if side == "option")
        assert shown == pytest.approx(bill.line[part][-1] / 100, abs=0.01)
    ashford, dover = made["Ashford", "baseline"], made["Dover", "baseline"]
    assert ashford["per_admission_gbp"] < dover["per_admission_gbp"]
    names = ("rota", "equipment", "beds", "used_in_beds", "used_on_admission")
    capacity, used = (sum(ashford[f"{name}_built_gbp"] for name in of) for of in (names[:3], names[3:]))
    scaled = capacity * ashford["scale_to_cost_collection"] + used * ashford["scale_of_what_is_used_up"]
    assert scaled == pytest.approx(ashford["total_gbp"])
    assert len({row["scale_of_what_is_used_up"] for row in made.values()}) == 1
    assert len({row["scale_to_cost_collection"] for row in made.values()}) == 2
    assert made["Dover", "option"]["total_gbp"] == 0
    assert "equipment_hyperacute" in ashford["rests_on_guesses"]


def test_hours_of_ambulances_are_shown_beside_pounds(closed):
    hours = one(closed, money.option_costs, year=1, line="conveyance_hours")
    assert (hours["baseline"], hours["option"], hours["unit"]) == (pytest.approx(350), pytest.approx(700), "hours")


def test_ambulances_are_on_the_road_twice_as_long_as_patients_are_in_them():
    service = stroke()
    found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, parameters={"ambulance_share": 0.732}))
    (row,) = (row for row in summary(found) if row["measure"] == "patients in ambulances")
    lines = [one(found, money.option_costs, year=1, line=name) for name in ("conveyance_hours", "transfer_hours")]
    for side in ("baseline", "option"):
        assert sum(line[side] for line in lines) == pytest.approx(2 * row[side])


def test_households_pay_for_their_own_way_and_stand_outside_the_total(closed):
    # 9,000 visits there and back, and everybody fetched by two trips: (10 + 1) x 2 x the minutes home, at 22.5 pence a minute.
    row = one(closed, money.option_costs, year=1, line="households")
    assert row["baseline"] == pytest.approx(22 * (600 * 10 + 300 * 15) * 0.225)
    assert row["option"] == pytest.approx(22 * (600 * 10 + 300 * 50) * 0.225)


def test_the_year_by_month_is_the_year(closed):
    months = money.option_costs_by_month(closed)
    assert [row["month"] for row in months[:3]] == ["2026-04", "2026-05", "2026-06"]
    assert sum(row["total_option_gbp"] for row in months if row["year"] == 1) == pytest.approx(3_267_500, abs=1e-6)
    assert months[0]["capital_option_gbp"] == 1_500_000
    # All three months lie before the first day costed.
    assert months[0]["double_running_option_gbp"] == 37_500
    assert months[1]["double_running_option_gbp"] == 0


def test_the_bridge_goes_from_the_baseline_to_the_option(closed):
    for year in range(1, 5):
        made = {row["step"]: row["gbp"] for row in rows(closed, money.bridge_rows, year=year)}
        assert list(made) == ["baseline", *STEPS, "option"]
        assert made["baseline"] + sum(made[step] for step in STEPS) == pytest.approx(made["option"], abs=1e-6)
    assert made["shift"] == -77_500


def test_trusts_are_those_worked_by_hand(closed):
    first, second = (one(closed, money.providers, provider="DOV", year=year) for year in (1, 2))
    assert (first["income_baseline_gbp"], first["income_option_gbp"]) == (300_000, 240_000)
    assert (first["margin_baseline_gbp"], first["margin_option_gbp"]) == (-37_500, 82_500)
    assert (first["running_cost_baseline_gbp"], first["stranded_gbp"]) == (337_500, 157_500)
    assert first["cost_released_gbp"] == 337_500 - 157_500
    assert not first["below_tolerance"]
    assert (second["margin_option_gbp"], second["margin_change_gbp"]) == (-105_000, -67_500)
    assert second["below_tolerance"]
    assert second["least_transfer_gbp"] == 64_500
    assert second["rule"] == "margin falls by more than 1 % of its income from the service"
    assert first["implied_price_baseline"] == pytest.approx(1)


def test_what_a_user_does_not_say_of_a_trust_stays_blank(closed, tmp_path):
    row = one(closed, money.providers, provider="DOV", year=1)
    write_csv(tmp_path / "providers.csv", [row])
    with (tmp_path / "providers.csv").open(encoding="utf-8", newline="") as file:
        (read,) = csv.DictReader(file)
    blank = ("control_total_gbp", "total_income_gbp", "specialised_share_baseline", "plan_income_gbp")
    assert [read[name] for name in blank] == [""] * 4


def test_what_a_user_says_of_a_trust_is_used(tmp_path):
    path = tmp_path / "trusts.csv"
    path.write_text("provider,control_total_gbp,total_income_gbp,plan_income_gbp\nDOV,-20000,30000000,310000\n")
    service = towns_in_round_numbers()
    found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, providers=str(path)))
    row = one(found, money.providers, provider="DOV", year=2)
    assert row["margin_less_control_total_gbp"] == -85_000
    assert row["specialised_share_baseline"] == pytest.approx(0.01)
    assert (row["below_tolerance"], row["rule"]) == (False, "margin falls by more than 1 % of its total income")
    assert row["plan_above_what_can_be_paid_gbp"] == 310_000
    assert one(found, money.providers, provider="ASH", year=2)["control_total_gbp"] != 0


def test_commissioners_pay_what_trusts_and_ambulances_get(closed):
    for year in range(1, 5):
        spent = sum(row["spent_option_gbp"] for row in rows(closed, money.payers, year=year))
        income = sum(row["income_option_gbp"] for row in rows(closed, money.providers, year=year))
        ambulances = sum(
            one(closed, money.option_costs, year=year, line=n)["option"] for n in ("conveyance", "transfers")
        )
        assert round(100 * spent) == round(100 * income) + round(100 * ambulances)


def test_chances_of_overspending_are_counted_over_many_replications_of_a_year():
    service = towns_in_round_numbers()
    run = Run(replications=20, warmup_days=20, years=1, cooldown_days=5, workers=1)
    found = ask(service, Close(("Dover",)), run, finance=finance_of(service))
    row = one(found, money.payers, level="icb", year=1)
    assert row["budget_gbp"] == 990_000
    assert row["over_budget_baseline_gbp"] == 0
    borne = money.payer.simulated_spending(found)["option"][:, money.reckon(found).parties.index("icb", row["body"])] / 100 - 990_000
    assert row["chance_of_overspending_option"] == (borne > 0).mean()
    # Of twenty, eighteen do not exceed the 90th percentile: it is the third largest.
    assert row["simulated_p90_option_gbp"] == pytest.approx(sorted(borne)[-3], abs=0.01)
    assert one(found, money.payers, level="icb", year=2)["replications"] is None


@pytest.mark.parametrize(("replications", "days"), [(4, 365.0), (40, 37.0)])
def test_few_replications_or_a_part_of_a_year_tell_a_mean_and_no_chance(closed, replications, days, monkeypatch):
    # Of four, the 90th percentile would be the largest; and luck of 37 days is not that of a year.
    run = replace(closed.experiment.run, replications=replications, years=days / 365.25)
    assert not money.payer.tells_chances(run)
    row = one(closed, money.payers, level="icb", year=1)
    assert row["replications"] == QUICK.replications
    assert row["simulated_mean_option_gbp"] is not None
    for name in ("chance_of_overspending", "simulated_p90"):
        assert [value for key, value in row.items() if key.startswith(name)] == [None, None]
    assert "blank under 20 replications" in TABLES["payers.csv"][1]


def test_what_is_simulated_lies_about_what_is_expected():
    service = towns_in_round_numbers()
    run = Run(replications=6, warmup_days=60, years=1, cooldown_days=5, workers=1)
    found = ask(service, Close(("Dover",)), run, finance=finance_of(service, payment="activity"))
    row = one(found, money.payers, level="icb", year=1)
    # 900 admissions of 1,100 or so: the mean of six years has a standard error of about 1,100 x sqrt(900 / 6).
    error = 1_125 * (900 / 6) ** 0.5
    for side in ("baseline", "option"):
        expected = row[f"spent_{side}_gbp"] - row["budget_gbp"]
        assert row[f"simulated_mean_{side}_gbp"] == pytest.approx(expected, abs=4 * error)


def test_savings_are_risk_rated_and_late(closed):
    spent = {row["year"]: row["spent_change_gbp"] for row in rows(closed, money.payers, level="icb")}
    made = rows(closed, money.savings, level="icb")
    for row in made:
        assert row["target_gbp"] == 0.02 * 990_000
        assert row["identified_gbp"] == max(0.0, -spent[row["year"]])
    before = {row["year"]: row["identified_gbp"] for row in made}
    assert made[0]["risk_rated_gbp"] == 0
    assert [row["risk_rated_gbp"] for row in made[1:]] == pytest.approx([0.7 * before[year] for year in (1, 2, 3)])
    assert all(row["gap_gbp"] == pytest.approx(row["target_gbp"] - row["risk_rated_gbp"]) for row in made)


def test_what_is_handed_to_a_lead_provider_is_spent_once():
    service = stroke()
    spent = {
        who: [row["spent_option_gbp"] for row in money.do_nothing(ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, who)))]
        for who in ("icb", "lead_provider")
    }
    assert spent["lead_provider"] == pytest.approx(spent["icb"], abs=0.05)


def test_what_a_service_costs_is_in_the_pounds_of_the_finance():
    service, of = stroke(), {}
    for year in ("2024/25", "2026/27"):
        found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, price_year=year, pass_through={}))
        of[year] = found.before.cost.total
        bill = money.reckon(found).side["baseline"].bill.line
        parts = ("fixed", "semi_fixed", "variable", "procedures")
        own = found.before.cost.total - found.before.cost.transfers
        assert own == pytest.approx(sum(bill[part][0] for part in parts) / 100, rel=1e-6)
    assert of["2026/27"] / of["2024/25"] == pytest.approx(1.053095, rel=1e-6)


def test_every_output_says_of_which_year_its_pounds_are(closed):
    assert "Money: pounds of 2024/25" in " ".join(notices(closed))


def test_fixed_elements_that_do_not_grow_with_cost_are_told(closed):
    assert "cost_growth" not in " ".join(notices(closed))
    service = towns_in_round_numbers()

    def told(**given) -> str:
        finance = finance_of(service, parameters={"cost_growth": 0.02}, **given)
        return " ".join(notices(replace(closed, finance=replace(finance, origin=closed.finance.origin))))

    assert "grow by 2 % a year" in told()
    assert "until they are set anew (finance.rebase: 01 Apr 2027)" in told()
    assert "which they never are" in told(rebase=[])
    assert "cost_growth" not in told(payment="activity")


def test_where_fixed_elements_are_set_anew_every_year_income_grows_with_cost():
    service = towns_in_round_numbers()
    growth = {"cost_growth": 0.02}
    for days, grows in (([365.25], 1.02), ([365.25, 730.5, 1095.75], 1.02**3)):
        side = money.money_of(service, service, finance_of(service, rebase=days, parameters=growth)).side["baseline"]
        care = side.books[3].line("care").sum() / side.books[0].line("care").sum()
        assert care == pytest.approx(grows, rel=1e-6)
        assert side.bill.line["fixed"][3] / side.bill.line["fixed"][0] == pytest.approx(1.02**3, rel=1e-6)


def test_beds_of_a_promise_are_counted_though_it_names_their_cost():
    least = {"kind": "hyperacute", "counts": "index", "minimum": 600, "source": "made up"}
    service = towns_in_round_numbers(standards={"least": least})
    promise = scenarios.KeepWithInvestment(unit="Dover", growth=300, beds_added=4, cost_gbp=6e5, capital_gbp=2e6, from_units={})
    found = ask(service, promise, QUICK, finance=finance_of(service))
    assert [one(found, money.option_costs, year=year, line="beds_added")["difference"] for year in (1, 2)] == [4, 0]
    as_set, none, every = (one(found, money.worth, case=case) for case in ("as set", "no capital", "every bed built"))
    assert "4 beds added, 0 of them built and 4 by a promise" in as_set["what"]
    assert as_set["value"] == none["value"] == every["value"]


def test_a_difference_of_cost_is_whole_pence():
    service = stroke()
    found = ask(service, scenarios.Localise("rehabilitation", "acute", 0.25), QUICK, finance=finance_of(service))
    for row in money.option_costs(found):
        if row["unit"] == "GBP":
            assert row["difference"] == round(row["option"] - row["baseline"], 2)


def test_doing_nothing_stands_beside_the_option():
    service = stroke()
    found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service))
    made = money.do_nothing(found)
    assert made[0]["growth_a_year"] == service.growth["admissions"] > 0
    over = [row["overspent_do_nothing_gbp"] for row in made]
    assert over == sorted(over)
    assert over[0] > 0
    assert [row["units_under_minimum_do_nothing"] for row in made] == [1] * 4
    assert [row["units_under_minimum_option"] for row in made] == [0] * 4


@pytest.mark.parametrize(("a_year", "kind", "other"), [(-0.1, "avoided growth", "added growth"), (0.1, "added growth", "avoided growth")])
def test_growth_that_an_option_avoids_or_brings_is_no_system_saving_or_loss(a_year, kind, other):
    service = towns_in_round_numbers()
    found = ask(service, scenarios.Grow(a_year=a_year), QUICK, finance=finance_of(service))
    kinds = {(row["kind"], row["label"]): row["gbp"] for row in rows(found, money.savings_kinds, year=2)}
    assert kinds[kind, "growth"] > 0
    assert kinds[other, "growth"] == 0
    assert kinds["system", "cash"] == pytest.approx(0, abs=0.05)


def test_kinds_of_saving_are_labelled(closed):
    kinds = {(row["kind"], row["label"]): row for row in rows(closed, money.savings_kinds, year=4)}
    assert kinds["system", "cash"]["gbp"] == 77_500
    assert kinds["system", "cash"]["cash_releasing"]
    assert kinds["transfer", "trusts"]["gbp"] == 300_000
    assert not kinds["transfer", "trusts"]["cash_releasing"]
    assert kinds["avoided growth", "growth"]["gbp"] == 0


@pytest.mark.parametrize(
    ("name", "first", "then"), [("delegation", "national", "pan_icb"), ("claw_back", "pan_icb", "national")]
)
def test_a_line_that_changes_hands_takes_its_budget_with_it(name, first, then):
    """The thrombectomy care that one level pays for at first is paid for by the other from its date, and nobody is the poorer for it."""
    service = stroke()
    found = money.money_of(service, service, finance_of(service, commissioning=name, pass_through={}, payment="activity"))
    books, level = found.side["baseline"].books, found.parties.level
    care = [{of: int(each.line("care").sum(axis=1)[level == of].sum()) for of in (first, then)} for each in books]
    before, after = care[0], care[-1]
    assert before[first] == after[then] > 0
    assert before[then] == after[first] == 0
    budget = [{of: int(found.budget.pence[year][level == of].sum()) for of in (first, then)} for year in (0, -1)]
    assert budget == [before, after]
    assert all((each.own == 0).all() for each in found.side["baseline"].deviation)


def test_guesses_are_named_where_they_are_used(closed):
    row = one(closed, money.option_costs, year=1, line="stranded")
    assert row["guess"]
    assert "stranded_share_year_1" in row["rests_on_guesses"]
    for table in (money.option_costs_by_month, money.do_nothing, money.worth, money.providers, money.payers, money.savings):
        assert all("rests_on_guesses" in each for each in table(closed)), table.__name__
    steps = {each["step"]: each["rests_on_guesses"] for each in money.bridge_rows(closed)}
    assert "stranded_share_year_1" in steps["stranded"]
    assert "stranded_share_year_1" not in steps["shift"]
    assert "device_rebate" in steps["drugs"]


def test_the_headlines_stand_in_the_summary(closed):
    found = {row["measure"]: row for row in summary(closed)}
    saving = next(row for name, row in found.items() if name.startswith("net saving over 4 years"))
    assert saving["option"] == pytest.approx(-1.863084, abs=1e-6)
    flagged = next(row for name, row in found.items() if name.startswith("trusts whose margin falls") and "transition included" in name)
    assert flagged["option"] == 2
    least = next(row for name, row in found.items() if name.startswith("least transfer") and "in year 2 " in name)
    assert least["option"] == pytest.approx(sum(row["least_transfer_gbp"] for row in rows(closed, money.providers, year=2)) / 1e6)


def test_the_transition_and_the_lasting_state_of_trusts_are_told_apart(closed):
    flagged = [{row["provider"] for row in rows(closed, money.providers, year=y) if row["below_tolerance"]} for y in range(1, 5)]
    row = {each.key: each for each in option_row(closed)}
    assert row["trusts_below_tolerance"].option == len(set.union(*flagged)) == 2
    assert "transition included" in row["trusts_below_tolerance"].label
    assert row["trusts_below_tolerance_last"].option == len(flagged[-1]) < 2
    assert "in year 4" in row["trusts_below_tolerance_last"].label
    lasting = next(each for each in summary(closed) if each["measure"].startswith("  of them in year 4"))
    assert lasting["option"] == len(flagged[-1])


def test_what_is_left_of_assets_stands_beside_the_value_of_the_option(closed):
    made = {row["case"]: row["value"] for row in money.worth(closed)}
    life = closed.finance.number["asset_life"]
    # 1,500,000 of beds and a fifth of it, bought in the first year; after four years all but 4 / life of it is left.
    left = 1_800_000 * (1 - 4 / life) / 1.035**4
    assert life == 40
    assert made["with what is left of assets"] == pytest.approx(made["as set"] + left)
    assert made["with what is left of assets, no optimism bias"] == pytest.approx(made["as set"] + left / 1.2)
    line = next(row for row in summary(closed) if row["measure"].startswith("  with what is left of assets"))
    assert line["option"] == pytest.approx((made["as set"] + left) / 1e6)


def test_growth_is_told_apart_in_the_headlines():
    service = stroke()
    found = ask(service, scenarios.Grow(a_year=0.01), QUICK, finance=finance_of(service))
    row = {each.key: each for each in option_row(found)}
    assert row["net_present_saving"].option < 0
    assert row["growth_in_saving"].option == pytest.approx(row["net_present_saving"].option, rel=1e-6)
    assert row["growth_last_year"].option == pytest.approx(row["cost_last_year"].difference, rel=1e-6)
    assert row["growth_in_saving"].better == NEUTRAL
    said = next(each for each in summary(found) if each["measure"].startswith("  of it growth of demand"))
    assert said["option"] == row["growth_in_saving"].option
    closed = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service))
    assert {each.key: each for each in option_row(closed)}["growth_in_saving"].option == 0


def test_without_finance_there_is_no_money():
    found = ask(stroke(), Close(("Dover",)), QUICK)
    for table in (
        money.option_costs,
        money.providers,
        money.payers,
        money.do_nothing,
        money.bridge_rows,
        money.money_summary,
    ):
        assert table(found) == []


def test_the_plan_sheet_shows_income_and_cost(closed):
    year = next(row for row in plan(closed) if row["provider"] == "DOV" and row["period"] == "2026/27")
    assert year["income_gbp_baseline"] == 300_000
    assert year["income_gbp_option"] == 240_000
    assert year["running_cost_gbp_option"] == 0
    # 82,500 is left of it, not 240,000: what closed is still paid for.
    assert year["stranded_gbp_option"] == 157_500
    assert year["margin_gbp_option"] == 82_500
    ashford = {row["period"]: row for row in plan(closed) if row["provider"] == "ASH"}
    assert sum(ashford[f"2026-{month:02d}"]["double_running_gbp_option"] for month in (4, 5, 6)) == 37_500
    assert ashford["2026-07"]["double_running_gbp_option"] == 0


_OF_PLAN = {
    "income_gbp": "income_{}_gbp",
    "running_cost_gbp": "running_cost_{}_gbp",
    "stranded_gbp": "stranded_gbp",
    "double_running_gbp": "double_running_gbp",
    "capital_charges_gbp": "capital_charges_gbp",
    "margin_gbp": "margin_{}_gbp",
}
"""By column of the plan, that of a trust's plan year; one without a side is of the change."""


@pytest.mark.parametrize(("start", "at"), [("2026-04-01", 0), ("2026-10-01", 40), ("2026-04-17", 50)])
def test_twelve_months_of_the_plan_are_the_plan_year_of_each_trust_to_the_penny(start, at):
    service = stroke()
    run = replace(QUICK, start=start)
    finance = finance_of(service, start=start, horizon_years=3, parameters={"stranded_support": 0.5})
    found = ask(service, Close(("Dover",), at=at), run, finance=finance)
    months = [row for row in plan(found) if "/" not in row["period"]]
    years = [row for row in plan(found) if "/" in row["period"]]
    accounts = money.providers(found)
    for who in {row["provider"] for row in accounts}:
        own, trust = ([row for row in of if row["provider"] == who] for of in (months, accounts))
        for name, column in _OF_PLAN.items():
            sides = ("baseline", "option") if "{}" in column else ("change",)
            for side in sides:
                told = [round(100 * row[f"{name}_{side}"]) for row in own]
                wanted = [round(100 * row[column.format(side)]) for row in trust[:2]]
                # A month that two plan years share is the last of the first and the first of the second.
                if len(own) == 24:
                    assert [sum(told[:12]), sum(told[12:])] == wanted
                assert sum(told) == sum(wanted)
                assert sum(round(100 * row[f"{name}_{side}"]) for row in years if row["provider"] == who) == sum(told)
        for row in own:
            bears = sum(row[f"{name}_option"] for name in ("running_cost_gbp", "stranded_gbp", "double_running_gbp", "capital_charges_gbp"))
            assert row["margin_gbp_option"] == pytest.approx(row["income_gbp_option"] - bears, abs=0.005)


def test_a_plan_says_nothing_of_money_beyond_the_years_costed():
    service = stroke()
    found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, horizon_years=1))
    of = {row["period"]: row for row in plan(found) if row["provider"] == "DOV"}
    assert of["2026/27"]["margin_gbp_option"] == of["2026/27"]["margin_gbp_option"]
    assert of["2027/28"]["margin_gbp_option"] != of["2027/28"]["margin_gbp_option"]
    assert of["2027/28"]["beds_baseline"] > 0


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, (made, _) in TABLES.items()
        if made.__module__.startswith(money.__name__) and made is not money.delays
    ],
)
def test_every_table_of_money_has_rows_of_one_shape(closed, name, tmp_path):
    made = TABLES[name][0](closed)
    assert made
    assert all(list(row) == list(made[0]) for row in made)
    write_csv(tmp_path / name, made)


def test_a_plan_year_is_named_by_its_april_march_year_or_its_months(closed):
    assert [money.period(closed, year) for year in (0, 1)] == ["2026/27", "2027/28"]
    service = towns_in_round_numbers()
    later = Run(replications=1, start="2026-07-01", warmup_days=20, years=0.1, cooldown_days=5, workers=1)
    found = ask(service, Close(("Dover",)), later, finance=finance_of(service, start="2026-07-01"))
    assert money.period(found, 0) == "Jul 2026 to Jun 2027"


def test_what_changes_in_the_warm_up_counts_from_the_first_day_costed():
    service = towns_in_round_numbers()
    early = ask(service, Close(("Dover",), at=7), QUICK, finance=finance_of(service))
    assert one(early, money.option_costs, line="total", year=1)["option"] == 3_267_500.0


@pytest.mark.parametrize("name", sorted(choices("commissioning")))
def test_every_way_of_commissioning_ships_and_pays_all(name):
    service = stroke()
    found = ask(service, Close(("Dover",)), QUICK, finance=finance_of(service, commissioning=name, pass_through={}))
    paid = money.reckon(found).side["option"].books[0]
    cost = dover_closes().side["option"].books[0]
    assert paid.paid.sum() == paid.received.sum() > 0
    assert cost.paid.sum() == cost.received.sum()
