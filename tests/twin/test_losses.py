"""Losses: by hand, and that all parts are the planned busy time."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential
from twin.kpi import station_kpis
from twin.line import Arrivals, Failure, LineModel, Rework, StationModel
from twin.losses import LOSSES, StationLosses, losses
from twin.simulation import LineSimulation


def run(line: LineModel, until_s: float, seed: int = 1) -> dict[str, StationLosses]:
    simulation = LineSimulation(line, seed=seed)
    simulation.run(until_s=until_s)
    return losses(simulation.records, line, 0.0, until_s)


def test_a_slower_station_behind_costs_the_first_what_it_waits() -> None:
    """a takes 30 s and b 60 s a lot, no buffer: from the second lot on a is blocked half the time.

    In 600 s b waits 30 s for its first lot.
    """
    stations = (
        StationModel("a", Deterministic(30)),
        StationModel("b", Deterministic(60), buffer=0),
    )
    found = run(LineModel("two", Arrivals("saturated"), stations), 600)
    assert found["a"].lost_s["blocked"] == 600 - 11 * 30
    assert found["a"].largest == "blocked"
    assert found["a"].lots("blocked") == 9
    assert found["b"].lost_s["starved"] == 30
    assert found["b"].good_s == 9 * 60
    assert found["b"].lost_s["speed"] == 30  # a service that has not ended


def test_a_planned_stop_is_no_loss() -> None:
    station = StationModel("a", Deterministic(10), down_windows_s=((100.0, 200.0),))
    (found,) = run(LineModel("one", Arrivals("saturated"), (station,)), 300).values()
    assert found.planned_busy_s == 200
    assert found.good_s == 200
    assert found.largest is None


def test_a_failure_is_down_time() -> None:
    failure = Failure("operation", Deterministic(50), Deterministic(20))
    station = StationModel("a", Deterministic(10), failure=failure)
    (found,) = run(LineModel("one", Arrivals("saturated"), (station,)), 140).values()
    assert found.lost_s["down"] == 40
    assert found.lots("down") == 4
    assert found.good_s == 100


def test_scrap_and_rework_take_the_time_of_their_lots() -> None:
    stations = (StationModel("a", Deterministic(10), scrap_probability=1.0),)
    (found,) = run(LineModel("one", Arrivals("saturated"), stations), 100).values()
    assert (found.lost_s["scrap"], found.good_s) == (100, 0)


@pytest.mark.parametrize("seed", range(4))
def test_all_parts_are_the_planned_busy_time(seed: int) -> None:
    failure = Failure("time", Exponential(400), Exponential(60))
    stations = (
        StationModel("a", Exponential(20), scrap_probability=0.05),
        StationModel("b", Exponential(45), servers=2, buffer=1, failure=failure),
        StationModel("c", Exponential(60), batch=3, buffer=3, rework=Rework(0.1, "a")),
        StationModel("d", Exponential(18), down_windows_s=((500.0, 900.0),)),
    )
    line = LineModel("any", Arrivals("saturated"), stations)
    simulation = LineSimulation(line, seed=seed)
    simulation.run(until_s=6000)
    found = losses(simulation.records, line, 1000.0, 6000.0)
    kpis = station_kpis(simulation.records, line, 1000.0, 6000.0)
    for name, one in found.items():
        assert tuple(one.lost_s) == LOSSES
        assert min(one.lost_s.values()) >= -1e-6
        assert sum(one.lost_s.values()) + one.good_s == pytest.approx(one.planned_busy_s)
        for state in ("down", "blocked", "starved"):
            share = one.lost_s[state] / one.planned_busy_s
            assert share == pytest.approx(getattr(kpis[name], state), abs=1e-9)


def test_the_window_is_checked_and_records_are_left_as_they_were() -> None:
    line = LineModel("one", Arrivals("saturated"), (StationModel("a", Deterministic(10)),))
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=100)
    records = simulation.records
    before = records.visit_rows.copy()
    losses(records, line, 0, 100)
    assert np.array_equal(records.visit_rows, before, equal_nan=True)
    with pytest.raises(InputError, match="end_s must be above start_s"):
        losses(records, line, 100, 100)


def test_a_station_that_did_nothing() -> None:
    stations = (StationModel("a", Deterministic(1000)), StationModel("b", Deterministic(5)))
    found = run(LineModel("two", Arrivals("saturated"), stations), 100)
    assert found["b"].lost_s["starved"] == 100
    assert found["a"].lost_s["speed"] == 100
