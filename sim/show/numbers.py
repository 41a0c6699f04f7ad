"""Numbers as people read them: so many decimals as their unit deserves."""

from __future__ import annotations

_DECIMALS = {
    "minutes": 1,
    "QALYs a year": 1,
    "%": 1,
    "hours": 2,
    "weeks": 1,
    "per 100": 1,
    "GBP million a year": 1,
    "GBP million": 1,
}
"""Decimals shown of each unit; all others are shown whole."""


def number(value: float | None, unit: str) -> str:
    """A number with thousands set apart, - where it is not known, and in words where it is infinite.

    Examples
    --------
    >>> number(1234.5, "beds"), number(float("nan"), "beds"), number(0.126, "hours")
    ('1,234', '-', '0.13')
    """
    if value is None or value != value:
        return "-"
    if value in (float("inf"), float("-inf")):
        return "no limit" if unit in ("hours", "days", "weeks") else "none"
    shown = f"{value:,.{_DECIMALS.get(unit, 0)}f}"
    return shown if any(digit in shown for digit in "123456789") else shown.removeprefix("-")


def signed(value: float | None, unit: str) -> str:
    """A change: with its sign, 0 where nothing of it would be shown.

    Examples
    --------
    >>> signed(0.04, "minutes"), signed(-3.0, "beds"), signed(2.5, "hours")
    ('0', '-3', '+2.50')
    """
    if value is None or value != value:
        return "-"
    shown = number(abs(value), unit)
    if value in (float("inf"), float("-inf")):
        return shown
    if float(shown.replace(",", "")) == 0:
        return "0"
    return ("+" if value > 0 else "-") + shown


def change(value: float | None, unit: str) -> str:
    """A change of which something is always shown, unless there is none: with two digits where the unit's decimals would show nothing.

    Examples
    --------
    >>> change(0.0079, "GBP million"), change(0.0, "beds"), change(-3.0, "beds")
    ('+0.0079', '0', '-3')
    """
    shown = signed(value, unit)
    return f"{value:+.2g}" if shown == "0" and value else shown


def rough(value: float) -> str:
    """A number of any size to three digits, never with a power of ten where people write thousands.

    Examples
    --------
    >>> rough(634800.0), rough(0.04312), rough(-48.0)
    ('634,800', '0.0431', '-48')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"
