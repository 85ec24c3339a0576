"""The part of the line's history that belongs to an alert: which lots and readings tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from process_models.diagnosis import Pattern
from twin.diagnosis.baseline import Baseline
from twin.diagnosis.readings import COLUMNS, Key, LotTable, lot_table
from twin.monitoring.findings import NO_DATA
from twin.store import schema
from twin.store.times import from_us

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from twin.store import Store

__all__ = ["Incident", "View", "incident_of", "lots_around", "view_of"]

_BEFORE_LOTS = 32
_MOST_LOTS = 80
_FEWEST_BEFORE = 6
_QUIET_LOTS = 5
_BACK = timedelta(hours=36)
_AFTER = timedelta(hours=12)
_MOST_SD = 12.0
_GAP_US = int(2 * 3600e6)  # signals of one characteristic this close have one cause
_PRODUCT = ("foil_thickness_um", "loading_mg_cm2", "thickness_um", "areal_capacity_mah_cm2")


@dataclass(frozen=True, slots=True)
class Incident:
    """What the charts of one characteristic said together.

    Attributes
    ----------
    key : (str, str)
        Characteristic and station of the alert.
    since : datetime
        Earliest change point.
    first, last : datetime
        Signals.
    quiet_from : datetime or None
        When the last trouble before this one ended.
    """

    alert_id: int
    key: Key
    since: datetime
    first: datetime
    last: datetime
    quiet_from: datetime | None


def incident_of(store: Store, alert: Mapping[Any, Any]) -> Incident:
    """Put the alerts of one characteristic that overlap, or nearly do, together."""
    table = schema.alerts.c
    back = int(_BACK.total_seconds() * 1e6)
    query = sa.select(
        table.characteristic, table.station, table.since, table.first_point_at,
        table.last_point_at,
    ).where(
        table.rule != NO_DATA,
        table.last_point_at >= alert["first_point_at"] - back,
        table.first_point_at <= alert["last_point_at"] + back,
    )  # fmt: skip
    with store.database.reading() as connection:
        rows = connection.execute(query).all()
    own = (alert["characteristic"], alert["station"])
    since, first, last = alert["since"], alert["first_point_at"], alert["last_point_at"]
    for _ in rows:  # runs that overlap one another, however they are chained
        for *key, began, start, end in rows:
            if tuple(key) == own and start <= last + _GAP_US and end >= first - _GAP_US:
                since, first, last = min(since, began), min(first, start), max(last, end)
    ended = [row[4] for row in rows if row[4] < since]
    return Incident(
        int(alert["alert_id"]),
        own,
        from_us(since),
        from_us(first),
        from_us(last),
        from_us(max(ended)) if ended else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Lots around an incident.

    Attributes
    ----------
    table : LotTable
        All lots that were about, those after the last signal included.
    judged : LotTable
        Those from some time before the change up to the last lot that signalled.
    pattern : Pattern
        Their standardised readings.
    earliest, latest : int
        Lots of `judged` between which the change began.
    full_s : float
        Time of the last reading.
    quiet_after : bool
        Whether lots that came later were read and signalled nothing.
    """

    table: LotTable
    judged: LotTable
    pattern: Pattern
    earliest: int
    latest: int
    full_s: float
    quiet_after: bool = False

    def onsets(self, stations: Sequence[str]) -> NDArray[np.float64]:
        """Times at which a change at `stations` can have begun, just before a lot came."""
        places = [self.judged.stations.index(name) for name in stations]
        at_s = np.unique(self.judged.at_s[self.earliest : self.latest + 1][:, places]) - 1.0
        return np.asarray(at_s[at_s < max(self.full_s - 1.0, at_s[0] + 0.5)])


def lots_around(
    store: Store, base: Baseline, incident: Incident, stations: Sequence[str]
) -> LotTable:
    """Everything read of the lots around an incident."""
    frame = store.measurements(
        since=incident.since - _BACK, until=incident.last + _AFTER, columns=COLUMNS
    )
    return lot_table(frame, base.keys, stations)


def view_of(table: LotTable, base: Baseline, incident: Incident) -> View | None:
    """The lots that tell of an incident; None where its characteristic was not read.

    A reading counts when its lot is not later than the last that signalled: what came afterwards
    may have been mended. Product of these lots counts whenever it was measured.
    """
    own = base.place(incident.key)
    if own is None:
        return None
    read = table.read_s[:, own]
    seen = np.flatnonzero(np.isfinite(read))
    last = seen[read[seen] <= incident.last.timestamp() + 1e-3]
    began = seen[read[seen] >= incident.since.timestamp() - 1e-3]
    first = seen[read[seen] >= incident.first.timestamp() - 1e-3]
    if not len(last) or not len(began) or not len(first):
        return None
    change, signal, end = int(began[0]), int(first[0]), int(last[-1])
    start = _start(table, change, incident)
    end = min(end, max(start + _MOST_LOTS, signal + _MOST_LOTS // 2))
    chosen = np.zeros(len(table.lot_ids), dtype=bool)
    chosen[start : end + 1] = True
    judged = table.chosen(chosen)
    until_s = min(incident.last.timestamp(), float(table.read_s[end, own])) + 1e-3
    earliest = max(0, change - start - _BEFORE_LOTS * 3 // 4)
    latest = min(signal, end) - start
    later = int(np.sum(read[seen] > incident.last.timestamp() + 1e-3))
    return View(
        table, judged, _pattern(judged, base, until_s), earliest, max(latest, earliest),
        until_s, later >= _QUIET_LOTS,
    )  # fmt: skip


def _start(table: LotTable, change: int, incident: Incident) -> int:
    start = max(0, change - _BEFORE_LOTS)
    if incident.quiet_from is not None:
        quiet = np.flatnonzero(table.at_s[:, 0] > incident.quiet_from.timestamp())
        start = max(start, int(quiet[0]) if len(quiet) else start)
    return max(0, min(start, change - _FEWEST_BEFORE))


def _pattern(judged: LotTable, base: Baseline, until_s: float) -> Pattern:
    standard = (judged.values - base.centre) / base.sd
    product = np.array([name in _PRODUCT for name, _ in base.keys])
    told = np.isfinite(standard) & (product[None, :] | (judged.read_s <= until_s))
    values = np.where(told, standard, np.nan).T
    largest = np.max(np.abs(np.where(np.isfinite(values), values, 0.0)), axis=1)
    return Pattern.of(values, base.noise, np.maximum(largest / _MOST_SD, 1.0))
