"""The parts of a simulated site, each a process: collectors, the watch, a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from twin.measurement import Measurement
from twin.monitoring.planned import ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import Watch
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.times import now_us
from twin.store.writer import Writer

__all__ = ["Load", "PartResult", "ask_pages", "collect", "prepare", "watch"]

_PHASE1 = 100
_WATCHED = 10
_PAGE_EVERY_S = 2.0
_LOOK_EVERY_S = 0.5
_LOT_S = 300.0


@dataclass(frozen=True, slots=True)
class Load:
    """What the site hands over.

    Attributes
    ----------
    lines, characteristics : int
    seconds : float
        How long.
    hertz : float
        Readings of each characteristic in a second.
    watched : int
        Characteristics of each line that are on control charts.
    starts_at : float
        When the parts begin together, in seconds since the epoch.
    """

    lines: int
    characteristics: int
    seconds: float
    hertz: float = 1.0
    watched: int = _WATCHED
    starts_at: float = 0.0

    @property
    def rate_per_s(self) -> float:
        """Readings of all lines in a second."""
        return self.lines * self.characteristics * self.hertz

    def ticks(self) -> int:
        """How often every characteristic is read."""
        return int(self.seconds * self.hertz)


@dataclass(frozen=True, slots=True)
class PartResult:
    """How one process of a part did.

    Attributes
    ----------
    count : int
        Readings committed, looks of the watch, or questions of the page.
    p50_s, p99_s : float
        Delay: due until committed; behind the newest reading; until answered.
    cores : float
        CPU seconds a second.
    """

    part: str
    count: int
    p50_s: float
    p99_s: float
    cores: float


def _result(part: str, count: int, delays: Sequence[float], load: Load) -> PartResult:
    found = np.asarray(delays or [float("inf")])
    p50, p99 = np.quantile(found, [0.5, 0.99]) if np.isfinite(found).all() else (found[0],) * 2
    return PartResult(part, count, float(p50), float(p99), time.process_time() / load.seconds)


def _open(url: str) -> Store:
    return Store.open(Settings(Path.cwd(), url))


def _station(line: int) -> str:
    return f"line{line:02d}"


def _name(number: int) -> str:
    return f"c{number:03d}"


def prepare(load: Load, url: str) -> None:
    """Make the store, with one reading of every characteristic."""
    at = datetime.now(UTC) - timedelta(hours=2)
    with _open(url) as store:
        for line in range(load.lines):
            store.add_measurements(list(_readings(load, line, at, 0)))


def _readings(load: Load, line: int, at: datetime, tick: int) -> Iterator[Measurement]:
    values = np.random.default_rng([line, tick]).normal(60.0, 1.0, load.characteristics)
    lot = f"L{line:02d}-{int(tick / load.hertz // _LOT_S):05d}"
    for number, value in enumerate(values.tolist()):
        yield Measurement(
            measured_at=at, lot_id=lot, station=_station(line), characteristic=_name(number),
            value=value, unit="um", source=_station(line), sequence=tick, provenance="simulated",
        )


def collect(load: Load, url: str, lines: Sequence[int]) -> PartResult:
    """Commit what these lines hand over at each tick; late when it cannot keep up."""
    delays: list[float] = []
    done = 0

    def noted(due: float, rows: int) -> None:
        nonlocal done
        delays.append(time.time() - due)
        done += rows * (time.time() < load.starts_at + load.seconds + 1.0)

    with _open(url) as store, Writer(store) as writer:
        _wait_until(load.starts_at)
        for tick in range(1, load.ticks() + 1):
            due = load.starts_at + tick / load.hertz
            _wait_until(due)
            at = datetime.fromtimestamp(due, UTC)
            for line in lines:
                rows = list(_readings(load, line, at, tick))
                taken = writer.add(rows)
                taken.add_done_callback(lambda _, due=due, n=len(rows): noted(due, n))
    return _result("collectors", done, delays, load)


def watch(load: Load, url: str) -> PartResult:
    """Chart some characteristics of every line; how far it is behind what is stored."""
    plan = ControlPlan("site", tuple(
        PlannedCharacteristic(
            name=_name(number), station=_station(line), unit="um", phase1=_PHASE1,
            rules={"beyond_limits": "major"},
        )
        for line in range(load.lines) for number in range(load.watched)
    ))  # fmt: skip
    delays = []
    with _open(url) as store:
        stop = threading.Event()
        running = threading.Thread(target=Watch(store, plan).run, args=(stop,))
        running.start()
        _wait_until(load.starts_at)
        while time.time() < load.starts_at + load.seconds:
            time.sleep(_LOOK_EVERY_S)
            delays.append(_behind_s(store))
        stop.set()
        running.join()
    return _result("watch", len(delays), delays, load)


def _behind_s(store: Store) -> float:
    """How old the newest reading is that the watch has not yet seen; 0 when it has seen all."""
    table, state = schema.measurements.c, schema.chart_state.c
    seen = sa.select(sa.func.max(state.watermark)).scalar_subquery()
    oldest = (
        sa.select(table.measured_at).where(table.measurement_id > seen)
        .order_by(table.measurement_id).limit(1)
    )  # fmt: skip
    with store.database.reading() as connection:
        at_us = connection.execute(oldest).scalar()
    return 0.0 if at_us is None else max(0.0, (now_us() - at_us) / 1e6)


def ask_pages(load: Load, url: str) -> PartResult:
    """Ask as a page does: the last 500 readings of one characteristic, and what is stored."""
    delays = []
    with _open(url) as store:
        _wait_until(load.starts_at)
        while time.time() < load.starts_at + load.seconds:
            began = time.perf_counter()
            store.measurements(_name(0), _station(0), last=500)
            delays.append(time.perf_counter() - began)
            time.sleep(_PAGE_EVERY_S)
    return _result("page", len(delays), delays, load)


def _wait_until(at: float) -> None:
    time.sleep(max(0.0, at - time.time()))
