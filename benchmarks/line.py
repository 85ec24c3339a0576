"""The line model: station visits a second, against a SimPy line as one would write it by hand."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from benchmarks import BenchRow
from twin.distributions import Lognormal
from twin.line import Arrivals, LineModel, StationModel, read_line
from twin.settings import data_folder
from twin.simulation import LineSimulation

__all__ = ["rows"]

STATIONS, BUFFER, LOTS = 7, 3, 10_000
SERVICE = Lognormal(240, 0.3)


def rows() -> list[BenchRow]:
    """Visits a second of the model and of the hand-written line, and weeks of the LACSS line."""
    visits = STATIONS * LOTS
    by_hand = visits / _cpu_seconds(_hand_written)
    model = visits / _cpu_seconds(_model)
    weeks = 10 / _cpu_seconds(lambda: [_week(seed) for seed in range(10)])
    return [
        BenchRow(
            "line model, 7 stations, buffers of 3, 10,000 lots", model, "visits/s",
            "hand-written SimPy line", model / by_hand, "ratio at least 1, 60,000 visits/s",
        ),
        BenchRow("LACSS line, one week", weeks, "weeks/s", "", math.nan, "at least 10 weeks/s"),
    ]  # fmt: skip


def _cpu_seconds(run: Callable[[], Any], repeats: int = 3) -> float:
    best = math.inf
    for _ in range(repeats):
        began = time.process_time()
        run()
        best = min(best, time.process_time() - began)
    return best


def _model() -> None:
    stations = tuple(
        StationModel(f"s{place}", SERVICE, buffer=BUFFER if place else None)
        for place in range(STATIONS)
    )
    line = LineModel("bench", Arrivals("saturated"), stations)
    LineSimulation(line, seed=1).run(lots=LOTS)


def _week(seed: int) -> None:
    line = read_line(data_folder() / "line.toml")
    LineSimulation(line, seed=seed).run(until_s=7 * 86400)


def _hand_written() -> None:
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
