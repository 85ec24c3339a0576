"""The small parts of the seam: patterns, times, counters, quality, the tally, lots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.live.sourcing import RawReading
from twin.live.sourcing.instants import instant
from twin.live.sourcing.lots import LotHistory
from twin.live.sourcing.quality import quality_of
from twin.live.sourcing.sequences import Counter
from twin.live.sourcing.tally import Tally
from twin.live.sourcing.template import ChannelPattern, filled, names_in

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "channel", "kept"),
    [
        ("a/b", "a/b", {}), ("a/b", "a/bc", None), ("a.b", "axb", None), ("a/+", "a/x", {}),
        ("a/+", "a/x/y", None), ("a/#", "a/x/y", {}), ("a/#", "a", {}), ("#", "any/thing", {}),
        ("{s}/t", "roll/t", {"s": "roll"}), ("{s}/t", "/t", None),
        ("L{lot}-{n}/x", "L007-3/x", {"lot": "007", "n": "3"}),
        ("ns=2;s=Roll.{what}", "ns=2;s=Roll.Load", {"what": "Load"}), ("a+b", "a+b", {}),
        ("a/{x}", "a/line\nbreak", {"x": "line\nbreak"}),
    ],
)  # fmt: skip
def test_a_pattern_matches_whole_channels(
    pattern: str, channel: str, kept: dict[str, str] | None
) -> None:
    assert ChannelPattern(pattern).match(channel) == kept


@given(st.text(alphabet="ab+#/{}.*[](", max_size=12).filter(str.strip))
def test_a_plain_pattern_matches_itself_alone(text: str) -> None:
    try:
        pattern = ChannelPattern(text)
    except InputError:
        return
    if pattern.is_plain:
        assert pattern.match(text) == {}
        assert pattern.match(text + "x") is None


def test_what_a_broker_is_asked_for() -> None:
    assert ChannelPattern("line/{s}/t{n}/#").topic_filter == "line/+/+/#"


def test_names_are_filled_and_missing_ones_are_nothing() -> None:
    assert names_in("{a}-{b}") == ("a", "b")
    assert filled("{a}-{b}", {"a": "1"}) == "1-"
    assert filled("{a}", {"a": "{b}", "b": "x"}) == "{b}"  # what came is not filled again


@pytest.mark.parametrize(
    ("value", "unit", "zone", "expected"),
    [
        ("2026-01-05T12:00:00Z", "", None, NOON), ("2026-01-05T13:00:00+01:00", "", None, NOON),
        ("2026-01-05 13:00:00", "", "Europe/Berlin", NOON), (1_767_614_400, "s", None, NOON),
        (1_767_614_400.5, "s", None, NOON + timedelta(seconds=0.5)),
        (1_767_614_400_000, "ms", None, NOON), (1_767_614_400_000_000, "us", None, NOON),
        (1_767_614_400_000_000_000, "ns", None, NOON),
        (datetime(2026, 1, 5, 12), "", "UTC", NOON),
    ],
)  # fmt: skip
def test_times_as_sources_write_them(
    value: Any, unit: str, zone: str | None, expected: datetime
) -> None:
    assert instant(value, unit, ZoneInfo(zone) if zone else None) == expected


@pytest.mark.parametrize(
    "value", ["", "noon", True, None, [], 1e300, float("nan"), float("inf"), 10**400, -(10**400)]
)
def test_what_is_no_time_is_told(value: Any) -> None:
    with pytest.raises(InputError):
        instant(value, "s")


def test_a_counter_survives_as_a_mark() -> None:
    counter, hole = Counter(7, NOON).after("p", 12, NOON)
    assert hole is not None
    assert Counter.read(counter.mark) == counter
    assert Counter.read(None) is None
    assert [counter.has(n) for n in (7, 8, 11, 12, 13)] == [True, False, False, True, False]


def test_only_the_newest_hundred_runs_are_remembered() -> None:
    counter = Counter(0, NOON)
    for n in range(2, 502, 2):
        counter, _ = counter.after("p", n, NOON)
    assert len(counter.missing) == 100
    assert counter.missing[-1] == (499, 499)


@given(st.permutations(range(1, 12)))
def test_in_any_order_nothing_stays_missing(order: list[int]) -> None:
    counter: Counter | None = Counter(0, NOON - timedelta(days=1))
    for number in order:
        assert counter is not None
        counter, _ = counter.after("p", number, NOON + timedelta(seconds=number))
    assert counter is not None
    assert (counter.last, counter.missing) == (11, ())


def test_a_repetition_is_no_restart() -> None:
    later = NOON + timedelta(seconds=9)
    assert Counter(7, NOON).after("p", 3, later, repeated=True) == (Counter(7, NOON), None)
    again, hole = Counter(7, NOON).after("p", 3, later)
    assert (again.last, hole is not None and hole.reason) == (3, "restart")


@pytest.mark.parametrize("status", [-1, 2**40, 0xC0000000])
def test_a_code_that_is_none_is_bad(status: int) -> None:
    assert quality_of(status, {}) == "bad"


def test_a_reading_needs_an_offset() -> None:
    with pytest.raises(InputError, match="source_time needs an offset"):
        RawReading(channel="a", value=1, source_time=datetime(2026, 1, 5), received_at=NOON)


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["A", "B", ""])), max_size=8))
def test_the_lot_is_that_of_the_last_change(changes: list[tuple[int, str]]) -> None:
    ordered = sorted(dict(changes).items())
    history = LotHistory(ordered)
    for moment in range(52):
        before = [lot for at, lot in ordered if at <= moment]
        assert history.at(moment) == (before[-1] if before else "")


def test_a_tally_counts_rates_and_clocks(config: Any, reading: Any) -> None:
    tally = Tally(config())
    behind = [reading(source_time=NOON - timedelta(seconds=s)) for s in (3, 1, 2)]
    tally.count([*behind, reading(restated=True)], 3, 0, NOON)
    now = tally.now(NOON + timedelta(seconds=1))
    assert (now.records, now.rate_per_s, now.clock_skew_s) == (3, 0.05, -1.0)
    assert now.last_record_at == NOON - timedelta(seconds=1)
    assert tally.now(NOON + timedelta(minutes=2)).rate_per_s == 0.0


def test_a_tally_knows_what_was_before(config: Any, reading: Any) -> None:
    first = Tally(config())
    first.says("connected", "", NOON)
    first.count([reading()], 1, 1, NOON)
    first.says("disconnected", "gone\nfor  good", NOON)
    again = Tally(config(), first.state)
    assert (again.state.records, again.state.refused, again.state.reconnects) == (1, 1, 1)
    assert (first.state.detail, again.state.state) == ("gone for good", "connecting")
