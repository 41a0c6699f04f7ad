"""Hydra's sweeper over the points of a design: ``python -m sim -m design=...``. Hydra looks for plugins in this package by its name."""

from __future__ import annotations

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.types import Override

from sim.space import Reader
from sim.sweep.design import Design


class DesignSweeper(BasicSweeper):
    """Asks the points of a design where the usual sweeper asks every combination; ``configs/hydra/sweeper/design.yaml``."""

    def __init__(self, max_batch_size, params, design: str | None, kind: str, points: int | None, seed: int, seeds: str):
        super().__init__(max_batch_size, params)
        self.design = design or ""
        self.usual = Design(kind, points or 0, seed, seeds)

    def split_arguments(self, overrides: list[Override], max_batch_size: int | None) -> list[list[list[str]]]:
        """The words of every point, in batches."""
        space = Reader().space([str(each.input_line) for each in overrides], self.usual, self.design)
        points = [space.words(row) for row in space.rows]
        return list(self.split_overrides_to_chunks(points, max_batch_size or len(points)))
