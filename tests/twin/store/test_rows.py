from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.monitoring.plan import reference_plan
from twin.store.rows import Edge, RowError, event_of, measurement_of, zone

EDGE = Edge(reference_plan().find)
MEASURED = {
    "measured_at": "2026-01-05T06:00:00Z", "lot_id": "7", "station": "roll",
    "characteristic": "thickness_um", "value": "60.1", "unit": "um",
}  # fmt: skip
HAPPENED = {
    "occurred_at": "2026-01-05T06:00:00Z", "lot_id": "7", "station": "roll", "event": "start",
}  # fmt: skip
TEXT = st.text(max_size=12)


def test_all_columns() -> None:
    made = measurement_of(
        MEASURED | {"subgroup": "s", "position": "3", "source": "x", "sequence": "9.0",
                    "operator": "ana", "gauge": "g", "quality": "uncertain", "censoring": "right",
                    "received_at": "2026-01-05T08:00:00+01:00"}, EDGE,
    )  # fmt: skip
    assert (made.subgroup, made.position, made.source, made.sequence) == ("s", 3, "x", 9)
    assert (made.operator, made.gauge, made.quality, made.censoring) == (
        "ana", "g", "uncertain", "right",
    )  # fmt: skip
    assert made.received_at == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert made.provenance == "imported"


def test_what_is_empty_has_its_usual_value() -> None:
    empty = dict.fromkeys(("subgroup", "position", "sequence", "quality", "received_at"), "")
    assert measurement_of(MEASURED | empty, EDGE) == measurement_of(MEASURED, EDGE)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-07-05T06:00:00Z", 6), ("2026-07-05T06:00:00+09:00", 21), ("2026-07-05 06:00", 4),
     ("20260705T060000", 4), ("2026-07-05T06:00:00.123456Z", 6)],
)  # fmt: skip
def test_times(text: str, hour: int) -> None:
    edge = Edge(EDGE.find, ZoneInfo("Europe/Berlin"))
    assert measurement_of(MEASURED | {"measured_at": text}, edge).measured_at.hour == hour


def test_a_plausible_range_is_in_the_own_unit() -> None:
    with pytest.raises(RowError) as refused:
        measurement_of(MEASURED | {"value": "0.6", "unit": "mm"}, EDGE)
    assert (refused.value.column, refused.value.value) == ("value", "0.6")
    assert refused.value.rule == "must be plausible, 5 to 400 um"


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_times_beyond_the_calendar(year: str) -> None:
    with pytest.raises(RowError, match="years 1 to 9999"):
        measurement_of(MEASURED | {"measured_at": year}, EDGE)


def test_events() -> None:
    made = event_of(HAPPENED | {"parent_lot_id": "1", "recipe": "r", "detail": "d"}, EDGE)
    assert (made.event, made.parent_lot_id, made.recipe, made.detail) == ("start", "1", "r", "d")
    for column, value in (("event", "explode"), ("lot_id", ""), ("occurred_at", "soon"),
                          ("station", " "), ("sequence", "x")):  # fmt: skip
        with pytest.raises(RowError) as refused:
            event_of(HAPPENED | {column: value}, EDGE)
        assert refused.value.column == column


def test_a_station_event_needs_no_lot() -> None:
    assert event_of(HAPPENED | {"lot_id": "", "event": "down"}, EDGE).lot_id == ""


def test_zones() -> None:
    assert zone(None) is None
    assert zone("UTC") is not None
    for name in ("Nowhere", "../etc/passwd", ""):
        with pytest.raises(InputError, match="IANA name"):
            zone(name)


@given(st.dictionaries(st.sampled_from([*MEASURED, "position", "quality", "received_at"]), TEXT))
def test_any_text_is_taken_or_refused_in_one_line(changes: dict[str, Any]) -> None:
    said = ""
    try:
        measurement_of(MEASURED | changes, EDGE)
    except InputError as refused:
        said = str(refused)
    assert "Traceback" not in said


@given(st.dictionaries(st.sampled_from([*HAPPENED, "sequence", "parent_lot_id"]), TEXT))
def test_any_event_is_taken_or_refused(changes: dict[str, Any]) -> None:
    blamed = "nothing"
    try:
        event_of(HAPPENED | changes, EDGE)
    except RowError as refused:
        blamed = refused.column
    assert blamed
