from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from process_models.errors import InputError
from twin.store import Store
from twin.store.gaps import Gap, fill_gap, fill_missing, gaps, note_gap

AT = datetime(2026, 1, 5, 6, tzinfo=UTC)


def still_missing(store: Store) -> set[int]:
    found = gaps(store, open_only=True)
    return {n for gap in found for n in range(gap.first_missing, gap.last_missing + 1)}


def test_a_gap_is_noted_once_and_widened(store: Store) -> None:
    number = note_gap(store, Gap(source="a", channel="c", first_missing=5, last_missing=7))
    assert note_gap(store, Gap(source="a", channel="c", first_missing=5, last_missing=9)) == number
    assert note_gap(store, Gap(source="a", channel="d", first_missing=5, last_missing=9)) != number
    (one, _) = gaps(store, "a")
    assert (one.first_missing, one.last_missing, one.missing) == (5, 9, 5)
    assert one.detected_at is not None
    assert gaps(store, "b") == []


def test_a_period_without_numbers(store: Store) -> None:
    lost = Gap(source="a", reason="disconnected", from_at=AT, to_at=AT + timedelta(seconds=9))
    number = note_gap(store, lost)
    longer = Gap(source="a", reason="disconnected", from_at=AT, to_at=AT + timedelta(seconds=20))
    assert note_gap(store, longer) == number
    later = Gap(source="a", reason="disconnected", from_at=AT + timedelta(hours=1))
    assert note_gap(store, later) != number
    first, _ = gaps(store, "a")
    assert first.to_at == AT + timedelta(seconds=20)
    assert first.missing == 0
    assert fill_missing(store, "a", "", 0, 10**9) == 0, "numbers do not fill a period"
    fill_gap(store, number, AT + timedelta(minutes=1))
    assert [gap.id for gap in gaps(store, open_only=True)] != [number]
    assert gaps(store)[0].filled_at == AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "last", "left", "filled"),
    [
        (10, 20, set(), 11),
        (1, 99, set(), 11),
        (10, 12, {13, 14, 15, 16, 17, 18, 19, 20}, 3),
        (19, 30, {10, 11, 12, 13, 14, 15, 16, 17, 18}, 2),
        (14, 15, {10, 11, 12, 13, 16, 17, 18, 19, 20}, 2),
        (1, 9, set(range(10, 21)), 0),
    ],
)
def test_what_came_is_no_longer_missing(
    store: Store, first: int, last: int, left: set[int], filled: int
) -> None:
    note_gap(store, Gap(source="a", channel="c", first_missing=10, last_missing=20))
    assert fill_missing(store, "a", "other", first, last) == 0
    assert fill_missing(store, "a", "c", first, last) == filled
    assert still_missing(store) == left
    assert sum(gap.missing for gap in gaps(store)) == 11, "nothing is forgotten"


def test_any_order_of_arrival_fills_every_gap(store: Store) -> None:
    """Seed 3; a model of sets says what must be missing after each step."""
    draw, missing = random.Random(3), set(range(1, 61))
    with store.database.writing() as connection:
        note_gap(connection, Gap(source="a", first_missing=1, last_missing=60))
        while missing:
            first = draw.randint(1, 60)
            last = min(60, first + draw.randint(0, 9))
            came = missing & set(range(first, last + 1))
            assert fill_missing(connection, "a", "", first, last) == len(came)
            missing -= came
    assert still_missing(store) == set()
    assert sum(gap.missing for gap in gaps(store)) == 60


def test_what_is_no_gap_is_refused() -> None:
    with pytest.raises(InputError, match="last_missing must not be before first_missing 5, got 4"):
        Gap(source="a", first_missing=5, last_missing=4)
    with pytest.raises(InputError, match="source of a gap must not be empty"):
        Gap(source="")
