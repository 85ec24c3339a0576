from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from process_models.errors import StoreError
from twin.measurement import Measurement
from twin.monitoring.alerts import Alert
from twin.monitoring.outbox import due, enqueue, letters, mark_failed, mark_sent
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watch import watch_once
from twin.store import Store, schema


@pytest.fixture
def alert(
    store: Store, plan: ControlPlan, series: Callable[..., list[Measurement]]
) -> Alert:
    store.add_measurements(series(40, {30: 64.0}))
    (raised,) = watch_once(store, plan)
    return raised


def send(store: Store, alert: Alert, *endpoints: str, kind: str = "raised") -> None:
    with store.database.writing() as connection:
        enqueue(connection, alert, endpoints, kind)


def test_a_letter_to_each_endpoint(store: Store, alert: Alert) -> None:
    send(store, alert, "a", "b")
    assert [letter.endpoint for letter in due(store, "a")] == ["a"]
    (letter,) = due(store, "b")
    assert letter.payload == {"kind": "raised", "alert": alert.to_dict()}
    assert (letter.attempts, letter.last_error, letter.sent_at) == (0, "", None)
    assert due(store, "c") == []


def test_one_letter_of_a_kind_for_each_alert(store: Store, alert: Alert) -> None:
    send(store, alert, "a")
    with pytest.raises(StoreError, match=r"(?i)unique"):
        send(store, alert, "a")
    send(store, alert, "a", kind="escalated")
    assert [letter.kind for letter in due(store, "a")] == ["raised", "escalated"]


def test_what_is_sent_is_not_due(store: Store, alert: Alert) -> None:
    send(store, alert, "a")
    mark_sent(store, due(store, "a")[0])
    assert due(store, "a") == []
    (letter,) = letters(store, "sent")
    assert letter.attempts == 1
    assert letter.sent_at is not None
    assert abs((datetime.now(UTC) - letter.sent_at).total_seconds()) < 60


@pytest.mark.parametrize(
    ("attempts", "wait_s"), [(0, 2), (1, 4), (2, 8), (5, 64), (8, 512), (20, 900)]
)
def test_waits_grow_up_to_a_quarter_of_an_hour(
    store: Store, alert: Alert, attempts: int, wait_s: int
) -> None:
    send(store, alert, "a")
    with store.database.writing() as connection:
        connection.execute(schema.outbox.update().values(attempts=attempts))
    before = datetime.now(UTC)
    mark_failed(store, due(store, "a")[0], "no answer", max_attempts=99)
    (letter,) = letters(store)
    assert letter.attempts == attempts + 1
    waited = (letter.next_attempt_at - before).total_seconds()
    assert wait_s - 0.01 <= waited < wait_s + 30


def test_the_dead_are_listed_with_their_error(store: Store, alert: Alert) -> None:
    send(store, alert, "a")
    mark_failed(store, due(store, "a")[0], "x" * 1000, max_attempts=1)
    (letter,) = letters(store, "dead")
    assert letter.last_error == "x" * 300
    assert due(store, "a") == []
    assert letters(store, "pending") == []


def test_only_so_many_at_once(store: Store, alert: Alert) -> None:
    for kind in "bcd":
        send(store, alert, "a", kind=kind)
    assert len(due(store, "a", limit=2)) == 2
    assert [letter.kind for letter in letters(store, last=2)] == ["d", "c"]
