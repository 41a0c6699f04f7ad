"""Outcome: what an option does to those treated in time, and what journeys cost everybody, as tables.

Time alone and time with volume stand side by side, with the size of the volume effect at which harm turns to benefit; evidence
against a number stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..measures.burden import NONE, Travelled, burden
from ..measures.treatment import LARGEST, MEASURES, TREATMENTS, Change, care, change, volumes
from ..service.benefit import Benefit
from ..service.service import Parameter

if TYPE_CHECKING:
    from .tables import Findings

MECHANISMS = ("time alone", "time with volume")
BASIS = "interval of the estimates"
"""On what rows rest whose interval is that of the numbers they are made of."""

_SAID = {
    "reached": ("patients treated", "a year"),
    "minutes": ("minutes from onset to treatment, mean", "minutes"),
    "independent": ("independent at 90 days (mRS 0 to 2)", "patients a year"),
    "dead": ("dead at 90 days", "patients a year"),
    "utility": ("QALYs of the first year, at the utility of 90 days", "QALYs a year"),
    "qalys": ("QALYs of the remaining life, discounted", "QALYs a year"),
}
_EVIDENCE = (
    "an effect: distributions of trials, log-odds in a straight line with time",
    "the effect of time, and an association of volume seen in registries",
)
_ROW = {
    **dict.fromkeys(("of", "measure", "unit", "mechanism"), ""),
    **dict.fromkeys(("baseline", "option", "difference", "low", "high")),
    **dict.fromkeys(("said", "evidence", "source", "contrary", "guesses"), ""),
}


@lru_cache(maxsize=2)
def change_of(found: Findings) -> Change | None:
    """What the option does to outcomes, worked out once; None where the benefit is not known."""
    if found.service.benefit is None:
        return None
    views = found.before, found.after
    busy = volumes(found.service, *(seen.load for seen in views))
    sides = [care(seen.service, seen.is_open, seen.load, of, seen.at) for seen, of in zip(views, busy)]
    return change(*sides, found.service.benefit, found.experiment.run.seed)


def outcome(found: Findings) -> list[dict]:
    """One row a treatment, measure and mechanism, then the break-even, then journeys; empty where nothing is known of them."""
    return [*_treatment_rows(found), *_break_even_rows(found), *_journey_rows(found)]


def outcome_summary(found: Findings) -> list[dict]:
    """The rows of the summary: independent patients and life years under both mechanisms, and the break-even."""
    seen, rows = change_of(found), []
    if seen is None:
        return rows
    for measure, label, unit in (
        ("independent", "treated patients independent at 90 days (parts are guesses)", "a year"),
        ("qalys", "QALYs of treated patients (parts are guesses)", "QALYs a year"),
    ):
        for mechanism, name in enumerate(MECHANISMS):
            x, y, low, high = _numbers(seen, mechanism, None, measure)
            rows.append(_summary_row(f"{label}, {name}", unit, x, y, _less(y, x), low, high))
    for of, treatment in enumerate((*TREATMENTS, "both treatments")):
        even, low, high = _even(seen, of)
        label = f"{treatment}: volume effect that turns harm to benefit"
        rows.append(_summary_row(label, "% of the published", None, 100 * even, None, 100 * low, 100 * high))
    return rows


def _summary_row(measure: str, unit: str, x, y, difference, low: float, high: float) -> dict:
    values = {"baseline": x, "option": y, "difference": difference, "low": low, "high": high}
    return {"measure": measure, "unit": unit, **values, "basis": BASIS}


def _numbers(seen: Change, mechanism: int, treatment: int | None, measure: str) -> tuple[float, float, float, float]:
    """Baseline, option, and the ends of the interval of their difference; both treatments together for None."""
    x, y, drawn = estimates_of(seen, mechanism, treatment, measure)
    low, high = np.percentile(drawn[:, 1] - drawn[:, 0], (2.5, 97.5))
    return x, y, _less(low, 0.0), _less(high, 0.0)


def estimates_of(seen: Change, mechanism: int, treatment: int | None, measure: str) -> tuple[float, float, np.ndarray]:
    """Baseline and option with the estimates as they stand, and (D, 2) the same of each draw; both treatments together for None."""

    def taken(value: np.ndarray) -> np.ndarray:
        of = value.sum(axis=-2) if treatment is None else value[..., treatment, :]
        total = of[..., MEASURES.index(measure)]
        return total / np.maximum(of[..., 0], 1e-300) if measure == "minutes" else total

    x, y = taken(seen.value[mechanism])
    return float(x), float(y), taken(seen.draw[:, mechanism])


def _less(y: float, x: float) -> float:
    """A difference, without the dust of sums in another order."""
    return 0.0 if abs(y - x) < 1e-9 * max(1.0, abs(x)) else float(y - x)


def _even(seen: Change, of: int) -> tuple[float, float, float]:
    """The break-even and its interval: order statistics, since some draws may have none."""
    low, high = np.quantile(seen.break_even_draw[:, of], (0.025, 0.975), method="nearest")
    return float(seen.break_even[of]), float(low), float(high)


def _treatment_rows(found: Findings) -> Iterator[dict]:
    seen, benefit = change_of(found), found.service.benefit
    if seen is None:
        return
    for treatment, of in ((0, "thrombolysis"), (1, "thrombectomy"), (None, "both")):
        for measure, (label, unit) in _SAID.items():
            for mechanism, name in enumerate(MECHANISMS if measure != "reached" else ("",)):
                x, y, low, high = _numbers(seen, mechanism, treatment, measure)
                volume = _of_volume(benefit, of) if mechanism else ()
                yield _ROW | {
                    "of": of,
                    "measure": label,
                    "unit": unit,
                    "mechanism": name,
                    "baseline": x,
                    "option": y,
                    "difference": _less(y, x),
                    "low": low,
                    "high": high,
                    "evidence": _EVIDENCE[mechanism],
                    "source": _joined([*_trials(benefit), *(each.source for each in volume)]),
                    "contrary": _joined(each.contrary for each in volume),
                    "guesses": _guesses(benefit.estimate.values()) if of != "thrombectomy" else "",
                }


def _break_even_rows(found: Findings) -> Iterator[dict]:
    seen, benefit = change_of(found), found.service.benefit
    if seen is None:
        return
    for of, name in enumerate((*TREATMENTS, "both")):
        even, low, high = _even(seen, of)
        volume = _of_volume(benefit, name)
        yield _ROW | {
            "of": name,
            "measure": "size of the volume effect at which the option turns from harm to benefit",
            "unit": "share of the published effect",
            "mechanism": "break-even",
            "option": even,
            "low": low,
            "high": high,
            "said": _even_in_words(even, volume),
            "evidence": _EVIDENCE[1],
            "source": _joined(each.source for each in volume),
            "contrary": _joined(each.contrary for each in volume),
            "guesses": _guesses(benefit.estimate.values()),
        }


def _even_in_words(even: float, volume: tuple[Parameter, ...]) -> str:
    if np.isnan(even):
        return "nothing changes"
    if even == 0:
        return "time alone does no harm"
    if np.isinf(even) or not volume:
        return f"time alone does harm, and no volume effect up to {LARGEST:g} times the published one turns it"
    sizes = [
        f"{each.name} {each.value**even if 'ratio' in each.name else each.value * even:.3g} (published {each.value:g})"
        for each in volume
    ]
    return "from " + ", ".join(sizes) + " on"


def _of_volume(benefit: Benefit, of: str) -> tuple[Parameter, ...]:
    """The estimates of the volume effect on a treatment, or on both."""
    names = ["needle_minutes_many"] if of != "thrombectomy" else []
    by = {"minutes": ["puncture_minutes_many"], "odds": ["thrombectomy_odds_ratio"], "none": []}
    names += by[benefit.thrombectomy_volume] if of != "thrombolysis" else []
    return tuple(benefit.estimate[name] for name in names)


def _trials(benefit: Benefit) -> list[str]:
    names = ("thrombolysis_no_effect_minutes", "thrombectomy_no_effect_minutes")
    return [*(each.source for each in benefit.said), *(benefit.estimate[name].source for name in names)]


def _joined(said: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(each for each in said if each))


def _guesses(used: Iterable[Parameter]) -> str:
    return ", ".join(each.name for each in used if each.is_guess)


_TRAVELLED = (
    ("trips", "journeys a year"),
    ("hours", "hours a year"),
    ("km", "km a year"),
    ("emissions_kg", "kg CO2e a year"),
)
_JOURNEYS = {
    "patients to the first hospital, by ambulance": ("to_first_hospital",),
    "patients to the first hospital, driven": ("to_first_hospital_by_car",),
    "patients between hospitals, by ambulance": ("between_hospitals",),
    "patients home, by car": ("home",),
    "visitors by car": ("visitors_by_car",),
    "visitors by public transport": ("visitors_by_public_transport",),
    "all by ambulance, with the patient": ("to_first_hospital", "between_hospitals"),
    "all visitors": ("visitors_by_car", "visitors_by_public_transport"),
    "all journeys": (
        "to_first_hospital",
        "to_first_hospital_by_car",
        "between_hospitals",
        "home",
        "visitors_by_car",
        "visitors_by_public_transport",
    ),
}


_HEADLINES = {
    "all by ambulance, with the patient": "patients in ambulances",
    "all visitors": "visitors on their way (parts are guesses)",
    "all journeys": "emissions of journeys (parts are guesses)",
}


@lru_cache(maxsize=2)
def journeys_of(found: Findings) -> tuple[dict[str, Travelled], dict[str, Travelled]] | None:
    """What is travelled in a year in the baseline and in the option, by part; None where the burden is not known."""
    if found.service.burden is None:
        return None
    return tuple(burden(seen.service, seen.is_open, seen.at) for seen in (found.before, found.after))


def _journey_rows(found: Findings) -> Iterator[dict]:
    sides = journeys_of(found)
    if sides is None:
        return
    estimates = found.service.burden.estimate
    for label, parts in _JOURNEYS.items():
        x, y = (sum((side[part] for part in parts), NONE) for side in sides)
        for place, (name, unit) in enumerate(_TRAVELLED):
            used = _used_in(name, label, estimates)
            yield _ROW | {
                "of": "journeys",
                "measure": label,
                "unit": unit,
                "baseline": x[place],
                "option": y[place],
                "difference": _less(y[place], x[place]),
                "said": found.service.region.travel.basis if name == "hours" else "",
                "evidence": "counted, for the allocation in force",
                "source": _joined(each.source for each in used),
                "contrary": _joined(each.contrary for each in used),
                "guesses": _guesses(used),
            }


def _used_in(quantity: str, label: str, estimates) -> list[Parameter]:
    """The numbers that a quantity of some journeys is made of."""
    names = []
    is_all = label == "all journeys"
    if "first hospital" in label or label.startswith("all by ambulance") or (is_all and quantity != "trips"):
        names.append("ambulance_share")
    if "driven" in label and quantity == "emissions_kg":
        names.append("car_kg_per_km")
    if "ambulance" in label or is_all:
        names += {
            "km": ["ambulance_return_ratio"],
            "emissions_kg": ["ambulance_kg_per_km", "ambulance_return_ratio"],
        }.get(quantity, [])
    if "home" in label or is_all:
        names += ["fetching_trips", *(["car_kg_per_km"] if quantity == "emissions_kg" else [])]
    if "visitors" in label or is_all:
        names += ["visits_per_bed_day", "share_public_transport"]
        names += {"hours": ["public_transport_ratio"]}.get(quantity, [])
        names += ["car_kg_per_km", "public_transport_kg_per_km"] if quantity == "emissions_kg" else []
    if quantity in ("km", "emissions_kg"):
        names.append("road_ratio")
    return [estimates[name] for name in dict.fromkeys(names)]


def journey_summary(found: Findings) -> list[tuple[str, str, float, float]]:
    """(measure, unit, baseline, option) of the rows of the summary."""
    sides = journeys_of(found)
    if sides is None:
        return []
    rows = []
    for label, quantity, unit, scale in (
        ("all by ambulance, with the patient", "hours", "hours a year", 1.0),
        ("all visitors", "hours", "hours a year", 1.0),
        ("all journeys", "emissions_kg", "tonnes CO2e a year", 1e-3),
    ):
        x, y = (getattr(sum((side[part] for part in _JOURNEYS[label]), NONE), quantity) for side in sides)
        rows.append((_HEADLINES[label], unit, scale * x, scale * y))
    return rows
