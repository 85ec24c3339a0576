"""Lines without chance: to the second, on both engines."""

from __future__ import annotations

import numpy as np
import pytest
from exact.families import CASES
from exact.slotted import departures, geometric_pair, parts_by

from twin.bottleneck import bottleneck
from twin.distributions import Deterministic, Empirical
from twin.experiment import Experiment, replicate
from twin.line import Arrivals, LineModel, StationModel
from twin.oee import oee
from twin.warm_up import mser5

ENGINES = ("simpy", "recursion")


def run(line: LineModel, engine: str, **how: float) -> Experiment:
    return replicate(line, engine=engine, keep_records=True, workers=1, **how)  # type: ignore[arg-type]


def deterministic(
    service_s: list[float], buffers: list[int | None], servers: list[int], lots: int
) -> LineModel:
    stations = tuple(
        StationModel(
            f"s{place}", Deterministic(time), servers=servers[place],
            buffer=buffers[place - 1] if place else None,
        )
        for place, time in enumerate(service_s)
    )  # fmt: skip
    return LineModel("deterministic", Arrivals("all_at_start", lots=lots), stations)


def gone(found: Experiment, station: int) -> np.ndarray:
    rows = found.records[0].visit_rows
    return np.sort(rows[rows[:, 1] == station, 6])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["deterministic-0", "deterministic-1"])
def test_published_departures(name: str, engine: str) -> None:
    given, expected = CASES[name]["parameters"], CASES[name]["expected"]
    lots = given["jobs"]
    line = deterministic(given["service_times"], given["buffers"], given["servers"], lots)
    found = run(line, engine, lots=lots)
    last = gone(found, len(line.stations) - 1)
    assert (last[0], last[49], last[-1]) == (
        expected["first_departure"], expected["departure_of_job_50"], expected["makespan"],
    )  # fmt: skip
    assert gone(found, 0)[-1] == expected["first_station_release_of_last_job"]
    assert (last[-1] - last[-41]) / 40 == pytest.approx(1 / expected["steady_rate"], abs=0.5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(12))
def test_departures_of_any_deterministic_line(seed: int, engine: str) -> None:
    rng = np.random.default_rng(seed)
    n, lots = int(rng.integers(1, 6)), 60
    service = [float(time) for time in rng.integers(1, 12, n)]
    buffers = [None if rng.random() < 0.2 else int(b) for b in rng.integers(0, 4, n - 1)]
    servers = [int(many) for many in rng.integers(1, 4, n)]
    found = run(deterministic(service, buffers, servers, lots), engine, lots=lots)
    expected = departures(service, buffers, servers, lots)
    for place in range(n):
        assert gone(found, place).tolist() == expected[place].tolist()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(8))
def test_parts_by_the_end_of_a_calendar(seed: int, engine: str) -> None:
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.choice(np.arange(10, 700), 6, replace=False)).astype(float)
    stops = tuple((float(a), float(b)) for a, b in edges.reshape(-1, 2))
    service = float(rng.integers(3, 15))
    station = StationModel("m", Deterministic(service), down_windows_s=stops)
    line = LineModel("calendar", Arrivals("saturated"), (station,))
    found = run(line, engine, hours=720 / 3600)
    assert found.finished == (parts_by(720, service, stops),)


def test_the_published_calendar() -> None:
    case = CASES["calendar-0"]
    given = case["parameters"]
    stops = tuple((float(a), float(b)) for a, b in given["down_windows"])
    station = StationModel("m", Deterministic(given["service_time"]), down_windows_s=stops)
    line = LineModel("calendar", Arrivals("saturated"), (station,))
    found = run(line, "simpy", hours=given["horizon"] / 3600)
    assert found.finished == (case["expected"]["parts"],)


def test_geometric_service_in_slots() -> None:
    """Two stations that block after service; 1/p of the values are one slot, and so on (seed 3)."""
    n, slots = 2_000, 30_000
    p = (0.8, 0.9)
    values = [np.ceil(np.log((np.arange(n) + 0.5) / n) / np.log(1 - one)) for one in p]
    first, second = (Empirical(tuple(np.maximum(one, 1.0).tolist())) for one in values)
    stations = (StationModel("a", first), StationModel("b", second, buffer=1))
    line = LineModel("slots", Arrivals("saturated"), stations)
    found = replicate(
        line, hours=slots / 3600, warm_up_h=0.2, replications=6, seed=3, workers=1
    ).estimates["throughput_per_h",]
    exact = 3600 * geometric_pair(*p, 1)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= exact <= found.high
    assert found.high - found.low < 0.02 * exact


def test_mser5_of_the_published_series() -> None:
    case = CASES["mser5-0"]
    g, t = case["parameters"], np.arange(case["parameters"]["n"])
    series = g["base"] - g["amp"] * np.exp(-t / g["tau"])
    series += g["a1"] * np.sin(g["w1"] * t) + g["a2"] * np.cos(g["w2"] * t)
    found = mser5(series).to_dict()
    for key, expected in case["expected"].items():
        assert found[key] == pytest.approx(expected, abs=1e-9), key


def test_the_published_shifting_bottleneck() -> None:
    case = CASES["active-period-0"]
    active = {m: [(a, b) for a, b in spans] for m, spans in case["parameters"]["active"].items()}
    found = bottleneck(active)
    assert [list(one) for one in found.sequence] == case["expected"]["sequence"]
    assert dict(found.sole_share) == pytest.approx(case["expected"]["sole_share"])
    assert dict(found.shifting_share) == pytest.approx(case["expected"]["shifting_share"])


def test_the_published_oee() -> None:
    case = CASES["oee-0"]
    g, expected = case["parameters"], case["expected"]
    found = oee(
        busy_s=60 * g["PBT"], down_s=60 * g["ADOT"], setup_s=60 * g["setup"],
        run_s_per_item=60 * g["PRI"], produced=g["PQ"], good=g["GQ"],
    )  # fmt: skip
    assert found.production_s == 60 * expected["APT"]
    for name, key in (("availability",) * 2, ("effectiveness",) * 2, ("quality",) * 2):
        assert getattr(found, name) == pytest.approx(expected[key])
    assert found.oee == pytest.approx(expected["OEE"])
