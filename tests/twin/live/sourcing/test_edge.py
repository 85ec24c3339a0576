"""What the edge makes of readings, with answers known by hand."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from process_models.errors import StoreError
from twin.live.sourcing import Item, Refused
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.template import ChannelPattern
from twin.measurement import Event, Measurement
from twin.monitoring.plan import ControlPlan
from twin.store import Store
from twin.store.gaps import gaps
from twin.store.quarantine import mend, quarantined
from twin.store.rows import Edge as Rules


def after(edge: LiveEdge, *batches: Sequence[Item]) -> LiveEdge:
    async def deliver() -> None:
        for batch in batches:
            await edge.deliver(batch)
            await edge.settle()

    asyncio.run(deliver())
    return edge


@pytest.fixture
def edge(store: Store, plan: ControlPlan, config: Any, noon: datetime) -> Callable[..., LiveEdge]:
    return lambda *rows, **settings: LiveEdge(
        config(*rows, **settings), store, plan, clock=lambda: noon
    )


def test_a_reading_is_stored_in_the_planned_unit(
    edge: Any, store: Store, row: Any, reading: Any
) -> None:
    after(edge(row(unit="mm", position="{place}")), [
        reading(0.06, sequence=7, fields={"lot": "007", "place": "3"}),
    ])  # fmt: skip
    (one,) = store.measurements().to_dict("records")
    assert (one["value"], one["unit"], one["lot_id"], one["position"]) == (60.0, "um", "007", 3)
    assert (one["source"], one["sequence"], one["provenance"]) == ("bench", 7, "measured")


def test_what_the_source_says_of_its_unit_counts(
    edge: Any, store: Store, row: Any, reading: Any
) -> None:
    after(edge(row(unit="um")), [reading(0.061, unit="mm")])
    assert list(store.measurements()["value"]) == [61.0]


def test_scale_and_offset_lead_to_the_unit_of_the_mapping(
    edge: Any, store: Store, row: Any, reading: Any
) -> None:
    after(edge(row(unit="mm", scale=1e-4, offset=0.01)), [reading(500, unit="digits")])
    assert list(store.measurements()["value"]) == [60.0]


def test_a_reading_without_a_unit_is_set_aside(
    edge: Any, store: Store, row: Any, reading: Any
) -> None:
    after(edge(row(unit="")), [reading()])
    (one,) = quarantined(store)
    assert (one.file, one.column, one.rule) == ("bench", "unit", "must not be empty")
    assert store.measurements().empty


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (float("nan"), "must be a finite number"),
        (float("inf"), "must be a finite number"),
        (None, "must not be empty"),
        (True, "must be a number"),
        ("sixty", "must be a number"),
        ("6_0", "must be a finite number"),
        (1e6, "must be plausible"),
    ],
)
def test_what_is_no_sound_value_is_set_aside(
    edge: Any, store: Store, reading: Any, value: Any, rule: str
) -> None:
    made = after(edge(), [reading(value), reading(60.0)])
    (one,) = quarantined(store)
    assert (one.column, one.rule[: len(rule)]) == ("value", rule)
    assert (made.tally.state.records, made.tally.state.refused) == (1, 1)


def test_what_was_set_aside_can_be_mended(
    edge: Any, store: Store, plan: ControlPlan, reading: Any
) -> None:
    after(edge(), [reading("sixty")])
    mend(store, quarantined(store)[0].id, {"value": "60"}, "ann", Rules(plan.find))
    assert list(store.measurements()["value"]) == [60.0]


def test_the_same_refusal_again_is_kept_once(edge: Any, store: Store, reading: Any) -> None:
    after(edge(), [reading(None)], [reading(None)])
    assert len(quarantined(store)) == 1


def test_a_flood_of_refusals_is_counted_and_its_first_rows_kept(
    edge: Any, store: Store, reading: Any, noon: datetime
) -> None:
    flood = [reading(None, source_time=noon + timedelta(seconds=second)) for second in range(50)]
    made = after(edge(), flood)
    assert made.tally.state.refused == 50
    assert len(quarantined(store)) == 20


@pytest.mark.parametrize(
    ("status", "quality"),
    [(0, "good"), (0x40000000, "uncertain"), (0x80000000, "bad"), ("OK", "good"),
     ("E1", "bad"), ("odd", "uncertain")],
)  # fmt: skip
def test_status_becomes_quality(
    edge: Any, store: Store, reading: Any, row: Any, status: Any, quality: str
) -> None:
    after(edge(row(), status={"E1": "bad"}), [reading(status=status)])
    assert list(store.measurements()["quality"]) == [quality]


def test_a_time_ahead_is_flagged_and_one_far_off_refused(
    edge: Any, store: Store, reading: Any, noon: datetime
) -> None:
    ahead = [timedelta(seconds=59), timedelta(seconds=61), timedelta(days=2)]
    made = after(edge(), [
        *(reading(source_time=noon + one) for one in ahead),
        reading(source_time=datetime(1970, 1, 1, tzinfo=noon.tzinfo)),
        reading(source_time=datetime.max.replace(tzinfo=noon.tzinfo)),
    ])  # fmt: skip
    assert list(store.measurements()["quality"]) == ["good", "uncertain"]
    assert {one.column for one in quarantined(store)} == {"measured_at"}
    assert made.tally.state.refused == 3


def test_without_a_time_of_the_source_that_of_arrival_counts(
    edge: Any, store: Store, reading: Any, noon: datetime
) -> None:
    after(edge(), [reading(source_time=None)])
    assert store.measurements()["measured_at"][0] == noon


def test_a_channel_that_nothing_maps_is_no_record(edge: Any, store: Store, reading: Any) -> None:
    after(edge(), [reading(channel="other")])
    assert store.counts()["measurements"] == 0
    assert quarantined(store) == []


def test_text_that_no_database_keeps_is_set_aside(
    edge: Any, store: Store, reading: Any, noon: datetime
) -> None:
    odd = [reading(fields={"lot": "L\0"}), reading(fields={"lot": "\ud800"})]
    garbage = Refused(channel="x\ud800", rule="is no JSON", value="\0\ud800", received_at=noon)
    after(edge(), [*odd, garbage])
    assert [one.column for one in quarantined(store)] == ["lot_id", "lot_id", "payload"]


def test_ready_records_pass_the_same_rules(edge: Any, store: Store, noon: datetime) -> None:
    common = {"measured_at": noon, "station": "roll", "characteristic": "thickness_um"}
    after(edge(), [
        Measurement(lot_id="L1", value=0.06, unit="mm", **common),
        Measurement(lot_id="L2", value=6e6, unit="um", **common),
        Measurement(lot_id="L3", value=60, unit="N", **common),
        Event(occurred_at=noon, station="roll", event="start", lot_id="L1"),
    ])  # fmt: skip
    assert list(store.measurements()["value"]) == [60.0]
    assert [one.column for one in quarantined(store)] == ["value", "unit"]
    assert store.counts()["events"] == 1


def test_an_event_is_stored(edge: Any, store: Store, row: Any, reading: Any) -> None:
    what = row(carries="event", event="{what}")
    after(edge(what), [reading(fields={"lot": "L1", "what": "start"})])
    (one,) = store.events().to_dict("records")
    assert (one["event"], one["lot_id"], one["provenance"]) == ("start", "L1", "measured")


def test_missing_numbers_are_a_gap_until_they_come(
    edge: Any, store: Store, reading: Any, noon: datetime
) -> None:
    def at(number: int) -> Any:
        return reading(sequence=number, source_time=noon - timedelta(seconds=100 - number))

    made = after(edge(), [at(1), at(2), at(6)])
    assert [(g.first_missing, g.last_missing) for g in gaps(store, open_only=True)] == [(3, 5)]
    after(made, [at(4)])
    still = sorted((g.first_missing, g.last_missing) for g in gaps(store, open_only=True))
    assert still == [(3, 3), (5, 5)]
    after(edge(), [at(3), at(5), at(7)])  # another process goes on where this one was
    assert gaps(store, open_only=True) == []
    assert store.counts()["measurements"] == 7


def test_a_counter_that_begins_again_is_told(
    edge: Any, store: Store, reading: Any, noon: datetime
) -> None:
    later = noon + timedelta(seconds=1)
    after(edge(), [reading(sequence=500), reading(sequence=1, source_time=later)])
    (gap,) = gaps(store)
    assert (gap.reason, gap.first_missing) == ("restart", 501)


def test_nothing_is_counted_when_the_store_fails(
    edge: Any, store: Store, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = edge()
    with monkeypatch.context() as broken:

        def refuse(*_: Any, **_more: Any) -> None:
            raise StoreError("store cannot be written: disk full")

        broken.setattr("twin.store.writing.write_measurements", refuse)
        with pytest.raises(StoreError):
            after(made, [reading(sequence=1)])
    assert made.tally.state.records == 0
    after(made, [reading(sequence=1)])
    assert store.counts()["measurements"] == 1
    assert gaps(store) == []


def test_the_lot_is_the_one_that_its_channel_said(
    edge: Any, store: Store, row: Any, reading: Any, noon: datetime
) -> None:
    rows = row(lot_from="channel"), row(channel=ChannelPattern("lot"), carries="lot")
    said = [
        reading("A", channel="lot", source_time=noon),
        reading("", channel="lot", source_time=noon + timedelta(seconds=20)),
        reading("B", channel="lot", source_time=noon + timedelta(seconds=30)),
        *(reading(60.0 + s, source_time=noon + timedelta(seconds=s)) for s in (0, 19, 25, 31)),
    ]
    orders = [said, said[::-1], [*said[3:], *said[:3]]]
    found = []
    for number, order in enumerate(orders):
        made = edge(*rows, name=f"bench{number}", settle_s=0.05)

        async def deliver(made: LiveEdge = made, order: Any = order) -> None:
            for one in order:
                await made.deliver([one])
            await asyncio.sleep(0.06)
            await made.settle()

        asyncio.run(deliver())
        frame = store.measurements()
        mine = frame[frame["source"] == f"bench{number}"]
        found.append(list(zip(mine["value"], mine["lot_id"], strict=True)))
    assert found == [[(60.0, "A"), (79.0, "A"), (91.0, "B")]] * 3
    assert [one.rule for one in quarantined(store)] == ["no lot was known at roll at that time"] * 3


def test_a_reading_between_lots_may_have_a_name_of_its_own(
    edge: Any, store: Store, row: Any, reading: Any
) -> None:
    after(edge(row(lot_from="channel", lot_missing="no lot")), [reading()])
    assert list(store.measurements()["lot_id"]) == ["no lot"]


def test_the_lot_is_the_one_that_started_last_and_has_not_left(
    edge: Any, store: Store, row: Any, reading: Any, noon: datetime
) -> None:
    def happened(second: int, event: str, lot: str) -> Event:
        at = noon + timedelta(seconds=second)
        return Event(occurred_at=at, station="roll", event=event, lot_id=lot)

    store.add_events([
        happened(0, "start", "A"), happened(10, "finish", "A"), happened(12, "depart", "A"),
        happened(20, "start", "B"), happened(30, "start", "C"), happened(40, "depart", "C"),
    ])  # fmt: skip
    seconds = (5, 11, 12, 15, 25, 35, 45)
    after(edge(row(lot_from="events", lot_missing="-")), [
        reading(60.0 + s, source_time=noon + timedelta(seconds=s)) for s in seconds
    ])  # fmt: skip
    assert list(store.measurements()["lot_id"]) == ["A", "A", "A", "-", "B", "C", "B"]


def test_a_held_reading_survives_and_comes_once(
    edge: Any, store: Store, row: Any, reading: Any, noon: datetime
) -> None:
    asyncio.run(edge(row(lot_from="channel", lot_missing="-"), settle_s=60.0).deliver([reading()]))
    assert store.counts()["measurements"] == 0
    again = edge(row(lot_from="channel", lot_missing="-"), settle_s=0.0)
    after(again, [reading()], [reading()])
    assert store.counts()["measurements"] == 1


def test_any_order_of_arrival_stores_the_same(
    edge: Any, store: Store, row: Any, reading: Any, noon: datetime
) -> None:
    items = [
        reading(60.0 + n, sequence=n, source_time=noon + timedelta(seconds=n)) for n in range(1, 5)
    ]
    states = set()
    for number, order in enumerate(itertools.permutations(items)):
        after(edge(name=f"b{number}"), *([one] for one in order))
        frame = store.measurements()
        mine = frame[frame["source"] == f"b{number}"]
        states.add(tuple(zip(mine["measured_at"], mine["value"], mine["sequence"], strict=True)))
        assert all(gap.first_missing < 1 for gap in gaps(store, f"b{number}", open_only=True))
    assert len(states) == 1
