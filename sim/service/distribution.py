"""Distributions of durations, by name: uniforms in, days out.

Every law is used through its quantile function, so that one uniform of a patient gives one duration under each law and
the luck stays the same when an option changes the law. Laws are given by mean and SD, or median and quartiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, isfinite, lgamma, log, sqrt

import numpy as np

from .fault import Fault, is_number, nearest_spelling, refuse

LAWS = ("constant", "exponential", "lognormal", "gamma", "erlang", "weibull", "empirical")

_Z75 = 0.6744897501960817
"""Normal score of the upper quartile."""


@dataclass(frozen=True)
class Distribution:
    """A law of durations in days, 0 or more.

    Give ``mean`` and ``sd``; or ``median`` with ``lower`` and ``upper`` quartile (lognormal, gamma, weibull); an
    exponential needs the mean alone, a constant only ``mean``, an Erlang ``mean`` and either ``sd`` or ``shape``, an
    empirical law its ``values`` (and ``weights``).

    Examples
    --------
    >>> stay = Distribution("lognormal", mean=4.1, sd=3.67)
    >>> round(float(stay.quantile(0.5)), 3)
    3.055
    >>> Distribution("lognormal", mean=-1, sd=2)
    Traceback (most recent call last):
    ...
    sim.service.fault.InputError: lognormal: mean must be above 0, got -1
    """

    law: str
    mean: float | None = None
    """Days."""
    sd: float | None = None
    """Days."""
    median: float | None = None
    """Days."""
    lower: float | None = None
    """Days: the lower quartile."""
    upper: float | None = None
    """Days: the upper quartile."""
    shape: int | None = None
    """Erlang only: the number of exponential phases."""
    values: tuple[float, ...] = ()
    """Empirical only: days, in any order."""
    weights: tuple[float, ...] = ()
    """Empirical only: one weight a value; equal where not given."""

    def __post_init__(self):
        refuse(self._faults(), of=self.law)
        if self.law == "exponential" and self.sd is None:
            object.__setattr__(self, "sd", self.mean)
        try:  # solved now, so that a law that cannot be met is refused when it is written
            is_solved = all(map(isfinite, self.parameters))
        except (ArithmeticError, ValueError):
            is_solved = False
        refuse([] if is_solved else [Fault("no such law has this mean and SD, or these quartiles")], of=self.law)

    def _faults(self) -> list[Fault]:
        if self.law not in LAWS:
            return [Fault("unknown law", self.law, "one of " + ", ".join(LAWS) + nearest_spelling(self.law, LAWS))]
        numbers = {name: getattr(self, name) for name in ("mean", "sd", "median", "lower", "upper", "shape")}
        bad = [
            Fault(f"{k} must be a finite number", v) for k, v in numbers.items() if v is not None and not is_number(v)
        ]
        if bad:
            return bad
        if self.law == "empirical":
            return self._empirical_faults()
        if self.median is not None and (self.mean is not None or self.sd is not None):
            return [Fault("give mean and SD, or median and quartiles, not both", (self.mean, self.sd, self.median))]
        if self.law == "constant":
            return (
                []
                if self.mean is not None and self.mean >= 0
                else [Fault("constant needs a mean of 0 or more", self.mean)]
            )
        if self.law == "exponential" and None not in (self.mean, self.sd) and abs(self.sd - self.mean) > 1e-9 * abs(self.mean):
            return [Fault("the SD of an exponential is its mean", self.sd, "leave sd out, or use gamma")]
        if self.median is not None:
            return self._quartile_faults()
        faults = [] if self.mean is not None and self.mean > 0 else [Fault("mean must be above 0", self.mean)]
        if self.law == "erlang":
            return faults + self._erlang_faults()
        if self.law != "exponential" and not (self.sd is not None and self.sd > 0):
            faults.append(Fault("sd must be above 0", self.sd, "or give median, lower and upper quartile"))
        return faults

    def _empirical_faults(self) -> list[Fault]:
        for given in (self.values, self.weights):
            if not isinstance(given, tuple):
                return [Fault("values and weights are lists of numbers", given)]
        faults = [Fault("values must be 0 or more", v) for v in self.values if not is_number(v, 0)]
        if not self.values:
            faults.append(Fault("an empirical law needs values"))
        good = len(self.weights) in (0, len(self.values)) and all(is_number(w, 0) for w in self.weights)
        if not good or (self.weights and sum(self.weights) <= 0):
            faults.append(Fault("weights must be one a value, 0 or more, and not all 0", self.weights))
        return faults

    def _quartile_faults(self) -> list[Fault]:
        if self.law not in ("lognormal", "gamma", "weibull"):
            return [Fault("median and quartiles serve lognormal, gamma and weibull only", self.law)]
        if self.lower is None or self.upper is None or not 0 < self.lower < self.median < self.upper:
            return [Fault("quartiles must satisfy 0 < lower < median < upper", (self.lower, self.median, self.upper))]
        return []

    def _erlang_faults(self) -> list[Fault]:
        if self.shape is not None:
            return (
                []
                if self.shape >= 1 and self.shape == int(self.shape)
                else [Fault("shape must be 1, 2, 3 ...", self.shape)]
            )
        if self.sd is None or self.sd <= 0:
            return [Fault("erlang needs sd above 0, or shape", self.sd)]
        phases = max(1, round((self.mean / self.sd) ** 2))
        near = self.mean / sqrt(phases)
        if abs(near - self.sd) > 0.01 * self.sd:
            return [
                Fault("the SD of an Erlang is mean / sqrt(shape)", self.sd, f"the nearest is {near:.4g}; or use gamma")
            ]
        return []

    @cached_property
    def parameters(self) -> tuple[float, float]:
        """Shape and scale as the quantile function needs them: lognormal (mu, sigma); gamma, erlang, weibull (shape, scale)."""
        if self.law == "lognormal":
            if self.median is not None:
                return log(self.median), log(self.upper / self.lower) / (2 * _Z75)
            variance = log(1 + (self.sd / self.mean) ** 2)
            return log(self.mean) - variance / 2, sqrt(variance)
        if self.law == "gamma":
            if self.median is not None:
                return _gamma_from_quartiles(self.median, self.upper / self.lower)
            return (self.mean / self.sd) ** 2, self.sd**2 / self.mean
        if self.law == "erlang":
            phases = self.shape or max(1, round((self.mean / self.sd) ** 2))
            return float(phases), self.mean / phases
        if self.law == "weibull":
            return (
                _weibull_from_quartiles(self) if self.median is not None else _weibull_from_moments(self.mean, self.sd)
            )
        return 0.0, 0.0

    def quantile(self, uniform) -> np.ndarray:
        """Durations for uniforms.

        Parameters
        ----------
        uniform
            (...) numbers in [0, 1).

        Returns
        -------
        (...) days.
        """
        u = np.asarray(uniform, dtype=np.float64)
        a, b = self.parameters
        if self.law == "constant":
            return np.full(u.shape, float(self.mean))
        if self.law == "exponential":
            return -self.mean * np.log1p(-u)
        if self.law == "weibull":
            return b * (-np.log1p(-u)) ** (1 / a)
        if self.law == "empirical":
            return self._empirical_quantile(u)
        from scipy import special  # only where a law needs it: it is slow to import

        if self.law == "lognormal":
            # A uniform of exactly 0 has no normal score; half of the smallest step above it stands for it.
            return np.exp(a + b * special.ndtri(np.maximum(u, 2.0**-54)))
        return b * special.gammaincinv(a, u)

    def _empirical_quantile(self, u: np.ndarray) -> np.ndarray:
        order = np.argsort(self.values, kind="stable")
        weight = np.asarray(self.weights or np.ones(len(self.values)), dtype=np.float64)[order]
        edge = np.cumsum(weight) / weight.sum()
        return np.asarray(self.values, dtype=np.float64)[order][
            np.minimum(np.searchsorted(edge, u, "right"), len(edge) - 1)
        ]

    def times(self, factor: float) -> Distribution:
        """The law of so many times the duration, of the same shape.

        Examples
        --------
        >>> Distribution("lognormal", mean=4.0, sd=2.0).times(0.5).mean
        2.0
        """
        if factor == 0:
            return Distribution("constant", mean=0.0)
        names = ("mean", "sd", "median", "lower", "upper")
        made = {name: getattr(self, name) * factor for name in names if getattr(self, name) is not None}
        return replace(self, **made, values=tuple(value * factor for value in self.values))

    @property
    def is_constant(self) -> bool:
        """Whether no luck is needed."""
        return self.law == "constant"

    @cached_property
    def expectation(self) -> float:
        """The mean in days, whichever way the law was given."""
        a, b = self.parameters
        if self.law == "lognormal":
            return exp(a + b * b / 2)
        if self.law in ("gamma", "erlang"):
            return a * b
        if self.law == "weibull":
            return b * exp(lgamma(1 + 1 / a))
        if self.law == "empirical":
            return float(np.average(self.values, weights=self.weights or None))
        return float(self.mean)

    @classmethod
    def read(cls, given: object, of: str = "") -> Distribution:
        """A distribution from a number of days or from a mapping such as ``{law: gamma, mean: 4, sd: 2}``."""
        if isinstance(given, Distribution):
            return given
        if is_number(given):
            return cls("constant", mean=float(given))
        if not isinstance(given, Mapping) or "law" not in given:
            refuse([Fault("a distribution is a number of days or a law with its mean and SD", given)], of=of)
        fields = set(cls.__dataclass_fields__)
        refuse(
            [
                Fault(
                    "unknown setting of a distribution",
                    k,
                    "known: " + ", ".join(sorted(fields)) + nearest_spelling(str(k), fields),
                )
                for k in given
                if k not in fields
            ],
            of=of,
        )
        made = {k: tuple(v) if isinstance(v, (list, tuple)) else v for k, v in given.items()}
        return cls(**made)


def _weibull_from_moments(mean: float, sd: float) -> tuple[float, float]:
    from scipy.optimize import brentq

    def excess(log_shape: float) -> float:
        k = exp(log_shape)
        return lgamma(1 + 2 / k) - 2 * lgamma(1 + 1 / k) - log(1 + (sd / mean) ** 2)

    shape = exp(brentq(excess, log(0.05), log(200), xtol=1e-14))
    return shape, mean / exp(lgamma(1 + 1 / shape))


def _weibull_from_quartiles(law: Distribution) -> tuple[float, float]:
    shape = log(log(4) / log(4 / 3)) / log(law.upper / law.lower)
    return shape, law.median / log(2) ** (1 / shape)


def _gamma_from_quartiles(median: float, ratio: float) -> tuple[float, float]:
    from scipy import special
    from scipy.optimize import brentq

    def excess(log_shape: float) -> float:
        k = exp(log_shape)
        return log(special.gammaincinv(k, 0.75) / special.gammaincinv(k, 0.25)) - log(ratio)

    shape = exp(brentq(excess, log(0.05), log(1e4), xtol=1e-12))
    return shape, median / float(special.gammaincinv(shape, 0.5))
