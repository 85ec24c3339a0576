"""Replications of a line by the SimPy model: run it, and keep the figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from process_models.errors import InputError
from twin import kpi
from twin.figure_block import FigureBlock
from twin.figures_of_run import figures
from twin.line import LineModel
from twin.records import LineRecords, is_coupon
from twin.simulation import LineSimulation

__all__ = ["Begin", "Plan", "Progress", "begin_empty", "finished_lots", "run_block"]

SLICES = 50
Progress = Callable[[float, float], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to run, and with which random numbers.

    Raises
    ------
    InputError
        When not exactly one of hours and lots is given, or one is not above 0.
    """

    hours: float | None = None
    lots: int | None = None
    warm_up_h: float = 0.0
    replications: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.lots is None):
            raise InputError(f"give hours or lots, got hours={self.hours} and lots={self.lots}")
        for name in ("hours", "lots", "replications"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"{name} must be above 0 and finite, got {value}")
        if not 0 <= self.warm_up_h < float("inf"):
            raise InputError(f"warm_up_h must be at least 0 and finite, got {self.warm_up_h}")
        if self.seed < 0:
            raise InputError(f"seed must be at least 0, got {self.seed}")

    @property
    def warm_up_s(self) -> float:
        """Left out at the beginning."""
        return self.warm_up_h * 3600

    @property
    def until_s(self) -> float | None:
        """End of the run when it is given in hours, which count from the end of the warm-up."""
        return None if self.hours is None else self.warm_up_s + self.hours * 3600

    def window(self, ended_s: float) -> tuple[float, float]:
        """Start and end of what is measured in a run that ended at `ended_s`, in seconds.

        Raises
        ------
        InputError
            When the warm-up is longer than the run.
        """
        start_s, end_s = self.warm_up_s, self.until_s or ended_s
        if start_s >= end_s > 0:
            raise InputError(
                f"warm_up_h must end before the run does after {end_s / 3600:.4g} h,"
                f" got {self.warm_up_h:g}"
            )
        return start_s, end_s


Begin = Callable[[LineModel, Plan, int], LineSimulation]


def begin_empty(line: LineModel, plan: Plan, number: int) -> LineSimulation:
    """Replication `number`, from 0, before anything has come to the line."""
    return LineSimulation(line, seed=plan.seed, replication=number)


def run_block(
    line: LineModel,
    plan: Plan,
    replications: range,
    *,
    keep_records: bool = False,
    progress: Progress | None = None,
    begin: Begin = begin_empty,
) -> FigureBlock:
    """Run some replications of a plan, counted from 0.

    Parameters
    ----------
    begin : callable
        Gives the simulation of a replication as it stands at the start.
    progress : callable, optional
        Told how far the first of them is.

    Raises
    ------
    InputError
        When the warm-up is longer than the run, or the line comes to a standstill.
    """
    found, finished, kept = [], [], []
    for number in replications:
        records = _run(begin(line, plan, number), plan, progress)
        found.append(figures(records, line, *plan.window(records.end_s)))
        finished.append(finished_lots(records))
        if keep_records:
            kept.append(records)
    keys = tuple(found[0])
    values = np.array([[run[key] for key in keys] for run in found], dtype=np.float64)
    return FigureBlock(keys, values, np.array(finished, dtype=np.int64), tuple(kept))


def finished_lots(records: LineRecords) -> int:
    """Good lots that left, from the start of the run."""
    rows = records.lot_rows
    return int(np.sum((rows[:, 3] == kpi.FINISHED) & ~is_coupon(rows[:, 0])))


def _run(simulation: LineSimulation, plan: Plan, progress: Progress | None) -> LineRecords:
    if progress is not None:
        _run_in_slices(simulation, plan, progress)
    if not simulation.env.stopped:
        simulation.run(until_s=plan.until_s, lots=plan.lots)
    return simulation.records


def _run_in_slices(simulation: LineSimulation, plan: Plan, progress: Progress) -> None:
    """Run to just before the end, telling how far it is; slices change nothing in the run."""
    slowest = max(one.service_s.mean_s / one.servers / one.batch for one in simulation.line.path)
    whole_s = plan.until_s or slowest * (plan.lots or 0)
    for part in range(1, SLICES):
        if simulation.env.stopped:
            return
        simulation.run(until_s=whole_s * part / SLICES, lots=plan.lots)
        progress(part, SLICES)
