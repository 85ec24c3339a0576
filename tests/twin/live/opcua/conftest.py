"""An edge that keeps what is delivered, and a server of plain variables in this process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import Server, ua

from process_models.errors import StoreError
from twin.live.sourcing import Item, RawReading

URN = "urn:test:line"
START = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class KeptEdge:
    """Keeps everything in lists; refuses the next `broken` deliveries."""

    items: list[Item] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    broken: int = 0

    async def deliver(self, items: Sequence[Item], marks: Mapping[str, str] | None = None) -> None:
        if self.broken:
            self.broken -= 1
            raise StoreError("disk full")
        self.items.extend(items)
        self.marks.update(marks or {})

    async def mark(self, channel: str) -> str | None:
        return self.marks.get(channel)

    async def connected(self, detail: str = "") -> None:
        self.details.append(detail)

    async def gap(self, channel: str, reason: str, **more: Any) -> None:
        self.gaps.append({"channel": channel, "reason": reason, **more})

    @property
    def readings(self) -> list[RawReading]:
        return [one for one in self.items if isinstance(one, RawReading)]

    def values(self, channel: str) -> list[Any]:
        """What came on a channel, sorted and once each: what a store would hold."""
        held = {r.source_time: r.value for r in self.readings if r.channel == channel}
        return [held[time] for time in sorted(held, key=str) if held[time] is not None]


class Bench:
    """A server with variables `Line/STATION/x`, written by the test."""

    def __init__(self, server: Server, index: int, url: str) -> None:
        self.server, self.index, self.url = server, index, url
        self.nodes: dict[str, Any] = {}

    async def add(self, station: str, *names: str, history: bool = False) -> None:
        objects = self.server.nodes.objects
        children = {(await c.read_browse_name()).Name: c for c in await objects.get_children()}
        line = children.get("Line") or await objects.add_object(self.index, "Line")
        place = await line.add_object(self.index, station)
        for name in names:
            node = await place.add_variable(
                ua.NodeId(f"{station}.{name}", self.index), name, 0.0, ua.VariantType.Double
            )
            if history:
                await self.server.historize_node_data_change(node)
            self.nodes[f"Line/{station}/{name}"] = node

    async def write(
        self, channel: str, value: float | None, second: float, status: int = 0, **times: Any
    ) -> None:
        moment = {"SourceTimestamp": START + timedelta(seconds=second), **times}
        made = ua.DataValue(
            ua.Variant(value, ua.VariantType.Double if value is not None else ua.VariantType.Null),
            StatusCode=ua.StatusCode(status), **moment,
        )  # fmt: skip
        await self.server.write_attribute_value(self.nodes[channel].nodeid, made)


@asynccontextmanager
async def bench(port: int = 0) -> AsyncIterator[Bench]:
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    server = Server()
    await server.init()
    url = f"opc.tcp://127.0.0.1:{port}/bench"
    server.set_endpoint(url)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace(URN)
    async with server:
        yield Bench(server, index, url)


async def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait for `condition`; a test that waits in vain fails."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")


@asynccontextmanager
async def running(source: Any, edge: Any) -> AsyncIterator[asyncio.Task[None]]:
    """`source` delivers to `edge` until the block ends, which is then told to stop."""
    stop = asyncio.Event()
    task = asyncio.create_task(source.run(edge, stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait([task], timeout=20)
        assert task.done()


@pytest.fixture
def edge() -> KeptEdge:
    return KeptEdge()


@pytest.fixture
def serving() -> Any:
    return bench


@pytest.fixture
def follow() -> Any:
    return running


@pytest.fixture
def wait() -> Any:
    return until
