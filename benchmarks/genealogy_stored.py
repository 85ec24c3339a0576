"""All about one lot out of a million stored events: the part that is read, and the whole."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import BenchRow
from twin.genealogy import genealogy_of_events
from twin.genealogy.descent import descent
from twin.genealogy.stored import tree_around
from twin.line import read_line
from twin.settings import Settings, data_folder
from twin.store import Store, schema
from twin.store.times import to_us

__all__ = ["LOTS", "rows"]

LOTS = 45_000
_STATIONS = ("unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect")
_START = to_us(datetime(2026, 1, 5, tzinfo=UTC))
_S = 1_000_000
_AT_ONCE = 20_000


def rows() -> list[BenchRow]:
    """Seconds of the processor to answer about a cell: of its own part, and of everything."""
    line = read_line(data_folder() / "line.toml")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), f"sqlite:///{folder}/lacss.db")
        with Store.open(settings) as store:
            stored = _fill(store)
            thing = f"L{LOTS // 50 * 25:05d}-C1"
            part_s = _seconds(lambda: descent(tree_around(store, line, thing), thing))
            whole_s = _seconds(lambda: descent(genealogy_of_events(store.events(), line), thing))
    return [
        BenchRow(f"all about a cell, {stored:,} events stored", part_s * 1e3, "ms",
                 "from all events", part_s / whole_s, "at most 2 s"),
    ]  # fmt: skip


def _seconds(ask: Callable[[], Any]) -> float:
    began = time.process_time()
    ask()
    return time.process_time() - began


def _fill(store: Store) -> int:
    names = ("occurred_at", "station", "event", "lot_id", "parent_lot_id", "detail")
    batch: list[dict[str, Any]] = []
    number = 0
    with store.database.writing() as connection:
        for number, event in enumerate(_events(), 1):
            said = dict(zip(names, event, strict=True))
            batch.append({**said, "recipe": "", "source": "line", "sequence": number,
                          "provenance": "simulated", "received_at": None})  # fmt: skip
            if len(batch) == _AT_ONCE:
                connection.execute(schema.events.insert(), batch)
                batch = []
        connection.execute(schema.events.insert(), batch)
    return number


def _events() -> Iterator[tuple[int, str, str, str, str, str]]:
    """A lot every 700 s; of every 25th a cell; the precursor refilled every 50 lots."""
    for number in range(LOTS):
        lot, at = f"L{number:05d}", _START + number * 700 * _S
        yield at, "unwind", "split", lot, f"FR{number // 10:05d}", ""
        for place, station in enumerate(_STATIONS):
            for event, after_s in (("arrive", 0), ("start", 100), ("finish", 390)):
                yield at + (400 * place + after_s) * _S, station, event, lot, "", "server 1"
        if number % 25 == 0:
            yield at + 3900 * _S, "inspect", "split", f"{lot}-T1", lot, ""
            yield at + 4000 * _S, "cell_test", "start", f"{lot}-T1", "", "server 1"
        if number % 50 == 0:
            detail = "server 1; precursor refill"
            yield at, "sublimation", "maintenance_end", "", "", detail
