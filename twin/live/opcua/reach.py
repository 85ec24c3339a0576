"""How far each channel has come: what a history is read from, after a break or a restart."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

from twin.live.opcua.values import Change
from twin.live.sourcing import Edge

__all__ = ["ALL", "Reach"]

ALL = "*"
"""The channel that stands for all of a source: its mark says until when the server was heard."""

_SAVE_S = 5.0


class Reach:
    """The last source time of every channel that is durable, kept as marks of the edge.

    Marks are saved every few seconds with the readings themselves. They may lag, never lead: what
    a history repeats is known by its time and stored once.
    """

    def __init__(self) -> None:
        self.last: dict[str, datetime] = {}
        self._moved: set[str] = set()
        self._asked: set[str] = set()
        self._own: set[str] = set()
        self._saved_at = 0.0
        self.alive_until: datetime | None = None

    async def load(self, out: Edge, channels: Iterable[str]) -> None:
        """Take up the marks of channels that are not known yet."""
        for channel in channels:
            if channel in self._asked:
                continue
            self._asked.add(channel)
            kept = await out.mark(channel)
            if kept is not None:
                self.last.setdefault(channel, datetime.fromisoformat(kept))
        if self.alive_until is None:
            kept = await out.mark(ALL)
            self.alive_until = None if kept is None else datetime.fromisoformat(kept)

    def advanced(self, values: Iterable[tuple[str, Change]]) -> dict[str, datetime]:
        """Channel -> time of its newest of `values`, which come in order.

        A clock that was set back takes its channel back with it. Where a channel has times of its
        source, a value with the server's time alone moves nothing.
        """
        moved: dict[str, datetime] = {}
        for channel, value in values:
            if value.source_time is not None:
                self._own.add(channel)
                moved[channel] = value.source_time
            elif channel not in self._own and value.server_time is not None:
                moved[channel] = value.server_time
        return moved

    def marks(
        self, moved: dict[str, datetime], heard: datetime | None, *, now: bool = False
    ) -> dict[str, str] | None:
        """Marks to keep together with what moved them; None while it is too early to save any."""
        if not now and time.monotonic() - self._saved_at < _SAVE_S:
            return None
        ahead = {**{c: self.last[c] for c in self._moved}, **moved}
        marks = {channel: made.isoformat() for channel, made in ahead.items()}
        return marks if heard is None else {**marks, ALL: heard.isoformat()}

    def commit(self, moved: dict[str, datetime], *, saved: bool) -> None:
        """What moved is durable; `saved`: with its marks."""
        self.last.update(moved)
        if saved:
            self._moved.clear()
            self._saved_at = time.monotonic()
        else:
            self._moved.update(moved)
