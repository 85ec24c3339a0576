from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from twin.live.opcua.reach import ALL, Reach
from twin.live.opcua.values import Change

START = datetime(2026, 1, 5, tzinfo=UTC)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def change(second: int | None, server: int | None = None) -> Change:
    return Change(
        1.0, 0, None if second is None else at(second), None if server is None else at(server)
    )


def test_each_channel_stands_at_its_newest_value() -> None:
    reach = Reach()
    moved = reach.advanced([("x", change(1)), ("y", change(5)), ("x", change(2))])
    assert moved == {"x": at(2), "y": at(5)}
    assert reach.last == {}
    reach.commit(moved, saved=False)
    assert reach.last == moved


def test_a_clock_that_was_set_back_takes_its_channel_back() -> None:
    reach = Reach()
    reach.commit(reach.advanced([("x", change(100))]), saved=True)
    assert reach.advanced([("x", change(3))]) == {"x": at(3)}


def test_the_servers_time_counts_only_where_there_is_no_other() -> None:
    reach = Reach()
    assert reach.advanced([("x", change(None, 7))]) == {"x": at(7)}
    reach.commit(reach.advanced([("x", change(1, 8))]), saved=True)
    assert reach.advanced([("x", change(None, 9))]) == {}
    assert reach.advanced([("x", change(None, None))]) == {}


def test_marks_are_saved_now_and_then_and_hold_all_that_moved(monkeypatch: Any) -> None:
    now = [1000.0]
    monkeypatch.setattr("twin.live.opcua.reach.time.monotonic", lambda: now[0])
    reach = Reach()

    def kept(name: str, second: int) -> dict[str, str] | None:
        moved = reach.advanced([(name, change(second))])
        marks = reach.marks(moved, at(second))
        reach.commit(moved, saved=marks is not None)
        return marks

    assert kept("x", 1) == {"x": at(1).isoformat(), ALL: at(1).isoformat()}
    assert kept("y", 2) is None
    assert kept("x", 3) is None
    now[0] += 6
    assert kept("z", 4) == {
        "x": at(3).isoformat(), "y": at(2).isoformat(), "z": at(4).isoformat(),
        ALL: at(4).isoformat(),
    }  # fmt: skip
    assert kept("x", 5) is None
    assert reach.marks({}, at(6), now=True) == {"x": at(5).isoformat(), ALL: at(6).isoformat()}


def test_a_later_connection_takes_up_where_the_marks_are(edge: Any) -> None:
    edge.marks = {"x": at(3).isoformat(), ALL: at(9).isoformat()}
    reach = Reach()
    asyncio.run(reach.load(edge, ["x", "new"]))
    assert reach.last == {"x": at(3)}
    assert reach.alive_until == at(9)


def test_what_is_known_here_is_not_overwritten_by_an_older_mark(edge: Any) -> None:
    reach = Reach()
    reach.commit({"x": at(8)}, saved=False)
    edge.marks = {"x": at(3).isoformat()}
    asyncio.run(reach.load(edge, ["x"]))
    assert reach.last == {"x": at(8)}
    assert reach.alive_until is None
