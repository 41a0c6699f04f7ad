"""A selection as text."""

from __future__ import annotations

from collections.abc import Sequence

from ..study.selected import Option, Selected
from .columns import aligned


def selection_text(title: str, found: Selected) -> list[str]:
    """The table of options, the best marked, and what must be said of it."""
    head = ("", "replications", "mean", "less baseline", "95 % alone", "95 % together", "p", "variance saved")
    body = [_line(each, number == found.best) for number, each in enumerate(found.options)]
    return [title, "=" * len(title), *aligned(head, body), "", *found.said]


def _line(each: Option, is_best: bool) -> Sequence[str]:
    name = f"{'*' if is_best else ' '} {each.name}"
    of = each.member
    if of is None:
        return name, str(each.replications), f"{each.mean:.4g}", "-", "-", "-", "-", "-"
    saved = "-" if each.saved != each.saved else f"{100 * each.saved:.0f} %"
    p = "-" if of.p_together != of.p_together else "<0.001" if of.p_together < 0.001 else f"{of.p_together:.3f}"
    ends = [f"{low:+.3g} to {high:+.3g}" for low, high in ((of.low, of.high), (of.low_together, of.high_together))]
    return name, str(each.replications), f"{each.mean:.4g}", f"{of.difference:+.3g}", *ends, p, saved
