"""Memory is flat in the number of replications, and no worker is left behind."""

from __future__ import annotations

import tracemalloc

import pytest

from process_models.errors import InputError, LacssError
from twin.distributions import Exponential
from twin.experiment import replicate
from twin.experiments import workers
from twin.experiments.side_by_side import pieces
from twin.line import Arrivals, LineModel, StationModel

LINE = LineModel("random", Arrivals("saturated"), (StationModel("a", Exponential(400)),))


def peak_bytes(replications: int) -> int:
    """The most that was in use at a time, beyond what was before."""
    tracemalloc.start()
    try:
        found = replicate(LINE, hours=2, replications=replications, engine="simpy", workers=1)
        assert found.replications == replications
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_replications_take_no_more_memory() -> None:
    peak_bytes(2)  # what is imported and cached once
    few, many = peak_bytes(100), peak_bytes(1000)
    assert many < few + 400_000  # what waits for the collector; records would be megabytes


@pytest.mark.parametrize(
    ("total", "number", "fast"),
    [(1, 1, True), (20, 2, False), (21, 2, True), (5, 4, False), (1000, 3, False)],
)
@pytest.mark.parametrize("done", [0, 1])
def test_pieces_cover_every_replication_once(
    total: int, number: int, fast: bool, done: int
) -> None:
    covered = [n for piece in pieces(done, total, number, fast=fast) for n in piece]
    assert covered == list(range(done, total))


def test_what_fails_in_a_worker_is_told_as_it_was() -> None:
    def fail() -> None:
        raise InputError("the line stands still")

    with (
        workers.processes(2) as pool,
        pytest.raises(InputError, match="the line stands still"),
    ):
        list(workers.in_order(pool, [fail] * 4, 2))


def test_a_worker_that_dies_is_one_error() -> None:
    def die() -> None:
        import os
        import signal

        os.kill(os.getpid(), signal.SIGKILL)

    with workers.processes(2) as pool, pytest.raises(LacssError, match="a worker process ended"):
        list(workers.in_order(pool, [die] * 4, 2))


def test_only_a_few_jobs_are_under_way() -> None:
    begun: list[int] = []

    def job(number: int) -> int:
        begun.append(number)
        return number

    with workers.threads(2) as pool:
        found = workers.in_order(pool, (lambda n=n: job(n) for n in range(100)), 2)
        assert next(found) == 0
        assert len(begun) <= 3 * 2 + 2
        found.close()
    assert len(begun) <= 3 * 2 + 2
