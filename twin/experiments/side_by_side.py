"""Runs one line, or several with the same random numbers, piece by piece of the replications."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import islice, pairwise

from twin.experiments.part import Part, Task
from twin.experiments.workers import Here, cpus, in_order, processes, threads
from twin.figure_block import BOTTLENECK_REPLICATIONS
from twin.replication import Progress

__all__ = ["pieces", "side_by_side"]

WORTH_WORKERS_S = 4.0
LARGE, SMALL = 128, 16


def side_by_side(
    tasks: Sequence[Task],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Part, ...]]:
    """A part of every task at a time, in order of the replications.

    Parameters
    ----------
    tasks : sequence of Task
        With plans that differ in nothing but what the line needs.
    workers : int, optional
        Threads or processes; by default as many as pay.
    cluster : str, optional
        Address of a Dask scheduler that runs them instead.
    progress : callable, optional
        Told how many replications are done.
    """
    total = tasks[0].plan.replications
    done = 0
    for parts in _parts(tasks, workers, cluster, progress):
        yield parts
        done += len(parts[0].block.finished)
        if progress is not None and total > 1:
            progress(done, total)


def _parts(
    tasks: Sequence[Task], workers: int | None, cluster: str | None, progress: Progress | None
) -> Iterator[tuple[Part, ...]]:
    total = tasks[0].plan.replications
    fast = all(task.engine.threads for task in tasks)
    done = 0
    if not fast and cluster is None:
        began = time.perf_counter()
        told = progress if total == len(tasks) == 1 else None
        yield tuple(task(range(1), told) for task in tasks)
        done = 1
        if workers is None and (time.perf_counter() - began) * (total - 1) <= WORTH_WORKERS_S:
            workers = 1
    number = cpus(workers)
    todo = pieces(done, total, number, fast=fast)
    if not todo:
        return
    with _pool(fast, min(number, len(todo) * len(tasks)), cluster) as pool:
        jobs = (partial(task, piece) for piece in todo for task in tasks)
        found = in_order(pool, jobs, number)
        for _ in todo:
            yield tuple(islice(found, len(tasks)))


def _pool(fast: bool, number: int, cluster: str | None) -> AbstractContextManager[Executor]:
    if cluster is not None:
        from twin.experiments.cluster import cluster_pool

        return cluster_pool(cluster)
    if number == 1:
        return nullcontext(Here())
    return threads(number) if fast else processes(number)


def pieces(done: int, total: int, workers: int, *, fast: bool) -> list[range]:
    """Ranges of replications that a worker runs at a time; their sizes change no result.

    Examples
    --------
    >>> pieces(0, 300, 2, fast=True)
    [range(0, 20), range(20, 148), range(148, 276), range(276, 300)]
    """
    watched = BOTTLENECK_REPLICATIONS
    first = watched if fast else 1
    size = LARGE if fast else max(1, min(SMALL, (total - watched) // (8 * workers)))
    starts = [
        *range(done, min(watched, total), first),
        *range(max(done, watched), total, size),
    ]
    return [range(a, b) for a, b in pairwise([*starts, total])]
