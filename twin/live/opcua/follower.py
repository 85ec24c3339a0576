"""Follows one connection: values into the edge, gaps told and filled from the server's history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from asyncua import Client, ua

from process_models.errors import StoreError
from twin.live.opcua.addresses import Addresses
from twin.live.opcua.history import Values, offers_history, read_history
from twin.live.opcua.reach import Reach
from twin.live.opcua.session import LOST
from twin.live.opcua.subscription import Monitoring, Notice, Subscription
from twin.live.opcua.values import Change, item_of, overflowed, time_of
from twin.live.sourcing import Edge
from twin.live.sourcing.template import ChannelPattern

__all__ = ["Follower"]

_POLL_S = 0.2
_WAITING = 64  # messages between the connection and the edge
_MOST_AT_ONCE = 5000
_AT_ONCE = 50  # nodes in one request for history
_RETRY_NODES_S = 15.0
_STORE_BACKOFF_S = (0.1, 5.0)
_TOLD = 3


class Follower:
    """What one connection does until it is lost or told to stop.

    Parameters
    ----------
    client : asyncua.Client
        Connected.
    out : Edge
        Where readings and gaps go.
    patterns : sequence of ChannelPattern
        What is watched.
    monitoring : Monitoring
        How it is watched.
    reach : Reach
        How far earlier connections have come.
    history : bool
        Whether the server is asked for its history.
    """

    def __init__(
        self,
        client: Client,
        out: Edge,
        patterns: Sequence[ChannelPattern],
        monitoring: Monitoring,
        reach: Reach,
        *,
        history: bool,
    ) -> None:
        self._client = client
        self._out = out
        self._patterns = patterns
        self._reach = reach
        self._history = history
        self._waiting: asyncio.Queue[Notice] = asyncio.Queue(_WAITING)
        self._subscription = Subscription(client, monitoring, self._waiting.put)
        self._nodes: dict[str, ua.NodeId] = {}
        self._refused: dict[str, str] = {}
        self._offered: frozenset[str] = frozenset()
        self._heard: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set.

        Raises
        ------
        ConnectionError
            When the server is gone or silent.
        """
        await self._subscription.start()
        await self._watch_all()
        # Until the gap is told, marks say that it is still there: this connection may die too.
        self._heard, begun = self._reach.alive_until, datetime.now(UTC)
        await self._bridge("not_connected", self._heard, begun)
        self._heard = begun
        try:
            await self._follow(stop)
        finally:
            # What has come is kept, and how far it reaches, for whoever connects next.
            await self._deliver(self._now_waiting(), stop)
            await self._keep([], stop, now=True)

    async def _follow(self, stop: asyncio.Event) -> None:
        retried = time.monotonic()
        while not stop.is_set():
            self._subscription.check()
            await self._deliver_next(stop)
            if self._refused and time.monotonic() - retried > _RETRY_NODES_S:
                await self._watch_all()
                retried = time.monotonic()

    async def _watch_all(self) -> None:
        """Watch what is not watched yet, and say which nodes there are not."""
        addresses = Addresses(self._client)
        before = self._refused
        fresh: dict[str, ua.NodeId] = {}
        self._refused = {}
        for pattern in self._patterns:
            found = await addresses.find(pattern)
            fresh |= {c: node for c, node in found.items() if c not in self._nodes}
            if not found:
                self._refused[pattern.text] = "BadNotFound"
        await self._reach.load(self._out, fresh)
        self._refused |= await self._subscription.add(fresh)
        watched = {c: node for c, node in fresh.items() if c not in self._refused}
        self._nodes |= watched
        if self._history and watched:
            self._offered |= await offers_history(self._client, watched)
        await self._out.connected(self._detail())
        for channel in self._refused.keys() - before.keys():
            await self._out.gap(channel, f"not_watched {self._refused[channel]}")
        for channel in before.keys() - self._refused.keys():
            filled = channel in watched and await self._fill({channel: watched[channel]})
            await self._out.gap(
                channel, f"not_watched {before[channel]}", to_at=datetime.now(UTC), filled=filled
            )

    def _detail(self) -> str:
        parts = [f"{len(self._nodes)} nodes, history of {len(self._offered)}"]
        if self._refused:
            told = sorted(self._refused)[:_TOLD]
            names = ", ".join(f"{name} ({self._refused[name]})" for name in told)
            more = len(self._refused) - len(told)
            parts.append(f"not watched: {names}" + (f" and {more} more" if more else ""))
        return "; ".join(parts)

    async def _deliver_next(self, stop: asyncio.Event) -> None:
        """Deliver what comes next, or nothing where nothing comes soon."""
        try:
            first = await asyncio.wait_for(self._waiting.get(), _POLL_S)
        except TimeoutError:
            first = None
        notices = [] if first is None else [first, *self._now_waiting(_MOST_AT_ONCE)]
        await self._deliver(notices, stop)
        if self._waiting.empty():  # all that was heard is delivered
            self._heard = self._subscription.heard

    def _now_waiting(self, most: int | None = None) -> list[Notice]:
        """Messages that wait now; no more once they hold `most` values."""
        notices: list[Notice] = []
        held = 0
        for _ in range(self._waiting.qsize()):
            if most is not None and held >= most:
                break
            notices.append(self._waiting.get_nowait())
            held += len(notices[-1].values)
        return notices

    async def _deliver(self, notices: list[Notice], stop: asyncio.Event) -> None:
        """Deliver `notices`; a lost message or a full queue is told and filled first."""
        values: Values = []
        for notice in notices:
            if notice.lost is not None:
                await self._keep(values, stop)
                values = []
                lost = notice.lost
                await self._bridge(
                    "message_lost", self._heard, datetime.now(UTC), first=lost.first, last=lost.last
                )
            for channel, value in notice.values:
                if overflowed(value):
                    await self._keep(values, stop)
                    values = []
                    await self._overflow(channel, value)
                values.append((channel, value))
            self._heard = notice.heard_at or self._heard
        await self._keep(values, stop)

    async def _keep(
        self,
        values: Values,
        stop: asyncio.Event | None = None,
        *,
        historical: bool = False,
        now: bool = False,
    ) -> None:
        """Deliver `values`; while the store cannot take them they wait, and so does the server."""
        moved = self._reach.advanced(values)
        marks = self._reach.marks(moved, self._heard, now=now)
        if not values and marks is None:
            return
        received = datetime.now(UTC)
        items = [item_of(c, value, received, historical=historical) for c, value in values]
        backoff_s, longest_s = _STORE_BACKOFF_S
        while True:
            try:
                await self._out.deliver(items, marks)
                break
            except StoreError:
                if stop is not None and stop.is_set():
                    raise
                await asyncio.sleep(backoff_s)
                backoff_s = min(2 * backoff_s, longest_s)
        self._reach.commit(moved, saved=marks is not None)

    async def _overflow(self, channel: str, value: Change) -> None:
        """The queue of one channel was full: its history is read up to `value`."""
        start, end = self._reach.last.get(channel), time_of(value)
        node = self._nodes.get(channel)
        filled = False
        if start is not None and end is not None and node is not None:
            filled = await self._fill({channel: node}, end)
        await self._out.gap(channel, "overflow", from_at=start, to_at=end, filled=filled)

    async def _bridge(
        self, reason: str, since: datetime | None, until: datetime, *, first: int = 0, last: int = 0
    ) -> None:
        """Tell that all channels were without `since`, and fill what the history holds."""
        if since is None:
            return
        filled = await self._fill(self._nodes)
        await self._out.gap(
            "", reason, first=first, last=last, from_at=since, to_at=until, filled=filled
        )

    async def _fill(self, nodes: Mapping[str, ua.NodeId], end: datetime | None = None) -> bool:
        """Read the history of `nodes` from where each stands; True when none has a hole left."""
        stands = {c: self._reach.last[c] for c in nodes if c in self._reach.last}
        wanted = sorted((c for c in stands if c in self._offered), key=stands.__getitem__)
        reached: set[str] = set()
        for place in range(0, len(wanted), _AT_ONCE):
            part = {channel: nodes[channel] for channel in wanted[place : place + _AT_ONCE]}
            start = stands[wanted[place]]
            try:
                async for page in read_history(self._client, part, start, end):
                    reached |= {c for c, value in page if time_of(value) == stands[c]}
                    await self._keep(_later(page, stands), historical=True)
            except ua.UaStatusCodeError:
                continue  # these nodes stay unreached
            except LOST as error:
                raise ConnectionError(f"history cannot be read: {error}") from error
        return bool(nodes) and reached == set(stands)


def _later(page: Values, stands: Mapping[str, datetime]) -> Values:
    """Values after what is known; those at the same time may be other values, and stay."""
    kept = []
    for channel, value in page:
        made = time_of(value)
        if made is not None and made >= stands[channel]:
            kept.append((channel, value))
    return kept
