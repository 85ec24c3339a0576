"""Turning findings into alerts, in the transaction that also fills the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert import Alert
from twin.monitoring.diagnosing import rediagnose
from twin.monitoring.endpoints import Endpoint
from twin.monitoring.episodes import Episode, join
from twin.monitoring.findings import NO_DATA, Finding
from twin.monitoring.outbox import enqueue
from twin.monitoring.plan import ControlPlan
from twin.store import schema
from twin.store.times import now_us

__all__ = ["raise_alerts"]

_BY = "lacss"


def raise_alerts(
    connection: sa.Connection,
    plan: ControlPlan,
    findings: Iterable[Finding],
    at_us: Mapping[tuple[str, str], Sequence[int]],
    endpoints: Sequence[Endpoint],
    news_us: tuple[int, int],
) -> list[Alert]:
    """Open an alert for each new run of signals, and add points to the runs that go on.

    Parameters
    ----------
    at_us : mapping of (characteristic, station) to times
        Of all points evaluated with the findings.
    endpoints : sequence of Endpoint
        Who is to be told: one outbox row for each alert and endpoint that wants its severity.

    news_us : (int, int)
        First and last time of what arrived: it may change the diagnosis of alerts nearby.

    Returns
    -------
    list of Alert
        Those newly opened, by time.
    """
    changed, fresh = _joined(connection, plan, findings, at_us)
    for episode in changed:
        _extend(connection, episode)
    opened = [
        _insert(connection, episode)
        for episode in sorted(fresh, key=lambda episode: episode.first_us)
    ]
    spans = [(e.first_us, e.last_us) for e in (*changed, *fresh)]
    rediagnose(connection, plan, [*spans, news_us])
    table = schema.alerts
    query = sa.select(table).where(table.c.alert_id.in_(opened)).order_by(table.c.alert_id)
    alerts = [Alert.from_row(row) for row in connection.execute(query).mappings()]
    for alert in alerts:
        enqueue(connection, alert, [e.name for e in endpoints if e.wants(alert.severity)])
    return alerts


def _joined(
    connection: sa.Connection,
    plan: ControlPlan,
    findings: Iterable[Finding],
    at_us: Mapping[tuple[str, str], Sequence[int]],
) -> tuple[list[Episode], list[Episode]]:
    by_fingerprint: dict[str, list[Finding]] = {}
    for finding in findings:
        by_fingerprint.setdefault(finding.fingerprint, []).append(finding)
    changed: list[Episode] = []
    fresh: list[Episode] = []
    for fingerprint, found in by_fingerprint.items():
        planned = found[0].planned
        rearm = -1 if found[0].rule == NO_DATA else plan.rearm_points
        times = at_us.get((planned.name, planned.station), ())
        for episode in join(_episodes(connection, fingerprint), found, times, rearm):
            if episode.alert_id is None:
                fresh.append(episode)
            elif episode.changed:
                changed.append(episode)
    return changed, fresh


def _episodes(connection: sa.Connection, fingerprint: str) -> list[Episode]:
    table = schema.alerts.c
    query = sa.select(
        table.first_point_at, table.last_point_at, table.count, table.state, table.alert_id
    ).where(table.fingerprint == fingerprint)
    return [
        Episode(row[0], row[1], row[2], closed=row[3] == "closed", alert_id=row[4])
        for row in connection.execute(query)
    ]


def _extend(connection: sa.Connection, episode: Episode) -> None:
    table = schema.alerts
    connection.execute(
        table.update()
        .where(table.c.alert_id == episode.alert_id)
        .values(
            first_point_at=episode.first_us, last_point_at=episode.last_us, count=episode.count
        )
    )


def _insert(connection: sa.Connection, episode: Episode) -> int:
    finding = episode.finding
    if finding is None:
        raise ValueError("an episode without alert needs the finding that opens it")
    now = now_us()
    values = _values(finding) | {
        "raised_at": now,
        "first_point_at": episode.first_us,
        "last_point_at": episode.last_us,
        "count": episode.count,
    }
    insert = schema.alerts.insert().returning(schema.alerts.c.alert_id)
    alert_id = int(connection.execute(insert, values).scalar_one())
    entry = {
        "alert_id": alert_id, "at": now, "user": _BY, "action": "raise", "old_state": "",
        "new_state": "open", "reason": values["message"], "detail": "",
    }  # fmt: skip
    connection.execute(schema.alert_history.insert(), entry)
    return alert_id


def _values(finding: Finding) -> dict[str, Any]:
    planned = finding.planned
    value = "" if finding.value is None else f", {finding.value:.4g} {planned.unit}"
    where = f" ({finding.direction})" if finding.direction else ""
    return {
        "fingerprint": finding.fingerprint,
        "opened_at": finding.known_at_us,
        "since": finding.since_us,
        "state": "open",
        "severity": finding.severity,
        "station": planned.station,
        "characteristic": planned.name,
        "lot_id": finding.lot_id,
        "rule": finding.rule,
        "chart": finding.chart,
        "panel": finding.panel,
        "direction": finding.direction,
        "point": finding.index + 1,
        "value": finding.value,
        "unit": planned.unit,
        "limits_version": finding.limits_version,
        "message": f"{planned.name} at {planned.station}: {finding.rule}{value}{where}",
        "reaction_plan": planned.reaction_plan,
        "diagnosis": "[]",
        "cause": "",
        "shelved_until": None,
        "provenance": finding.provenance,
    }
