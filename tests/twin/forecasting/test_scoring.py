from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from twin.forecasting.interval import Interval
from twin.forecasting.result import FinishTime, Forecast, LineForecast, LotForecast
from twin.forecasting.scoring import Coverage, score
from twin.monitoring.lots import Lot

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def told(lot_id: str, low_h: float, high_h: float, share: Interval, p: float) -> LotForecast:
    finish = FinishTime(at((low_h + high_h) / 2), at(low_h), at(high_h), 0.9)
    return LotForecast(lot_id, "roll", "queued", finish, share, p, 0.0, None, ())


def forecast(*lots: LotForecast, good: Interval, horizon_h: float = 4.0) -> Forecast:
    line = LineForecast(good, good, good, good)
    return Forecast(NOON, horizon_h, 0.9, 10, 0, lots, line, (), "simulated", {})


def lot(lot_id: str, hours: float | None, share: float | None) -> Lot:
    finished = None if hours is None else at(hours)
    state = "in_process" if hours is None else "finished"
    conforming = None if share is None else share >= 0.9
    return Lot(lot_id, state, "inspect", NOON, finished, share, conforming, "")  # type: ignore[arg-type]


SURE = Interval(1.0, 1.0, 1.0, 0.9)
MADE = forecast(
    told("A", 1, 2, SURE, 0.9), told("B", 1, 2, SURE, 0.8), told("C", 1, 2, SURE, 0.5),
    good=Interval(2.0, 1.0, 3.0, 0.9),
)
BECAME = [lot("A", 1.5, 1.0), lot("B", 3.0, 0.6), lot("C", None, None), lot("D", 3.5, 1.0)]


def test_intervals_are_counted_over_lots_that_have_finished() -> None:
    found = score([MADE], BECAME, at(10))
    assert (found.finish.held, found.finish.compared) == (1, 2)
    assert (found.lot_yield.held, found.lot_yield.compared) == (1, 2)
    assert found.conforming == pytest.approx(((0.9 - 1) ** 2 + 0.8**2) / 2)


def test_good_lots_are_those_of_the_horizon() -> None:
    assert score([MADE], BECAME, at(10)).good_lots == Coverage(1, 1)
    few = forecast(good=Interval(9.0, 8.0, 10.0, 0.9))
    assert score([few], BECAME, at(10)).good_lots == Coverage(0, 1)


def test_a_horizon_that_has_not_passed_is_not_judged() -> None:
    assert score([MADE], BECAME, at(3)).good_lots == Coverage(0, 0)


def test_nothing_to_compare_is_no_share() -> None:
    found = score([], BECAME, at(10)).to_dict()
    assert found["finish"] == {"share": None, "held": 0, "compared": 0}
    assert found["brier_conforming"] is None
