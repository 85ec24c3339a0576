"""Replications of a line, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from process_models.errors import InputError
from twin.estimate import Estimate, estimate
from twin.experiments.engine import ENGINES, choose_engine
from twin.experiments.gathering import Gathering, most_of
from twin.experiments.part import Part, Task
from twin.experiments.pilot import Pilot, run_pilots
from twin.experiments.side_by_side import side_by_side
from twin.experiments.stopping import Precision, Stopping
from twin.figures_of_run import Key
from twin.line import LineModel
from twin.line_recipe import line_for_recipe
from twin.recipe import Recipe
from twin.records import LineRecords
from twin.replication import Plan, Progress

__all__ = ["ENGINES", "Experiment", "replicate", "summarise"]


@dataclass(frozen=True, slots=True)
class Experiment:
    """Figures of all replications, with 99 % intervals.

    Attributes
    ----------
    estimates : mapping of tuple of str to Estimate
        As `twin.figures_of_run.figures` names them.
    interval : str
        replications, or batch_means when there was one replication only.
    finished : tuple of int
        Good lots of each replication, from its start.
    by_simpy : int
        Replications that the recursion left to the SimPy model, since the order of events at one
        moment decides something in them.
    stopping : mapping or None
        Where replications were run until a figure was known well enough: was it?
    records : tuple of LineRecords
        Of each replication, when they were asked for.
    """

    engine: str
    engine_reason: str
    replications: int
    interval: str
    estimates: Mapping[Key, Estimate]
    bottleneck: Mapping[str, Any]
    warm_up: Mapping[str, Any]
    stations: tuple[str, ...]
    finished: tuple[int, ...]
    by_simpy: int = 0
    stopping: Mapping[str, Any] | None = None
    records: tuple[LineRecords, ...] = ()

    def _nested(self, *start: str) -> dict[str, Any]:
        depth = len(start)
        return {
            key[depth]: value.to_dict()
            for key, value in self.estimates.items()
            if key[:depth] == start and len(key) == depth + 1
        }

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `lacss simulate`."""
        station = self.bottleneck["station"]
        oee = self._nested("oee", station) if station else {}
        total = oee.pop("oee", Estimate(None, None, None).to_dict())
        return {
            "engine": self.engine,
            "engine_reason": self.engine_reason,
            "replications": self.replications,
            "replications_by_simpy": self.by_simpy,
            "interval": self.interval,
            "finished_lots": list(self.finished),
            **{
                name: self.estimates[name,].to_dict()
                for name in ("throughput_per_h", "flow_time_s", "wip")
            },
            "stations": {name: self._nested("stations", name) for name in self.stations},
            "yield": {**self.estimates["yield",].to_dict(), **self._nested("yield")},
            "oee": {"station": station, **total, **oee},
            "bottleneck": dict(self.bottleneck),
            "warm_up": dict(self.warm_up),
            **({} if self.stopping is None else {"stopping": dict(self.stopping)}),
        }


def replicate(
    line: LineModel,
    *,
    hours: float | None = None,
    lots: int | None = None,
    warm_up_h: float | Literal["auto"] = 0.0,
    replications: int = 1,
    until: Precision | None = None,
    seed: int = 0,
    recipe: Recipe | None = None,
    engine: str = "auto",
    progress: Progress | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep_records: bool = False,
) -> Experiment:
    """Run a line `replications` times and estimate its figures.

    The result depends neither on the engine nor on where and by how many workers it is run.

    Parameters
    ----------
    hours, lots
        One of them: hours to measure after the warm-up, or lots that enter and all leave.
    warm_up_h
        `auto` leaves out what MSER-5 says about ten pilot replications.
    replications : int
        At most so many where `until` is given.
    until : Precision, optional
        Stop as soon as a figure is known so well.
    workers : int, optional
        Processes (SimPy) or threads (recursion). By default as many as pay.
    cluster : str, optional
        Address of a Dask scheduler that runs the replications instead.
    progress : callable, optional
        Called with what is done and what there is to do.

    Raises
    ------
    InputError
        When an argument breaks its rule, the line comes to a standstill, or nobody listens at
        the cluster's address.
    NotSupported
        When `engine` is the recursion and it cannot express the line.
    """
    adapted = line_for_recipe(line, recipe)
    plan = Plan(hours, lots, 0.0 if warm_up_h == "auto" else warm_up_h, replications, seed)
    chosen = choose_engine(adapted, plan, engine)
    pilot = run_pilots(adapted, plan, chosen) if warm_up_h == "auto" else None
    if pilot is not None:
        plan = replace(plan, warm_up_h=pilot.hours)
    stopping = None if until is None else _stopping(until, replications)
    task = Task(adapted, plan, chosen, keep_records)
    parts = side_by_side([task], workers=workers, cluster=cluster, progress=progress)
    return summarise(Gathering.of([task], parts, stopping), pilot)


def _stopping(until: Precision, most: int) -> Stopping:
    if most < 2:
        raise InputError(f"replications must be at least 2 to stop at a half-width, got {most}")
    return Stopping(until)


def summarise(gathered: Gathering, pilot: Pilot | None = None) -> Experiment:
    """The figures of the replications of one line."""
    (task,), (first,) = gathered.tasks, gathered.firsts
    single = task.plan.replications == 1
    return Experiment(
        engine=task.engine.name,
        engine_reason=_reason(task, gathered),
        replications=gathered.moments.replications,
        interval="batch_means" if single else "replications",
        estimates=_by_batches(first) if single else gathered.estimates(0),
        bottleneck=gathered.bottleneck(0),
        warm_up={**_warm_up(task.plan, first), **({} if pilot is None else pilot.to_dict())},
        stations=tuple(station.name for station in task.line.stations),
        finished=tuple(gathered.finished[0]),
        by_simpy=gathered.by_simpy[0],
        stopping=None if gathered.stopping is None else gathered.stopping.to_dict(),
        records=tuple(gathered.records[0]),
    )


def _reason(task: Task, gathered: Gathering) -> str:
    """Why this engine, and how many replications it left to the SimPy model."""
    left = gathered.by_simpy[0]
    if not left or task.engine.name == "simpy":
        return task.engine.reason
    return (
        f"{task.engine.reason}; {left} of {gathered.moments.replications} replications by SimPy,"
        " where the order of events at one moment decides"
    )


def _by_batches(part: Part) -> dict[Key, Estimate]:
    return {
        key: estimate(
            [batch[key] for batch in part.batches], mean=value, least=0.0, most=most_of(key)
        )
        for key, value in zip(part.block.keys, part.block.values[0].tolist(), strict=True)
    }


def _warm_up(plan: Plan, part: Part) -> dict[str, Any]:
    found = None if part.warm_up is None else part.warm_up.to_dict()
    suggested = None if part.warm_up_s is None else part.warm_up_s / 3600
    return {"hours": plan.warm_up_h, "suggested_h": suggested, "mser5": found}
