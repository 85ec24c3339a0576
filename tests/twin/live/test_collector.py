"""Over the real wire: an OPC UA server on a free loopback port, and the collector."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from twin.live.clock import PlantClock
from twin.live.collector import Collector
from twin.live.opcua.server import PlantServer
from twin.live.opcua.transfer import Delivery, OpcUaSource
from twin.live.wire import Batch

CHARACTERISTICS = {"roll": [("thickness_um", "um")]}


def served(
    source: Any, start: datetime, use: Callable[[PlantServer], Awaitable[Any]], **options: Any
) -> Any:
    """What `use` returns while `source` is served as fast as it is read."""

    async def both() -> Any:
        clock = PlantClock(start, math.inf)
        async with PlantServer(source, clock, CHARACTERISTICS, **options) as server:
            stop = asyncio.Event()
            serving = asyncio.create_task(server.serve(stop))
            try:
                return await asyncio.wait_for(use(server), 60)
            finally:
                stop.set()
                await serving

    return asyncio.run(both())


def test_everything_arrives_once_and_in_order(
    source_of: Callable[[int], Any], sink: Any, start: datetime
) -> None:
    async def use(server: PlantServer) -> Any:
        return await Collector(server.url, sink, until_ended=True).run(asyncio.Event())

    report = served(source_of(3000), start, use, window=1000, batch=100)
    assert [r.sequence for r in sink.kept] == list(range(1, 3001))
    assert (report.records, report.committed, report.gaps) == (3000, 3000, 0)


def test_a_second_collector_goes_on_where_the_first_was(
    source_of: Callable[[int], Any], sink: Any, start: datetime
) -> None:
    async def use(server: PlantServer) -> None:
        stop = asyncio.Event()

        def at_half(report: Any) -> None:
            if report.records >= 200:
                stop.set()

        await Collector(server.url, sink, on_commit=at_half).run(stop)
        assert 200 <= len(sink.kept) < 600
        await Collector(server.url, sink, until_ended=True).run(asyncio.Event())

    served(source_of(1500), start, use, window=150, batch=50)
    assert [r.sequence for r in sink.kept] == list(range(1, 1501))


def test_what_the_reader_lost_is_sent_again(
    source_of: Callable[[int], Any], sink: Any, start: datetime
) -> None:
    async def use(server: PlantServer) -> None:
        await Collector(server.url, sink, until_ended=True).run(asyncio.Event())
        sink.kept.clear()
        await Collector(server.url, sink, until_ended=True).run(asyncio.Event())

    served(source_of(300), start, use)
    assert [r.sequence for r in sink.kept] == list(range(1, 301))


def test_a_batch_lost_on_the_way_is_noticed_and_asked_for(
    source_of: Callable[[int], Any], sink: Any, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = OpcUaSource.next
    lost: list[Batch] = []

    async def forgetful(self: OpcUaSource, timeout_s: float) -> Delivery | None:
        delivery = await through(self, timeout_s)
        if delivery is not None and delivery.batch.first == 101 and not lost:
            lost.append(delivery.batch)
            return await through(self, timeout_s)
        return delivery

    monkeypatch.setattr(OpcUaSource, "next", forgetful)

    async def use(server: PlantServer) -> Any:
        return await Collector(server.url, sink, until_ended=True).run(asyncio.Event())

    report = served(source_of(1000), start, use, window=1000, batch=100)
    assert [r.sequence for r in sink.kept] == list(range(1, 1001))
    assert len(lost) == 1
    assert report.gaps >= 1


def test_an_idle_source_ends_the_collection(
    source_of: Callable[[int], Any], sink: Any, start: datetime
) -> None:
    async def use(server: PlantServer) -> Any:
        return await Collector(server.url, sink, idle_s=0.3).run(asyncio.Event())

    assert served(source_of(10), start, use).records == 10


def test_nobody_there_is_said_after_the_time_given(sink: Any) -> None:
    collector = Collector("opc.tcp://127.0.0.1:9/none", sink, connect_s=0.3)
    with pytest.raises(ConnectionError, match="none cannot be reached"):
        asyncio.run(collector.run(asyncio.Event()))


def test_the_nodes_show_the_newest_values(
    source_of: Callable[[int], Any], sink: Any, record: Callable[[int], Any], start: datetime
) -> None:
    from asyncua import Client

    async def use(server: PlantServer) -> tuple[Any, Any, Any]:
        await Collector(server.url, sink, until_ended=True).run(asyncio.Event())
        async with Client(server.url) as client:
            index = await client.get_namespace_index("urn:lacss-twin:line")
            path = [f"{index}:{name}" for name in ("Line", "roll", "thickness_um")]
            node = await client.nodes.objects.get_child(path)
            unit = await (await node.get_child(f"{index}:Unit")).read_value()
            value = await node.read_data_value()
            return value.Value.Value, value.SourceTimestamp, unit

    assert served(source_of(20), start, use) == (record(20).value, record(20).measured_at, "um")
