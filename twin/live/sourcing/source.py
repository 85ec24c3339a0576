"""The seam: what a source is, and what it delivers to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from twin.live.sourcing.raw import Item

__all__ = ["Edge", "FileEdge", "FileRows", "Source"]


@dataclass(frozen=True, slots=True)
class FileRows:
    """How the rows of a file are to be read: the arguments of an import."""

    kind: str | None = None
    mapping: Path | None = None
    timezone: str | None = None


class Edge(Protocol):
    """Where a source delivers. Everything here is called from the source's event loop."""

    async def deliver(self, items: Sequence[Item], marks: Mapping[str, str] | None = None) -> None:
        """Keep `items` and, in the same transaction, `marks`; when this returns, it is durable.

        Only then may the source acknowledge. Nothing is raised for what an item says: it is
        refused, counted and set aside. `StoreError` when the store cannot take it: then nothing
        was kept and the source must not acknowledge.
        """
        ...

    async def mark(self, channel: str) -> str | None:
        """The mark last kept for `channel`: how far the source had come; None at first."""
        ...

    async def connected(self, detail: str = "") -> None:
        """Say that the source is reached and readings may come."""
        ...

    async def gap(
        self,
        channel: str,
        reason: str,
        *,
        first: int = 0,
        last: int = 0,
        from_at: datetime | None = None,
        to_at: datetime | None = None,
        filled: bool = False,
    ) -> None:
        """Report that something is missing: numbers `first` to `last`, or a period of time.

        `filled`: it was missing, and has been read since (from the history of the source).
        Gaps in `RawReading.sequence` are found by the edge itself.
        """
        ...


class FileEdge(Edge, Protocol):
    """An edge that takes whole files besides."""

    async def take_file(self, path: Path, rows: FileRows) -> dict[str, Any]:
        """Import one table; durable, or not at all, when this returns: the counts of the import.

        Raises
        ------
        InputError
            When nothing in it can be stored.
        """
        ...


class Source(Protocol):
    """A live source; made for one connection, `run` again makes the next one."""

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set or the source has ended.

        Raises
        ------
        ConnectionError
            When it cannot be reached or is gone; the supervisor tries again, later each time.
        """
        ...
