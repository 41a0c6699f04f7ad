"""The calendar: days from the start and dates are two names for the same moments."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.service.calendar import Calendar
from sim.service.fault import InputError

DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(DATES, st.integers(0, 36_525))
def test_a_date_is_found_again_by_its_day(start, days):
    calendar = Calendar(start)
    when = start + timedelta(days=days)
    assert calendar.day(when) == days
    assert calendar.day(when.isoformat()) == days
    assert calendar.date(days) == calendar.date(days + 0.999) == when


@given(DATES, st.integers(0, 3000))
def test_the_weekday_goes_on_from_the_first_day(start, days):
    calendar = Calendar(start)
    assert (calendar.weekday() + days) % 7 == calendar.date(days).weekday()


def test_a_leap_year_has_a_day_more():
    calendar = Calendar.read("2027-04-01")
    assert calendar.day("2028-04-01") == 366
    assert calendar.date(333) == date(2028, 2, 28)
    assert calendar.date(334) == date(2028, 2, 29)


def test_a_financial_year_runs_from_april_to_march():
    calendar = Calendar.read("2026-01-01")
    # 31 + 28 + 31 days of January, February and March come before 1 April 2026.
    assert calendar.financial_year(89.9) == "2025/26"
    assert calendar.financial_year(90) == "2026/27"
    assert Calendar.read("1999-04-01").financial_year(0) == "1999/00"


def test_a_date_with_a_time_is_its_day():
    assert Calendar.read(datetime(2026, 4, 1, 13, 30)).start == date(2026, 4, 1)


@pytest.mark.parametrize(
    "given", ["31-12-2026", "2026-02-30", "2026-13-01", "yesterday", "", None, 5, True, [2026], "2026-04-01T10:00"]
)
def test_what_is_no_date_is_refused_with_the_way_to_write_one(given):
    with pytest.raises(InputError, match=r"run\.start: a date is written year-month-day, as 2026-04-01"):
        Calendar.read(given)
