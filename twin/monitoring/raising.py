"""Turning findings into alerts, in the transaction that also fills the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from twin.monitoring.alert import Alert
from twin.monitoring.diagnosing import rediagnose
from twin.monitoring.endpoints import Endpoint
from twin.monitoring.findings import Finding
from twin.monitoring.grouping import regroup
from twin.monitoring.letters import post
from twin.monitoring.muting import Stop, mute
from twin.monitoring.plan import ControlPlan
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.reconciling import appended, reconciled
from twin.monitoring.standing import Span, of_fingerprint, of_place, spanned, write
from twin.monitoring.track import Judged
from twin.store import schema

__all__ = ["Outcome", "raise_alerts", "read_alerts"]

_DIAGNOSED_US = 6 * 3_600_000_000
"""How far the diagnosis of an alert looks around it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look found on one chart.

    Attributes
    ----------
    judged : Judged
    version : int or None
        Of the limits that it was judged against.
    sole : bool
        Whether no person has ever set its limits.
    """

    planned: PlannedCharacteristic
    judged: Judged
    version: int | None = None
    sole: bool = True


def raise_alerts(
    connection: sa.Connection,
    plan: ControlPlan,
    outcomes: Sequence[Outcome],
    stops: Mapping[str, Sequence[Stop]],
    endpoints: Sequence[Endpoint],
    news_us: Span | None,
) -> list[int]:
    """Open an alert for each new run of signals, and bring the others up to date.

    Parameters
    ----------
    stops : mapping of str to sequence of Stop
        When stations stood.
    endpoints : sequence of Endpoint
        Who is to be told: one outbox row for each alert and endpoint that wants its severity.
    news_us : (int, int) or None
        First and last time of what arrived, which may change the diagnosis of alerts nearby; None
        leaves that for later.

    Returns
    -------
    list of int
        Numbers of those newly opened.
    """
    opened: list[int] = []
    spans: list[Span] = []
    for outcome in outcomes:
        fresh, touched = _written(connection, plan, outcome)
        opened += fresh
        spans += touched
    whole = spanned([*spans, *([] if news_us is None else [news_us])])
    if whole is None:
        return []
    rediagnose(connection, plan, [*spans, *([] if news_us is None else [news_us])])
    regroup(connection, plan.alerting.group_within_s, whole[0] - _DIAGNOSED_US)
    told = mute(connection, stops, whole[0])
    for alert in read_alerts(connection, {*opened, *told}):
        if not alert.muted_by:
            post(connection, plan.alerting, alert, endpoints)
    return opened


def read_alerts(connection: sa.Connection, numbers: set[int]) -> list[Alert]:
    """Alerts of these numbers, as they were raised."""
    table = schema.alerts
    query = sa.select(table).where(table.c.alert_id.in_(numbers)).order_by(table.c.alert_id)
    return [Alert.from_row(row) for row in connection.execute(query).mappings()]


def _written(
    connection: sa.Connection, plan: ControlPlan, outcome: Outcome
) -> tuple[list[int], list[Span]]:
    judged = outcome.judged
    found: dict[str, list[Finding]] = {}
    for finding in judged.findings:
        found.setdefault(finding.fingerprint, []).append(finding)
    opened: list[int] = []
    spans: list[Span] = []
    late = judged.late_from_us
    standing = (
        {} if late is None
        else of_place(connection, outcome.planned, outcome.version, outcome.sole)
    )  # fmt: skip
    for fingerprint in sorted({*found, *standing}):
        findings = found.get(fingerprint, [])
        if late is None:
            own = of_fingerprint(connection, fingerprint)
            changes = appended(own, findings, judged.times_us, plan.rearm_points)
        else:
            since = judged.covers_from_us
            own = standing.get(fingerprint, [])
            these = [finding for finding in findings if finding.at_us >= since]
            changes = reconciled(own, these, judged.times_us, plan.rearm_points, since)
        fresh, touched = write(connection, changes)
        opened += fresh
        spans += touched
    return opened, spans
