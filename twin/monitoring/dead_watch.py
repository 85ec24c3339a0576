"""The notifier's look after the watch: somebody has to notice when the noticing stops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from twin.monitoring.clearing import settle
from twin.monitoring.endpoints import read_endpoints
from twin.monitoring.letters import post
from twin.monitoring.plan import site_plan
from twin.monitoring.raising import read_alerts
from twin.monitoring.vital_signs import TWIN, dead_parts
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.times import now_us

__all__ = ["report_dead"]


def report_dead(store: Store, part: str) -> list[int]:
    """Raise an alert when `part` is not heard of any more, and clear it when it is back.

    Returns
    -------
    list of int
        Numbers of the alerts raised.
    """
    endpoints = read_endpoints(store.home)

    def own(row: Mapping[Any, Any]) -> bool:
        return (row["characteristic"], row["station"]) == (part, TWIN)

    with store.database.reading() as connection:
        found = dead_parts(connection, now_us(), only=(part,))
        if not found and not _open(connection, part):
            return []
    with store.database.writing() as connection:
        settled = settle(connection, found, own)
        rules = site_plan(Settings(store.home, "")).alerting
        for alert in read_alerts(connection, {*settled.raised, *settled.told}):
            post(connection, rules, alert, endpoints)
    return list(settled.raised)


def _open(connection: sa.Connection, part: str) -> bool:
    """Whether an alert about `part` is still open."""
    table = schema.alerts.c
    query = sa.select(table.alert_id).where(
        table.station == TWIN, table.characteristic == part, table.state != "closed"
    )
    return connection.execute(query).first() is not None
