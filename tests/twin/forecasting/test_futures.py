"""Futures of small lines whose future is known by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from twin.distributions import Deterministic, Exponential
from twin.forecasting import futures
from twin.forecasting.futures import run_futures, work_in_process
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.line_time import LINE_ORIGIN, line_seconds
from twin.state import LineState, LotState, StationState

NOW = LINE_ORIGIN + timedelta(hours=100)
HOUR_S = 3600.0


def lot(lot_id: str, station: str, phase: str, minutes: float, coupon: bool = False) -> LotState:
    since = NOW - timedelta(minutes=minutes)
    return LotState(lot_id, station, phase, since, since, coupon)  # type: ignore[arg-type]


def state(*lots: LotState, down: str = "", since: datetime = NOW) -> LineState:
    stations = {
        name: StationState(name, "running", since, servers_down=int(name == down))
        for name in ("wind", "roll", "inspect")
    }
    return LineState(NOW, lots, stations, 7, 0, 0, NOW)


def line(*, roll: object = None, failure: Failure | None = None) -> LineModel:
    return LineModel(
        "three", Arrivals("conwip", wip=3),
        (
            StationModel("wind", Deterministic(600)),
            StationModel(
                "roll", roll or Deterministic(1200), failure=failure,  # type: ignore[arg-type]
            ),
            StationModel("inspect", Deterministic(300)),
        ),
    )


def test_a_line_without_chance_has_one_future() -> None:
    """A has had 5 of 20 min at roll: it leaves after 15 + 5 min, B after another 20."""
    made = run_futures(
        line(), state(lot("A", "roll", "in_service", 5), lot("B", "roll", "queued", 2)),
        horizon_s=2 * HOUR_S, replications=3, seed=1,
    )
    now = line_seconds(NOW)
    assert made.lot_ids == ("A", "B")
    assert (made.finish_s - now).tolist() == [[1200.0, 2400.0]] * 3
    assert not made.scrapped.any()


def test_lots_are_followed_beyond_a_short_horizon() -> None:
    made = run_futures(
        line(), state(lot("A", "wind", "in_service", 0)), horizon_s=60.0, replications=1, seed=1
    )
    assert made.finish_s[0, 0] - line_seconds(NOW) == 2100.0
    assert made.finished[0] == 0


def test_a_moving_or_held_lot_waits_where_it_goes_next() -> None:
    placed = work_in_process(
        state(lot("A", "wind", "moving", 1), lot("B", "roll", "held", 2),
              lot("C", "inspect", "blocked", 3), lot("D", "polish", "queued", 4)),
        line(),
    )
    assert [(one.lot_id, one.station, one.phase) for one in placed] == [
        ("A", "roll", "queued"), ("B", "roll", "queued"), ("C", "inspect", "blocked"),
    ]


def test_a_station_that_is_down_is_repaired_before_it_goes_on() -> None:
    """Repairs take an hour and this one began 20 min ago: 40 min, then 20 of rolling, 5 more."""
    broken = line(failure=Failure("time", Deterministic(1e9), Deterministic(3600)))
    began = NOW - timedelta(minutes=20)
    made = run_futures(
        broken, state(lot("A", "roll", "queued", 30), down="roll", since=began),
        horizon_s=4 * HOUR_S, replications=2, seed=1,
    )
    assert ((made.finish_s - line_seconds(NOW)) / 60).tolist() == [[65.0], [65.0]]


def test_futures_differ_by_replication_and_repeat_by_seed() -> None:
    chance = line(roll=Exponential(1200))
    start = state(lot("A", "roll", "queued", 1))

    def finish(seed: int) -> list[float]:
        made = run_futures(chance, start, horizon_s=HOUR_S, replications=5, seed=seed)
        return made.finish_s[:, 0].tolist()

    assert finish(1) == finish(1) != finish(2)
    assert len(set(finish(1))) == 5


def test_two_processes_find_the_futures_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = line(roll=Exponential(1200))
    start = state(lot("A", "roll", "queued", 1))
    alone = run_futures(chance, start, horizon_s=HOUR_S, replications=4, seed=1)
    monkeypatch.setattr(futures, "WORTH_PROCESSES", 0.0)
    shares: list[float] = []
    shared = run_futures(
        chance, start, horizon_s=HOUR_S, replications=4, seed=1, progress=shares.append
    )
    np.testing.assert_array_equal(shared.finish_s, alone.finish_s)
    np.testing.assert_array_equal(shared.finished, alone.finished)
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_a_scrapped_lot_has_no_finish() -> None:
    doomed = LineModel(
        "one", Arrivals("conwip", wip=1),
        (StationModel("wind", Deterministic(60)),
         StationModel("roll", Deterministic(60), scrap_probability=1.0),
         StationModel("inspect", Deterministic(60))),
    )
    made = run_futures(
        doomed, state(lot("A", "roll", "queued", 0)), horizon_s=HOUR_S, replications=2, seed=1
    )
    assert np.isnan(made.finish_s).all()
    assert made.scrapped.all()


def test_coupons_are_not_forecast_as_lots() -> None:
    made = run_futures(
        line(), state(lot("A", "roll", "queued", 0)), horizon_s=HOUR_S, replications=1, seed=1
    )
    assert made.lot_ids == ("A",)
