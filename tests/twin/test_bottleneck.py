"""The shifting bottleneck, by hand and from a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twin.bottleneck import active_periods, bottleneck
from twin.distributions import Deterministic
from twin.line import Arrivals, LineModel, StationModel
from twin.simulation import LineSimulation

CASE = json.loads((Path(__file__).parents[1] / "cases" / "line.json").read_text())["cases"][
    "active-period-0"
]


def test_the_published_example() -> None:
    found = bottleneck(CASE["parameters"]["active"])
    assert [list(period) for period in found.sequence] == CASE["expected"]["sequence"]
    assert found.sole_share == pytest.approx(CASE["expected"]["sole_share"])
    assert found.shifting_share == pytest.approx(CASE["expected"]["shifting_share"])
    assert found.machine == "A" or found.machine == "B"


def test_periods_that_touch_are_one() -> None:
    found = bottleneck({"A": [(0, 5), (5, 10)], "B": [(2, 9)]})
    assert found.sequence == (("A", 0, 10),)
    assert found.sole_share == {"A": 1.0, "B": 0.0}


def test_a_time_when_nothing_is_active_has_no_bottleneck() -> None:
    found = bottleneck({"A": [(0, 4)], "B": [(6, 10)]})
    assert found.sequence == (("A", 0, 4), ("B", 6, 10))
    assert found.sole_share == pytest.approx({"A": 0.4, "B": 0.4})


def test_nothing_at_all() -> None:
    assert bottleneck({"A": []}).machine is None


def test_the_slowest_station_of_a_line() -> None:
    stations = (
        StationModel("a", Deterministic(3)),
        StationModel("b", Deterministic(10), servers=2, buffer=1),
        StationModel("c", Deterministic(4), buffer=1),
    )
    line = LineModel("x", Arrivals("saturated"), stations)
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=200)
    periods = active_periods(simulation.records, line, 0, 200)
    assert periods["b"] == [(6, 200)]
    assert bottleneck(periods).machine == "b"
