"""Where patients may go under each rule of allocation: laws that hold whatever the numbers, and sums worked by hand.

A patient's first unit here is what an engine does with a rank row when nobody waits: the first unit of the row that is open.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.cohort.cohort import draw
from sim.engine.engines import engine as engine_of
from sim.journeys.alternatives import favour_key, rank_by_key
from sim.journeys.choice import LENGTH, Luck, chances, favourites, lists, logit_of
from sim.journeys.deadlock import refuse_deadlock
from sim.journeys.expected import first_open as nearest_open
from sim.journeys.expected import first_parts, moves
from sim.journeys.nearest import first_open, rank_by_minutes
from sim.journeys.routes import route
from sim.journeys.send import Sent, send
from sim.measures.load import expected_load
from sim.service.allocation import Allocation, Bypass, Catchment, Choice, Nearest, Observed, with_allocation
from sim.service.fault import InputError
from sim.service.flows import Flows
from sim.service.pathway import Group
from sim.service.places import Areas, Region, Sites, Travel, Units
from sim.service.service import Change, Service, WeeklyHours
from sim.study.view import moves_between, view
from tests.two_towns import ASHFORD, DOVER, stroke

HORIZON = 200.0

RULES = ("nearest", "bypass", "tested", "observed", "catchment", "choice")


def two_tiers(seed: int = 0, areas: int = 12, units: int = 7) -> Service:
    """Areas and units placed by luck, every other unit of the higher tier, many ties; some patients need the higher tier."""
    luck = np.random.default_rng(seed)
    ids = [f"U{number}" for number in range(units)]
    names = [f"A{number}" for number in range(areas)]
    between = luck.integers(1, 40, (units, units)) * 1.0
    np.fill_diagonal(between, 0)
    region = Region(
        name="two tiers",
        areas=Areas(names, names, luck.integers(200, 900, areas), np.zeros(areas), np.zeros(areas),
                    body={"icb": np.where(np.arange(areas) % 2, "odd", "even")}),
        sites=Sites(ids, ids, np.zeros(units), np.zeros(units)),
        units=Units(
            ids, ids, np.arange(units),
            {"hyperacute": [True] * units, "comprehensive": np.arange(units) % 2 == 0},
            np.full(units, 400), ids, luck.integers(300, 900, units), np.full(units, np.nan),
            {"teaching": luck.integers(0, 2, units).astype(float)},
        ),
        travel=Travel(luck.integers(5, 60, (areas, units)) * 1.0, between, np.zeros(units, dtype=bool)),
        boundaries="made up",
    )  # fmt: skip
    first = {"kind": "hyperacute", "beds": "unlimited", "stay": 0.1}
    groups = {
        "thrombectomy": {
            "per_admission": 0.3,
            "stages": {
                "first": {**first, "next": {"centre": 1.0}},
                "centre": {"kind": "comprehensive", "stay": 2.0, "next": {"local": 1.0}},
                "local": {"kind": "hyperacute", "ranked_from": "home", "same_bed": False, "stay": 3.0},
            },
        },
        "stroke": {
            "per_admission": 0.7,
            "stages": {
                "first": {**first, "next": {"ward": 1.0}},
                "ward": {"kind": "hyperacute", "stay": 5.0},
            },
        },
    }
    return Service(
        name="two tiers",
        region=region,
        groups=tuple(Group.read(name, lines) for name, lines in groups.items()),
        access_kind="hyperacute",
    )


def flows(service: Service, seed: int = 0, width: int = 3) -> Flows:
    """Shares of some units by luck for every area."""
    luck = np.random.default_rng(seed)
    places = np.repeat(service.areas.id, width)
    units = np.concatenate([luck.choice(service.units.id, width, replace=False) for _ in service.areas.id])
    share = luck.dirichlet(np.ones(width), len(service.areas)).reshape(-1)
    return Flows(np.full(len(places), "area"), places, units, share)


def under(service: Service, rule: str, **about) -> Service:
    """The service under a rule."""
    made = {
        "nearest": lambda: Nearest(),
        "bypass": lambda: Bypass(10),
        "tested": lambda: Bypass(20, sensitivity=0.7, specificity=0.8),
        "observed": lambda: Observed(flows(service)),
        "catchment": lambda: Catchment(
            Flows(["icb", "area"], ["odd", "A0"], [service.units.id[1], service.units.id[2]], [1.0, 1.0])
        ),
        "choice": lambda: Choice(-0.1, -0.2, {"teaching": 0.5}, {"U1": -0.3}),
    }[rule]()
    return with_allocation(service, Allocation(made, **about))


def closing(service: Service, *units: str, at: float = 0.0) -> Service:
    """The service with units closed from a date."""
    return service.with_changes(*(Change(at, unit, "open", 0) for unit in units))


def sent(service: Service, baseline: Service | None = None, replication: int = 0) -> Sent:
    """One replication's patients, drawn from a baseline, sent through a service."""
    return send(draw(baseline or service, 1, replication, HORIZON), route(service, HORIZON))


def first_units(of: Sent, is_open: np.ndarray | None = None) -> np.ndarray:
    """(P,) the first unit of each patient, were every unit to have room."""
    journeys = of.journeys
    rank = journeys.network.rank[journeys.steps.rank[journeys.patients.first[:-1]]]
    return first_open(rank, of.routes.service.is_open() if is_open is None else is_open)


# -- bypass ------------------------------------------------------------------------------------------------------------


def test_the_higher_tier_is_taken_at_just_the_allowable_delay_and_not_a_tenth_beyond():
    higher = np.array([False, True])
    assert favour_key(np.array([[10.0, 25.0], [10.0, 25.1]]), higher, 150).argmin(axis=1).tolist() == [1, 0]


def test_a_delay_of_nothing_is_the_nearest_rule_with_ties_to_the_higher_tier_and_then_to_the_unit_listed_first():
    luck = np.random.default_rng(0)
    minutes, higher = luck.integers(0, 8, (300, 6)) / 10, np.arange(6) % 3 == 1
    by_tier_and_list = np.lexsort((np.arange(6), ~higher))
    nearest_first = rank_by_minutes(minutes[:, by_tier_and_list])
    assert np.array_equal(rank_by_key(favour_key(minutes, higher, 0)), by_tier_and_list[nearest_first])


def test_a_delay_of_nothing_changes_nothing_where_no_two_units_are_equally_near():
    service = two_tiers(3)
    near = np.random.default_rng(1).permuted(np.tile(np.arange(7) * 5.0 + 5, (12, 1)), axis=1)
    travel = replace(service.region.travel, area_site=near)
    service = replace(service, region=replace(service.region, travel=travel))
    bypass = with_allocation(service, Allocation(Bypass(0)))
    assert np.array_equal(first_units(sent(service)), first_units(sent(bypass)))
    assert np.array_equal(expected_load(service).bed_days, expected_load(bypass).bed_days)


def test_without_limit_everybody_goes_to_the_nearest_of_the_higher_tier():
    service = with_allocation(two_tiers(), Allocation(Bypass(1e6)))
    found = first_units(sent(service))
    nearest = nearest_open(service, "comprehensive", service.is_open(), "home")
    assert np.array_equal(found, nearest[sent(service).journeys.patients.area])


def test_the_share_sent_past_a_nearer_unit_grows_with_the_delay_allowed():
    services = [with_allocation(two_tiers(), Allocation(Bypass(delay))) for delay in (0, 5, 10, 20, 40, 1000)]
    share = [
        expected_load(service).index[service.gives("comprehensive")].sum() / expected_load(service).index.sum()
        for service in services
    ]
    assert share == sorted(share)
    assert share[-1] == pytest.approx(1)


def test_a_perfect_test_sends_those_in_need_as_bypass_does_and_all_others_to_the_nearest():
    base = two_tiers()
    cohort_of = [sent(each, base) for each in (under(base, "nearest"), with_allocation(base, Allocation(Bypass(20))))]
    triaged = sent(with_allocation(base, Allocation(Bypass(20, sensitivity=1.0, specificity=1.0))), base)
    nearest, bypass, found = map(first_units, (*cohort_of, triaged))
    assert np.array_equal(found, np.where(triaged.group == 0, bypass, nearest))


def test_a_test_is_positive_as_often_as_it_says():
    base = two_tiers()
    service, bypassed = under(base, "tested"), with_allocation(base, Allocation(Bypass(20)))
    found = sent(service, base)
    near, past = first_units(sent(base)), first_units(sent(bypassed, base))
    apart = near != past
    positive = first_units(found)[apart] == past[apart]
    for group, chance in ((0, 0.7), (1, 0.2)):
        of = found.group[apart] == group
        assert positive[of].mean() == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / of.sum()))


def test_only_the_groups_named_follow_the_rule():
    base = two_tiers()
    found = sent(with_allocation(base, Allocation(Bypass(30), groups=("thrombectomy",))), base)
    nearest, bypass = sent(base), sent(with_allocation(base, Allocation(Bypass(30))), base)
    expected = np.where(found.group == 0, first_units(bypass), first_units(nearest))
    assert np.array_equal(first_units(found), expected)


def test_patients_who_bypassed_get_local_care_at_the_unit_nearest_to_home():
    service = with_allocation(two_tiers(), Allocation(Bypass(1e6)))
    found = sent(service)
    steps, patients = found.journeys.steps, found.journeys.patients
    local = np.flatnonzero(steps.stage == found.routes.row(0, "local"))
    area = np.repeat(patients.area, np.diff(patients.first))[local]
    unit = first_open(found.journeys.network.rank[steps.rank[local]], service.is_open())
    assert np.array_equal(unit, nearest_open(service, "hyperacute", service.is_open(), "home")[area])


# -- laws of every rule ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_patient_whose_unit_stays_open_keeps_it(rule, seed):
    base = under(two_tiers(seed), rule)
    option = closing(base, "U1", "U2", "U5")
    before, after = first_units(sent(base)), first_units(sent(option, base))
    stays = option.is_open()[before]
    assert (before >= 0).all()
    assert 0 < stays.sum() < len(stays)
    assert np.array_equal(before[stays], after[stays])
    assert option.is_open()[after].all()


@pytest.mark.parametrize("rule", RULES)
def test_a_unit_that_opens_takes_patients_and_moves_no_other(rule):
    option = under(two_tiers(2), rule)
    base = closing(option, "U2")
    before, after = first_units(sent(base)), first_units(sent(option, base))
    assert set(after[after != before]) <= {2}


@pytest.mark.parametrize("seed", range(5))
def test_under_the_nearest_rule_closing_never_shortens_a_journey(seed):
    base = two_tiers(seed)
    moved = moves_between(view(base), view(closing(base, "U0", "U3")))
    assert (moved.minutes_after >= moved.minutes_before).all()


@pytest.mark.parametrize("rule", ["observed", "catchment"])
def test_patients_of_a_closed_unit_go_to_the_nearest_left(rule):
    base = under(two_tiers(4), rule)
    option = closing(base, "U1", "U2")
    found = sent(option, base)
    before, after = first_units(sent(base)), first_units(found)
    moved = before != after
    nearest = nearest_open(option, "hyperacute", option.is_open(), "home")
    assert moved.any()
    assert np.array_equal(after[moved], nearest[found.journeys.patients.area[moved]])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shut", [(), ("U1", "U2")])
def test_simulated_first_units_agree_with_their_chances(rule, shut):
    service = closing(under(two_tiers(5), rule), *shut)
    found = [sent(service, replication=replication) for replication in range(3)]
    area = np.concatenate([each.journeys.patients.area for each in found])
    unit = np.concatenate([first_units(each) for each in found])
    counts = np.bincount(area * 7 + unit, minlength=12 * 7).reshape(12, 7)
    parts = first_parts(service, service.is_open())
    share = np.zeros((12, 7))
    share[parts.area, parts.unit] = parts.share
    error = np.sqrt(share * (1 - share) / counts.sum(axis=1, keepdims=True))
    assert (np.abs(counts / counts.sum(axis=1, keepdims=True) - share) <= 4 * error + 1e-3).all()


@pytest.mark.parametrize("rule", RULES)
def test_shares_sum_to_one_over_an_area_and_volumes_to_all_admissions(rule):
    service = closing(under(two_tiers(6), rule), "U4")
    parts, load = first_parts(service, service.is_open()), expected_load(service)
    assert np.bincount(parts.area, parts.share) == pytest.approx(np.ones(12))
    volume = np.bincount(parts.unit, service.areas.demand[parts.area] * parts.share, minlength=7)
    assert volume == pytest.approx(load.index, rel=1e-4)
    assert load.index.sum() == pytest.approx(service.areas.demand.sum())


@pytest.mark.parametrize("rule", RULES)
def test_simulated_loads_agree_with_expected_ones(rule, engine):
    """Everything downstream of the first unit too: centres by the first hospital, local care by the rule."""
    service = closing(under(two_tiers(7), rule), "U3")
    refuse_deadlock(service, HORIZON)
    of = sent(service)
    trace = engine(of.journeys, HORIZON)
    held = ~np.isnan(trace.given) & ~of.journeys.stages.unlimited[of.journeys.steps.stage]
    goes_on = held[1:] & held[:-1] & (trace.unit[1:] == trace.unit[:-1])
    goes_on[of.journeys.patients.first[1:-1] - 1] = False
    held[1:] &= ~goes_on  # going on in the same bed is the same stay
    stays = np.bincount(trace.unit[held], minlength=7)
    expected = expected_load(service).stays * HORIZON / 365.25
    assert (np.abs(stays - expected) <= 5 * np.sqrt(expected + 25)).all()


@pytest.mark.parametrize("rule", RULES)
def test_both_engines_give_one_trace(rule):
    service = closing(under(two_tiers(8), rule, diversion_minutes=15), "U0", at=50.0)
    journeys = sent(service).journeys
    one, other = (engine_of(name)(journeys, HORIZON) for name in ("reference", "compiled"))
    assert all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(one, other))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shut", [(("U1", "U2"), ()), ((), ("U5", "U6")), (("U1",), ("U3", "U4"))])
def test_moves_agree_with_the_same_patients_sent_twice(rule, shut):
    base = under(two_tiers(9), rule)
    before, after = (closing(base, *each) for each in shut)
    found = moves(before, before.is_open(), after, after.is_open())
    weight = base.areas.demand[found.area] * found.share
    expected = np.bincount(found.before * 7 + found.after, weight, minlength=49) / weight.sum()
    cohorts = [(sent(before, base, r), sent(after, base, r)) for r in range(3)]
    pair = np.concatenate([first_units(x) * 7 + first_units(y) for x, y in cohorts])
    share = np.bincount(pair, minlength=49) / len(pair)
    assert (np.abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / len(pair)) + 1e-3).all()
    assert np.bincount(found.area, found.share) == pytest.approx(np.ones(12))


# -- choice ------------------------------------------------------------------------------------------------------------


def test_chances_are_those_of_the_conditional_logit():
    service = under(two_tiers(), "choice")
    minutes, teaching = service.region.travel.area_site, service.units.attribute["teaching"]
    value = -0.1 * minutes - 0.2 * np.log1p(minutes) + 0.5 * teaching
    value[:, 1] -= 0.3
    is_open = np.arange(7) != 3
    weight = np.exp(value) * is_open
    expected = weight / weight.sum(axis=1, keepdims=True)
    assert chances(logit_of(service, service.groups[0]), is_open) == pytest.approx(expected)


def test_a_choice_depends_on_nothing_but_seed_replication_patient_and_unit_id():
    service = under(two_tiers(), "choice")
    logit, everything = logit_of(service, service.groups[0]), np.ones(7, dtype=bool)
    area, who = np.arange(1000) % 12, np.arange(1000)
    whole = favourites(logit, service.units.id, everything, Luck(1, 0, who), area)
    some = favourites(logit, service.units.id, everything, Luck(1, 0, who[300:400]), area[300:400])
    assert np.array_equal(whole[300:400], some)
    assert not np.array_equal(whole, favourites(logit, service.units.id, everything, Luck(2, 0, who), area))


def test_a_list_is_in_the_order_of_value_and_ends_with_a_unit_that_never_shuts():
    service = under(two_tiers(1, units=16), "choice")
    logit, ids, luck = logit_of(service, service.groups[0]), service.units.id, Luck(1, 0, np.arange(500))
    area, everything, always = np.arange(500) % 12, np.ones(16, dtype=bool), np.arange(16) >= 14
    cut = lists(logit, ids, everything, always, luck, area, is_whole=False)
    whole = lists(logit, ids, everything, always, luck, area, is_whole=True)
    assert cut.shape[1] == LENGTH + 1
    for short, long in zip(cut, whole):
        listed = short[short >= 0]
        assert always[listed[-1]]
        assert not always[listed[:-1]].any()
        assert np.array_equal(listed[:LENGTH], long[: len(listed[:LENGTH])])
    is_open = everything.copy()
    for shut in range(8):  # a list goes on as a fresh choice among those left would
        is_open[shut] = False
        assert np.array_equal(first_open(cut, is_open), favourites(logit, ids, is_open, luck, area))


def test_only_lists_with_a_unit_that_may_shut_cost_memory():
    base = under(two_tiers(), "choice")
    assert len(sent(base).journeys.network.rank) == len(route(base, HORIZON).network.rank)
    option = closing(base, "U1", at=100.0)
    of = sent(option, base)
    added = len(of.journeys.network.rank) - len(of.routes.network.rank)
    assert added == (first_units(of, np.ones(7, dtype=bool)) == 1).sum()


def test_a_unit_closed_for_the_whole_run_is_on_nobodys_list():
    base = under(two_tiers(), "choice")
    of = sent(closing(base, "U1"), base)
    journeys = of.journeys
    first = journeys.network.rank[journeys.steps.rank[journeys.patients.first[:-1]]]
    assert not (first == 1).any()


@pytest.mark.parametrize("rule", ["observed", "choice"])
def test_local_care_is_at_the_patients_own_unit_unless_it_is_asked_to_be_nearest(rule):
    for place, service in (
        ("own", under(two_tiers(), rule)),
        ("nearest", under(two_tiers(), rule, local_care="nearest")),
    ):
        of = sent(service)
        steps, patients = of.journeys.steps, of.journeys.patients
        local = np.flatnonzero(steps.stage == of.routes.row(0, "local"))
        patient = np.repeat(np.arange(len(patients.number)), np.diff(patients.first))[local]
        unit = first_open(of.journeys.network.rank[steps.rank[local]], service.is_open())
        nearest = nearest_open(service, "hyperacute", service.is_open(), "home")[patients.area[patient]]
        assert np.array_equal(unit, first_units(of)[patient] if place == "own" else nearest)


def test_free_choice_with_local_care_near_home_could_deadlock_and_is_refused():
    refuse_deadlock(under(two_tiers(), "choice"), HORIZON)
    with pytest.raises(InputError, match="could hold beds in a circle"):
        refuse_deadlock(under(two_tiers(), "choice", local_care="nearest"), HORIZON)


@pytest.mark.parametrize("allocation", ["nearest", "bypass", "mothership", "observed", "catchment", "choice"])
@pytest.mark.parametrize("at", [0.0, 100.0])
def test_the_shipped_service_locks_under_no_rule(allocation, at):
    refuse_deadlock(closing(stroke(allocation=allocation), "Dover", at=at), 300.0)


# -- diversion and hours -----------------------------------------------------------------------------------------------


def test_diversion_is_set_for_the_kinds_that_patients_start_with_unless_others_are_named():
    base = two_tiers()

    def diverting(allocation: Allocation) -> set[str]:
        routes = route(with_allocation(base, allocation), HORIZON)
        on = np.flatnonzero(routes.stages.diversion >= 0)
        assert set((routes.stages.diversion[on] * 1440).round(3)) <= {12.0}
        return {routes.stage_name[q] for q in on}

    assert diverting(Allocation()) == set()
    assert diverting(Allocation(diversion_minutes=12)) == {"first", "ward", "local"}
    assert diverting(Allocation(Bypass(5), diversion_minutes=12, diversion_kinds=("comprehensive",))) == {"centre"}


def test_outside_its_hours_a_chosen_unit_is_passed_over_for_the_next_on_the_list():
    nights = np.zeros((7, 24), dtype=bool)
    nights[:, 8:20] = True
    service = replace(under(two_tiers(), "choice", groups=("stroke",)), hours={"U1": WeeklyHours(nights)})
    of = sent(service)
    trace = engine_of("compiled")(of.journeys, HORIZON)
    patients, logit = of.journeys.patients, logit_of(service, service.groups[1])
    free = np.flatnonzero(of.group == 1)
    hour = (patients.arrival[free] % 1) * 24
    by_day = (hour >= 8) & (hour < 20)
    luck, area = Luck(1, 0, patients.number[free]), patients.area[free]
    unit = trace.unit[patients.first[:-1]][free]
    awake, asleep = (
        favourites(logit, service.units.id, may, luck, area) for may in (np.ones(7, bool), np.arange(7) != 1)
    )
    settled = ~np.isnan(trace.given[patients.first[:-1]][free]) & ~((hour >= 19) & (hour < 20))  # else shut on arrival
    assert (unit == np.where(by_day, awake, asleep))[settled].all()


# -- two towns, by hand ------------------------------------------------------------------------------------------------


def test_the_flows_of_the_two_towns_give_the_volumes_of_their_table():
    service = stroke(allocation="observed")
    load = expected_load(service)
    assert load.index[[ASHFORD, DOVER]] == pytest.approx([600, 300])
    seen = view(service)
    assert seen.first.minutes == pytest.approx([0.9 * 10 + 0.1 * 40, 0.2 * 50 + 0.8 * 15])
    assert seen.access.mean == pytest.approx((540 * 10 + 60 * 40 + 60 * 50 + 240 * 15) / 900)


def test_closing_dover_moves_the_patients_of_dover_and_only_them():
    base = stroke(allocation="observed")
    moved = moves_between(view(base), view(closing(base, "Dover", "Dover-REHAB")))
    weight = base.areas.demand[moved.area] * moved.share
    of = moved.before != moved.after
    assert weight[of].sum() == pytest.approx(60 + 240)
    assert weight[of] @ (moved.minutes_after - moved.minutes_before)[of] == pytest.approx(60 * -30 + 240 * 35)


def test_a_designated_unit_takes_the_whole_body():
    service = stroke(
        allocation={"rule": "catchment", "send": {"icb": {"Two Towns": "Dover"}, "area": {"Ashford": "Ashford"}}}
    )
    assert expected_load(service).index[[ASHFORD, DOVER]] == pytest.approx([600, 300])
    service = stroke(allocation={"rule": "catchment", "send": {"icb": {"Two Towns": "Dover"}}})
    assert view(service).first.minutes.tolist() == [40, 15]
