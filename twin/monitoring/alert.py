"""An alert as people and programs see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from twin.store.times import from_us

__all__ = ["Alert", "CauseProbability", "HistoryEntry"]


@dataclass(frozen=True, slots=True)
class CauseProbability:
    """How probable one cause of the catalogue is, given what signals together."""

    cause: str
    probability: float


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step in the life of an alert: who did what, when, why."""

    at: datetime
    user: str
    action: str
    old_state: str
    new_state: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A signal that needs a person.

    Attributes
    ----------
    opened_at : datetime
        When the signalling point was known at the plant; `raised_at` is when the twin said so.
    since : datetime
        Estimate of when the change began.
    last_point_at, count
        Newest point of the same run, and how many points it has.
    point : int
        Number of the signalling point on its chart as it was evaluated, from 1.
    value : float or None
        The plotted statistic at that point, in `unit`.
    direction : str
        `high`, `low`, or empty.
    diagnosis : tuple of CauseProbability
        The likeliest first; probabilities add up to 1.
    cause : str
        Assigned by a person; empty until then.
    category : str
        `process` (a chart or a specification), `data` (a sensor or a source), `system` (the twin).
    group_key : str
        The same for alerts that belong together: the alert that leads the group.
    muted_by : str
        Why nobody is told about it, as a station that stands; empty when it is not muted.
    escalation : int
        Level that it has reached without being acknowledged; 0 for none.
    withdrawn : str
        Why data that came late say that it is none; empty for one that stands.
    """

    id: int
    opened_at: datetime
    raised_at: datetime
    since: datetime
    first_point_at: datetime
    last_point_at: datetime
    count: int
    state: str
    severity: str
    station: str
    characteristic: str
    lot_id: str
    rule: str
    chart: str
    panel: str
    direction: str
    point: int
    value: float | None
    unit: str
    limits_version: int | None
    message: str
    reaction_plan: str
    diagnosis: tuple[CauseProbability, ...]
    cause: str
    shelved_until: datetime | None
    provenance: str
    category: str = "process"
    group_key: str = ""
    muted_by: str = ""
    escalation: int = 0
    withdrawn: str = ""

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Alert:
        """The alert of one row of the store."""
        plain = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        for name in ("opened_at", "raised_at", "since", "first_point_at", "last_point_at"):
            plain[name] = from_us(row[name])
        shelved = row["shelved_until"]
        plain["shelved_until"] = None if shelved is None else from_us(shelved)
        plain["diagnosis"] = tuple(CauseProbability(*pair) for pair in json.loads(row["diagnosis"]))
        return cls(id=row["alert_id"], **plain)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; times in ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        } | {"diagnosis": [asdict(entry) for entry in self.diagnosis]}
