from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mosquitto_broker import MosquittoBroker
from twin.live.sourcing import MapRow, SourceConfig
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import ControlPlan, reference_plan
from twin.settings import Settings
from twin.store import Store


@pytest.fixture
def broker_of(tmp_path: Path) -> Iterator[Callable[..., MosquittoBroker]]:
    made: list[MosquittoBroker] = []

    def make(**settings: Any) -> MosquittoBroker:
        folder = tmp_path / f"broker{len(made)}"
        folder.mkdir()
        made.append(MosquittoBroker(folder, **settings))
        return made[-1].start()

    yield make
    for broker in made:
        broker.kill()


@pytest.fixture
def broker(broker_of: Callable[..., MosquittoBroker]) -> MosquittoBroker:
    return broker_of()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


@pytest.fixture
def plan() -> ControlPlan:
    return reference_plan()


@pytest.fixture
def json_row() -> Callable[..., MapRow]:
    def make(**settings: Any) -> MapRow:
        given = {
            "channel": ChannelPattern("line/{station}/thickness"), "value": "v", "time": "t",
            "sequence": "n", "characteristic": "thickness_um", "station": "{station}",
            "unit": "um", "lot": "{lot}", "fields": {"lot": "lot"}, **settings,
        }  # fmt: skip
        return MapRow(**given)

    return make


@pytest.fixture
def json_config(json_row: Callable[..., MapRow]) -> Callable[..., SourceConfig]:
    def make(address: str, *rows: MapRow, **settings: Any) -> SourceConfig:
        given = {"name": "gauges", "kind": "mqtt", "time_unit": "s", **settings}
        return SourceConfig(address=address, maps=rows or (json_row(),), **given)

    return make


class ListOut:
    """An edge that remembers."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.gaps: list[Any] = []
        self.marks: dict[str, str] = {}
        self.connections = 0

    async def deliver(self, items: Any, marks: Any = None) -> None:
        self.items.extend(items)
        self.marks.update(marks or {})

    async def mark(self, channel: str) -> str | None:
        return self.marks.get(channel)

    async def connected(self, detail: str = "") -> None:
        self.connections += 1

    async def gap(self, channel: str, reason: str, **numbers: Any) -> None:
        self.gaps.append((channel, reason, numbers))


@pytest.fixture
def list_out() -> ListOut:
    return ListOut()
