"""Where replications run: here, in threads or in processes; the results are the same."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from process_models.errors import InputError, LacssError

__all__ = ["Here", "cpus", "in_order", "processes", "threads"]

T = TypeVar("T")
Job = Callable[[], T]
ROUNDS_AHEAD = 3
LOOK_EVERY_S = 1.0


class Here(Executor):
    """Does a job at once, in this thread."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """The result in a future that is done."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def cpus(asked: int | None = None) -> int:
    """As many workers as were asked for, by default the processors that this process may use.

    Raises
    ------
    InputError
        When fewer than one was asked for.
    """
    if asked is None:
        known = hasattr(os, "sched_getaffinity")
        return len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    if asked < 1:
        raise InputError(f"workers must be at least 1, got {asked}")
    return asked


@contextmanager
def threads(number: int) -> Iterator[Executor]:
    """Threads of this process; what has not begun is dropped at the end."""
    pool = ThreadPoolExecutor(number, thread_name_prefix="lacss-replications")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def processes(number: int) -> Iterator[Executor]:
    """Processes of this machine (loky, which joblib brings); none is left at the end."""
    from joblib.externals.loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(number, timeout=60, initializer=_begin, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        _forget_waiting(pool)
        pool.shutdown(wait=True, kill_workers=True)


def _forget_waiting(pool: Any) -> None:
    """Take what no worker has begun out of the queue.

    Loky's manager drops those jobs when it kills the workers and then looks for them by their
    number, which ends it with a traceback.
    """
    with suppress(queue.Empty):
        while True:
            pool._pending_work_items.pop(pool._work_ids.get_nowait(), None)


def _begin(parent: int) -> None:
    """Leave interrupts to the parent, and end when it is no more, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(1)


def in_order(pool: Executor, jobs: Iterable[Job[T]], workers: int) -> Iterator[T]:
    """Results in the order of the jobs; only a few jobs are under way at any time.

    Raises
    ------
    LacssError
        When a worker process ended in the middle.
    """
    waiting: deque[Future[T]] = deque()
    try:
        for job in jobs:
            waiting.append(pool.submit(job))
            if len(waiting) > ROUNDS_AHEAD * workers or waiting[0].done():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor as error:
        raise LacssError("a worker process ended before its replications were done") from error
    finally:
        for future in waiting:
            future.cancel()
