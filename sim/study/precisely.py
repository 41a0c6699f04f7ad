"""How precisely the simulation knows each measure, how far its intervals can be leant on, and what it saves that the same patients
meet both options."""

from __future__ import annotations

import numpy as np

from ..measures.tidy import ALL
from .comparison import interval, mean_of, paired
from .experiment import Experiment
from .family import variance_reduction
from .option_row import REPLICATION, Measure, option_row
from .precision import FIRST, for_skew, skewness
from .tables import Findings


def precision_rows(found: Findings) -> list[dict]:
    """One row a measure over everything, or by kind of care.

    ``variance_saved`` is the share of the variance of the difference that paired patients save; ``times_fewer_replications`` is how many
    times as many replications separate patients would need for the same half-width. ``replications_for_skew`` is how many there must
    be for the interval to hold as often as it says although they are lopsided (`precision.LOPSIDED`), as far as those there are tell.
    """
    rows, wanted = [], {each.measure: each.wanted for each in found.reached}
    experiment = found.experiment
    for measure, by in dict.fromkeys((each.measure, each.by) for each in experiment.replications[0].baseline):
        if by not in (ALL, "kind"):
            continue
        keys, before = experiment.values("baseline", measure, by)
        others, after = experiment.values("option", measure, by)
        for key in (each for each in keys if each in others):
            x, y = before[:, keys.index(key)], after[:, others.index(key)]
            change = paired(x, y)
            difference, low, high = interval(change)
            saved = variance_reduction(x, y)
            rows.append(
                {
                    "measure": measure,
                    "by": f"{by}={key}" if key else by,
                    "baseline": mean_of(x),
                    "option": mean_of(y),
                    "difference": difference,
                    "half_width": (high - low) / 2,
                    "half_width_wanted": wanted.get(f"{measure} {by}={key}" if key else measure),
                    "replications": int((~np.isnan(change)).sum()),
                    "skewness": skewness(change),
                    "replications_for_skew": for_skew(change) or None,
                    "variance_saved": saved,
                    "times_fewer_replications": 1 / (1 - saved) if saved < 1 - 1e-9 else np.nan,
                }
            )
    return rows


SHOWN = {"occupied_beds_mean": "beds occupied", "wait_share_delayed": "requests that wait", "transfers_per_year": "journeys between sites"}
"""The measures whose saving is said in words."""


def saved_in_words(experiment: Experiment) -> list[str]:
    """What sharing patients saves, in a sentence; none where nothing differs or one replication cannot tell."""
    parts = []
    for measure, label in SHOWN.items():
        x, y = (experiment.values(side, measure)[1][:, 0] for side in ("baseline", "option"))
        saved = variance_reduction(x, y)
        if saved == saved and not np.array_equal(x, y):
            parts.append(f"{label} {'over 99' if saved > 0.995 else format(100 * saved, '.0f')} %")
    if not parts:
        return []
    return ["The same patients meet both sides, which saves of the variance of the change: " + ", ".join(parts) + "."]


FEW, LEAN = "Few replications", "Lopsided replications"
"""How it begins what is said of intervals that may hold too seldom."""


def few_in_words(found: Findings) -> list[str]:
    """What intervals of luck cannot be leant on for, in one sentence; none where there are replications enough."""
    count = found.experiment.run.replications
    if count < FIRST:
        return [
            f"{FEW}: intervals of luck rest on {count}. Of fewer than {FIRST} nobody can see how lopsided they are, and where waits are "
            "rare such intervals hold less often than in 95 of 100 repeats; run.replications=30 narrows them."
        ]
    needed = {each.label: for_skew(paired(*each.samples[1:])) for each in option_row(found) if _is_of_luck(each)}
    short = sorted(((many, label) for label, many in needed.items() if many > count), reverse=True)
    if not short:
        return []
    named = "; ".join(f"{label} ({many:,})" for many, label in short)
    return [
        f"{LEAN}: {count} are fewer than the intervals of these need to hold in 95 of 100 repeats, as far as they tell: {named}. "
        f"Take run.replications={short[0][0]}, or run to a precision."
    ]


def _is_of_luck(measure: Measure) -> bool:
    return measure.is_headline and measure.samples is not None and measure.samples.over == REPLICATION
