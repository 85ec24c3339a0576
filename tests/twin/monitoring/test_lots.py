from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twin.measurement import Event, Measurement
from twin.monitoring.lots import lot_yields, lots_table
from twin.monitoring.plan import ControlPlan, reference_plan
from twin.store import Store

# What is tested here lies above the database.
DATABASES = ("sqlite",)

START = datetime(2026, 1, 5, tzinfo=UTC)
PLAN = reference_plan()
Move = Callable[..., Event]


def move(minute: int, event: str, station: str = "roll", lot_id: str = "L1", **more: Any) -> Event:
    at = START + timedelta(minutes=minute)
    return Event(occurred_at=at, event=event, station=station, lot_id=lot_id, **more)  # type: ignore[arg-type]


def read(value: float, position: int = 0, name: str = "thickness_um", station: str = "roll",
         **more: Any) -> Measurement:  # fmt: skip
    planned = PLAN.find(name, station)
    usual = {"measured_at": START, "lot_id": "L1", "unit": planned.unit if planned else "x"}
    return Measurement(characteristic=name, station=station, value=value, position=position,
                       **{**usual, **more})  # fmt: skip


def sheet(*values: float, **more: Any) -> list[Measurement]:
    return [read(value, position, **more) for position, value in enumerate(values, start=1)]


def yield_of(store: Store, rows: list[Measurement], plan: ControlPlan = PLAN) -> float | None:
    store.add_measurements(rows)
    return lot_yields(store.measurements(), plan)["L1"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (sheet(60, 60, 60, 60, 60), 1.0),
        (sheet(60, 60, 60, 60, 64), 0.8),
        (sheet(56, 60, 64, 60, 60), 0.6),
        (sheet(57, 63, 60, 60, 60), 1.0),
        ([read(60)], 1.0),
        ([read(64)], 0.0),
        ([read(178, name="chamber_temperature_c", station="sublimation")], None),
        ([*sheet(60, 60), read(190, name="chamber_temperature_c", station="sublimation")], 0.0),
        ([*sheet(60, 64), read(178, name="chamber_temperature_c", station="sublimation")], 0.5),
        ([*sheet(60, 60), read(9e9, name="unheard_of", station="roll")], 1.0),
        ([*sheet(60, 60), read(0.5, name="h2o_ppm", station="wind")], 0.0),
        ([*sheet(60, 60), read(300, name="life_h", station="cell_test")], 0.0),
        ([*sheet(60, 60), read(300, name="life_h", station="cell_test", censoring="right")], 1.0),
        ([*sheet(60, 60), read(99, 2, quality="bad", sequence=1)], 1.0),
    ],
)
def test_yield_is_the_share_of_area_inside_every_specification(
    store: Store, rows: list[Measurement], expected: float | None
) -> None:
    assert yield_of(store, rows) == expected


def test_a_position_counts_once_for_all_its_characteristics(store: Store) -> None:
    rows = [*sheet(60, 64, 60, 60), *sheet(12, 12, 99, 12, name="areal_capacity_mah_cm2",
                                           station="inspect")]  # fmt: skip
    assert yield_of(store, rows) == 0.5


def test_no_lots(store: Store) -> None:
    assert lots_table(store, PLAN) == []


def test_what_became_of_each(store: Store) -> None:
    store.add_events(
        [
            move(0, "arrive", "unwind", "L1", recipe="LACSS 40 s"),
            move(1, "arrive", "unwind", "L2"),
            move(2, "arrive", "unwind", "L3"),
            move(9, "depart", "inspect", "L1"),
            move(8, "scrap", "roll", "L2"),
            move(7, "start", "roll", "L3"),
            move(9, "split", "inspect", "L1-T1", parent_lot_id="L1"),
            move(10, "arrive", "cell_test", "L1-T1"),
            move(11, "down", "roll", ""),
        ]
    )
    store.add_measurements(sheet(60, 60, 60, 60, 64))
    finished, scrapped, running = lots_table(store, PLAN)
    assert finished.to_dict() == {
        "lot_id": "L1", "state": "finished", "station": "inspect",
        "entered_at": START.isoformat(), "finished_at": (START + timedelta(minutes=9)).isoformat(),
        "yield": 0.8, "conforming": False, "recipe": "LACSS 40 s",
    }  # fmt: skip
    assert (scrapped.lot_id, scrapped.state, scrapped.conforming) == ("L2", "scrapped", False)
    assert (running.state, running.station, running.finished_at) == ("in_process", "roll", None)
    assert (running.yield_share, running.conforming) == (None, None)


def test_only_what_was_known_then(store: Store) -> None:
    late = START + timedelta(hours=5)
    store.add_events([move(0, "arrive", "unwind"), move(9, "depart", "inspect"),
                      move(20, "arrive", "unwind", "L2")])  # fmt: skip
    store.add_measurements(sheet(60, 60, received_at=late))
    (then,) = lots_table(store, PLAN, START + timedelta(minutes=10))
    assert (then.state, then.yield_share) == ("finished", None)
    assert lots_table(store, PLAN, START + timedelta(minutes=5))[0].state == "in_process"
    assert lots_table(store, PLAN, late)[0].yield_share == 1.0
    assert lots_table(store, PLAN, START - timedelta(minutes=1)) == []


def test_another_path_ends_elsewhere(store: Store) -> None:
    store.add_events([move(0, "arrive", "a"), move(1, "depart", "b")])
    assert lots_table(store, PLAN)[0].state == "in_process"
    assert lots_table(store, PLAN, path=("a", "b"))[0].state == "finished"
