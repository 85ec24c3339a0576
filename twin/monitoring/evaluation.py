"""Judging one characteristic: which points are new, what limits hold, and what they find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from process_models.errors import InputError
from twin.monitoring.findings import Finding, chart_findings, specification_findings
from twin.monitoring.limits import LimitsVersion, fit_phase1, newest_limits, save_limits
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.point_notes import excluded_points, point_notes, reason_for
from twin.monitoring.points import COLUMNS, Points, points_of, usable
from twin.store import Store, schema
from twin.store.times import from_us, to_us

__all__ = ["Evaluated", "evaluate_characteristic"]

_HISTORY_POINTS = 2000
_BY = "lacss"


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What judging one characteristic gave.

    Attributes
    ----------
    findings : tuple of Finding
    at_us : tuple of int
        Times of the evaluated points.
    last_point_us : int or None
        Newest point judged.
    error : str
        Why it could not be judged; empty when it could.
    """

    planned: PlannedCharacteristic
    findings: tuple[Finding, ...] = ()
    at_us: tuple[int, ...] = ()
    last_point_us: int | None = None
    error: str = ""


def evaluate_characteristic(
    store: Store, planned: PlannedCharacteristic, arrived_from_us: int, judged_to_us: int | None
) -> Evaluated:
    """Judge the points that arrived, freezing Phase I limits when there are enough points.

    Parameters
    ----------
    arrived_from_us : int
        Earliest measurement that arrived since the last look.
    judged_to_us : int or None
        Newest point judged before.
    """
    version = newest_limits(store, planned.name, planned.station)
    points = _points(store, planned, None if version is None else arrived_from_us)
    if points is None:
        return Evaluated(planned, last_point_us=judged_to_us)
    since = arrived_from_us if judged_to_us is None else min(arrived_from_us, judged_to_us + 1)
    found = specification_findings(planned, points, since)
    error = ""
    try:
        if version is None and points.n >= planned.phase1:
            version = _complete_phase1(store, planned, points)
            since = int(points.at_us[0])
        if version is not None:
            phase2 = to_us(version.phase1_to) + 1
            found += chart_findings(planned, version, points, max(since, phase2))
    except InputError as refused:
        error = str(refused)
    times = tuple(points.at_us.tolist())
    return Evaluated(planned, tuple(found), times, max(times), error)


def _complete_phase1(
    store: Store, planned: PlannedCharacteristic, points: Points
) -> LimitsVersion | None:
    phase1 = points.part(0, planned.phase1)
    notes = point_notes(store, planned.name, planned.station)
    limits = fit_phase1(
        planned,
        phase1,
        left_out=excluded_points(notes, phase1),
        exclude_reason=reason_for(notes, phase1),
    )
    left_out = ", ".join(map(str, limits.excluded)) or "none"
    reason = f"Phase I complete: first {planned.phase1} points, left out: {left_out}"
    save_limits(store, planned, phase1, limits, user=_BY, reason=reason, expected=1)
    return newest_limits(store, planned.name, planned.station)


def _points(
    store: Store, planned: PlannedCharacteristic, arrived_from_us: int | None
) -> Points | None:
    since = None
    if arrived_from_us is not None:
        since = _history_start(store, planned, arrived_from_us)
    frame = usable(
        store.measurements(planned.name, planned.station, since=since, columns=COLUMNS)
    )
    if frame.empty:
        return None
    points = points_of(frame, subgroups=planned.subgroup > 1)
    newest = int(points.at_us.argmax())
    if newest == points.n - 1 and points.sizes[newest] < planned.subgroup:
        points = points.part(0, newest)  # its other readings are still to come
    return points if points.n else None


def _history_start(
    store: Store, planned: PlannedCharacteristic, arrived_from_us: int
) -> datetime | None:
    table = schema.measurements.join(schema.series)
    column = schema.measurements.c.measured_at
    query = (
        sa.select(column)
        .select_from(table)
        .where(
            schema.series.c.characteristic == planned.name,
            schema.series.c.station == planned.station,
            column < arrived_from_us,
        )
        .order_by(column.desc())
        .offset(_HISTORY_POINTS * planned.subgroup)
        .limit(1)
    )
    with store.database.reading() as connection:
        start = connection.execute(query).scalar()
    return None if start is None else from_us(start)

