"""One question, answered: an option against the baseline, with and without simulation."""

from __future__ import annotations

from collections.abc import Callable

from ..measures.cost import cost_rates, market_forces
from ..measures.load import expected_load
from ..service.extend import same_units
from ..service.finance import Finance
from ..service.service import Service
from .experiment import Progress, experiment
from .precision import run_to_precision
from .run import Run
from .tables import Findings
from .view import view

Scenario = Callable[[Service], Service]


def ask(
    baseline: Service,
    scenario: Scenario,
    run: Run | None = None,
    engine: str = "compiled",
    name: str = "option",
    progress: Progress | None = None,
    finance: Finance | None = None,
) -> Findings:
    """Compare the service that a scenario makes with the service as it is.

    Parameters
    ----------
    baseline
        The service, with known beds.
    scenario
        A verb of `scenarios`, or any function from a service to a service.
    run
        Length, warm-up, replications, seed.
    engine
        ``compiled`` or ``reference``.
    name
        What the option is called.
    progress
        Called after each replication.
    finance
        How money is counted (`study.load.load_finance`); None for the cost of the service alone.
    """
    run = run or Run()
    from dataclasses import replace

    baseline = replace(baseline, calendar=run.calendar)
    option = scenario(baseline)
    baseline = same_units(baseline, option)
    rates = None
    if baseline.costs:
        # In the pounds of the finance, so that what a service costs stands beside what an option costs.
        step, uplift = (finance.number["bed_step"], finance.cost_uplift) if finance else (1.0, 1.0)
        rates = cost_rates(baseline, expected_load(baseline), market_forces(baseline), step, uplift)
    end = run.window.end
    reached = ()
    if run.precision:
        found, reached = run_to_precision(baseline, option, run, run.precision, run.ceiling, engine, progress)
    else:
        found = experiment(baseline, option, run, engine, progress)
    return Findings(
        found,
        view(baseline, end, rates),
        view(option, end, rates),
        name,
        finance and replace(finance, origin=run.window.start),
        tuple(reached),
    )
