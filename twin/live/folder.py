"""`kind = "files"`: tables dropped into a folder, each imported once and moved aside.

A file is taken when its size and time have not changed for `stable_s`, or, with `marker`, when a
file of the same name with `.done` behind it lies beside it. It goes to `done/` or `failed/`, with
a report beside it. What a killed process had imported already is found stored and not again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.live.sourcing import Edge, Source, SourceConfig
from twin.live.sourcing.source import FileEdge, FileRows
from twin.live.sourcing.waits import pause

__all__ = ["FolderSource", "folder_source"]

_SUFFIXES = frozenset({".csv", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm"})
_DONE = ".done"
_KINDS = ("measurements", "events", "evidence")
Seen = tuple[int, int]


def folder_source(config: SourceConfig) -> Source:
    """The folder that `config` describes.

    Raises
    ------
    InputError
        When `rows` is no kind of table.
    """
    rows = config.options.get("rows")
    if rows is not None and rows not in _KINDS:
        raise InputError(
            f"source {config.name}: rows must be one of {', '.join(_KINDS)}, got {rows!r}"
        )
    return FolderSource(config)


class FolderSource:
    """Tables in one folder.

    Parameters
    ----------
    config : SourceConfig
        `address` is the folder; `poll_s` (1), `stable_s` (2), `pattern` (every table), `marker`
        (false), `mapping` (a file as for an import), `rows` (told from the columns).
    """

    def __init__(self, config: SourceConfig) -> None:
        options = config.options
        base = Path(str(options.get("folder", ".")))
        self._folder = base / Path(config.address).expanduser()
        self._poll_s = float(options.get("poll_s", 1.0))
        self._stable_s = float(options.get("stable_s", 2.0))
        self._pattern = str(options.get("pattern", "*"))
        self._marker = bool(options.get("marker", False))
        mapping = options.get("mapping")
        self._rows = FileRows(
            options.get("rows"), None if mapping is None else base / str(mapping),
            config.timezone or None,
        )  # fmt: skip
        self._seen: dict[Path, tuple[Seen, float]] = {}

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Take what is complete, look again every `poll_s`, until `stop` is set.

        Raises
        ------
        ConnectionError
            When the folder cannot be reached.
        """
        if not hasattr(out, "take_file"):
            raise TypeError("a folder delivers whole files, its edge must take them")
        taker: FileEdge = out  # type: ignore[assignment]
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            await out.connected(f"watching {self._folder}")
            while not stop.is_set():
                for path in await asyncio.to_thread(self._complete):
                    await self._take(path, taker)
                    if stop.is_set():
                        break
                await pause(self._poll_s, stop)
        except OSError as error:
            raise ConnectionError(f"{self._folder} cannot be used: {error.strerror}") from error

    def _complete(self) -> list[Path]:
        """Files to be taken now, the oldest first."""
        ready = [(path.stat().st_mtime_ns, path) for path in self._tables() if self._is_done(path)]
        return [path for _, path in sorted(ready)]

    def _tables(self) -> Iterator[Path]:
        for path in self._folder.glob(self._pattern):
            hidden = path.name.startswith((".", "~$"))
            if path.suffix.lower() in _SUFFIXES and not hidden and not path.is_symlink():
                yield path

    def _is_done(self, path: Path) -> bool:
        if self._marker:
            return path.with_name(path.name + _DONE).exists()
        found = path.stat()
        seen = (found.st_size, found.st_mtime_ns)
        now = time.monotonic()
        before = self._seen.get(path)
        if before is None or before[0] != seen:
            self._seen[path] = (seen, now)
            return self._stable_s == 0.0
        return now - before[1] >= self._stable_s

    async def _take(self, path: Path, out: FileEdge) -> None:
        try:
            report = await out.take_file(path, self._rows)
            where = "done"
        except InputError as error:
            where, report = "failed", {"error": str(error).replace(f"{self._folder}/", "")}
        await asyncio.to_thread(self._move, path, where, report)

    def _move(self, path: Path, where: str, report: dict[str, Any]) -> None:
        target = self._folder / where
        target.mkdir(exist_ok=True)
        name = path.name
        if (target / name).exists():
            name = f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}{path.suffix}"
        told = {"file": path.name, "at": datetime.now(UTC).isoformat(), **report}
        partial = target / f".{name}.report"
        partial.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
        partial.replace(target / f"{name}.report.json")
        path.replace(target / name)
        path.with_name(path.name + _DONE).unlink(missing_ok=True)
        self._seen.pop(path, None)
