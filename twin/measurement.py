"""The seam at which a line enters: measurements and events, whatever their source.

Simulated, file and OPC UA sources all yield these two records; nothing downstream can tell them
apart except by `provenance`, which is shown wherever a number is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from process_models.errors import InputError

__all__ = ["EVENT_KINDS", "Event", "EventKind", "Measurement", "Provenance"]

Provenance = Literal["measured", "imported", "simulated", "prior"]
Quality = Literal["good", "uncertain", "bad"]
Censoring = Literal["exact", "right"]
EventKind = Literal[
    "arrive", "start", "finish", "depart", "scrap", "rework", "hold", "release", "down", "up",
    "setup_start", "setup_end", "maintenance_start", "maintenance_end", "split", "merge",
]
EVENT_KINDS: frozenset[str] = frozenset(get_args(EventKind))
_QUALITIES: tuple[str, ...] = get_args(Quality)
_CENSORINGS: tuple[str, ...] = get_args(Censoring)
_PROVENANCES: tuple[str, ...] = get_args(Provenance)


def _require(name: str, value: str) -> None:
    if not value.strip():
        raise InputError(f"{name} must not be empty, got {value!r}")


def _require_aware(name: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise InputError(f"{name} needs an offset from UTC, got {value.isoformat()}")


def _require_one_of(name: str, value: str, allowed: tuple[str, ...] | frozenset[str]) -> None:
    if value not in allowed:
        raise InputError(f"{name} must be one of {', '.join(sorted(allowed))}, got {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One value of one characteristic, read at one place at one time.

    Attributes
    ----------
    measured_at : datetime
        When it was read, with an offset from UTC.
    lot_id, station, characteristic, unit : str
        What was read and where; the value is already in `unit`, the characteristic's own.
    value : float
        Finite.
    subgroup : str
        Rational subgroup; empty means the lot.
    position, sequence : int
        Place within the lot or sheet, and the source's own counter; 0 where there is none.
    received_at : datetime or None
        When the twin came to know it; None means at once.

    Raises
    ------
    InputError
        When a field is empty, not finite, without offset or not one of its allowed words.
    """

    measured_at: datetime
    lot_id: str
    station: str
    characteristic: str
    value: float
    unit: str
    subgroup: str = ""
    position: int = 0
    source: str = ""
    sequence: int = 0
    operator: str = ""
    gauge: str = ""
    quality: Quality = "good"
    censoring: Censoring = "exact"
    received_at: datetime | None = None
    provenance: Provenance = "imported"

    def __post_init__(self) -> None:
        for name in ("lot_id", "station", "characteristic", "unit"):
            _require(name, getattr(self, name))
        if not math.isfinite(self.value):
            raise InputError(f"value must be finite, got {self.value!r}")
        _require_aware("measured_at", self.measured_at)
        if self.received_at is not None:
            _require_aware("received_at", self.received_at)
        _require_one_of("quality", self.quality, _QUALITIES)
        _require_one_of("censoring", self.censoring, _CENSORINGS)
        _require_one_of("provenance", self.provenance, _PROVENANCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a lot or a station.

    Attributes
    ----------
    occurred_at : datetime
        With an offset from UTC.
    lot_id : str
        Empty only for events of the station itself (down, up, setup, maintenance).
    detail : str
        Free text or JSON of the source.
    parent_lot_id : str
        For split and merge, where the lot came from.

    Raises
    ------
    InputError
        When the event is not one of `EVENT_KINDS`, or a field breaks its rule.
    """

    occurred_at: datetime
    station: str
    event: str
    lot_id: str = ""
    parent_lot_id: str = ""
    recipe: str = ""
    detail: str = ""
    source: str = ""
    sequence: int = 0
    received_at: datetime | None = None
    provenance: Provenance = "imported"

    def __post_init__(self) -> None:
        _require("station", self.station)
        _require_one_of("event", self.event, EVENT_KINDS)
        if not self.lot_id and self.event in _LOT_EVENTS:
            raise InputError(f"lot_id must not be empty for event {self.event!r}")
        _require_aware("occurred_at", self.occurred_at)
        if self.received_at is not None:
            _require_aware("received_at", self.received_at)
        _require_one_of("provenance", self.provenance, _PROVENANCES)


_LOT_EVENTS = frozenset(
    ["arrive", "start", "finish", "depart", "scrap", "rework", "hold", "release", "split", "merge"]
)
