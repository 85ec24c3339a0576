"""Forecasts from three days of a reference plant that nothing has gone wrong on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.forecast import Forecast, forecast
from twin.measurement import Event, Measurement
from twin.settings import Settings
from twin.store import Store

Make = Callable[..., Forecast]


@pytest.fixture(scope="module")
def noon(plant_days: Any) -> datetime:
    """The second day at noon."""
    moment: datetime = plant_days.start + timedelta(hours=30)
    return moment


@pytest.fixture
def make(plant_days: Any) -> Make:
    def run(store: Store | None = None, **options: Any) -> Forecast:
        settings = {"horizon_h": 12.0, "replications": 20, **options}
        return forecast(
            store or plant_days.store, plant_days.line, plant_days.recipe, plant_days.plan,
            **settings,
        )

    return run


@pytest.fixture(scope="module")
def told(plant_days: Any, noon: datetime) -> Forecast:
    return forecast(
        plant_days.store, plant_days.line, plant_days.recipe, plant_days.plan, as_of=noon,
        horizon_h=24.0, replications=60,
    )


def departures(plant_days: Any) -> dict[str, datetime]:
    events = plant_days.store.events()
    left = events[(events["event"] == "depart") & (events["station"] == "inspect")]
    return {
        lot: at.to_pydatetime()
        for lot, at in zip(left["lot_id"], left["occurred_at"], strict=True)
    }


def test_every_lot_in_process_is_forecast_in_the_contracts_form(told: Forecast) -> None:
    payload = json.loads(json.dumps(told.to_dict()))
    assert 15 <= len(payload["lots"]) <= 30
    for lot in payload["lots"]:
        assert {"lot_id", "finish", "yield", "p_conforming", "drivers"} <= set(lot)
        low, mean, high = (
            datetime.fromisoformat(lot["finish"][name]) for name in ("low", "mean", "high")
        )
        assert told.as_of <= low <= mean <= high
        assert low.tzinfo is not None
        assert 0 <= lot["yield"]["low"] <= lot["yield"]["mean"] <= lot["yield"]["high"] <= 1
        assert 0 <= lot["p_conforming"] <= 1
        contributions = [one["contribution"] for one in lot["drivers"]]
        assert contributions == sorted(contributions, reverse=True)
    assert {"good_lots", "good_sheets", "throughput_per_h"} <= set(payload["line"])


def test_finish_times_hold_what_happened(plant_days: Any, told: Forecast) -> None:
    """Plant seed 5, forecast seed 0: 90 % intervals hold at least 70 % of the lots of one time."""
    left = departures(plant_days)
    pairs = [(lot.finish, left[lot.lot_id]) for lot in told.lots if lot.lot_id in left]
    held = [finish.covers(at) for finish, at in pairs if finish]
    assert len(held) >= 15
    assert sum(held) / len(held) >= 0.7


def test_the_line_makes_what_was_foretold(plant_days: Any, told: Forecast, noon: datetime) -> None:
    end = noon + timedelta(hours=24)
    finished = sum(noon < at <= end for at in departures(plant_days).values())
    assert told.line.finished_lots.low - 3 <= finished <= told.line.finished_lots.high + 3
    assert told.line.good_lots is not None
    assert told.line.good_lots.mean <= told.line.finished_lots.mean
    sheets = told.line.good_sheets
    assert sheets is not None
    assert 0.7 < sheets.mean / (20 * told.line.finished_lots.mean) < 1.0


def test_lots_leave_in_the_order_of_the_line(told: Forecast) -> None:
    order = ["unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect"]
    means = {
        station: [lot.finish.mean for lot in told.lots if lot.station == station and lot.finish]
        for station in order
    }
    present = [station for station in order if means[station]]
    for behind, ahead in pairwise(present):
        assert max(means[ahead]) <= min(means[behind]) + timedelta(minutes=30)


def test_the_same_seed_gives_the_same_forecast(make: Make, noon: datetime) -> None:
    one = make(as_of=noon, seed=4).to_dict()
    assert make(as_of=noon, seed=4).to_dict() == one
    assert make(as_of=noon, seed=5).to_dict() != one


def test_what_became_known_later_changes_nothing(
    plant_days: Any, make: Make, noon: datetime, tmp_path: Path
) -> None:
    """A store that ends at noon gives the forecast that the full store gives for noon."""
    columns = ("occurred_at", "station", "event", "lot_id", "parent_lot_id", "recipe", "detail",
               "source", "sequence", "provenance")
    events = plant_days.store.events(known_by=noon)
    read = plant_days.store.measurements(known_by=noon)
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    with Store.open(settings) as early:
        early.add_events([
            Event(**{**row, "occurred_at": row["occurred_at"].to_pydatetime()})
            for row in events[list(columns)].to_dict("records")
        ])
        rows = read.drop(columns="received_at").to_dict("records")
        early.add_measurements([
            Measurement(**{**row, "measured_at": row["measured_at"].to_pydatetime()})
            for row in rows
        ])
        assert make(early, as_of=noon).to_dict() == make(as_of=noon).to_dict()


def test_a_result_received_late_is_not_used_before(
    plant_days: Any, make: Make, noon: datetime, tmp_path: Path
) -> None:
    read = plant_days.store.measurements(known_by=noon)
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    with Store.open(settings) as store:
        events = plant_days.store.events(known_by=noon).drop(columns="received_at")
        store.add_events([
            Event(**{**row, "occurred_at": row["occurred_at"].to_pydatetime()})
            for row in events.to_dict("records")
        ])
        store.add_measurements([
            Measurement(
                **{**row, "measured_at": row["measured_at"].to_pydatetime()},
                received_at=noon + timedelta(hours=1),
            )
            for row in read.drop(columns="received_at").to_dict("records")
        ])
        early = make(store, as_of=noon)
    assert all(lot.yield_ is None and lot.p_conforming is None for lot in early.lots)
    assert early.line.good_lots is None
    assert early.messages[0] == "no measurements of recent lots: yields are not forecast"


def test_only_the_lots_asked_for(make: Make, told: Forecast, noon: datetime) -> None:
    wanted = [told.lots[3].lot_id, told.lots[1].lot_id]
    assert [lot.lot_id for lot in make(as_of=noon, lots=wanted).lots] == wanted


def test_a_higher_level_gives_wider_intervals(make: Make, noon: datetime) -> None:
    narrow, wide = make(as_of=noon, level=0.5), make(as_of=noon, level=0.95)
    assert narrow.line.finished_lots.high <= wide.line.finished_lots.high
    for one, other in zip(narrow.lots, wide.lots, strict=True):
        assert one.finish is not None
        assert other.finish is not None
        assert other.finish.low <= one.finish.low <= one.finish.high <= other.finish.high


def test_by_default_a_silent_store_is_forecast_from_its_newest_event(
    plant_days: Any, make: Make
) -> None:
    newest = plant_days.store.events()["occurred_at"].iloc[-1].to_pydatetime()
    assert make().as_of == newest


def test_an_empty_store_is_said_to_be_empty(make: Make, tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")
    with (
        Store.open(settings) as store,
        pytest.raises(InputError, match="no events stored: import or collect first"),
    ):
        make(store)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"level": 1.0}, "level must lie between 0 and 1, got 1"),
        ({"horizon_h": 0.0}, "horizon must be above 0 h, got 0"),
        ({"replications": 0}, "replications must be at least 1, got 0"),
        ({"lots": ["L99999"]}, "lots: 'L99999' is not in process"),
    ],
)
def test_an_option_out_of_range_is_refused(
    make: Make, noon: datetime, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        make(as_of=noon, **options)


def test_before_the_first_event_nothing_was_known(plant_days: Any, make: Make) -> None:
    with pytest.raises(InputError, match="no events known at 2026-01-04"):
        make(as_of=plant_days.start - timedelta(days=1))
