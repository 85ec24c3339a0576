from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError
from twin.live.outbox import Outbox

LATER = datetime.max.replace(tzinfo=UTC)


def test_batches_follow_one_another(source_of: Callable[[int], Any]) -> None:
    outbox = Outbox(source_of(5), window=10, batch=2)
    batches = [outbox.take(LATER) for _ in range(4)]
    assert [(b.first, b.last) for b in batches if b] == [(1, 2), (3, 4), (5, 5)]
    assert batches[-1] is None
    assert outbox.ended


def test_the_window_stops_the_plant_until_it_is_acknowledged(
    source_of: Callable[[int], Any],
) -> None:
    outbox = Outbox(source_of(100), window=4, batch=3)
    assert [b and b.last for b in (outbox.take(LATER), outbox.take(LATER))] == [3, 4]
    assert outbox.take(LATER) is None
    assert not outbox.ended
    outbox.acknowledge(2)
    batch = outbox.take(LATER)
    assert batch is not None
    assert (batch.first, batch.last) == (5, 6)


def test_only_due_records_are_sent(source_of: Callable[[int], Any], start: datetime) -> None:
    outbox = Outbox(source_of(100))
    batch = outbox.take(start + timedelta(minutes=3.5))
    assert batch is not None
    assert batch.last == 3
    assert outbox.take(start + timedelta(minutes=3.9)) is None
    batch = outbox.take(start + timedelta(minutes=4))
    assert batch is not None
    assert batch.first == batch.last == 4


def test_resending_what_is_kept_does_not_ask_the_source(source_of: Callable[[int], Any]) -> None:
    source = source_of(20)
    outbox = Outbox(source, window=20, batch=10)
    outbox.take(LATER)
    outbox.acknowledge(4)
    outbox.resend(4)
    batch = outbox.take(LATER)
    assert batch is not None
    assert (batch.first, batch.last) == (5, 14)
    assert source.asked == [0]


@pytest.mark.parametrize("after", [0, 3, 15])
def test_resending_what_is_not_kept_asks_the_source(
    source_of: Callable[[int], Any], after: int
) -> None:
    source = source_of(20)
    outbox = Outbox(source, window=10, batch=5)
    outbox.take(LATER)
    outbox.acknowledge(5)
    outbox.resend(after)
    batch = outbox.take(LATER)
    assert batch is not None
    assert batch.first == after + 1
    assert source.asked == [0, after]


def test_what_was_never_sent_cannot_be_acknowledged(source_of: Callable[[int], Any]) -> None:
    with pytest.raises(InputError, match="record 1 cannot be acknowledged, 0 were sent"):
        Outbox(source_of(5)).acknowledge(1)


def test_a_batch_larger_than_the_window_is_refused(source_of: Callable[[int], Any]) -> None:
    with pytest.raises(InputError, match="batch must lie in 1 to window"):
        Outbox(source_of(5), window=2, batch=3)
