from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from twin.live.wire import Batch, Record
from twin.measurement import Event, Measurement

START = datetime(2026, 1, 5, tzinfo=UTC)


def made(number: int) -> Record:
    """Record `number` of a source that makes one a minute, events and measurements in turn."""
    at = START + timedelta(minutes=number)
    if number % 3 == 0:
        return Event(
            occurred_at=at, station="roll", event="start", lot_id=f"L{number:05d}",
            source="bench", sequence=number, provenance="simulated",
        )
    return Measurement(
        measured_at=at, lot_id=f"L{number:05d}", station="roll", characteristic="thickness_um",
        value=60 + number / 7, unit="um", position=number % 5 + 1, source="bench",
        sequence=number, provenance="simulated",
    )


@dataclass
class CountedSource:
    """Records 1 to `n`, the same every time."""

    n: int
    source: str = "bench"
    asked: list[int] = field(default_factory=list)

    def records(self, after: int = 0) -> Iterator[Record]:
        self.asked.append(after)
        return (made(number) for number in range(after + 1, self.n + 1))


@dataclass
class ListSink:
    """Keeps what is committed."""

    kept: list[Record] = field(default_factory=list)

    def committed(self, source: str) -> int:
        return self.kept[-1].sequence if self.kept else 0

    def commit(self, batch: Batch) -> None:
        self.kept.extend(batch.records)


@pytest.fixture
def record() -> Callable[[int], Record]:
    return made


@pytest.fixture
def start() -> datetime:
    return START


@pytest.fixture
def source_of() -> Callable[[int], CountedSource]:
    return CountedSource


@pytest.fixture
def sink() -> ListSink:
    return ListSink()
