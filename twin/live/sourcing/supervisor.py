"""Keeps every source running: each on its own, each tried again, later each time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from process_models.errors import LacssError
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.kinds import source_of
from twin.live.sourcing.mapping import SourceConfig
from twin.live.sourcing.source import Source
from twin.live.sourcing.waits import pause
from twin.monitoring.plan import ControlPlan
from twin.store import Receipt, Store
from twin.store.sources import SourceState, beat

__all__ = ["HEARTBEAT", "SourceOutcome", "Supervisor"]

_log = logging.getLogger(__name__)
HEARTBEAT = "collector"
_BEAT_S = 5.0
_CONNECT_S = 10.0
_FIRST_BACKOFF_S = 0.2
_LONGEST_BACKOFF_S = 8.0
Make = Callable[[SourceConfig], Source]


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """How a source was doing when the supervisor stopped, and what it brought."""

    state: SourceState
    receipt: Receipt


class Supervisor:
    """Runs sources until told to stop; a source that ends or fails stops no other.

    Parameters
    ----------
    store : Store
    plan : ControlPlan
    configs : sequence of SourceConfig
    idle_s : float or None
        End when nothing has come from any source for so long; None: never.
    make : callable
        What makes the source of a config.
    tick_s : float
        How often states are noted.
    """

    def __init__(
        self, store: Store, plan: ControlPlan, configs: Sequence[SourceConfig], *,
        idle_s: float | None = None, make: Make = source_of, tick_s: float = 1.0,
        longest_backoff_s: float = _LONGEST_BACKOFF_S,
    ) -> None:  # fmt: skip
        self._store = store
        self._idle_s = idle_s
        self._make = make
        self._tick_s = tick_s
        self._longest_backoff_s = longest_backoff_s
        self.edges = tuple(LiveEdge(config, store, plan) for config in configs)

    async def run(self, stop: asyncio.Event) -> tuple[SourceOutcome, ...]:
        """Collect until `stop` is set, every source has ended, or nothing more comes."""
        ended = asyncio.Event()
        telling = asyncio.create_task(self._tell(stop, ended))
        try:
            await asyncio.gather(*(self._keep_running(edge, stop) for edge in self.edges))
        finally:
            ended.set()
            await telling
            meant = asyncio.to_thread(beat, self._store, HEARTBEAT, _BEAT_S, "stopped")
            await _noted(meant, HEARTBEAT)
        now = datetime.now(UTC)
        return tuple(SourceOutcome(edge.tally.now(now), edge.receipt) for edge in self.edges)

    async def _keep_running(self, edge: LiveEdge, stop: asyncio.Event) -> None:
        backoff_s = _FIRST_BACKOFF_S
        while not stop.is_set():
            before = edge.tally.state.records
            if await self._once(edge, stop):
                break
            if edge.tally.state.records > before:
                backoff_s = _FIRST_BACKOFF_S
            await pause(backoff_s, stop)
            backoff_s = min(2 * backoff_s, self._longest_backoff_s)
        await self._last_word(edge)

    async def _once(self, edge: LiveEdge, stop: asyncio.Event) -> bool:
        """Run the source once; True when it ended of itself."""
        name = edge.config.name
        try:
            await self._make(edge.config).run(edge, stop)
        except ConnectionError as error:
            _log.info("source %s: %s", name, error)
            await _noted(edge.lost(str(error)), name)
        except LacssError as error:
            _log.warning("source %s: %s", name, error)
            await _noted(edge.lost(str(error), failed=True), name)
        except Exception as error:  # noqa: BLE001 - one source's fault must not end the others
            _log.exception("source %s failed", name)
            detail = f"{type(error).__name__}: {error}"
            await _noted(edge.lost(detail, failed=True), name)
        else:
            return True
        return False

    async def _last_word(self, edge: LiveEdge) -> None:
        if edge.tally.state.state in ("connecting", "connected"):
            await _noted(edge.stopped(), edge.config.name)

    async def _tell(self, stop: asyncio.Event, ended: asyncio.Event) -> None:
        """Settle what waits, note how each source is doing, and say that this is alive."""
        while not ended.is_set():
            for edge in self.edges:
                await _noted(edge.settle(), edge.config.name)
                await _noted(edge.note(), edge.config.name)
            await _noted(asyncio.to_thread(beat, self._store, HEARTBEAT, _BEAT_S), HEARTBEAT)
            if self._idle():
                stop.set()
            await pause(self._tick_s, ended)
        for edge in self.edges:
            await _noted(edge.settle(), edge.config.name)

    def _idle(self) -> bool:
        if self._idle_s is None:
            return False
        return all(self._is_silent(edge, self._idle_s) for edge in self.edges)

    def _is_silent(self, edge: LiveEdge, idle_s: float) -> bool:
        waited_s = (datetime.now(UTC) - edge.heard_at).total_seconds()
        connecting = edge.tally.state.state == "connecting"
        return waited_s > (max(idle_s, _CONNECT_S) if connecting else idle_s)


async def _noted(saying: Awaitable[object], name: str) -> None:
    """What is said about a source must not end it: a full disk is told in the log."""
    try:
        await saying
    except LacssError as error:
        _log.warning("%s: %s", name, error)
