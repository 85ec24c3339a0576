"""What may become of an item at the edge: kept, waiting for its lot, or set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from twin.measurement import Event, Measurement

__all__ = ["Held", "LotAt", "Outcome", "SetAside"]


@dataclass(frozen=True, slots=True)
class LotAt:
    """From `at` on, `lot_id` is at `station`; empty: none is."""

    station: str
    at: datetime
    lot_id: str


@dataclass(frozen=True, slots=True)
class Held:
    """A measurement that waits for its lot to be known."""

    measurement: Measurement
    lot_from: str
    lot_missing: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A reading that breaks a rule, as a row of the quarantine."""

    channel: str
    kind: str
    column: str
    rule: str
    value: str
    record: Mapping[str, str]


Outcome = Measurement | Event | LotAt | Held | SetAside | None
