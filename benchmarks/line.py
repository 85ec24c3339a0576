"""The line model: station visits a second, against a SimPy line as one would write it by hand."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Generator
from typing import Any

import simpy

from benchmarks import BenchRow
from twin.distributions import Lognormal
from twin.line import Arrivals, LineModel, StationModel, read_line
from twin.settings import data_folder
from twin.simulation import LineSimulation

__all__ = [
    "BUFFER", "LOTS", "STATIONS", "VISITS", "by_hand", "cpu_seconds", "demo_line", "draws", "model",
    "rows",
]  # fmt: skip

STATIONS, BUFFER, LOTS = 7, 3, 10_000
VISITS = STATIONS * LOTS
SERVICE = Lognormal(240, 0.3)


def rows() -> list[BenchRow]:
    """Visits a second of the model and of the hand-written line, and weeks of the LACSS line."""
    ours = hand = math.inf
    for _ in range(3):  # turn about, so that a busy moment falls on both
        ours = min(ours, cpu_seconds(model))
        hand = min(hand, cpu_seconds(by_hand))
    weeks = 10 / cpu_seconds(lambda: [_week(seed) for seed in range(10)])
    return [
        BenchRow(
            "line model, 7 stations, buffers of 3, 10,000 lots", VISITS / ours, "visits/s",
            f"hand-written SimPy line, {VISITS / hand:,.0f} visits/s", hand / ours,
            "ratio at least 1, 60,000 visits/s",
        ),
        BenchRow("LACSS line, one week", weeks, "weeks/s", "", math.nan, "at least 10 weeks/s"),
    ]  # fmt: skip


def cpu_seconds(run: Callable[[], Any]) -> float:
    """Processor time of one call."""
    began = time.process_time()
    run()
    return time.process_time() - began


def demo_line() -> LineModel:
    """The line of the comparison: saturated, no failures."""
    stations = tuple(
        StationModel(f"s{place}", SERVICE, buffer=BUFFER if place else None)
        for place in range(STATIONS)
    )
    return LineModel("bench", Arrivals("saturated"), stations)


def model() -> float:
    """The model on that line; when the last lot left, in seconds."""
    simulation = LineSimulation(demo_line(), seed=1)
    simulation.run(lots=LOTS)
    return simulation.now_s


def draws(place: int) -> Callable[[], float]:
    """One service time a call, from a generator of the station's own, as people write it."""
    variance = math.log1p(SERVICE.cv**2)
    mu, sigma = math.log(SERVICE.mean) - variance / 2, math.sqrt(variance)
    drawn = random.Random(place).lognormvariate
    return lambda: drawn(mu, sigma)


def by_hand() -> float:
    """One process a station, a store a buffer, one number drawn a service, a row logged a visit.

    A station puts its lot into the next buffer before it takes another, so it blocks after
    service. Returns when the last lot left, in seconds.
    """
    env = simpy.Environment()
    buffers = [simpy.Store(env, capacity=BUFFER) for _ in range(STATIONS - 1)]
    log: list[tuple[int, int, float, float, float]] = []

    def station(place: int) -> Generator[simpy.Event, Any, None]:
        draw = draws(place)
        for number in range(LOTS):
            lot = number if place == 0 else (yield buffers[place - 1].get())
            start = env.now
            yield env.timeout(draw())
            finish = env.now
            if place < STATIONS - 1:
                yield buffers[place].put(lot)
            log.append((lot, place, start, finish, env.now))

    for place in range(STATIONS):
        env.process(station(place))
    env.run()
    return float(env.now)


def _week(seed: int) -> None:
    line = read_line(data_folder() / "line.toml")
    LineSimulation(line, seed=seed).run(until_s=7 * 86400)
