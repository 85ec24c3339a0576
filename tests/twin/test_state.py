from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from process_models.errors import InputError
from twin.state import LineState, line_state

START = datetime(2026, 1, 5, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def table(*rows: tuple[float, str, str, str]) -> pd.DataFrame:
    """Events from (minute, lot, station, event)."""
    minutes, lots, stations, events = zip(*rows, strict=True)
    return pd.DataFrame({
        "occurred_at": pd.to_datetime([at(m) for m in minutes], utc=True),
        "lot_id": list(lots), "station": list(stations), "event": list(events),
        "sequence": range(1, len(rows) + 1), "detail": "",
    })


ONE_LOT = table(
    (0, "A", "unwind", "arrive"), (1, "A", "unwind", "start"), (5, "A", "unwind", "finish"),
    (7, "A", "unwind", "depart"), (8, "A", "polish", "arrive"),
)


@pytest.mark.parametrize(
    ("minute", "station", "phase", "since"),
    [
        (0, "unwind", "queued", 0), (1, "unwind", "in_service", 1),
        (4.9, "unwind", "in_service", 1),
        (6, "unwind", "blocked", 5), (7.5, "unwind", "moving", 7), (99, "polish", "queued", 8),
    ],
)
def test_one_lot_is_followed_through(minute: float, station: str, phase: str, since: float) -> None:
    (lot,) = line_state(ONE_LOT, at(minute)).lots
    assert (lot.station, lot.phase, lot.since) == (station, phase, at(since))
    assert lot.entered_at == at(0)


def test_nothing_has_happened_yet() -> None:
    state = line_state(ONE_LOT, at(-1))
    assert (state.lots, state.finished, state.last_event_at) == ((), 0, None)
    assert {s.condition for s in state.stations.values()} == {"starved"}


def test_lots_leave_by_the_last_station_or_by_scrap() -> None:
    state = line_state(
        table(
            (0, "A", "inspect", "start"), (0, "B", "roll", "start"), (1, "C", "roll", "start"),
            (3, "A", "inspect", "finish"), (3, "A", "inspect", "depart"),
            (3, "A-T1", "cell_test", "arrive"), (4, "B", "roll", "finish"),
            (4, "B", "roll", "scrap"), (4, "A-T1", "cell_test", "start"),
        ),
        at(10),
    )
    assert (state.finished, state.scrapped, state.tested) == (1, 1, 0)
    assert [lot.lot_id for lot in state.in_process] == ["C"]
    assert [(lot.lot_id, lot.coupon) for lot in state.lots] == [("C", False), ("A-T1", True)]


def test_a_coupon_whose_test_has_ended_is_no_finished_lot() -> None:
    events = table((0, "A-T1", "cell_test", "start"), (9, "A-T1", "cell_test", "depart"))
    state = line_state(events, at(10))
    assert (state.tested, state.finished, state.lots) == (1, 0, ())


def test_rework_sends_a_lot_on_its_way_again() -> None:
    events = table(
        (0, "A", "roll", "start"), (1, "A", "roll", "finish"), (1, "A", "roll", "rework"),
        (1, "A", "roll", "depart"), (2, "A", "polish", "arrive"),
    )
    (lot,) = line_state(events, at(5)).lots
    assert (lot.station, lot.phase) == ("polish", "queued")


@pytest.mark.parametrize(
    ("rows", "condition"),
    [
        ([(0, "A", "roll", "start")], "running"),
        ([(0, "A", "roll", "start"), (1, "", "roll", "down")], "down"),
        ([(0, "", "roll", "down"), (1, "", "roll", "up")], "starved"),
        ([(0, "A", "roll", "start"), (1, "A", "roll", "finish")], "blocked"),
        ([(0, "", "roll", "maintenance_start")], "planned_stop"),
        ([(0, "", "roll", "setup_start"), (1, "", "roll", "setup_end")], "starved"),
        ([(0, "A", "roll", "arrive")], "starved"),
    ],
)
def test_what_a_station_does(rows: list[Any], condition: str) -> None:
    assert line_state(table(*rows), at(5)).stations["roll"].condition == condition


def many(seed: int) -> pd.DataFrame:
    """A tangle of events: 40 lots, each some way down the line."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[float, str, str, str]] = []
    path = ("unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect")
    for lot in range(40):
        minute = float(lot)
        for station in path[: rng.integers(1, 8)]:
            for event in ("arrive", "start", "finish", "depart")[: rng.integers(1, 5)]:
                rows.append((minute, f"L{lot:03d}", station, event))
                minute += float(rng.integers(0, 3))
    return table(*rows)


def same(one: LineState, other: LineState) -> bool:
    return (
        set(one.lots) == set(other.lots)
        and one.stations == other.stations
        and (one.finished, one.scrapped) == (other.finished, other.scrapped)
    )


@pytest.mark.parametrize("seed", range(5))
def test_neither_order_nor_repetition_changes_the_state(seed: int) -> None:
    events = many(seed)
    expected = line_state(events, at(60))
    shuffled = events.sample(frac=1, random_state=seed)
    assert same(line_state(shuffled, at(60)), expected)
    assert same(line_state(pd.concat([shuffled, events.head(100)]), at(60)), expected)


def test_events_without_numbers_at_one_time_are_put_in_causal_order() -> None:
    events = table(
        (0, "A", "roll", "start"), (0, "A", "roll", "arrive"), (0, "A", "wind", "depart"),
        (0, "A", "wind", "finish"),
    ).assign(sequence=0)
    (lot,) = line_state(events, at(0)).lots
    assert (lot.station, lot.phase) == ("roll", "in_service")


def test_the_events_are_left_as_they_were() -> None:
    events = many(9)
    before = events.copy(deep=True)
    line_state(events, at(30))
    pd.testing.assert_frame_equal(events, before)


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(InputError, match="as_of needs an offset from UTC"):
        line_state(ONE_LOT, datetime(2026, 1, 5))
