"""Where: a map of the minutes added to the first unit."""

from __future__ import annotations

import numpy as np

from ...service.regions.outlines import outlines
from ...study.tables import Findings
from ..projection import is_in_britain, projected
from .palette import MINUTES, option_name

MANY = 2000
"""Areas from which they are drawn as one picture inside an SVG, which would else hold a shape for each."""


def minutes_map(found: Findings, ax) -> str:
    """Areas coloured by minutes added to the first unit; units that stay are dots, closed ones are crossed.

    Returns
    -------
    The text alternative.
    """
    from matplotlib.collections import LineCollection

    service, before, after = found.service, found.before, found.after
    places, sites = service.areas, service.sites
    east, north = projected(places.longitude, places.latitude)
    if is_in_britain(places.longitude, places.latitude):
        rings = [ring for each in outlines(np.unique(places.body.get("icb", [])).tolist()) for ring in each.rings]
        ax.add_collection(LineCollection(rings, colors="#A0A0A0", linewidths=0.5, zorder=0))
    added = after.first.minutes - before.first.minutes
    band = minutes_band(added)
    size = 60000 / max(len(places), 400) / 3.5  # so that the areas of a town touch at any level
    for place, (_, words, colour) in enumerate(MINUTES):
        of = band == place
        label = f"{words} ({of.sum():,})"
        wide = size if words == "unchanged" else 1.5 * size
        ax.scatter(east[of], north[of], s=wide, color=colour, linewidths=0, rasterized=len(places) > MANY, label=label)
    x, y = projected(sites.longitude, sites.latitude)
    seat = service.units.site
    closed = before.gives & ~after.gives
    opened = after.gives & ~before.gives
    for of, label, style in (
        (after.gives & before.gives, "open", {"marker": "o", "s": 14, "facecolor": "white", "edgecolor": "black", "linewidths": 0.7}),
        (opened, "opened", {"marker": "^", "s": 36, "facecolor": "white", "edgecolor": "black", "linewidths": 0.9}),
        (closed, "closed", {"marker": "X", "s": 50, "facecolor": "black", "edgecolor": "white", "linewidths": 0.8}),
    ):
        if of.any():
            ax.scatter(x[seat[of]], y[seat[of]], zorder=3, label=f"unit {label} ({of.sum()})", **style)
    ax.set_title(f"Minutes added to the first {service.access_kind} unit\n{option_name(found.scenario)}")
    key = ax.legend(title="areas, by minutes", frameon=False, loc="upper left", fontsize=8)
    for handle in key.legend_handles[: len(MINUTES)]:
        handle.set_sizes([36])
    ax.set_aspect("equal")
    ax.margins(0.03)
    ax.set_axis_off()
    longer = int((added > 0.05).sum())
    shorter = int((added < -0.05).sum())
    return (
        f"Map of {len(places):,} areas. Under the option the journey to the first {service.access_kind} unit is longer in {longer:,} "
        f"of them and shorter in {shorter:,}. {int(closed.sum())} units close, {int(after.gives.sum())} are open. "
        "The areas whose journey grows most, and every unit, are named in tables."
    )


def minutes_band(added: np.ndarray) -> np.ndarray:
    """(A,) the band of `MINUTES` that each number of minutes added falls in; areas that no unit can be reached from are unchanged.

    Examples
    --------
    >>> minutes_band(np.array([-3.0, 0.0, 5.0, 12.0, 90.0, np.nan])).tolist()
    [0, 1, 2, 4, 5, 1]
    """
    ends = [end for end, _, _ in MINUTES]
    return np.searchsorted(ends, np.nan_to_num(added), side="left").clip(max=len(ends) - 1)
