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


def test_spans_say_when_a_machine_was_alone_and_when_it_shifted() -> None:
    """The published example again: its shares are those of the spans."""
    found = bottleneck(CASE["parameters"]["active"])
    assert [(one.machine, one.start_s, one.end_s, one.sole) for one in found.spans] == [
        ("A", 0, 8, True), ("A", 8, 10, False), ("B", 8, 10, False), ("B", 10, 12, True),
        ("A", 12, 22, False), ("B", 12, 22, False), ("A", 22, 25, True),
        ("A", 25, 30, False), ("B", 25, 30, False), ("B", 30, 40, True),
    ]  # fmt: skip
    for share, sole in ((found.sole_share, True), (found.shifting_share, False)):
        for name in share:
            spans = [one for one in found.spans if one.machine == name and one.sole == sole]
            assert sum(one.end_s - one.start_s for one in spans) / 40 == pytest.approx(share[name])


def test_periods_that_only_touch_leave_no_time_shifting() -> None:
    found = bottleneck({"A": [(0, 10)], "B": [(10, 20)]})
    assert [one.sole for one in found.spans] == [True, True]
    assert bottleneck({"A": []}).spans == ()
