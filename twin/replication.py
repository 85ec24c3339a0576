"""One replication of an experiment: run the line, and keep its figures only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from process_models.errors import InputError
from twin.bottleneck import active_periods, bottleneck
from twin.figures_of_run import Figures, figures, flow_series
from twin.line import LineModel
from twin.records import LineRecords
from twin.simulation import LineSimulation
from twin.warm_up import WarmUp, mser5

__all__ = ["Plan", "Progress", "Run", "run_replication"]

BATCHES = 10
LOTS_PER_BATCH = 10
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


@dataclass(frozen=True, slots=True)
class Run:
    """What is kept of one replication.

    Attributes
    ----------
    batches : tuple
        Figures of ten equal parts of the window, for intervals where there is one replication.
    warm_up, warm_up_s : WarmUp, float
        What MSER-5 would leave out of the flow times, and when that time ended; None when there
        are too few lots.
    """

    figures: Figures
    batches: tuple[Figures, ...]
    sole: Mapping[str, float]
    shifting: Mapping[str, float]
    lots: int
    warm_up: WarmUp | None
    warm_up_s: float | None
    records: LineRecords | None


def run_replication(
    line: LineModel,
    plan: Plan,
    number: int,
    *,
    keep_records: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Run replication `number`, from 0, of a plan.

    Raises
    ------
    InputError
        When the warm-up is longer than the run, or the line comes to a standstill.
    """
    simulation = LineSimulation(line, seed=plan.seed, replication=number)
    if progress is not None:
        _run_in_slices(simulation, plan, progress)
    if not simulation.env.stopped:
        simulation.run(until_s=plan.until_s, lots=plan.lots)
    records = simulation.records
    start_s, end_s = plan.warm_up_s, plan.until_s or records.end_s
    if start_s >= end_s > 0:
        raise InputError(
            f"warm_up_h must end before the run does after {end_s / 3600:.4g} h,"
            f" got {plan.warm_up_h:g}"
        )
    found = bottleneck(active_periods(records, line, start_s, end_s))
    warm_up, warm_up_s = _warm_up(records) if number == 0 else (None, None)
    return Run(
        figures=figures(records, line, start_s, end_s),
        batches=_batches(records, line, start_s, end_s) if plan.replications == 1 else (),
        sole=found.sole_share,
        shifting=found.shifting_share,
        lots=simulation.finished,
        warm_up=warm_up,
        warm_up_s=warm_up_s,
        records=records if keep_records else None,
    )


def _run_in_slices(simulation: LineSimulation, plan: Plan, progress: Progress) -> None:
    """Run to just before the end, telling how far it is; slices change nothing in the run."""
    slowest = max(one.service_s.mean_s / one.servers / one.batch for one in simulation.line.path)
    whole_s = plan.until_s or slowest * (plan.lots or 0)
    for part in range(1, SLICES):
        if simulation.env.stopped:
            return
        simulation.run(until_s=whole_s * part / SLICES, lots=plan.lots)
        progress(part, SLICES)


def _batches(
    records: LineRecords, line: LineModel, start_s: float, end_s: float
) -> tuple[Figures, ...]:
    left = flow_series(records)[0]
    if np.sum(left > start_s) < BATCHES * LOTS_PER_BATCH:
        return ()
    edges = np.linspace(start_s, end_s, BATCHES + 1).tolist()
    return tuple(figures(records, line, *span) for span in pairwise(edges))


def _warm_up(records: LineRecords) -> tuple[WarmUp | None, float | None]:
    left_s, flow_s = flow_series(records)
    if len(flow_s) < LOTS_PER_BATCH:
        return None, None
    found = mser5(flow_s)
    kept = found.truncation_observations
    return found, float(left_s[kept - 1]) if kept else 0.0
