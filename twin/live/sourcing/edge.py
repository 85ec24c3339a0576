"""The edge of one source: turns what it delivers, keeps it, counts it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twin.live.sourcing.keeping import Keeper
from twin.live.sourcing.mapping import SourceConfig
from twin.live.sourcing.outcome import SetAside
from twin.live.sourcing.raw import Item, RawReading, Refused
from twin.live.sourcing.sequences import Counter
from twin.live.sourcing.source import FileRows
from twin.live.sourcing.tally import Tally
from twin.live.sourcing.turning import Turning
from twin.live.sourcing.work import followed, news, work_of
from twin.monitoring.plan import ControlPlan
from twin.store import Receipt, Store
from twin.store.gaps import Gap, fill_gap, note_gap
from twin.store.importing import import_file
from twin.store.limited import read_limited
from twin.store.sources import note_source, sources

__all__ = ["LiveEdge"]

_COUNTER = "counter "
_KEPT_AN_HOUR = 20


def _now() -> datetime:
    return datetime.now(UTC)


class LiveEdge:
    """The `Edge` of one source over a store.

    Parameters
    ----------
    config : SourceConfig
    store : Store
    plan : ControlPlan
        Units and plausible ranges.
    clock : callable
        The time now, aware.

    Attributes
    ----------
    tally : Tally
    receipt : Receipt
        What became of everything that was delivered.
    heard_at : datetime
        When it was last delivered to, or made.
    """

    def __init__(
        self, config: SourceConfig, store: Store, plan: ControlPlan,
        clock: Callable[[], datetime] = _now,
    ) -> None:  # fmt: skip
        self.config = config
        self._store = store
        self._plan = plan
        self._clock = clock
        self._turning = Turning(config, plan.find)
        self._keeper = Keeper(store, config, plan.late_after_s)
        self._counters: dict[str, Counter | None] = {}
        self._aside_lately: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._one_at_a_time = asyncio.Lock()
        known = {one.source: one for one in sources(store)}
        self.tally = Tally(config, known.get(config.name))
        self.receipt = Receipt()
        self.heard_at = clock()

    async def deliver(self, items: Sequence[Item], marks: Mapping[str, str] | None = None) -> None:
        """Keep `items` and `marks`; durable when this returns. See `Edge.deliver`."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self._deliver, items, dict(marks or {}))

    def _deliver(self, items: Sequence[Item], marks: dict[str, str]) -> None:
        now = self._clock()
        counters = self._counters_of(items)
        items = news(items, counters)
        found = followed(items, counters)
        work = work_of(items, self._turning)
        told = {_COUNTER + name: one.mark for name, one in counters.items() if one is not None}
        self.receipt += self._keeper.commit(
            work, {**told, **marks}, found, self._worth_keeping(work.aside, now)
        )
        self._counters.update(counters)
        self.tally.count(items, work.records, len(work.aside), now)
        self.heard_at = now

    async def take_file(self, path: Path, rows: FileRows) -> dict[str, Any]:
        """Import one table. See `FileEdge.take_file`."""
        async with self._one_at_a_time:
            report = await asyncio.to_thread(
                import_file, self._store, path, kind=rows.kind, mapping=rows.mapping,
                timezone=rows.timezone, user=self.config.name, plan=self._plan,
                read=read_limited,
            )  # fmt: skip
        self.receipt += Receipt(report.accepted, report.duplicates, report.conflicts, report.late)
        n = report.accepted + report.duplicates + report.conflicts
        self.tally.count((), n, report.quarantined, self._clock())
        self.heard_at = self._clock()
        return report.to_dict()

    def _counters_of(self, items: Sequence[Item]) -> dict[str, Counter | None]:
        """The counters of the producers of `items`, as they were last committed."""
        producers = {
            item.producer
            for item in items
            if isinstance(item, RawReading | Refused) and item.sequence is not None
        }
        for producer in producers - self._counters.keys():
            mark = self._keeper.mark(_COUNTER + producer)
            self._counters[producer] = Counter.read(mark)
        return {producer: self._counters[producer] for producer in producers}

    def _worth_keeping(self, aside: Sequence[SetAside], now: datetime) -> list[SetAside]:
        """The first twenty an hour of a channel and a rule; the others are counted only."""
        hour = int(now.timestamp() // 3600)
        if len(self._aside_lately) > 10_000:
            self._aside_lately.clear()
        kept = []
        for one in aside:
            key = (one.channel, one.rule, hour)
            self._aside_lately[key] += 1
            if self._aside_lately[key] <= _KEPT_AN_HOUR:
                kept.append(one)
        return kept

    async def mark(self, channel: str) -> str | None:
        """The mark last kept for `channel`."""
        return await asyncio.to_thread(self._keeper.mark, channel)

    async def connected(self, detail: str = "") -> None:
        """The source is reached."""
        self.heard_at = self._clock()
        self.tally.says("connected", detail, self.heard_at)
        await self.note()

    async def lost(self, detail: str, *, failed: bool = False) -> None:
        """The source is gone, or cannot work as it is set up."""
        self.tally.says("failed" if failed else "disconnected", detail, self._clock())
        await self.note()

    async def stopped(self) -> None:
        """The source was told to stop, and did."""
        self.tally.says("stopped", "", self._clock())
        await self.note()

    async def gap(
        self, channel: str, reason: str, *, first: int = 0, last: int = 0,
        from_at: datetime | None = None, to_at: datetime | None = None, filled: bool = False,
    ) -> None:  # fmt: skip
        """Report that something is missing, or was. See `Edge.gap`."""
        gap = Gap(
            source=self.config.name, channel=channel, reason=reason, first_missing=first,
            last_missing=last, from_at=from_at, to_at=to_at,
        )  # fmt: skip
        await asyncio.to_thread(self._note, gap, filled)

    def _note(self, gap: Gap, filled: bool) -> None:
        with self._store.database.writing() as connection:
            number = note_gap(connection, gap)
            if filled:
                fill_gap(connection, number)

    async def settle(self) -> None:
        """Store what has waited long enough for its lot."""
        async with self._one_at_a_time:
            receipt, refused = await asyncio.to_thread(self._keeper.settle)
        self.receipt += receipt
        if refused:
            self.tally.count((), -refused, refused, self._clock())

    async def note(self) -> None:
        """Keep how the source is doing."""
        await asyncio.to_thread(note_source, self._store, self.tally.now(self._clock()))
