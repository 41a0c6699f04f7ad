"""Beliefs: what is known of a number, as a law, from the columns of the tables of sources.

A row with ``low`` and ``high`` is believed to lie between them in 95 of 100 cases; one without them within a stated share of its value,
by its ``confidence``: an assumption, and told as one. The law goes by what the number is (Briggs, Claxton and Sculpher 2006, Decision
Modelling for Health Economic Evaluation): a share is beta, a ratio lognormal, another number above 0 gamma, any other normal. Its mean is
the value of the table (of a lognormal the median is), whatever the interval, which gives it its width. Of a duration with a law of its own
it is the mean that is believed, and the whole law is stretched with it.

A belief is of one setting of the configs, so that what is drawn from it is a point of a sweep like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..service.distribution import Distribution
from ..service.fault import Fault, is_number, nearest_spelling, refuse, settings
from ..service.finance import Finance
from ..service.service import Parameter, Service

LAWS = ("beta", "lognormal", "gamma", "normal", "uniform")

_Z = 1.959963984540054
"""Half of the 95 % interval of a standard normal."""

CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True)
class Belief:
    """A law of one number."""

    name: str
    """The parameter."""
    setting: str
    """What is set, in dots."""
    law: str
    """One of `LAWS`."""
    value: float
    """What the setting is where nothing is drawn; 1 for a setting that multiplies."""
    low: float
    """Lower end of the 95 % interval, of the setting."""
    high: float
    unit: str
    base: float
    """The number itself, as the table has it (the mean of a law); `setting` times this where it multiplies."""
    basis: str
    """Which columns the interval is from."""
    is_assumed: bool
    """Whether its width is assumed from the confidence."""
    centre: float | None = None
    """The mean of the law (of a lognormal the median), as a setting; the value where not given."""

    def quantile(self, share) -> np.ndarray:
        """The settings below which a share of the belief lies; (...) in [0, 1)."""
        from scipy import stats

        share = np.clip(np.asarray(share, dtype=float), 1e-9, 1 - 1e-9)
        sd = (self.high - self.low) / (2 * _Z)
        centre = self.value if self.centre is None else self.centre
        if self.law == "uniform":
            return self.low + share * (self.high - self.low)
        if self.law == "normal":
            return centre + sd * stats.norm.ppf(share)
        if self.law == "lognormal":
            return centre * np.exp(np.log(self.high / self.low) / (2 * _Z) * stats.norm.ppf(share))
        if self.law == "gamma":
            return stats.gamma.ppf(share, (centre / sd) ** 2, scale=sd**2 / centre)
        # A beta of the number itself, whatever the setting multiplies; no wider than its mean lets it be without two heaps at the ends.
        scale = self.base / self.value
        mean = centre * scale
        count = max(mean * (1 - mean) / (sd * scale) ** 2 - 1, 0.5 / min(mean, 1 - mean))
        return stats.beta.ppf(share, mean * count, (1 - mean) * count) / scale

    @property
    def in_words(self) -> str:
        """The law in words, as a table shows it."""
        scale = self.base / self.value if self.value else 1.0
        return f"{self.law}: {self.base:.4g} ({self.low * scale:.4g} to {self.high * scale:.4g})"


@dataclass(frozen=True)
class Beliefs:
    """How numbers are believed; ``configs/uncertainty`` holds choices of it."""

    parameters: tuple[str, ...] = ()
    """Names; empty for all that have a value."""
    leave_out: tuple[str, ...] = ()
    """Names taken as certain."""
    widths: Mapping[str, float] | None = None
    """By confidence, half of the 95 % interval as a share of the value, where the table gives no interval."""
    laws: Mapping[str, Mapping] | None = None
    """By name, a law of one's own: ``{law: uniform, low: 0.043, high: 0.10}``, of the number itself."""

    def __post_init__(self):
        faults = []
        widths = {"high": 0.10, "medium": 0.20, "low": 0.50} if self.widths is None else dict(self.widths)
        faults += [Fault("widths are by confidence: " + ", ".join(CONFIDENCES), key) for key in widths if key not in CONFIDENCES]
        faults += [Fault(f"the width of {key} must lie between 0 and 1", w) for key, w in widths.items() if not is_number(w, 0, 0.99)]
        for name, lines in (self.laws or {}).items():
            given = settings(lines, f"uncertainty laws {name}", ("law", "low", "high"), ("law", "low", "high"))
            rule = f"laws of beliefs are {', '.join(LAWS)}" + nearest_spelling(given["law"], LAWS)
            faults += [] if given["law"] in LAWS else [Fault(rule, given["law"])]
            ends = given["low"], given["high"]
            good = all(map(is_number, ends)) and ends[0] < ends[1]
            faults += [] if good else [Fault(f"the law of {name} has a low end below its high end", ends)]
            if good and not _holds(given["law"], *ends):
                faults.append(Fault(f"the {given['law']} law of {name} has its ends {_WITHIN[given['law']]}", ends, "or take another law"))
        refuse(faults, of="uncertainty")
        object.__setattr__(self, "widths", widths)
        object.__setattr__(self, "laws", dict(self.laws or {}))

    @classmethod
    def read(cls, given: Mapping) -> Beliefs:
        """From the lines of a config."""
        made = settings(given, "uncertainty", known=tuple(cls.__dataclass_fields__))
        lists = {key: made.get(key) for key in ("parameters", "leave_out")}
        faults = [Fault(f"{key} is a list of names, or all", value) for key, value in lists.items() if not _is_list(value)]
        refuse(faults, of="uncertainty")
        return cls(**{**made, **{key: _names(value) for key, value in lists.items()}})

    def of(self, service: Service, finance: Finance | None) -> tuple[Belief, ...]:
        """The beliefs about the numbers of a service and of finance that are not certain.

        Raises
        ------
        InputError
            Where a name is not a number of these, or a belief cannot be.
        """
        known = dict(_numbers(service, finance))
        wanted = self.parameters or tuple(known)
        every = (*self.parameters, *self.leave_out, *self.laws)
        cure = "a part of the service is left out, or it is misspelt; uncertainty=everything takes the numbers that are there"
        faults = [Fault(f"unknown parameter {name!r}" + nearest_spelling(name, known), cure=cure) for name in every if name not in known]
        refuse(faults, of="uncertainty")
        made = [self._belief(*known[name]) for name in wanted if name not in self.leave_out]
        return tuple(each for each in made if each is not None)

    def _belief(self, parameter: Parameter, setting: str, base: float) -> Belief | None:
        """What is believed of one number; None where it is certain."""
        scale = 1.0 if setting.startswith(MULTIPLIED) else base
        own, name, centre = self.laws.get(parameter.name), parameter.name, base
        if own:
            low, high, law, basis, assumed = own["low"], own["high"], own["law"], "a law set by the user", False
            centre = np.sqrt(low * high) if law == "lognormal" else (low + high) / 2
        elif parameter.low is not None and parameter.high is not None and parameter.low < parameter.high:
            ratio = base / _middle(parameter)
            low, high, law, assumed = parameter.low * ratio, parameter.high * ratio, law_of(parameter, base), False
            basis = f"low and high ({parameter.interval})" if parameter.interval else "low and high"
        elif parameter.basis == "user":
            return None
        else:
            width = self.widths.get(parameter.confidence, 0.0)
            low, high, assumed = base * (1 - width), base * (1 + width), True
            law, basis = law_of(parameter, base), f"assumed: +-{100 * width:g} % by its confidence ({parameter.confidence})"
        if not base or low >= high:
            return None
        low, high = min(low, high), max(low, high)
        if parameter.unit.startswith("share") and 0 <= base <= 1:
            low, high = max(low, 0.0), min(high, 1.0)
        if not _holds(law, low, high):
            law = "gamma" if _holds("gamma", low, high) else "normal"
        sign = scale / base
        ends = sorted((low * sign, high * sign))
        return Belief(name, setting, law, scale, *ends, parameter.unit, base, basis, assumed, float(centre * sign))


MULTIPLIED = "service.factors"
"""Settings that multiply a number of the service's own table, whose value may be a law."""


def law_of(parameter: Parameter, base: float) -> str:
    """Which law a number has, by what it is.

    Examples
    --------
    >>> from dataclasses import replace
    >>> share = Parameter("p", 0.2, "share of strokes", "somewhere", "high", "seen")
    >>> law_of(share, 0.2), law_of(replace(share, unit="days"), 4.0), law_of(replace(share, unit="odds ratio"), 1.4)
    ('beta', 'gamma', 'lognormal')
    """
    if isinstance(parameter.value, Distribution):
        return "gamma"
    if parameter.unit.startswith("share") and 0 < base < 1:
        return "beta"
    if base == 1 and parameter.unit.startswith("share"):
        return "uniform"  # at its end: no law has its mean there and lies below
    if base > 0 and "ratio" in parameter.unit.split():
        return "lognormal"
    return "gamma" if base > 0 else "normal"


_WITHIN = {"lognormal": "above 0", "gamma": "at 0 or above", "beta": "between 0 and 1"}
"""Where laws lie that do not lie everywhere."""


def _holds(law: str, low: float, high: float) -> bool:
    """Whether a law can have such ends."""
    return {"lognormal": low > 0, "gamma": low >= 0, "beta": low >= 0 and high <= 1}.get(law, True)


def _middle(parameter: Parameter) -> float:
    value = parameter.value
    if isinstance(value, Distribution):
        return value.mean if value.mean is not None else value.median if value.median is not None else value.expectation
    return float(value)


def _numbers(service: Service, finance: Finance | None) -> Iterable[tuple[str, tuple[Parameter, str, float]]]:
    """By name, each number with its setting and its value; tables of several numbers are left out."""
    apart = {}
    for part, head in ((service.benefit, "service.outcome.parameters"), (service.burden, "service.burden.parameters")):
        for name, each in (part.estimate if part else {}).items():
            apart[name] = (each, f"{head}.{name}", float(each.value))
    for each in service.parameters:
        if each.name not in apart and not isinstance(each.value, str):
            yield each.name, (each, f"{MULTIPLIED}.{each.name}", _middle(each))
    yield from apart.items()
    for name, each in (finance.parameters if finance else {}).items():
        if name not in apart and not isinstance(each.value, str):
            yield name, (each, f"finance.parameters.{name}", float(finance.number.get(name, each.value)))


def _is_list(given: object) -> bool:
    return given in (None, "all") or (isinstance(given, (list, tuple)) and all(isinstance(each, str) for each in given))


def _names(given: object) -> tuple[str, ...]:
    return () if given in (None, "all") else tuple(given)


def draw_beliefs(beliefs: tuple[Belief, ...], count: int, seed: int) -> np.ndarray:
    """(N, beliefs) settings drawn independently, by a Latin hypercube; the same whatever options they are for."""
    from scipy.stats import qmc

    if not beliefs:
        return np.empty((count, 0))
    share = qmc.LatinHypercube(len(beliefs), rng=np.random.default_rng(seed)).random(count)
    return settings_at(beliefs, share)


def settings_at(beliefs: tuple[Belief, ...], share: np.ndarray) -> np.ndarray:
    """(N, beliefs) settings at shares of each belief, rounded so that they can be typed."""
    made = np.stack([each.quantile(share[:, place]) for place, each in enumerate(beliefs)], axis=1)
    return np.vectorize(lambda value: float(f"{value:.10g}"))(made)


def one_way(beliefs: tuple[Belief, ...]) -> np.ndarray:
    """(2 x beliefs + 1, beliefs) settings: all as they are, then each at its low and at its high end."""
    base = np.array([each.value for each in beliefs])
    rows = [base]
    for place, each in enumerate(beliefs):
        for end in (each.low, each.high):
            row = base.copy()
            row[place] = float(f"{end:.10g}")
            rows.append(row)
    return np.stack(rows)
