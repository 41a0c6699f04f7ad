"""The lognormal law by mean and SD: parameters, quantiles, and stays drawn the whole way from uniforms to steps."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.distribution import Distribution
from tests.comparison import agree
from tests.theory.build import Effort, Item, cases, estimate, group, hold, items, sent, service, stage, tolerance

ITEMS = items("distribution")
TESTED = tuple(ITEMS)


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.id)
def test_parameters_and_quantiles_are_those_of_the_law(item: Item):
    law = Distribution("lognormal", **item.params)
    quantiles = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
    exact = {**item.exact, "mean": item.params["mean"], "p_gt_mean as a quantile": item.params["mean"]}
    found = {
        **dict(zip(("mu", "sigma"), law.parameters, strict=True)),
        "mean": law.expectation,
        **dict(zip(quantiles, law.quantile(list(quantiles.values())), strict=True)),
        "p_gt_mean as a quantile": law.quantile(1 - item.exact["p_gt_mean"]),
    }
    for name, value in found.items():
        agree(item.id, name, exact[name], float(value), 1e-9 * abs(exact[name]), "nine digits are given")


@pytest.mark.parametrize(("item", "effort"), cases(ITEMS, "lognormal_28.4_27.2"))
def test_stays_drawn_have_the_mean_and_sd_of_the_law(item: Item, effort: Effort):
    mean, exact = item.params["mean"], {**item.params, "p_gt_mean": item.exact["p_gt_mean"]}
    described = service(
        {"ward": ("bed", 1)}, {"all": group(100.0, {"bed": stage("bed", {"law": "lognormal", **item.params})})}
    )
    stays = [each.journeys.steps.stay for each in sent(described, 400.0 if effort.is_full else 10.0, 100)]
    sums = {
        "count": np.array([len(stay) for stay in stays]),
        "sum": np.array([stay.sum() for stay in stays]),
        "squared": np.array([(stay**2).sum() for stay in stays]),
        "above": np.array([(stay > mean).sum() for stay in stays]),
    }

    def figures(s) -> dict[str, float]:
        return {
            "mean": s["sum"] / s["count"],
            "sd": np.sqrt(s["squared"] / s["count"] - (s["sum"] / s["count"]) ** 2),
            "p_gt_mean": s["above"] / s["count"],
        }

    hold(estimate(sums, figures), exact, tolerance(exact, effort), item.id)
