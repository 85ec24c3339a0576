from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.overview import LineOverview, line_overview
from twin.settings import Settings
from twin.store import Store


def seen(plant_days: Any, hours: float) -> LineOverview:
    """The line so many hours after the plant was started on a Monday at 06:00."""
    return line_overview(
        plant_days.store, plant_days.line, plant_days.plan,
        plant_days.start + timedelta(hours=hours),
    )


def test_a_working_day_has_figures_with_provenance_and_age(plant_days: Any) -> None:
    line = seen(plant_days, 36.0)
    assert line.day_start == plant_days.start + timedelta(hours=24)
    assert line.bottleneck == "roll"
    assert line.throughput_per_h.value == pytest.approx(7.0, abs=1.2)
    assert line.finished_lots.value is not None
    assert line.good_lots.value is not None
    assert 60 <= line.good_lots.value <= line.finished_lots.value <= 100
    assert line.lot_yield.value is not None
    assert 0.8 < line.lot_yield.value <= 1.0
    for figure in (line.throughput_per_h, line.oee, line.flow_time_s):
        assert (figure.provenance, figure.newest_at) == ("simulated", line.newest_at)
    assert 0 <= line.age_s < 900


def test_oee_is_the_product_of_its_factors(plant_days: Any) -> None:
    line = seen(plant_days, 36.0)
    factors = (line.availability.value, line.effectiveness.value, line.quality.value)
    assert None not in factors
    product = 1.0
    for factor in factors:
        product *= factor or 0.0
    assert line.oee.value == pytest.approx(product)


def test_shares_of_a_station_add_up_to_one(plant_days: Any) -> None:
    for station in seen(plant_days, 36.0).stations:
        shares = (station.utilisation, station.blocked, station.starved, station.down)
        assert sum(share.value or 0.0 for share in shares) == pytest.approx(1.0)


def test_lots_in_process_are_at_the_stations(plant_days: Any) -> None:
    line = seen(plant_days, 36.0)
    at_stations = sum(
        one.state.queued + one.state.in_service + one.state.blocked
        for one in line.stations if one.state.station != "cell_test"
    )
    moving = sum(lot.phase == "moving" for lot in line.lots)
    assert at_stations == len(line.lots) - moving
    assert 15 <= len(line.lots) <= 30


def test_at_night_the_stations_stand_by_plan_but_the_cyclers_run(plant_days: Any) -> None:
    conditions = {
        one.state.station: one.state.condition for one in seen(plant_days, 41.0).stations
    }
    assert conditions.pop("cell_test") == "running"
    assert set(conditions.values()) == {"planned_stop"}


def test_nothing_measured_later_is_shown(plant_days: Any) -> None:
    line = seen(plant_days, 36.0)
    heard = [one.last_measured_at for one in line.stations if one.last_measured_at]
    assert heard
    assert max(heard) <= line.as_of


def test_a_day_that_has_just_begun_has_no_finished_lots(plant_days: Any) -> None:
    line = seen(plant_days, 24.01)
    assert line.finished_lots.value == 0
    assert line.lot_yield.value is None


def test_an_empty_store_is_said_to_be_empty(plant_days: Any, tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    with Store.open(settings) as store, pytest.raises(InputError, match="no events stored"):
        line_overview(store, plant_days.line, plant_days.plan)
