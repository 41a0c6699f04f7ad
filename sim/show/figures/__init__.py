"""Figures: functions that take findings and an ``ax`` and return what they show in words.

The same ones are drawn in a results folder (``figures/``), in a report and in a notebook::

    from sim.show import figures
    alternative = figures.travel(found, ax)
"""

from .beds import delay_against_beds
from .drawing import FIGURES, Picture, draw_figures, picture, pictures, source_line
from .equity import equity, gainers_and_losers
from .minutes_map import minutes_map
from .money import bridge, do_nothing, margins, spending
from .outcome import outcome
from .pareto import pareto
from .receivers import receivers
from .sankey import sankey
from .timeline import timeline
from .travel import travel
from .volumes import long_tail, volumes
from .waits import waits
from .warm_up import filling

__all__ = [
    "FIGURES",
    "Picture",
    "bridge",
    "delay_against_beds",
    "do_nothing",
    "draw_figures",
    "equity",
    "filling",
    "gainers_and_losers",
    "long_tail",
    "margins",
    "minutes_map",
    "outcome",
    "pareto",
    "picture",
    "pictures",
    "receivers",
    "sankey",
    "source_line",
    "spending",
    "timeline",
    "travel",
    "volumes",
    "waits",
]
