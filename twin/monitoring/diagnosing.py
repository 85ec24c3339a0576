"""Keeping the diagnosis of alerts up to date while further characteristics signal or stay quiet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from twin.monitoring.diagnosis import AFTER_S, BEFORE_S, diagnose
from twin.monitoring.findings import NO_DATA
from twin.monitoring.plan import ControlPlan
from twin.store import schema

__all__ = ["rediagnose"]

_BEFORE_US = int(BEFORE_S * 1e6)
_AFTER_US = int(AFTER_S * 1e6)
Rows = Sequence[Mapping[Any, Any]]
Charted = tuple[str, int, int, int]


def rediagnose(
    connection: sa.Connection, plan: ControlPlan, spans_us: Iterable[tuple[int, int]]
) -> None:
    """Diagnose anew the alerts, not yet closed, whose window reaches into one of `spans_us`.

    What signals and what was measured in the window around an alert's newest point counts, so the
    answer does not depend on the order in which it arrived. One lone point of another
    characteristic says nothing.
    """
    spans = list(spans_us)
    low = min(first for first, _ in spans)
    high = max(last for _, last in spans)
    rows = _signals_between(connection, low - 2 * _BEFORE_US, high + 2 * _BEFORE_US)
    table = schema.alerts
    worked_out = _worked_out(connection, low - 2 * _BEFORE_US)
    charted = _charted(connection) if rows else []
    for row in rows:
        at = row["last_point_at"]
        known = row["alert_id"] in worked_out
        if known or row["state"] == "closed" or not _reaches(at, spans):
            continue
        planned = plan.find(row["characteristic"], row["station"])
        ranked = diagnose(
            plan,
            row["characteristic"],
            *_evidence(connection, charted, rows, row),
            planned.causes if planned else (),
        )
        text = json.dumps([(name, round(probability, 4)) for name, probability in ranked])
        if text != row["diagnosis"]:
            this = table.c.alert_id == row["alert_id"]
            connection.execute(table.update().where(this).values(diagnosis=text))


def _worked_out(connection: sa.Connection, since_us: int) -> set[int]:
    """Alerts whose causes `twin.diagnosis` has compared on the readings, which is better."""
    made = schema.diagnoses.c.alert_id
    query = sa.select(made).join(schema.alerts, schema.alerts.c.alert_id == made)
    return set(connection.execute(query.where(schema.alerts.c.last_point_at >= since_us)).scalars())


def _reaches(at_us: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(at_us + _AFTER_US >= first and at_us - _BEFORE_US <= last for first, last in spans)


def _signals_between(connection: sa.Connection, low_us: int, high_us: int) -> Rows:
    table = schema.alerts
    query = sa.select(table).where(
        table.c.last_point_at >= low_us,
        table.c.first_point_at <= high_us,
        table.c.rule != NO_DATA,
        table.c.category == "process",
        table.c.withdrawn == "",
    )
    return connection.execute(query).mappings().all()


def _evidence(
    connection: sa.Connection, charted: Sequence[Charted], rows: Rows, alert: Mapping[Any, Any]
) -> tuple[dict[str, set[str]], set[str]]:
    at = alert["last_point_at"]
    signals: dict[str, set[str]] = {alert["characteristic"]: {alert["direction"]}}
    points: dict[str, int] = {alert["characteristic"]: 2}
    for row in rows:
        name = row["characteristic"]
        begun = row["first_point_at"] <= at + _AFTER_US
        if begun and row["last_point_at"] >= at - _BEFORE_US and name != alert["characteristic"]:
            signals.setdefault(name, set()).add(row["direction"])
            points[name] = points.get(name, 0) + row["count"]
    lone = {name for name, count in points.items() if count < 2}
    told = {name: directions for name, directions in signals.items() if name not in lone}
    return told, _observed(connection, charted, at) - lone


def _observed(connection: sa.Connection, charted: Sequence[Charted], at_us: int) -> set[str]:
    low, high = at_us - _BEFORE_US, at_us + _AFTER_US
    reading = schema.measurements.c
    found = set()
    for name, series_id, newest, phase1_to in charted:
        if phase1_to > high or newest < low:
            continue
        if newest <= high:  # no need to ask
            found.add(name)
            continue
        within = (reading.series_id == series_id, reading.measured_at.between(low, high))
        query = sa.select(reading.measurement_id).where(*within).limit(1)
        if connection.execute(query).first() is not None:
            found.add(name)
    return found


def _charted(connection: sa.Connection) -> list[Charted]:
    """Series with limits: characteristic, number, newest reading, end of the first Phase I."""
    kept, series = schema.limits.c, schema.series.c
    query = (
        sa.select(
            series.characteristic, series.series_id, series.last_measured_at,
            sa.func.min(kept.phase1_to),
        )
        .join(
            schema.limits,
            sa.and_(
                kept.characteristic == series.characteristic, kept.station == series.station
            ),
        )
        .where(series.n > 0)
        .group_by(series.characteristic, series.series_id, series.last_measured_at)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]
