"""Runs that do not start with an empty line: from a snapshot, or from known work in process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from process_models.errors import InputError, NotSupported
from twin.experiment import Experiment, summarise
from twin.experiments.engine import Engine
from twin.experiments.gathering import Gathering
from twin.experiments.part import Task
from twin.experiments.side_by_side import side_by_side
from twin.figure_block import FigureBlock
from twin.line import LineModel
from twin.line_model.initial import WorkInProcess
from twin.replication import Begin, Plan, Progress, run_block
from twin.simulation import LineSimulation
from twin.snapshot.keeping import read_snapshot, write_snapshot

__all__ = ["Start", "run_from"]


@dataclass(frozen=True, slots=True)
class Start:
    """How a run starts, and whether its end is kept.

    Attributes
    ----------
    snapshot : Path or None
        The run goes on from this one.
    work_in_process : sequence or None
        What is in the line at the start.
    keep : Path or None
        The state at the end goes into this file.
    keep_records : bool
        What has happened until then is kept beside it.

    Raises
    ------
    InputError
        When it starts from both a snapshot and work in process.
    """

    snapshot: Path | None = None
    work_in_process: WorkInProcess | None = None
    keep: Path | None = None
    keep_records: bool = False

    def __post_init__(self) -> None:
        if self.snapshot is not None and self.work_in_process is not None:
            raise InputError(
                f"a run starts from a snapshot or from work in process, got both ({self.snapshot})"
            )
        if self.keep_records and self.keep is None:
            raise InputError("records are kept beside a snapshot, got no file for one")

    @property
    def single(self) -> bool:
        """Whether only one replication makes sense."""
        return self.snapshot is not None or self.keep is not None


@dataclass(frozen=True, slots=True)
class _Continued(Plan):
    """A plan for a run whose records begin at `from_s` and whose clock is at `now_s`.

    Hours count from the clock, or from the end of the warm-up where that is later.
    """

    from_s: float = 0.0
    now_s: float = 0.0

    @property
    def warm_up_s(self) -> float:
        return self.from_s + self.warm_up_h * 3600

    @property
    def until_s(self) -> float | None:
        if self.hours is None:
            return None
        return max(self.now_s, self.warm_up_s) + self.hours * 3600


@dataclass(frozen=True, slots=True)
class _Started(Engine):
    """The SimPy model with another beginning."""

    begin: Begin

    @property
    def run_block(self) -> Callable[..., FigureBlock]:
        return partial(run_block, begin=self.begin)


@dataclass(frozen=True, slots=True)
class _WithWork:
    """Begins every replication with the same work in process."""

    work: WorkInProcess

    def __call__(self, line: LineModel, plan: Plan, number: int) -> LineSimulation:
        return LineSimulation(line, seed=plan.seed, replication=number, initial=self.work)


@dataclass(frozen=True, slots=True, eq=False)
class _As:
    """Begins the one replication with a line as it stands."""

    simulation: LineSimulation

    def __call__(self, line: LineModel, plan: Plan, number: int) -> LineSimulation:
        del line, plan, number
        return self.simulation


def run_from(
    line: LineModel,
    start: Start,
    *,
    hours: float | None = None,
    lots: int | None = None,
    warm_up_h: float = 0.0,
    replications: int = 1,
    seed: int = 0,
    engine: str = "simpy",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    keep_records: bool = False,
) -> Experiment:
    """Run a line by the SimPy model from where it stands; else as `twin.experiment.replicate`.

    A run from a snapshot takes its random numbers from there, not from the seed of the plan. Its
    hours count from the clock of the snapshot; with the records of the run so far the figures
    are those of the whole run.

    Raises
    ------
    InputError
        When a snapshot is read or written with several replications or with lots for hours, or
        a file breaks its rule.
    NotSupported
        When `engine` is the recursion.
    """
    if engine == "recursion":
        raise NotSupported("engine recursion cannot express a run that does not start empty")
    plan = Plan(hours, lots, warm_up_h, replications, seed)
    if start.single:
        return _single_run(line, plan, start, progress, keep_records)
    reason = "it starts from work in process"
    model = _Started("simpy", reason, _WithWork(tuple(start.work_in_process or ())))
    task = Task(line, plan, model, keep_records)
    parts = side_by_side([task], workers=workers, cluster=cluster, progress=progress)
    return summarise(Gathering.of([task], parts))


def _single_run(
    line: LineModel, plan: Plan, start: Start, progress: Progress | None, keep_records: bool
) -> Experiment:
    if plan.replications != 1:
        raise InputError(f"replications must be 1 with a snapshot, got {plan.replications}")
    if plan.hours is None:
        raise InputError(f"a run with a snapshot needs hours, got lots={plan.lots}")
    if start.snapshot is None:
        reason = "its state is kept"
        simulation = LineSimulation(line, seed=plan.seed, initial=start.work_in_process)
    else:
        reason = "it goes on from a snapshot"
        simulation = read_snapshot(start.snapshot, line)
        simulation.env.stopped = False
    continued = _Continued(
        plan.hours, None, plan.warm_up_h, 1, plan.seed,
        from_s=simulation.start_s, now_s=simulation.now_s,
    )  # fmt: skip
    engine = _Started("simpy", reason, _As(simulation))
    task = Task(line, continued, engine, keep_records)
    found = summarise(Gathering.of([task], [(task(range(1), progress),)]))
    if start.keep is not None:
        write_snapshot(simulation, start.keep, with_records=start.keep_records)
    return found
