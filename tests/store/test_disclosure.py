"""Publishing, judged by an attack: all numbers of a public pack together leave every small count open between 0 and the threshold."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from sim.__main__ import main
from sim.store import publishing
from sim.store.pack import PARTS, ROW
from sim.store.spreadsheet import Page
from sim.study.small_numbers import MARK, Figure
from tests.store.disclosure import Attack

QUICK = ("run.replications=2", "run.years=0.05", "run.warmup_days=2", "run.cooldown_days=0", "figures=false", "report=false")
TOWNS = ("region=two_towns", "scenario=close", "scenario.units=[Dover]")
REGION = ("region=england_220", "scenario=close_small_units")
HUBS = ("region=england_220", "scenario=consolidate_hubs")
PART = {part.name.split()[0]: part for part in (ROW, *PARTS)}


def sheets(folder: Path) -> dict[str, list[dict]]:
    """The rows of every sheet of a pack, by the letter and number of its name."""
    made = {}
    for path in sorted((folder / "csv").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            made["Option" if path.stem == "option_row" else path.stem.split("_")[0].upper()] = list(csv.DictReader(file))
    return made


def told(left: list, least: float) -> list[str]:
    return [f"{each.what}: {each.true:.4g} lies in {each.low:.4g} to {each.high:.4g}" for each in left if not each.is_safe(least)]


def left_of(run: Path, least: float) -> list:
    """What an attack on the public pack of a run leaves possible of its small counts."""
    colleagues, public = run.with_name("colleagues"), run.with_name(f"public-{least:g}")
    if not colleagues.exists():
        assert main(["pack", str(run), "effects=false", f"to={colleagues}"]) == 0
    assert main(["pack", str(run), "publish=true", f"least={least:g}", f"to={public}"]) == 0
    left = Attack(sheets(colleagues), sheets(public), least).left(most=60)
    assert left
    return left


def test_no_small_count_of_a_public_pack_follows_from_all_its_numbers(tmp_path):
    assert main([*TOWNS, *QUICK, f"results={tmp_path / 'run'}"]) == 0
    for least in (40, 350):
        assert told(left_of(tmp_path / "run", least), least) == []


@pytest.mark.slow
@pytest.mark.parametrize(("words", "least"), [(REGION, 100), (REGION, 200), (HUBS, 100)])
def test_no_small_count_of_a_public_pack_of_a_country_follows_from_all_its_numbers(tmp_path, words, least):
    assert main([*words, *QUICK, f"results={tmp_path / 'run'}"]) == 0
    assert told(left_of(tmp_path / "run", least), least) == []


@pytest.mark.parametrize("seed", range(12))
def test_no_small_count_of_a_made_up_pack_follows_from_all_its_numbers(seed):
    left = left_of_made_up(seed)
    assert left
    assert told(left, 5) == []


@pytest.mark.parametrize(
    ("name", "weaker"),
    [
        ("of_patients", lambda value, count, least: Figure(value, 0.0)),
        ("of_patients", lambda value, count, least: Figure(value, 3 * least * abs(value) / count)),
        ("of_share", lambda share, count, least: Figure(share, 0.01)),
        ("shown", lambda count, least: MARK if 0 < count < least else count),
    ],
    ids=["money exact", "money rounded as it is", "shares in whole percents", "other counts exact"],
)
def test_the_attack_succeeds_against_a_weaker_rule(monkeypatch, name, weaker):
    monkeypatch.setattr(publishing, name, weaker)
    assert any(told(left_of_made_up(seed), 5) for seed in range(30))


def test_the_attack_finds_a_count_that_is_left_out_but_follows_from_a_total():
    exact = made_up(np.random.default_rng(1))
    small = min(exact["A2"], key=lambda row: row["patients_per_year"])
    public = {**exact, "A2": [{**row, "patients_per_year": "[c]"} if row is small else row for row in exact["A2"]]}
    found = {each.what: each for each in Attack(exact, public, 5).left()}
    name = f"flow {small['from_unit']} {small['to_unit']}"
    assert found[name].low == pytest.approx(found[name].high, abs=1e-4)
    assert not found[name].is_safe(5)


def left_of_made_up(seed: int) -> list:
    exact = made_up(np.random.default_rng(seed))
    given = [Page(PART[key].name, "", rows) for key, rows in exact.items()]
    public = {page.name.split()[0]: page.rows for page in publishing.published(given, [], 5)[0]}
    return Attack(exact, public, 5).left()


def made_up(luck: np.random.Generator) -> dict[str, list[dict]]:
    """The sheets of a small made-up service whose sums hold: units of a few providers, flows, bodies, groups and money by the patient."""
    count = int(luck.integers(2, 7))
    flow = np.where(luck.random((count, count)) < 0.5, luck.choice([0.0, 1.0, 20.0], (count, count)) * luck.gamma(2, 3, (count, count)), 0)
    flow += np.diag(luck.gamma(2, 30, count) * (luck.random(count) < 0.8))
    flow[0, 1] = luck.uniform(0.5, 4.5)
    before, after = flow.sum(axis=1), flow.sum(axis=0)
    provider = [f"P{luck.integers(0, max(2, count - 1))}" for _ in range(count)]
    units = [
        {
            "unit": f"U{u}", "name": f"U{u}", "provider": provider[u], "icb": "North", "open_baseline": True, "open_option": True,
            "modelled_volume_baseline": before[u], "modelled_volume_option": after[u],
            "index_admissions_per_year_baseline": before[u], "index_admissions_per_year_option": after[u],
        }
        for u in range(count)
    ]  # fmt: skip
    flows = [
        {"from_unit": f"U{i}", "to_unit": f"U{j}", "patients_per_year": flow[i, j], "moves": bool(i != j)}
        for i in range(count)
        for j in range(count)
        if flow[i, j]
    ]
    money = [
        {
            "provider": name, "name": name, "year": year, "period": f"{year}",
            **{
                f"income_{side}_gbp": 9000.0 * 1.02**year * sum(of[u] for u in range(count) if provider[u] == name)
                for side, of in (("baseline", before), ("option", after))
            },
        }
        for name in sorted(set(provider))
        for year in range(1, 6)
    ]  # fmt: skip
    body = np.append(luck.dirichlet(np.ones(int(luck.integers(1, 4)))) * (before.sum() - 3.0), 3.0)
    kinds = [people * luck.dirichlet([0.3, 0.3, 2.0]) for people in body]
    access = [
        {"icb": f"B{b}", "areas": 1, "admissions_per_year": people, "minutes_mean_baseline": 20.0, "minutes_mean_option": 21.0,
         "within_30_share_baseline": 1 - luck.uniform(0, 0.1), "within_30_share_option": 0.8}
        for b, people in enumerate(body)
    ]  # fmt: skip
    groups = [("all", "all patients", before.sum(), sum(kinds)), *(("icb", f"B{b}", body[b], kinds[b]) for b in range(len(body)))]
    who = [
        {"dimension": dimension, "group": name, "patients_per_year": people, "patients_longer": of[0], "patients_shorter": of[1],
         "patients_unchanged": of[2], "minutes_mean_baseline": 20.0, "minutes_mean_option": 21.0}
        for dimension, name, people, of in groups
    ]  # fmt: skip
    whole = [
        {"section": "Volumes and standards", "measure": "index admissions", "unit": "a year", "baseline": before.sum(),
         "option": after.sum(), "difference": 0.0, "low": None, "high": None, "verdict": "neutral", "key": "index_admissions"},
        {"section": "Money", "measure": "cost", "unit": "GBP million", "baseline": 0.009 * before.sum(), "option": 0.009 * after.sum(),
         "difference": 0.0, "low": None, "high": None, "verdict": "neutral", "key": "cost_first_year"},
    ]  # fmt: skip
    return {"Option": whole, "A1": units, "A2": flows, "B5": access, "B6": who, "C1": money}
