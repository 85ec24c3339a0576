"""The exact engine: against a SimPy line written by hand, its own drawing, and the SimPy model."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from benchmarks import BenchRow
from twin.distributions import Lognormal
from twin.experiment import replicate
from twin.line import Arrivals, LineModel, StationModel, read_line
from twin.recursion import run_block
from twin.replication import Plan
from twin.replication import run_block as simpy_block
from twin.settings import data_folder

__all__ = ["rows"]

STATIONS, BUFFER, LOTS = 7, 3, 10_000
SERVICE = Lognormal(240, 0.3)
WEEK = Plan(hours=168)


def rows() -> list[BenchRow]:
    """Ratios of processor time, turn about in one run, compilation left out."""
    replications = range(10)
    plain, plan = _plain(), Plan(lots=LOTS)
    lacss = read_line(data_folder() / "line.toml")
    run_block(plain, plan, range(1))
    run_block(lacss, WEEK, range(20))
    hand_s, block_s, drawing_s = _turn_about(
        _by_hand, lambda: run_block(plain, plan, replications), lambda: _draw(plain, replications)
    )
    block_s, drawing_s = block_s / len(replications), drawing_s / len(replications)
    simpy_s, week_s = _turn_about(
        lambda: simpy_block(lacss, WEEK, range(3)), lambda: run_block(lacss, WEEK, range(300))
    )
    simpy_s, week_s = simpy_s / 3, week_s / 300
    began = time.perf_counter()
    replicate(lacss, hours=168, replications=10_000, engine="recursion")
    futures_s = time.perf_counter() - began
    visits = STATIONS * LOTS
    return [
        BenchRow(
            "recursion, 7 stations, buffers of 3, 10,000 lots", visits / block_s, "visits/s",
            "hand-written SimPy line", hand_s / block_s, "ratio at least 400",
        ),
        BenchRow(
            "the same, against drawing its random numbers", 1e3 * block_s, "ms",
            "drawing alone", block_s / drawing_s, "ratio at most 2",
        ),
        BenchRow(
            "LACSS line, one week, recursion", 1e6 * week_s, "us",
            "its SimPy model", simpy_s / week_s, "ratio at least 250",
        ),
        BenchRow(
            f"10,000 weeks of the LACSS line, {os.cpu_count()} cores", futures_s, "s", "",
            math.nan, "2 s on two cores",
        ),
    ]  # fmt: skip


def _plain() -> LineModel:
    stations = tuple(
        StationModel(f"s{place}", SERVICE, buffer=BUFFER if place else None)
        for place in range(STATIONS)
    )
    return LineModel("bench", Arrivals("saturated"), stations)


def _draw(line: LineModel, replications: range) -> None:
    """The random numbers of the line and nothing else."""
    from twin.recursion.drawing import StreamPlace, draw

    places = [
        StreamPlace(one.name, "service", 0, one.service_s, place * LOTS, LOTS)
        for place, one in enumerate(line.stations)
    ]
    for number in replications:
        draw(0, range(number, number + 1), places)


def _turn_about(*works: Callable[[], object], times: int = 5) -> list[float]:
    """The least processor time of each, run one after the other over and over."""
    least = [math.inf] * len(works)
    for _ in range(times):
        for place, work in enumerate(works):
            began = time.process_time()
            work()
            least[place] = min(least[place], time.process_time() - began)
    return least


def _by_hand() -> None:
    """One process for each station, a store for each buffer, random numbers in blocks."""
    env = simpy.Environment()
    buffers = [simpy.Store(env, capacity=BUFFER) for _ in range(STATIONS - 1)]
    log: list[tuple[int, int, float, float, float]] = []

    def station(place: int) -> Generator[simpy.Event, Any, None]:
        times = SERVICE.sample(np.random.default_rng(place), LOTS).tolist()
        for number in range(LOTS):
            lot = number if place == 0 else (yield buffers[place - 1].get())
            start = env.now
            yield env.timeout(times[number])
            finish = env.now
            if place < STATIONS - 1:
                yield buffers[place].put(lot)
            log.append((lot, place, start, finish, env.now))

    for place in range(STATIONS):
        env.process(station(place))
    env.run()
