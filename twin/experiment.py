"""Replications of a line, and what they say together."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.errors import InputError, NotSupported
from twin.estimate import Estimate, estimate
from twin.figures_of_run import Key
from twin.line import LineModel
from twin.line_recipe import line_for_recipe
from twin.recipe import Recipe
from twin.records import LineRecords
from twin.replication import Plan, Progress, Run, run_replication

__all__ = ["ENGINES", "Experiment", "replicate"]

ENGINES = ("auto", "simpy", "recursion")
WORTH_WORKERS_S = 4.0
SHARES = frozenset(
    [
        "utilisation",
        "blocked",
        "starved",
        "down",
        "planned",
        "quality",
        "yield",
        "first_pass",
        "availability",
    ]
)


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
        }


def replicate(
    line: LineModel,
    *,
    hours: float | None = None,
    lots: int | None = None,
    warm_up_h: float = 0.0,
    replications: int = 1,
    seed: int = 0,
    recipe: Recipe | None = None,
    engine: str = "auto",
    progress: Progress | None = None,
    workers: int | None = None,
    keep_records: bool = False,
) -> Experiment:
    """Run a line `replications` times and estimate its figures.

    Parameters
    ----------
    hours, lots
        One of them: hours to measure after the warm-up, or lots that enter and all leave.
    workers : int, optional
        Processes; the results are the same for any number. By default as many as pay.
    progress : callable, optional
        Called with what is done and what there is to do.

    Raises
    ------
    InputError
        When an argument breaks its rule, or the line comes to a standstill.
    NotSupported
        When `engine` is one that this version does not have.
    """
    plan = Plan(hours, lots, warm_up_h, replications, seed)
    if engine not in ENGINES:
        raise InputError(f"engine must be one of {', '.join(ENGINES)}, got {engine!r}")
    if engine == "recursion":
        raise NotSupported(f"engine recursion cannot express line {line.name!r}: not built yet")
    adapted = line_for_recipe(line, recipe)
    runs = _run_all(adapted, plan, keep_records, progress, workers)
    reason = "asked for" if engine == "simpy" else "the only engine of this version"
    return _summarise(adapted, plan, runs, reason)


def _run_all(
    line: LineModel, plan: Plan, keep: bool, progress: Progress | None, workers: int | None
) -> list[Run]:
    began = time.perf_counter()
    alone = progress if plan.replications == 1 else None
    runs = [run_replication(line, plan, 0, keep_records=keep, progress=alone)]
    expected_s = (time.perf_counter() - began) * (plan.replications - 1)
    if workers is None:
        workers = os.cpu_count() or 1 if expected_s > WORTH_WORKERS_S else 1
    for run in _others(line, plan, keep, workers):
        runs.append(run)
        if progress is not None:
            progress(len(runs), plan.replications)
    return runs


def _others(line: LineModel, plan: Plan, keep: bool, workers: int) -> Iterable[Run]:
    """Replications but the first, in order."""
    rest = range(1, plan.replications)
    if workers == 1 or not rest:
        return (run_replication(line, plan, number, keep_records=keep) for number in rest)
    from joblib import Parallel, delayed

    one = delayed(run_replication)
    jobs = (one(line, plan, number, keep_records=keep) for number in rest)
    found: Iterable[Run] = Parallel(n_jobs=workers, return_as="generator")(jobs)
    return found


def _summarise(line: LineModel, plan: Plan, runs: Sequence[Run], reason: str) -> Experiment:
    single = len(runs) == 1
    estimates = {
        key: estimate(
            [part[key] for part in (runs[0].batches if single else [run.figures for run in runs])],
            mean=runs[0].figures[key] if single else None,
            least=0.0,
            most=1.0 if key[-1] in SHARES else math.inf,
        )
        for key in runs[0].figures
    }
    return Experiment(
        engine="simpy",
        engine_reason=reason,
        replications=len(runs),
        interval="batch_means" if single else "replications",
        estimates=estimates,
        bottleneck=_bottleneck(line, runs),
        warm_up=_warm_up(plan, runs[0]),
        stations=tuple(station.name for station in line.stations),
        finished=tuple(run.lots for run in runs),
        records=tuple(run.records for run in runs if run.records is not None),
    )


def _bottleneck(line: LineModel, runs: Sequence[Run]) -> dict[str, Any]:
    names = [station.name for station in line.path]
    sole = {name: float(np.mean([run.sole[name] for run in runs])) for name in names}
    shifting = {name: float(np.mean([run.shifting[name] for run in runs])) for name in names}
    total = {name: sole[name] + shifting[name] for name in names}
    first = max(names, key=lambda name: total[name])
    return {
        "station": first if total[first] > 0 else None,
        "sole_share": sole,
        "shifting_share": shifting,
    }


def _warm_up(plan: Plan, run: Run) -> dict[str, Any]:
    found = None if run.warm_up is None else run.warm_up.to_dict()
    suggested = None if run.warm_up_s is None else run.warm_up_s / 3600
    return {"hours": plan.warm_up_h, "suggested_h": suggested, "mser5": found}
