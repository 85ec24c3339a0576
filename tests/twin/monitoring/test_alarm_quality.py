"""Figures of alarm quality against days that are counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.monitoring.alarm_quality import AlarmQuality, alarm_quality
from twin.monitoring.alert import Alert, HistoryEntry

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = START + timedelta(days=1)


def alarm(number: int, minutes: float, **changes: Any) -> Alert:
    at = START + timedelta(minutes=minutes)
    usual: dict[str, Any] = {
        "id": number, "opened_at": at, "raised_at": at, "since": at, "first_point_at": at,
        "last_point_at": at, "count": 1, "state": "open", "severity": "major", "station": "roll",
        "characteristic": "x", "lot_id": "", "rule": "beyond_limits", "chart": "i_mr",
        "panel": "individual", "direction": "high", "point": 1, "value": 1.0, "unit": "um",
        "limits_version": 1, "message": "", "reaction_plan": "", "diagnosis": (), "cause": "",
        "shelved_until": None, "provenance": "measured",
    }  # fmt: skip
    return Alert(**{**usual, **changes})


def step(minutes: float, action: str, state: str) -> HistoryEntry:
    return HistoryEntry(START + timedelta(minutes=minutes), "ana", action, "open", state, "", "")


def quality(alerts: list[Alert], **histories: list[HistoryEntry]) -> AlarmQuality:
    named = {int(name.removeprefix("a")): entries for name, entries in histories.items()}
    return alarm_quality(alerts, named, START, DAY)


def test_a_day_without_alarms() -> None:
    found = quality([])
    assert (found.alarms, found.per_hour, found.peak_10_min, found.top) == (0, 0.0, 0, ())
    assert (found.false_share, found.acknowledged_s_median, found.flood_share) == (None, None, 0.0)


def test_load_and_peak() -> None:
    found = quality([alarm(i, minutes) for i, minutes in enumerate([0, 5, 9.9, 10, 600, 700])])
    assert (found.alarms, found.per_hour) == (6, 0.25)
    assert found.peak_10_min == 3, "0, 5 and 9.9; 10 is ten minutes after 0"


def test_a_flood_is_more_than_ten_in_ten_minutes() -> None:
    eleven = [alarm(i, 20 + i / 2) for i in range(11)]
    assert quality(eleven).flood_share == pytest.approx(1 / 144)
    assert quality(eleven[:10]).flood_share == 0.0


def test_three_within_a_minute_chatter() -> None:
    assert quality([alarm(i, i / 2) for i in range(3)]).chattering == 1
    assert quality([alarm(i, 0.6 * i) for i in range(3)]).chattering == 0
    mixed = [alarm(i, i / 2, characteristic=name) for i, name in enumerate("xyx")]
    assert quality(mixed).chattering == 0


def test_what_stands_and_what_is_stale() -> None:
    old = alarm(1, -2000)
    closed = alarm(2, 10, state="closed")
    reopened = alarm(3, 20)
    found = quality(
        [old, closed, reopened],
        a2=[step(30, "close", "closed")],
        a3=[step(30, "close", "closed"), step(40, "reopen", "open")],
    )
    assert (found.alarms, found.standing, found.stale) == (2, 2, 1)


def test_what_was_closed_later_stood_then() -> None:
    closed = alarm(1, 10, state="closed")
    assert quality([closed], a1=[step(2000, "close", "closed")]).standing == 1


def test_time_until_acknowledged() -> None:
    alerts = [alarm(i, 10) for i in range(4)]
    found = quality(
        alerts,
        a0=[step(11, "acknowledge", "acknowledged")],
        a1=[step(12, "acknowledge", "acknowledged")],
        a2=[step(40, "acknowledge", "acknowledged"), step(90, "acknowledge", "acknowledged")],
    )
    assert (found.acknowledged_s_median, found.acknowledged_s_p90) == (120.0, 1800.0)


def test_for_nothing() -> None:
    found = quality([
        alarm(1, 1, cause="none_of_these", state="cause_assigned"),
        alarm(2, 2, cause="wear", state="closed"),
        alarm(3, 3, state="closed"),
        alarm(4, 4, state="closed", cause="wear", withdrawn="late data"),
        alarm(5, 5, state="closed", category="data"),
        alarm(6, 6, state="acknowledged"),
    ])  # fmt: skip
    assert (found.judged, found.false, found.false_share) == (5, 3, 0.6)


def test_muted_ones_are_counted_apart() -> None:
    found = quality([alarm(1, 1, muted_by="roll is down"), alarm(2, 2)])
    assert (found.alarms, found.muted) == (1, 1)


def test_the_kinds_that_come_most() -> None:
    kinds = [alarm(i, 10 * i, characteristic=f"x{i % 12}") for i in range(26)]
    found = quality(kinds)
    assert [(actor.characteristic, actor.alarms) for actor in found.top[:3]] == [
        ("x0", 3), ("x1", 3), ("x10", 2),
    ]  # fmt: skip
    assert len(found.top) == 10
    assert found.top_share == pytest.approx(22 / 26)
    assert found.to_dict()["top"][0]["share"] == pytest.approx(3 / 26)


@given(st.lists(st.floats(0, 1439.9), max_size=60))
def test_laws(minutes: list[float]) -> None:
    found = quality([alarm(i, at) for i, at in enumerate(minutes)])
    assert found.alarms == len(minutes) == round(found.per_hour * 24)
    assert found.peak_10_min <= found.alarms
    assert found.peak_10_min >= -(-found.alarms // 144)
    assert 0 <= found.flood_share <= 1
    assert found.standing == found.alarms
