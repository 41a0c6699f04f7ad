"""Arrivals follow the rates of a table, and the year keeps its total."""

import numpy as np
import pytest

import sim
from sim.cohort.cohort import draw, layers_needed
from sim.journeys.routes import route
from sim.journeys.send import present
from sim.service.demand import Demand
from sim.service.fault import InputError
from sim.service.seasons import with_seasons


def table(path, header, rows):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_rates_are_scaled_to_a_mean_of_one(tmp_path):
    months = table(tmp_path / "month.csv", "month,rate", [f"{m},{4 if m <= 6 else 2}" for m in range(1, 13)])
    demand = with_seasons(Demand(), {"month": months, "hour": None})
    np.testing.assert_allclose(demand.month, [4 / 3] * 6 + [2 / 3] * 6)


def test_no_table_is_flat():
    assert (with_seasons(Demand(), None).hour == 1).all()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([f"{m},1" for m in range(1, 12)], "month 12 must be given once"),
        ([f"{m},1" for m in [*range(1, 13), 3]], "month 3 must be given once"),
        ([f"{m},0" for m in range(1, 13)], "above 0"),
        ([f"{m},-1" for m in range(1, 13)], "rate"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path, rows, words):
    with pytest.raises(InputError, match=words):
        with_seasons(Demand(), {"month": table(tmp_path / "month.csv", "month,rate", rows)})


def test_patients_come_when_the_table_says(tmp_path):
    hours = table(
        tmp_path / "hour.csv",
        "weekday,hour,rate",
        [f"{d},{h},{3 if d <= 5 else 1}" for d in range(1, 8) for h in range(24)],
    )
    service = sim.load_service("stroke", region="two_towns", arrivals={"hour": hours})
    horizon = 2800.0
    cohort = draw(service, 1, 0, horizon, layers_needed([service], horizon))
    number, _ = present(cohort, route(service, horizon))
    weekday = (np.floor(cohort.arrival[number]).astype(int) + service.calendar.weekday()) % 7
    count = np.bincount(weekday, minlength=7)
    share = count[:5].sum() / count.sum()
    assert abs(share - 15 / 17) < 4 * np.sqrt(15 / 17 * 2 / 17 / count.sum())
