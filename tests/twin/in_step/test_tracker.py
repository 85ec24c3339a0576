"""The tracker stands where the sorted log stands, however the events come."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.in_step import Taken, Tracker, current_state
from twin.in_step import tracker as tracker_module
from twin.in_step.current import Follower, tracker_for
from twin.measurement import Event, Measurement
from twin.settings import Settings
from twin.state import line_state
from twin.store import Store

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
PATH = ("wind", "roll")
WORDS = (
    "arrive", "start", "finish", "depart", "scrap", "rework", "hold", "release", "down", "up",
    "setup_start", "setup_end", "maintenance_start", "maintenance_end",
)  # fmt: skip
happenings = st.tuples(
    st.integers(0, 40), st.sampled_from((*PATH, "cell_test")), st.sampled_from(WORDS),
    st.sampled_from(("A", "B", "C")),
)  # fmt: skip


def event(minute: float, station: str, word: str, lot: str = "", sequence: int = 0) -> Event:
    return Event(
        occurred_at=START + timedelta(minutes=minute), station=station, event=word, lot_id=lot,
        sequence=sequence,
    )


def events_of(rows: list[tuple[int, str, str, str]]) -> list[Event]:
    about_stations = ("down", "up", "setup_start", "setup_end", "maintenance_start",
                      "maintenance_end")  # fmt: skip
    return [
        event(minute, station, word, "" if word in about_stations else lot)
        for minute, station, word, lot in rows
    ]


def frame(events: list[Event]) -> pd.DataFrame:
    columns = ("occurred_at", "sequence", "lot_id", "station", "event", "detail")
    table = pd.DataFrame([{name: getattr(one, name) for name in columns} for one in events])
    return table.assign(occurred_at=pd.to_datetime(table["occurred_at"], utc=True))


def tracker_of(events: list[Event]) -> Tracker:
    made = Tracker(PATH)
    made.add(events)
    return made


def test_a_lot_goes_through_by_hand() -> None:
    tracker = tracker_of([event(0, "wind", "arrive", "A"), event(1, "wind", "start", "A")])
    lot = tracker.state().lots[0]
    assert (lot.lot_id, lot.station, lot.phase) == ("A", "wind", "in_service")
    assert lot.since - lot.entered_at == timedelta(minutes=1)
    tracker.add([event(5, "wind", "finish", "A"), event(6, "wind", "depart", "A")])
    assert tracker.state().lots[0].phase == "moving"
    tracker.add([event(7, "roll", word, "A") for word in ("arrive", "start")])
    tracker.add([event(9, "roll", "finish", "A"), event(9, "roll", "depart", "A")])
    assert tracker.state().lots == ()
    assert tracker.state().finished == 1
    assert tracker.reduced(START + timedelta(days=1)).passes == {"wind": 1, "roll": 1}


@settings(max_examples=150)
@given(st.lists(happenings, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_any_order_and_duplicates_give_the_state_of_the_sorted_log(
    rows: list[tuple[int, str, str, str]], random: Any
) -> None:
    events = events_of(rows)
    sorted_once = tracker_of(sorted(events, key=tracker_module.key_of))
    mixed = [*events, *random.choices(events, k=5)]
    random.shuffle(mixed)
    shuffled = tracker_of(mixed)
    assert shuffled.state() == sorted_once.state()
    assert shuffled.reduced(START + timedelta(days=1)).passes == sorted_once.reduced(
        START + timedelta(days=1)
    ).passes


@settings(max_examples=150)
@given(st.lists(happenings, min_size=1, max_size=30), st.integers(0, 40))
def test_it_agrees_with_the_reduction_of_the_whole_table(
    rows: list[tuple[int, str, str, str]], minute: int
) -> None:
    events = events_of(rows)
    at = START + timedelta(minutes=minute)
    mine = tracker_of(events).state(at)
    assert mine == line_state(frame(events), at, path=PATH)


@settings(max_examples=60)
@given(
    st.lists(happenings, min_size=5, max_size=40), st.integers(2, 6),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_small_blocks_change_nothing(
    rows: list[tuple[int, str, str, str]], block: int, random: Any
) -> None:
    events = events_of(rows)
    whole = tracker_of(events).state()
    random.shuffle(events)
    usual = tracker_module._BLOCK
    tracker_module._BLOCK = block
    try:
        assert tracker_of(events).state() == whole
    finally:
        tracker_module._BLOCK = usual


def test_a_whole_plant_reduces_to_the_same(plant_days: Any) -> None:
    events = plant_days.store.events()
    tracker = tracker_for(plant_days.line)
    taken = tracker.add_frame(events)
    assert taken == Taken(applied=len(events))
    assert tracker.add_frame(events.tail(2_000)) == Taken(duplicates=2_000)
    path = [one.name for one in plant_days.line.path]
    for hours in (1, 30, 71):
        at = plant_days.start + timedelta(hours=hours)
        assert tracker.state(at) == line_state(events, at, path=path)


def test_late_events_find_their_place(plant_days: Any) -> None:
    """Every 50th event comes 400 events late; 3 of them twice."""
    events = plant_days.store.events().head(6_000)
    order = np.arange(len(events), dtype=float)
    order[::50] += 400.5
    mixed = events.iloc[np.argsort(order, kind="stable")]
    tracker, sorted_once = tracker_for(plant_days.line), tracker_for(plant_days.line)
    taken = tracker.add_frame(mixed)
    sorted_once.add_frame(events)
    assert taken.late >= 100
    assert tracker.state() == sorted_once.state()


def test_an_event_older_than_all_that_is_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_module, "_BLOCK", 4)
    monkeypatch.setattr(tracker_module, "_KEPT", 2)
    tracker = tracker_of([event(n, "wind", "start", f"L{n}") for n in range(10, 40)])
    before = tracker.state()
    assert tracker.add([event(1, "wind", "start", "old")]) == Taken(refused=1)
    assert tracker.state() == before
    with pytest.raises(InputError, match="before all that is kept"):
        tracker.state(START + timedelta(minutes=11))


def test_it_goes_on_from_a_checkpoint(plant_days: Any) -> None:
    events = plant_days.store.events()
    half = len(events) // 2
    first, whole = tracker_for(plant_days.line), tracker_for(plant_days.line)
    first.add_frame(events.head(half))
    kept = json.loads(json.dumps(first.checkpoint()))
    again = Tracker.from_checkpoint(kept)
    assert again.state() == first.state()
    again.add_frame(events.tail(len(events) - half + 300))
    whole.add_frame(events)
    assert again.state() == whole.state()


def test_measurements_count_whatever_their_order() -> None:
    def read(value: float, minute: int, sequence: int = 0, quality: str = "good") -> Measurement:
        return Measurement(
            measured_at=START + timedelta(minutes=minute), lot_id="A", station="roll",
            characteristic="thickness_um", value=value, unit="um", position=1, sequence=sequence,
            quality=quality,  # type: ignore[arg-type]
        )

    one, two, bad = read(60.0, 1), read(61.0, 2), read(99.0, 3, quality="bad")
    for order in ([one, two, bad], [bad, two, one, two], [two, one]):
        tracker = Tracker(PATH)
        tracker.add(order)
        assert tracker.readings.of("A")[("thickness_um", "roll")].tolist() == [61.0]
    assert tracker.readings.of("nobody") == {}
    assert tracker.readings.newest["thickness_um", "roll"][1] == "A"


def test_garbage_is_refused() -> None:
    with pytest.raises(InputError, match="at least one station"):
        Tracker(())
    with pytest.raises(InputError, match="no events known"):
        Tracker(PATH).state()
    with pytest.raises(InputError, match="offset from UTC"):
        tracker_of([event(1, "wind", "start", "A")]).state(datetime(2026, 1, 5))
    table = frame([event(1, "wind", "start", "A")]).assign(event="explode")
    with pytest.raises(InputError, match="event must be one of"):
        Tracker(PATH).add_frame(table)


@pytest.fixture
def copy(plant_days: Any, tmp_path: Any) -> Callable[[datetime], Store]:
    def make(until: datetime) -> Store:
        store = Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}"))
        add(store, plant_days.store.events(until=until))
        return store

    return make


def add(store: Store, events: pd.DataFrame) -> None:
    columns = ["occurred_at", "station", "event", "lot_id", "parent_lot_id", "recipe", "detail",
               "source", "sequence", "provenance"]  # fmt: skip
    store.add_events([
        Event(**{**row, "occurred_at": row["occurred_at"].to_pydatetime()})
        for row in events[columns].to_dict("records")
    ])


def test_a_follower_keeps_up_with_its_store(
    plant_days: Any, copy: Callable[[datetime], Store]
) -> None:
    noon = plant_days.start + timedelta(hours=6)
    events = plant_days.store.events(until=noon + timedelta(hours=2))
    with copy(noon) as store:
        follower = Follower(store, plant_days.line)
        assert follower.catch_up().applied == len(store.events())
        assert follower.catch_up() == Taken()
        add(store, events[events["occurred_at"] > noon])
        assert follower.catch_up().applied > 0
        path = [one.name for one in plant_days.line.path]
        at = noon + timedelta(hours=2)
        assert follower.state(at) == line_state(events, at, path=path)


def test_the_current_state_tells_readings_and_passes(plant_days: Any) -> None:
    at = plant_days.start + timedelta(hours=30)
    found = current_state(plant_days.store, plant_days.line, at)
    assert len(found.state.in_process) > 10
    assert found.passes["roll"] > 50
    rolled = [lot.lot_id for lot in found.state.in_process if lot.station == "inspect"]
    for lot in rolled:
        assert found.readings[lot]["thickness_um", "roll"].shape == (5,)
