from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.forecasting.interval import Interval
from twin.forecasting.result import Forecast, LineForecast
from twin.running import archive
from twin.running.archive import keep_forecast, kept_forecasts

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def forecast(hours: float) -> Forecast:
    many = Interval(2.0, 1.0, 3.0, 0.9)
    line = LineForecast(many, None, None, many)
    return Forecast(
        NOON + timedelta(hours=hours), 24.0, 0.9, 5, 0, (), line, ("why",), "simulated", {}
    )


def test_forecasts_are_kept_in_order(tmp_path: Path) -> None:
    for hours in (3, 1, 2):
        keep_forecast(tmp_path, forecast(hours))
    kept = kept_forecasts(tmp_path)
    assert [one["as_of"][11:13] for one in kept] == ["13", "14", "15"]
    assert kept[0] == forecast(1).to_dict() | {"lots": []}
    assert [one["as_of"][11:13] for one in kept_forecasts(tmp_path, last=1)] == ["15"]


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST", 2)
    for hours in range(4):
        keep_forecast(tmp_path, forecast(hours))
    assert len(kept_forecasts(tmp_path)) == 2


def test_none_kept_is_none(tmp_path: Path) -> None:
    assert kept_forecasts(tmp_path) == []
