"""Some replications of a line and all that is kept of them; what a worker does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from twin.bottleneck import active_periods, bottleneck
from twin.experiments.engine import Engine
from twin.figure_block import BOTTLENECK_REPLICATIONS, FigureBlock
from twin.figures_of_run import Figures, figures, flow_series
from twin.line import LineModel
from twin.records import LineRecords
from twin.replication import Plan, Progress
from twin.warm_up import WarmUp, mser5

__all__ = ["Part", "Shares", "Task"]

BATCHES = 10
LOTS_PER_BATCH = 10
Shares = tuple[Mapping[str, float], Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Part:
    """What is kept of some replications.

    Attributes
    ----------
    shares : tuple
        Sole and shifting share of the time as bottleneck, by station, of those replications that
        are among the first twenty.
    warm_up, warm_up_s : WarmUp, float
        Of the first replication: what MSER-5 would leave out of the flow times, and when that
        time ended; None when there are too few lots.
    batches : tuple
        Figures of ten equal parts of the window, when it is the only replication.
    """

    block: FigureBlock
    shares: tuple[Shares, ...] = ()
    warm_up: WarmUp | None = None
    warm_up_s: float | None = None
    batches: tuple[Figures, ...] = ()

    def first(self, rows: int, begins: int) -> Part:
        """Its first `rows` replications only; it `begins` with this one."""
        block = self.block
        if rows == len(block.finished):
            return self
        shorter = replace(
            block,
            values=block.values[:rows],
            finished=block.finished[:rows],
            records=block.records[:rows],
            by_simpy=tuple(number for number in block.by_simpy if number < begins + rows),
        )
        return replace(self, block=shorter, shares=self.shares[:rows])


@dataclass(frozen=True, slots=True)
class Task:
    """One line to be run by one plan: calling it with replications gives a `Part`."""

    line: LineModel
    plan: Plan
    engine: Engine
    keep_records: bool = False

    def __call__(self, replications: range, progress: Progress | None = None) -> Part:
        """Run some replications, counted from 0; errors as of the engine's `run_block`."""
        watched = replications[: max(0, BOTTLENECK_REPLICATIONS - replications.start)]
        more = {} if progress is None else {"progress": progress}
        block = self.engine.run_block(
            self.line,
            self.plan,
            replications,
            keep_records=self.keep_records or len(watched) > 0,
            **more,
        )
        records = block.records
        kept = block if self.keep_records else replace(block, records=())
        found, found_s = _warm_up(records[0]) if replications.start == 0 else (None, None)
        return Part(
            block=kept,
            shares=tuple(self._shares(one) for one in records[: len(watched)]),
            warm_up=found,
            warm_up_s=found_s,
            batches=self._batches(records[0]) if self.plan.replications == 1 else (),
        )

    def _shares(self, records: LineRecords) -> Shares:
        window = self.plan.window(records.end_s)
        found = bottleneck(active_periods(records, self.line, *window))
        return found.sole_share, found.shifting_share

    def _batches(self, records: LineRecords) -> tuple[Figures, ...]:
        start_s, end_s = self.plan.window(records.end_s)
        if np.sum(flow_series(records)[0] > start_s) < BATCHES * LOTS_PER_BATCH:
            return ()
        edges = np.linspace(start_s, end_s, BATCHES + 1).tolist()
        return tuple(figures(records, self.line, *span) for span in pairwise(edges))


def _warm_up(records: LineRecords) -> tuple[WarmUp | None, float | None]:
    left_s, flow_s = flow_series(records)
    if len(flow_s) < LOTS_PER_BATCH:
        return None, None
    found = mser5(flow_s)
    kept = found.truncation_observations
    return found, float(left_s[kept - 1]) if kept else 0.0
