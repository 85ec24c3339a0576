"""Durations cut out of records by hand: stops, breakdowns, crews, and what still goes on."""

from __future__ import annotations

import numpy as np
import pytest

from twin.calibration import calibrate_line, station_durations
from twin.distributions import Deterministic, Exponential, Lognormal
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.line_calendar import Calendar
from twin.line_people import People
from twin.records import LineRecords, StationEvent
from twin.simulation import LineSimulation

FAILS = Failure("operation", Exponential(3_000.0), Lognormal(300.0, 0.5))


def line(**options: object) -> LineModel:
    return LineModel(
        "one", Arrivals("saturated"),
        (StationModel("roll", Deterministic(100), **options),),  # type: ignore[arg-type]
    )


def records(
    visits: list[tuple[float, ...]], events: tuple[StationEvent, ...] = (), end_s: float = 1_000.0
) -> LineRecords:
    """Visits: lot, server, arrive, start, finish, depart; routes are on."""
    rows = np.array([
        [lot, 0, server, arrive, start, finish, depart, 0.0]
        for lot, server, arrive, start, finish, depart in visits
    ])
    return LineRecords(("roll",), 0.0, end_s, rows, np.empty((0, 5)), events, {})


def test_blocking_and_waiting_are_no_service() -> None:
    """It waits 50 s, works 100 s, is blocked 70 s."""
    found = station_durations(records([(1, 0, 0.0, 50.0, 150.0, 220.0)]), line())["roll"]
    assert found.service.values.tolist() == [100.0]
    assert not found.service.censored.any()
    assert (found.passed, found.scrapped) == (1, 0)


def test_planned_stops_and_breakdowns_are_taken_off() -> None:
    """From 0 to 300, 100 s planned off; the breakdown of 60 s begins 20 s before that ends."""
    down = (StationEvent(180.0, "down", 0, 0), StationEvent(240.0, "up", 0, 0))
    stopped = line(down_windows_s=((100.0, 200.0),), failure=FAILS)
    found = station_durations(records([(1, 0, 0, 0.0, 300.0, 300.0)], down), stopped)["roll"]
    assert found.service.values.tolist() == [160.0]
    assert found.to_failure.values.tolist() == [100.0, 60.0]
    assert found.to_failure.censored.tolist() == [False, True]
    assert found.repair.values.tolist() == [60.0]
    assert found.age_s == (60.0,)


def test_what_goes_on_is_censored() -> None:
    rows = [(1, 0, 0, 0.0, 100.0, 100.0), (2, 0, 0, 900.0, np.nan, np.nan)]
    found = station_durations(records(rows), line())["roll"]
    assert found.service.values.tolist() == [100.0, 100.0]
    assert found.service.censored.tolist() == [False, True]


def test_a_repair_that_goes_on_is_censored() -> None:
    down = (StationEvent(950.0, "down", 0, 0),)
    rows = [(1, 0, 0, 900.0, np.nan, np.nan)]
    found = station_durations(records(rows, down), line(failure=FAILS))["roll"]
    assert found.repair.values.tolist() == [50.0]
    assert found.repair.censored.tolist() == [True]
    assert found.service.values.tolist() == [50.0]


def test_waiting_for_the_fitter_is_no_repair() -> None:
    """Two stations fail at 100 and 120; the only fitter mends the first until 200, then 90 s."""
    both = LineModel(
        "two", Arrivals("saturated"),
        tuple(
            StationModel(name, Deterministic(50), failure=FAILS, repair_crew="fitters")
            for name in ("wind", "roll")
        ),
        people=(People("fitters", 1),),
    )  # fmt: skip
    events = (
        StationEvent(100.0, "down", 0, 0), StationEvent(120.0, "down", 1, 0),
        StationEvent(200.0, "up", 0, 0), StationEvent(290.0, "up", 1, 0),
    )
    rows = np.array([[1.0, 0, 0, 0, 0, 400.0, 400.0, 0], [2.0, 1, 0, 0, 0, 400.0, 400.0, 0]])
    made = LineRecords(("wind", "roll"), 0.0, 500.0, rows, np.empty((0, 5)), events, {})
    found = station_durations(made, both)
    assert found["wind"].repair.values.tolist() == [100.0]
    assert found["roll"].repair.values.tolist() == [90.0]


def test_old_services_may_be_left_out_but_not_old_failures() -> None:
    down = (StationEvent(40.0, "down", 0, 0), StationEvent(60.0, "up", 0, 0))
    rows = [(1, 0, 0, 0.0, 120.0, 120.0), (2, 0, 0, 500.0, 600.0, 600.0)]
    found = station_durations(records(rows, down), line(failure=FAILS), since_s=400.0)["roll"]
    assert found.service.values.tolist() == [100.0]
    assert found.to_failure.values.tolist() == [40.0, 160.0]


@pytest.mark.parametrize("calendar", [None, Calendar(20_000, 5_000)])
def test_a_simulated_line_is_calibrated_to_what_it_does(calendar: Calendar | None) -> None:
    """40 days, seed 3: mean service within 2 %, mean time to failure within its 99 % interval."""
    truth = LineModel(
        "true", Arrivals("saturated"),
        (StationModel("wind", Lognormal(330.0, 0.2), calendar=calendar),
         StationModel("roll", Lognormal(420.0, 0.15), buffer=2, failure=FAILS, calendar=calendar,
                      scrap_probability=0.05)),
    )  # fmt: skip
    simulation = LineSimulation(truth, seed=3)
    simulation.run(until_s=40 * 86_400.0)
    said = LineModel("said", truth.arrivals, (
        StationModel("wind", Lognormal(300.0, 0.2), calendar=calendar),
        StationModel("roll", Lognormal(400.0, 0.2), buffer=2, calendar=calendar,
                     failure=Failure("operation", Exponential(9_000.0), Lognormal(600.0, 0.5)),
                     scrap_probability=0.01),
    ))  # fmt: skip
    found = calibrate_line(simulation.records, said)
    assert found.factors["wind"] == pytest.approx(1.1, rel=0.02)
    assert found.factors["roll"] == pytest.approx(1.05, rel=0.02)
    fit = found.stations["roll"]
    assert fit.to_failure is not None
    assert fit.repair is not None
    assert fit.to_failure.distribution.mean_s == pytest.approx(3_000.0, rel=0.12)
    assert fit.repair.distribution.mean_s == pytest.approx(300.0, rel=0.12)
    scrap = found.line.path[1].scrap_probability
    assert 0.03 < scrap < 0.06
    assert found.stations["wind"].pace_sd < 0.02
