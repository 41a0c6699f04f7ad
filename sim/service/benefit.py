"""Benefit: what treatment in time brings, and what the volume of a unit is said to add to it.

Two mechanisms, kept apart: time from onset to treatment, an effect seen in randomised trials; and volume, an association seen in
registries, which acts through the minutes from arrival to treatment (or, as a setting, through the odds of every score). This
module holds the numbers; `measures.treatment` does the sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .estimates import read_estimates, read_scores, set_estimates
from .fault import Fault, is_number, nearest_spelling, refuse, settings
from .places import Columns, freeze
from .service import Parameter

VOLUME_EFFECTS = ("minutes", "odds", "none")
"""How the volume of a thrombectomy centre may act: on the minutes to the puncture, on the odds of every score, or not at all."""

TIMES = (
    "onset_to_call_minutes",
    "ambulance_response_minutes",
    "ambulance_on_scene_minutes",
    "ambulance_speed_ratio",
    "arrival_to_needle_minutes",
    "arrival_to_puncture_minutes",
    "door_in_door_out_minutes",
    "transfer_arrival_to_puncture_minutes",
    "thrombolysis_no_effect_minutes",
    "thrombectomy_no_effect_minutes",
)
SHARES = ("share_large_vessel", "share_thrombolysed_too", "discount_rate_health")
VOLUMES = (
    "thrombolysis_few",
    "thrombolysis_many",
    "needle_minutes_middle",
    "needle_minutes_many",
    "thrombectomy_few",
    "thrombectomy_many",
    "puncture_minutes_many",
    "thrombectomy_odds_from",
    "thrombectomy_odds_ratio",
)
DISTRIBUTIONS = (
    "no_treatment_nlvo",
    "no_treatment_lvo",
    "t0_nlvo_ivt",
    "t0_lvo_ivt",
    "t0_lvo_mt",
    "no_effect_nlvo_ivt",
    "no_effect_lvo_ivt",
    "no_effect_lvo_mt",
)
"""Of patients with (``lvo``) and without (``nlvo``) occlusion of a large vessel, given thrombolysis (``ivt``) or thrombectomy (``mt``)
at onset (``t0``) or when it no longer works (``no_effect``)."""

_KNOWN = (
    "table",
    "distributions",
    "parameters",
    "thrombolysis_share",
    "thrombectomy",
    "utility",
    "thrombectomy_volume",
    "draws",
)


@dataclass(frozen=True, eq=False)
class Benefit:
    """What is needed to turn minutes into outcomes."""

    estimate: Mapping[str, Parameter]
    """By name: `TIMES`, `SHARES` and `VOLUMES`, with intervals."""
    distribution: Mapping[str, np.ndarray]
    """By name, (7,) the share of patients at each score of the modified Rankin scale or better (`DISTRIBUTIONS`)."""
    utility: np.ndarray
    """(7,) utility by score."""
    remaining_life: np.ndarray
    """(7,) years of remaining life by score."""
    thrombolysis_share: float
    """The share of index admissions given thrombolysis."""
    thrombectomy: str
    """The label of the stage at which thrombectomy is done."""
    said: tuple[Parameter, ...] = ()
    """The rows of distributions, utility and remaining life as they are written."""
    thrombectomy_volume: str = "minutes"
    """One of `VOLUME_EFFECTS`."""
    draws: int = 400
    """How many times the numbers are drawn from their intervals."""

    def __post_init__(self):
        freeze(self, utility=float, remaining_life=float)
        object.__setattr__(self, "estimate", Columns(self.estimate))
        object.__setattr__(self, "distribution", Columns(self.distribution))

    @property
    def numbers(self) -> dict[str, float]:
        """The estimates without their intervals."""
        return {name: float(each.value) for name, each in self.estimate.items()}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every number with its source."""
        return (*self.estimate.values(), *self.said)


def read_benefit(given: object, amount) -> Benefit | None:
    """The benefit that the lines ``outcome:`` of a service's config describe; None where there are none.

    Parameters
    ----------
    given
        ``table`` and ``distributions`` (shipped tables or CSV files), ``parameters`` (rows of the table to set),
        ``thrombolysis_share``, ``thrombectomy`` (the label of a stage), ``utility`` (a row of the distributions),
        ``thrombectomy_volume`` and ``draws``.
    amount
        Turns a name of the service's own parameters, or a number, into a share: called with it, what it is, and the most it may be.
    """
    if not given:
        return None
    given = settings(given, "service outcome", ("table", "distributions", "thrombolysis_share", "thrombectomy"), _KNOWN)
    table = read_estimates(given["table"], (*TIMES, *SHARES, *VOLUMES), "service outcome table")
    table = set_estimates(table, given.get("parameters"), "service outcome parameters")
    rows, said = read_scores(
        given["distributions"], (*DISTRIBUTIONS, "remaining_life"), "service outcome distributions"
    )
    utility = given.get("utility", "utility_wang_2020")
    volume, draws = given.get("thrombectomy_volume", "minutes"), given.get("draws", 400)
    utilities = [name for name in rows if name.startswith("utility")]
    faults = _number_faults(table)
    faults += [
        Fault(f"{name}: shares at scores 0 to 5 lie above 0 and below 1", rows[name].tolist())
        for name in DISTRIBUTIONS
        if not (rows[name][:-1] < 1).all()
    ]
    if utility not in utilities:
        cure = "known: " + ", ".join(utilities) + nearest_spelling(utility, utilities)
        faults.append(Fault("utility is no row of the distributions", utility, cure))
    if volume not in VOLUME_EFFECTS:
        faults.append(Fault("thrombectomy_volume is one of " + ", ".join(VOLUME_EFFECTS), volume))
    if not isinstance(draws, int) or not is_number(draws, 2, 100_000):
        faults.append(Fault("draws must be a whole number, 2 or more", draws))
    refuse(faults, of="service outcome")
    return Benefit(
        estimate=table,
        distribution={name: rows[name] for name in DISTRIBUTIONS},
        utility=rows[utility],
        remaining_life=rows["remaining_life"],
        thrombolysis_share=amount(given["thrombolysis_share"], "outcome thrombolysis_share", 1),
        thrombectomy=str(given["thrombectomy"]),
        said=tuple(said[name] for name in (*DISTRIBUTIONS, utility, "remaining_life")),
        thrombectomy_volume=volume,
        draws=draws,
    )


def _number_faults(table: Mapping[str, Parameter]) -> list[Fault]:
    """Minutes and shares below 0, and bands upside down."""
    faults = [
        Fault(f"{name} must be 0 or more", table[name].value)
        for name in (*TIMES, *SHARES, "thrombolysis_few", "thrombectomy_few")
        if not is_number(table[name].value, 0)
    ]
    faults += [
        Fault(f"{name} must be at most 1", table[name].value)
        for name in SHARES
        if not is_number(table[name].value, most=1)
    ]
    faults += [
        Fault(f"{name} must be above 0", table[name].value)
        for name in ("thrombolysis_no_effect_minutes", "thrombectomy_no_effect_minutes", "thrombectomy_odds_ratio")
        if not table[name].value > 0
    ]
    faults += [
        Fault(f"{few} must be below {many}", (table[few].value, table[many].value))
        for few, many in (("thrombolysis_few", "thrombolysis_many"), ("thrombectomy_few", "thrombectomy_many"))
        if not table[few].value < table[many].value
    ]
    return faults
