"""Numbers: reading them from cells strictly, and saying what to write instead where a cell holds something like one.

Nothing is guessed: ``1,234`` is a thousand-odd to one reader and one-and-a-bit to another, so it is refused with the cure.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[/-](\d{1,2}|[A-Za-z]{3,9})([/-]\d{2,4})?|[A-Za-z]{3,9}-\d{2,4}")
_MISSING = ("n/a", "na", "nan", "null", "none", "nil", "-", "--", ".", "..", "x", "tbc", "unknown", "not known", "?")
_SUPPRESSED = re.compile(r"\*+|[<>≤≥]\s*\d+|c|\[c\]|\[x\]|\[z\]", re.IGNORECASE)

EXCEL_ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
"""What Excel shows where a formula failed."""


def number(cell: str) -> float | None:
    """The number a cell holds; None where it holds none, or one that is not finite.

    Examples
    --------
    >>> number("12.5"), number("1e3"), number("1,234"), number("nan"), number("1_000")
    (12.5, 1000.0, None, None, None)
    """
    if not _NUMBER.fullmatch(cell):
        return None
    made = float(cell)
    return made if math.isfinite(made) else None


def number_cure(cell: str, may_be_blank: bool = False) -> str:
    """What to write instead of a cell that is no number; empty where it cannot be told.

    Examples
    --------
    >>> number_cure("1,234"), number_cure("15 %"), number_cure("<5")[:30]
    ('write 1234', 'write 0.15', 'a small number that was held b')
    """
    plain = cell.strip()
    blank = "leave the cell blank where it is not known" if may_be_blank else "a number is needed"
    if plain.casefold() in _MISSING:
        return blank
    if _SUPPRESSED.fullmatch(plain):
        return f"a small number that was held back: {'leave the cell blank, or ' if may_be_blank else ''}give an estimate that you stand by"
    if plain.upper() in EXCEL_ERRORS:
        return "a formula that failed: mend it, or give its value"
    if _DATE.fullmatch(plain) and not re.fullmatch(r"\d+[-/]\d+", plain):
        return "a date: format the column as numbers and type it again"
    if re.fullmatch(r"\d+\s*[-/]\s*\d+", plain):
        return "give one number"
    return _rewritten(plain)


def _rewritten(plain: str) -> str:
    """The same number as it must be written."""
    text = plain.replace("\u2212", "-").replace("\u2013", "-").replace("\xa0", " ")
    text = text.replace("£", "").replace("$", "").replace("€", "").strip()
    is_negative = bool(re.fullmatch(r"\(.*\)", text))
    text = text.strip("()") if is_negative else text
    percent = text.endswith("%")
    text = text.rstrip("% ").strip()
    if re.fullmatch(r"[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?", text):
        text = re.sub(r"[, ']", "", text)
    elif re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d+,\d+", text):
        text = text.replace(",", ".")
    elif re.fullmatch(r"[+-]?\d[\d_]*\d", text):
        text = text.replace("_", "")
    made = number(text)
    if made is None:
        with_unit = re.fullmatch(r"([+-]?[\d.]+)(?:\s+[A-Za-z].*|[A-Za-z]{3,})", text)
        made = number(with_unit[1]) if with_unit else None
        return f"write {made:.12g} alone" if made is not None else ""
    made = -made if is_negative else made
    return f"write {made / 100 if percent else made:.12g}"


def date_cure(cell: str) -> str:
    """What to write instead of a cell that is no date; empty where it cannot be told.

    Examples
    --------
    >>> date_cure("46113"), date_cure("01/04/2026")
    ('the number that Excel keeps for 2026-04-01: write that', 'write year-month-day, as 2026-04-01')
    """
    made = number(cell)
    if made is not None and 20_000 <= made <= 80_000:
        day = date(1899, 12, 30) + timedelta(days=int(made))
        return f"the number that Excel keeps for {day}: write that"
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", cell)
    if found and 1 <= int(found[2]) <= 12 and 1 <= int(found[1]) <= 31:
        return f"write year-month-day, as {found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    return "write year-month-day, as 2026-04-01"
