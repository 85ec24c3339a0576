"""Plain variables at high rates, as a controller has them, with a history of their own.

Every value follows from the seed, the number of its signal and its tick, so the history needs no
store: it is made again when somebody asks, and survives any death of the server, as a recorder
beside the machine would.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from asyncua import Server, ua
from asyncua.server.history import HistoryStorageInterface
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.live.clock import PlantClock

__all__ = ["SignalServer", "Signals"]

_STATIONS = ("unwind", "polish", "sublimation", "cool", "wind", "roll", "inspect")
_FOLDER = "Signals"
_TICK_S = 0.02
_AT_ONCE = 200
_PAGE = 10_000
_EPOCH_ENDS = datetime(1700, 1, 1, tzinfo=UTC)  # no time given, in the words of OPC UA


@dataclass(frozen=True, slots=True)
class Signals:
    """A bank of signals, all read at the same ticks.

    Attributes
    ----------
    count : int
        How many.
    per_second : int
        Ticks a second of plant time, 1 to 1000.
    origin : datetime
        Time of tick 0.
    held_s : float
        How far back the history reaches.
    seed : int

    Raises
    ------
    InputError
        When a number is outside its range.

    Examples
    --------
    >>> bank = Signals(3, 10, datetime(2026, 1, 5, tzinfo=UTC))
    >>> bank.time(15).isoformat(), bank.tick(bank.time(15)), bank.names[1]
    ('2026-01-05T00:00:01.500000+00:00', 15, 'polish/signal_0002')
    >>> bool((bank.values(15) == bank.values(15)).all()), bank.values(15).shape
    (True, (3,))
    """

    count: int
    per_second: int
    origin: datetime
    held_s: float = 3600.0
    seed: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 100_000:
            raise InputError(f"signals must lie in 1 to 100000, got {self.count}")
        if not 1 <= self.per_second <= 1000:
            raise InputError(f"signals a second must lie in 1 to 1000, got {self.per_second}")
        if not self.held_s > 0:
            raise InputError(f"held_s must be above 0, got {self.held_s}")

    @property
    def names(self) -> list[str]:
        """`STATION/SIGNAL` of each."""
        stations = (_STATIONS[n % len(_STATIONS)] for n in range(self.count))
        return [f"{station}/signal_{n:04d}" for n, station in enumerate(stations, 1)]

    def time(self, tick: int) -> datetime:
        """When `tick` is read, to the microsecond."""
        return self.origin + timedelta(microseconds=tick * 1_000_000 // self.per_second)

    def tick(self, at: datetime) -> int:
        """The last tick at or before `at`."""
        passed = (at - self.origin) // timedelta(microseconds=1)
        return ((passed + 1) * self.per_second - 1) // 1_000_000

    def values(self, tick: int) -> NDArray[np.float64]:
        """Values of all signals at `tick`, shape (count,): 60 with a standard deviation of 0.5."""
        generator = np.random.Generator(np.random.Philox(key=self.seed, counter=[0, 0, 0, tick]))
        return 60.0 + 0.5 * generator.standard_normal(self.count)

    def ticks(self, start: datetime, end: datetime, now: datetime) -> range:
        """Ticks from `start` to `end`, both included, that are held at `now`."""
        oldest = max(start, now - timedelta(seconds=self.held_s), self.origin)
        first = -((self.origin - oldest) // timedelta(microseconds=1)) * self.per_second
        return range(max(0, -(-first // 1_000_000)), self.tick(min(end, now)) + 1)


class SignalServer:
    """Signals as variables of a server: written tick by tick, their history answered.

    Parameters
    ----------
    signals : Signals
    clock : PlantClock
        Of finite speed.

    Raises
    ------
    InputError
        When the clock has no end of speed: there is no next tick then.
    """

    def __init__(self, signals: Signals, clock: PlantClock) -> None:
        if math.isinf(clock.speed):
            raise InputError("signals need a finite speed, got inf")
        self._signals = signals
        self._clock = clock
        self._nodes: list[ua.NodeId] = []

    async def build(self, server: Server, index: int) -> None:
        """Make the variables, and answer for their history."""
        self._server = server
        folder = await server.nodes.objects.add_object(index, _FOLDER)
        stations: dict[str, Any] = {}
        for name in self._signals.names:
            station, signal = name.split("/")
            if station not in stations:
                stations[station] = await folder.add_object(index, station)
            node_id = ua.NodeId(f"{_FOLDER}/{name}", index)
            node = await stations[station].add_variable(
                node_id, signal, math.nan, ua.VariantType.Double
            )
            await node.set_attr_bit(ua.AttributeIds.AccessLevel, ua.AccessLevel.HistoryRead)
            await node.set_attr_bit(ua.AttributeIds.UserAccessLevel, ua.AccessLevel.HistoryRead)
            self._nodes.append(node_id)
        places = {node: place for place, node in enumerate(self._nodes)}
        server.iserver.history_manager.set_storage(_History(self._signals, self._clock, places))
        await self._write(self._signals.tick(self._clock.now()))

    async def serve(self, stop: asyncio.Event) -> None:
        """Write every tick that has come until `stop` is set."""
        done = self._signals.tick(self._clock.now())
        while not stop.is_set():
            due = self._signals.tick(self._clock.now())
            for tick in range(done + 1, due + 1):
                await self._write(tick)
            done = due
            await asyncio.sleep(_TICK_S)

    async def _write(self, tick: int) -> None:
        for place, (node, value) in enumerate(zip(self._nodes, self._made(tick), strict=True), 1):
            await self._server.write_attribute_value(node, value)
            if place % _AT_ONCE == 0:
                await asyncio.sleep(0)  # readers are answered in between

    def _made(self, tick: int) -> Iterator[ua.DataValue]:
        time = self._signals.time(tick)
        return (_data_value(value, time) for value in self._signals.values(tick).tolist())


class _History(HistoryStorageInterface):  # type: ignore[misc]
    def __init__(self, signals: Signals, clock: PlantClock, places: dict[ua.NodeId, int]) -> None:
        super().__init__()
        self._signals = signals
        self._clock = clock
        self._places = places
        self._drawn: dict[int, NDArray[np.float64]] = {}

    async def init(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def read_node_history(
        self, node_id: ua.NodeId, start: datetime | None, end: datetime | None, nb_values: int
    ) -> tuple[list[ua.DataValue], datetime | None]:
        place = self._places.get(node_id)
        if place is None:
            return [], None
        now = self._clock.now()
        begin = self._signals.origin if start is None else start
        ticks = self._signals.ticks(begin, now if end is None or end < _EPOCH_ENDS else end, now)
        most = min(nb_values or _PAGE, _PAGE)
        values = [
            _data_value(float(self._at(tick)[place]), self._signals.time(tick))
            for tick in ticks[:most]
        ]
        more = len(ticks) > most and not 0 < nb_values <= _PAGE
        return values, self._signals.time(ticks[most]) if more else None

    def _at(self, tick: int) -> NDArray[np.float64]:
        """Values of a tick; many signals are asked for the same ones in turn."""
        if tick not in self._drawn:
            if len(self._drawn) > _PAGE:
                self._drawn.clear()
            self._drawn[tick] = self._signals.values(tick)
        return self._drawn[tick]


def _data_value(value: float, time: datetime) -> ua.DataValue:
    return ua.DataValue(
        ua.Variant(value, ua.VariantType.Double), SourceTimestamp=time, ServerTimestamp=time
    )
