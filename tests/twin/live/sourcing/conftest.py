from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from twin.live.sourcing import Edge, Item, MapRow, RawReading, SourceConfig
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import ControlPlan, reference_plan
from twin.settings import Settings
from twin.store import Store

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


@pytest.fixture
def plan() -> ControlPlan:
    return reference_plan()


def thickness(**settings: Any) -> MapRow:
    """A row of the mapping that makes thickness at the roll of what comes as `gauge`."""
    given = {
        "channel": ChannelPattern("gauge"), "characteristic": "thickness_um", "station": "roll",
        "unit": "um", "lot": "{lot}", **settings,
    }  # fmt: skip
    if given.get("lot_from", "given") != "given":
        given["lot"] = ""
    return MapRow(**given)


@pytest.fixture
def row() -> Callable[..., MapRow]:
    return thickness


def configured(*rows: MapRow, **settings: Any) -> SourceConfig:
    given = {"name": "bench", "kind": "mqtt", "address": "mqtt://127.0.0.1", "settle_s": 0.0}
    return SourceConfig(maps=rows or (thickness(),), **{**given, **settings})


@pytest.fixture
def config() -> Callable[..., SourceConfig]:
    return configured


def raw(value: Any = 60.0, **settings: Any) -> RawReading:
    given = {
        "channel": "gauge", "value": value, "source_time": NOON, "received_at": NOON,
        "fields": {"lot": "L1"}, **settings,
    }  # fmt: skip
    return RawReading(**given)


@pytest.fixture
def reading() -> Callable[..., RawReading]:
    return raw


@dataclass
class ListSource:
    """Delivers batches, then what `after` does."""

    batches: Sequence[Sequence[Item]]
    after: Callable[[], None] = lambda: None
    delivered: list[int] = field(default_factory=list)

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        await out.connected()
        for number, batch in enumerate(self.batches):
            await out.deliver(batch)
            self.delivered.append(number)
        self.after()


@pytest.fixture
def list_source() -> Callable[..., ListSource]:
    return ListSource


@dataclass
class ListEdge:
    """Remembers what a source delivers."""

    items: list[Item] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    gaps: list[tuple[Any, ...]] = field(default_factory=list)
    connections: int = 0

    async def deliver(self, items: Sequence[Item], marks: Mapping[str, str] | None = None) -> None:
        self.items.extend(items)
        self.marks.update(marks or {})

    async def mark(self, channel: str) -> str | None:
        return self.marks.get(channel)

    async def connected(self, detail: str = "") -> None:
        self.connections += 1

    async def gap(
        self, channel: str, reason: str, *, first: int = 0, last: int = 0,
        from_at: datetime | None = None, to_at: datetime | None = None, filled: bool = False,
    ) -> None:  # fmt: skip
        self.gaps.append((channel, reason, first, last))


@pytest.fixture
def list_edge() -> ListEdge:
    return ListEdge()
