"""One delivery, turned and sorted: what one transaction has to keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twin.live.sourcing.outcome import Held, LotAt, SetAside
from twin.live.sourcing.raw import Item, RawReading, Refused
from twin.live.sourcing.sequences import Counter, Hole
from twin.live.sourcing.turning import Turning
from twin.measurement import Event, Measurement

__all__ = ["Filled", "Work", "followed", "news", "work_of"]


@dataclass(frozen=True, slots=True)
class Filled:
    """Number `number` of `producer`, which was missing, has come."""

    producer: str
    number: int


@dataclass(slots=True)
class Work:
    """What became of the items of one delivery.

    Attributes
    ----------
    passed : int
        Items of channels that nothing maps, and states told again.
    """

    measurements: list[Measurement] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lots: list[LotAt] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    passed: int = 0

    @property
    def records(self) -> int:
        """How many items say something that is kept."""
        return len(self.measurements) + len(self.events) + len(self.lots) + len(self.held)


def work_of(items: Iterable[Item], turning: Turning) -> Work:
    """Turn `items` and sort them by what becomes of them."""
    work = Work()
    places: dict[type, list[Any]] = {
        Measurement: work.measurements,
        Event: work.events,
        LotAt: work.lots,
        Held: work.held,
        SetAside: work.aside,
    }
    for item in items:
        outcome = turning.turn(item)
        if outcome is None:
            work.passed += 1
        else:
            places[type(outcome)].append(outcome)
    return work


def news(items: Iterable[Item], counters: Mapping[str, Counter | None]) -> list[Item]:
    """Without what the carrier repeats, has come, and bears no time by which the store knows it."""
    return [item for item in items if not _known(item, counters)]


def _known(item: Item, counters: Mapping[str, Counter | None]) -> bool:
    if not (isinstance(item, RawReading) and item.repeated):
        return False
    if item.source_time is not None or item.sequence is None:
        return False
    counter = counters.get(item.producer)
    return counter is not None and counter.has(item.sequence)


def followed(items: Sequence[Item], counters: dict[str, Counter | None]) -> list[Hole | Filled]:
    """Lead `counters` through the numbers of `items`; what is missing, and what came late."""
    found: list[Hole | Filled] = []
    for item in items:
        if not isinstance(item, RawReading | Refused) or item.sequence is None:
            continue
        at = _time_of(item)
        known = counters.get(item.producer)
        if known is None:
            counters[item.producer] = Counter(item.sequence, at)
            continue
        again = isinstance(item, RawReading) and item.repeated
        new, hole = known.after(item.producer, item.sequence, at, repeated=again)
        if hole is not None:
            found.append(hole)
        elif new.missing != known.missing:
            found.append(Filled(item.producer, item.sequence))
        counters[item.producer] = new
    return found


def _time_of(item: RawReading | Refused) -> datetime:
    told = item.source_time if isinstance(item, RawReading) else None
    return told or item.received_at
