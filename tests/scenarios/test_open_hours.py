"""OpenHours and CapVolume: the week, hour by hour."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from scenarios.open_hours import read_hours
from sim.service.fault import InputError
from sim.study.question import ask
from tests.two_towns import DOVER, QUICK, stroke


def test_hours_are_read_from_words():
    hours = read_hours("Mon-Fri 08:00-18:00, Sat 10:00-12:00")
    assert hours.sum(axis=1).tolist() == [10, 10, 10, 10, 10, 2, 0]
    assert hours[0, 8]
    assert not hours[0, 18]
    assert read_hours("Mon-Sun 20:00-08:00").sum() == 84
    assert read_hours("Mon-Sun 00:00-24:00").all()


@pytest.mark.parametrize("given", ["weekdays", "Mon-Fri 08:30-18:00", "Mom 08:00-18:00", "Mon 08:00-25:00"])
def test_hours_that_cannot_be_read_are_refused(given):
    with pytest.raises(InputError, match=r"hours|days"):
        scenarios.OpenHours(["Dover"], given)


def test_a_kind_that_would_be_open_nowhere_at_some_hour_is_refused():
    with pytest.raises(InputError, match="at some hour of the week no unit that gives hyperacute takes patients"):
        scenarios.OpenHours(["Ashford", "Dover"], "Mon-Fri 08:00-18:00")(stroke())
    with pytest.raises(InputError, match="comprehensive"):
        scenarios.OpenHours(["Ashford"], "Mon-Fri 08:00-18:00")(stroke())


def test_outside_hours_patients_go_elsewhere_and_nobody_is_unplaced():
    found = ask(stroke(), scenarios.OpenHours(["Dover"], "Mon-Sun 08:00-20:00"), QUICK)
    keys, before = found.experiment.values("baseline", "index_admissions_per_year", "unit")
    _, after = found.experiment.values("option", "index_admissions_per_year", "unit")
    share = after[:, keys.index("Dover")].sum() / before[:, keys.index("Dover")].sum()
    assert 0.3 < share < 0.7
    assert found.experiment.values("option", "unplaced_per_year")[1].max() == 0


def test_a_cap_is_kept_by_hours_from_eight_in_the_morning():
    option = scenarios.CapVolume(["Dover"], 150)(stroke())
    hours = option.hours["Dover"].is_open
    # Half of the 300 is half of the week: twelve hours a day.
    assert hours.sum() == 84
    assert hours[:, 8:20].all()
    assert "150 a year expected" in option.marks["Dover"][0]


def test_a_cap_is_never_expected_to_be_passed():
    for most in (7, 100, 299):
        hours = scenarios.CapVolume(["Dover"], most)(stroke()).hours["Dover"].is_open
        assert 300 * hours.sum() / 168 <= most
        assert 300 * (hours.sum() + 1) / 168 > most


def test_a_unit_under_its_cap_stays_open():
    option = scenarios.CapVolume(["Dover"], 300)(stroke())
    assert option.hours == {}
    assert "under its cap" in option.marks["Dover"][0]


def test_caps_that_leave_nowhere_open_are_refused():
    with pytest.raises(InputError, match="at some hour of the week"):
        scenarios.CapVolume(["Ashford", "Dover"], 100)(stroke())
    with pytest.raises(InputError, match="would never open"):
        scenarios.CapVolume(["Dover"], 0.1)(stroke())


def test_unknown_units_are_told():
    with pytest.raises(InputError, match="did you mean 'Dover'"):
        scenarios.OpenHours(["Dovr"], "Mon 08:00-18:00")(stroke())
    with pytest.raises(InputError, match="gives no hyperacute care"):
        scenarios.CapVolume(["Dover-REHAB"], 10)(stroke())


def test_the_units_own_row_is_untouched():
    service = stroke()
    option = scenarios.OpenHours(["Dover"], "Mon-Sun 08:00-20:00")(service)
    assert service.hours == {}
    assert np.array_equal(option.is_open(), service.is_open())
    assert option.is_open()[DOVER]
