"""Every exact answer in the tables is either tried or named here with the reason why not."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.theory.build import items

OUT_OF_SCOPE = {
    "prio_pr_mm1_(0.3, 0.4)": "pre-emptive priority: a bed once given is never taken away",
    "prio_pr_mm1_(0.2, 0.3, 0.3)": "pre-emptive priority: a bed once given is never taken away",
    "pool_a8.5_a9.5_A11_R11_P4": "repacking: patients are not moved from a pooled bed when one of their own falls free",
    "pool_a8.5_a9.5_A10_R10_P6": "repacking: patients are not moved from a pooled bed when one of their own falls free",
    "pool_a8.5_a9.5_A10_R9_P7": "repacking: patients are not moved from a pooled bed when one of their own falls free",
    "pool_a8.5_a9.5_A9_R8_P9": "repacking: patients are not moved from a pooled bed when one of their own falls free",
}
"""What is not tried, and why."""

MODULES = (
    "abandonment",
    "blocking",
    "cost",
    "distribution",
    "loss",
    "network",
    "nhpp",
    "overflow",
    "priority",
    "queues",
    "transfer",
    "transient",
)


def test_every_item_is_tried_or_named_as_out_of_scope():
    tables = sorted(path.stem for path in (Path(__file__).parent / "data").glob("*.json"))
    every = [item for table in tables for item in items(table)]
    tried = [item for name in MODULES for item in import_module(f"tests.theory.test_{name}").TESTED]
    assert len(every) == len(set(every)) == 126
    assert len(tried) == len(set(tried))
    assert not set(tried) & set(OUT_OF_SCOPE)
    assert set(tried) | set(OUT_OF_SCOPE) == set(every)
