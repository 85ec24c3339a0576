"""Any server's variables over the real wire, on a free loopback port."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twin.live.opcua.mapped import MappedSource
from twin.live.opcua.subscription import Monitoring
from twin.live.sourcing import Refused
from twin.live.sourcing.template import ChannelPattern

START = datetime(2026, 1, 5, tzinfo=UTC)
FAST = Monitoring(publishing_ms=20.0, keepalive_s=0.3)
X, Y = "Line/roll/x", "Line/roll/y"


def source(url: str, *channels: str, **more: Any) -> MappedSource:
    return MappedSource(url, tuple(map(ChannelPattern, channels)), monitoring=FAST, **more)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def test_every_value_comes_with_its_time_and_status(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            async with follow(source(bench.url, "Line/{station}/x"), edge):
                await wait(lambda: edge.details)
                for n in range(1, 101):
                    await bench.write(X, n / 7, n, status=0x40000000 if n == 50 else 0)
                await wait(lambda: len(edge.values(X)) >= 101)

    asyncio.run(play())
    seen = [one for one in edge.readings if one.source_time >= at(1) and one.source_time <= at(100)]
    assert [(one.channel, one.value, one.source_time) for one in seen] == [
        (X, n / 7, at(n)) for n in range(1, 101)
    ]
    assert [one.status for one in seen] == [0x40000000 if n == 50 else 0 for n in range(1, 101)]
    assert edge.gaps == []


def test_the_same_value_read_again_is_another_reading(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            async with follow(source(bench.url, X), edge):
                await wait(lambda: edge.details)
                for n in (1, 2, 3):
                    await bench.write(X, 60.0, n)
                await wait(lambda: edge.values(X).count(60.0) == 3)

    asyncio.run(play())


def test_without_a_source_time_the_servers_is_taken_and_said(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            async with follow(source(bench.url, X), edge):
                await wait(lambda: edge.details)
                await bench.write(X, 1.0, 0, SourceTimestamp=None, ServerTimestamp=at(9))
                await wait(lambda: 1.0 in edge.values(X))

    asyncio.run(play())
    (one,) = [r for r in edge.readings if r.value == 1.0]
    assert (one.source_time, dict(one.fields)) == (at(9), {"time_from": "server"})


def test_bad_values_and_arrays_are_said_as_they_are(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    from asyncua import ua

    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            node = await bench.server.nodes.objects.add_variable(bench.index, "List", [1.0, 2.0])
            listed = node.nodeid.to_string()
            async with follow(source(bench.url, X, listed), edge):
                await wait(lambda: edge.details)
                await bench.write(X, None, 5, status=ua.StatusCodes.BadSensorFailure)
                await wait(lambda: any(r.value is None for r in edge.readings))

    asyncio.run(play())
    (bad,) = [r for r in edge.readings if r.value is None]
    assert bad.status == 0x808C0000
    (refused,) = [one for one in edge.items if isinstance(one, Refused)]
    assert refused.rule == "a value must be a number, a text or a truth, got list"


def test_nodes_are_found_by_id_by_namespace_uri_by_path_and_by_pattern(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x", "y")
            await bench.add("wind", "x")
            channels = (
                f"ns={bench.index};s=roll.x", "nsu=urn:test:line;s=roll.y",
                f"{bench.index}:Line/wind/x", "Line/+/y",
            )  # fmt: skip
            async with follow(source(bench.url, *channels), edge):
                await wait(lambda: len({r.channel for r in edge.readings}) >= 4)
            async with follow(source(bench.url, "Line/#"), edge):
                await wait(lambda: len({r.channel for r in edge.readings}) >= 5)

    asyncio.run(play())
    assert {r.channel for r in edge.readings} >= {
        "nsu=urn:test:line;s=roll.y", "Line/wind/x", "Line/roll/y", "Line/roll/x",
    }  # fmt: skip


def test_a_node_that_is_not_there_is_named_and_tried_again(
    edge: Any, serving: Any, follow: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.live.opcua.follower._RETRY_NODES_S", 0.2)

    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            late = f"ns={bench.index};s=late.z"
            async with follow(source(bench.url, X, late, "Line/late/z"), edge):
                await wait(lambda: edge.details)
                assert edge.details[0] == (
                    "1 nodes, history of 0; not watched: Line/late/z (BadNotFound), "
                    f"{late} (BadNodeIdUnknown)"
                )
                await bench.add("late", "z")
                await bench.write("Line/late/z", 3.0, 1)
                await wait(lambda: edge.values(late)[-1:] == [3.0] == edge.values("Line/late/z"))
                assert edge.details[-1] == "3 nodes, history of 0"
            told = [(g["channel"], g["reason"], g.get("filled")) for g in edge.gaps]
            assert sorted(told[:2]) == sorted(
                [("Line/late/z", "not_watched BadNotFound", None),
                 (late, "not_watched BadNodeIdUnknown", None)]
            )  # fmt: skip
            assert {one[0] for one in told[2:]} == {"Line/late/z", late}

    asyncio.run(play())


def test_an_overflow_is_a_gap_and_the_history_fills_it(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    """The queue of x drops 2 and 3; y drops the same and has no history."""

    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x", history=True)
            await bench.add("wind", "y")
            channels = (X, "Line/wind/y")
            async with follow(source(bench.url, *channels), edge):
                await wait(lambda: edge.details)
                for channel in channels:
                    await bench.write(channel, 1.0, 1)
                await wait(lambda: all(1.0 in edge.values(c) for c in channels))
                storage = bench.server.iserver.history_manager.storage
                kept = storage._datachanges[bench.nodes[X].nodeid]
                await wait(lambda: len(kept) >= 2)
                from asyncua import ua

                kept += [
                    ua.DataValue(ua.Variant(v, ua.VariantType.Double), SourceTimestamp=at(v))
                    for v in (2.0, 3.0)
                ]
                for channel in channels:
                    await bench.write(channel, 4.0, 4, status=0x480)
                await wait(lambda: len(edge.gaps) == 2)

    asyncio.run(play())
    assert edge.values(X)[:4] == [1.0, 2.0, 3.0, 4.0]
    assert edge.values("Line/wind/y")[:2] == [1.0, 4.0]
    told = {g["channel"]: (g["reason"], g["from_at"], g["to_at"], g["filled"]) for g in edge.gaps}
    assert told == {
        X: ("overflow", at(1), at(4), True), "Line/wind/y": ("overflow", at(1), at(4), False),
    }  # fmt: skip


def test_a_store_that_cannot_write_holds_the_values_back(
    edge: Any, serving: Any, follow: Any, wait: Any
) -> None:
    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            async with follow(source(bench.url, X), edge):
                await wait(lambda: edge.values(X))
                edge.broken = 3
                for n in range(1, 21):
                    await bench.write(X, float(n), n)
                await wait(lambda: 20.0 in edge.values(X))

    asyncio.run(play())
    assert edge.values(X)[:20] == [float(n) for n in range(1, 21)]
    assert edge.gaps == []


def test_a_server_that_is_gone_is_an_error(edge: Any, serving: Any, follow: Any, wait: Any) -> None:
    async def play() -> None:
        async with serving() as bench:
            await bench.add("roll", "x")
            made = source(bench.url, X)
            task = asyncio.create_task(made.run(edge, asyncio.Event()))
            await wait(lambda: edge.details)
        with pytest.raises(ConnectionError, match=r"127\.0\.0\.1"):
            await asyncio.wait_for(task, 15)

    asyncio.run(play())


def test_a_connection_that_dies_while_it_fills_leaves_the_gap_to_the_next(
    edge: Any, serving: Any, follow: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second connection brings history and dies before it tells the gap; the third tells it."""
    tell = edge.gap

    async def dies(*_: Any, **__: Any) -> None:
        raise ConnectionError("gone while the gap was told")

    async def play() -> datetime:
        async with serving() as bench:
            await bench.add("roll", "x", history=True)
            async with follow(source(bench.url, X), edge):
                await wait(lambda: edge.details)
                await bench.write(X, 1.0, 1)
                await wait(lambda: 1.0 in edge.values(X))
            first = datetime.fromisoformat(edge.marks["*"])
            await bench.write(X, 2.0, 2)
            monkeypatch.setattr(edge, "gap", dies)
            with pytest.raises(ConnectionError, match="gone while"):
                await source(bench.url, X).run(edge, asyncio.Event())
            assert datetime.fromisoformat(edge.marks["*"]) == first
            monkeypatch.setattr(edge, "gap", tell)
            async with follow(source(bench.url, X), edge):
                await wait(lambda: edge.gaps)
            return first

    first = asyncio.run(play())
    assert 2.0 in edge.values(X)
    (gap,) = edge.gaps
    assert (gap["reason"], gap["from_at"], gap["filled"]) == ("not_connected", first, True)
