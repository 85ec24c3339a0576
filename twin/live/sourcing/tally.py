"""How one source is doing: counts, rate, clock, and what it last had to say."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from twin.live.sourcing.mapping import SourceConfig
from twin.live.sourcing.raw import Item, Refused
from twin.measurement import Event, Measurement
from twin.store.sources import SourceState

__all__ = ["Tally"]

_OVER = timedelta(seconds=60)
_CLOCKS = 200
_LONGEST_DETAIL = 400
Condition = Literal["connecting", "connected", "disconnected", "stopped", "failed"]


class Tally:
    """Counts what a source delivers, and says how it is doing.

    Parameters
    ----------
    config : SourceConfig
    known : SourceState or None
        What was counted before this process.
    """

    def __init__(self, config: SourceConfig, known: SourceState | None = None) -> None:
        fresh = SourceState(source=config.name, kind=config.kind, address=config.address)
        self.state = fresh if known is None else replace(
            known, kind=config.kind, address=config.address, state="connecting",
            connected_since=None, detail="",
        )  # fmt: skip
        self._lately: deque[tuple[datetime, int]] = deque()
        self._behind: deque[float] = deque(maxlen=_CLOCKS)

    def count(self, items: Iterable[Item], records: int, refused: int, now: datetime) -> None:
        """So many records were kept and refused; `items` say when they were read."""
        newest, number = self.state.last_record_at, self.state.last_sequence
        for item in items:
            at, told = self._see(item)
            if at is not None and (newest is None or at > newest):
                newest, number = at, told
        n = max(records, 0) + max(refused, 0)
        self._lately.append((now, n))
        self.state = replace(
            self.state, records=self.state.records + records,
            refused=self.state.refused + refused, last_record_at=newest, last_sequence=number,
            last_received_at=now if n else self.state.last_received_at,
        )  # fmt: skip

    def _see(self, item: Item) -> tuple[datetime | None, int]:
        """When `item` was read, and its number; nothing of what says nothing new."""
        if isinstance(item, Measurement):
            return item.measured_at, item.sequence
        if isinstance(item, Event):
            return item.occurred_at, item.sequence
        if isinstance(item, Refused) or item.restated:
            return None, 0
        at = item.source_time
        if at is not None and not item.historical:
            self._behind.append((item.received_at - at).total_seconds())
        return at, item.sequence or 0

    def says(self, condition: Condition, detail: str, now: datetime) -> None:
        """The source is in this condition from now on."""
        was = self.state
        since = was.connected_since if was.state == "connected" else now
        lost = was.state == "connected" and condition in ("disconnected", "failed")
        self.state = replace(
            was, state=condition, detail=" ".join(detail.split())[:_LONGEST_DETAIL],
            connected_since=since if condition == "connected" else None,
            reconnects=was.reconnects + lost,
        )  # fmt: skip

    def now(self, now: datetime) -> SourceState:
        """The state with the rate over the last minute and the clock's skew.

        The least delay that was seen lately is the skew with the sign turned: it can only be
        negative where the source's clock is ahead.
        """
        while self._lately and now - self._lately[0][0] > _OVER:
            self._lately.popleft()
        # A copy: whoever delivers counts from a thread of its own.
        rate = sum(n for _, n in tuple(self._lately)) / _OVER.total_seconds()
        skew = -min(self._behind) if self._behind else None
        return replace(self.state, rate_per_s=rate, clock_skew_s=skew)
