"""What events reduce to, one after the other in their order; cheap to copy.

An event is a key: microseconds, sequence, causal place, lot, station, event, detail. Keys sort in
the order of the log, and equal keys are one event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from process_models.errors import InputError
from twin.state import CAUSAL, PHASES, STOPS, LineState, LotState, station_state
from twin.store.times import from_us

__all__ = ["Key", "LotEntry", "Reduced", "Stop", "order_of"]

Key = tuple[int, int, int, str, str, str, str]
_MOST_ENDED = 5_000
_ORDER = {name: place for place, name in enumerate(CAUSAL)}


class LotEntry(NamedTuple):
    """Newest event of a lot, its first, and when it was last sent back (or -1)."""

    us: int
    event: str
    station: str
    first_us: int
    rework_us: int


class Stop(NamedTuple):
    """How many servers of a station are out, and since when the first of them is."""

    servers: int
    since_us: int


def order_of(event: str) -> int:
    """Causal place of an event among those of one moment.

    Raises
    ------
    InputError
        When no line has such an event.
    """
    if event not in _ORDER:
        raise InputError(f"event must be one of {', '.join(sorted(_ORDER))}, got {event!r}")
    return _ORDER[event]


@dataclass
class Reduced:
    """State after some events.

    Attributes
    ----------
    lots : dict
        Those that are somewhere.
    ended : dict
        The newest that are not, in case an event tells otherwise.
    finished, scrapped, tested : int
        How many have ended.
    down, stopped : dict
        By station.
    newest_us : dict
        Newest event of each station.
    passes : dict
        Lots that each station has finished since its last maintenance.
    last_us : int
        Newest event; -1 before any.
    """

    last_station: str
    laboratory: str
    lots: dict[str, LotEntry] = field(default_factory=dict)
    ended: dict[str, LotEntry] = field(default_factory=dict)
    finished: int = 0
    scrapped: int = 0
    tested: int = 0
    down: dict[str, Stop] = field(default_factory=dict)
    stopped: dict[str, Stop] = field(default_factory=dict)
    newest_us: dict[str, int] = field(default_factory=dict)
    passes: dict[str, int] = field(default_factory=dict)
    last_us: int = -1

    def copy(self) -> Reduced:
        """Another one that goes its own way."""
        return Reduced(
            self.last_station,
            self.laboratory,
            self.lots.copy(),
            self.ended.copy(),
            self.finished,
            self.scrapped,
            self.tested,
            self.down.copy(),
            self.stopped.copy(),
            self.newest_us.copy(),
            self.passes.copy(),
            self.last_us,
        )

    def apply(self, key: Key) -> None:
        """Take the next event."""
        us, _, _, lot, station, event, _ = key
        self.last_us = us
        self.newest_us[station] = us
        if lot and (event in PHASES or event == "scrap"):
            self._move(lot, us, station, event)
        if event in ("down", "up"):
            self.down[station] = _stepped(self.down.get(station), 1 if event == "down" else -1, us)
        elif event in STOPS:
            self.stopped[station] = _stepped(self.stopped.get(station), STOPS[event], us)
            if event == "maintenance_end":
                self.passes[station] = 0

    def _move(self, lot: str, us: int, station: str, event: str) -> None:
        known = self.lots.get(lot)
        if known is None and lot in self.ended:
            known = self.ended.pop(lot)
            self._count(known, -1)
        first_us = us if known is None else known.first_us
        rework_us = us if event == "rework" else -1 if known is None else known.rework_us
        entry = LotEntry(us, event, station, first_us, rework_us)
        if event == "finish":
            self.passes[station] = self.passes.get(station, 0) + 1
        if self._over(entry):
            self.lots.pop(lot, None)
            self.ended[lot] = entry
            self._count(entry, 1)
            if len(self.ended) > _MOST_ENDED:
                self.ended.pop(next(iter(self.ended)))
        else:
            self.lots[lot] = entry

    def _over(self, entry: LotEntry) -> bool:
        if entry.event == "scrap":
            return True
        at_end = entry.station in (self.last_station, self.laboratory)
        return entry.event == "depart" and at_end and entry.rework_us < entry.us

    def _count(self, entry: LotEntry, by: int) -> None:
        if entry.event == "scrap":
            self.scrapped += by
        elif entry.station == self.laboratory:
            self.tested += by
        else:
            self.finished += by

    def state(self, as_of: datetime, path: Sequence[str]) -> LineState:
        """As `twin.state.line_state` gives it of the same events."""
        entries = sorted(self.lots.items(), key=lambda item: (item[1].first_us, item[1].us))
        lots = tuple(
            LotState(
                lot_id=lot,
                station=one.station,
                phase=PHASES[one.event],
                since=from_us(one.us),
                entered_at=from_us(one.first_us),
                coupon=one.station == self.laboratory,
            )
            for lot, one in entries
        )
        return LineState(
            as_of=as_of,
            lots=lots,
            stations=self._stations(lots, (*path, self.laboratory)),
            finished=self.finished,
            scrapped=self.scrapped,
            tested=self.tested,
            last_event_at=None if self.last_us < 0 else from_us(self.last_us),
        )

    def _stations(self, lots: Sequence[LotState], names: Sequence[str]) -> dict[str, Any]:
        at: dict[str, dict[str, int]] = {name: {} for name in names}
        for lot in lots:
            counts = at.setdefault(lot.station, {})
            counts[lot.phase] = counts.get(lot.phase, 0) + 1
        nothing = Stop(0, 0)
        return {
            name: station_state(
                name,
                counts,
                self.down.get(name, nothing).servers,
                self.stopped.get(name, nothing).servers,
                _moment(self.newest_us, name),
                _since(self.down.get(name, nothing)),
            )
            for name, counts in at.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON, to go on from after a restart."""
        return {
            "last_station": self.last_station,
            "laboratory": self.laboratory,
            "lots": self.lots,
            "ended": self.ended,
            "finished": self.finished,
            "scrapped": self.scrapped,
            "tested": self.tested,
            "down": self.down,
            "stopped": self.stopped,
            "newest_us": self.newest_us,
            "passes": self.passes,
            "last_us": self.last_us,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Reduced:
        """What `to_dict` gave."""
        tuples = {
            name: {key: kind(*value) for key, value in kept[name].items()}
            for name, kind in (
                ("lots", LotEntry),
                ("ended", LotEntry),
                ("down", Stop),
                ("stopped", Stop),
            )
        }
        return cls(**{**kept, **tuples})


def _stepped(stop: Stop | None, step: int, us: int) -> Stop:
    count = max(0, (stop.servers if stop else 0) + step)
    if count == 0:
        return Stop(0, 0)
    return Stop(count, us if stop is None or stop.servers == 0 else stop.since_us)


def _moment(newest: Mapping[str, int], name: str) -> datetime | None:
    return from_us(newest[name]) if name in newest else None


def _since(stop: Stop) -> datetime | None:
    return from_us(stop.since_us) if stop.servers else None
