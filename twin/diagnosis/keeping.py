"""Diagnoses kept with their alerts, and made anew when there is news of them.

The watch ranks causes by the plan alone when it raises an alert, at once; what is worked out here
from the readings takes the place of that ranking soon after.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from process_models.errors import InputError
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.result import Diagnosis
from twin.monitoring.findings import NO_DATA
from twin.store import schema
from twin.store.times import now_us, to_us

if TYPE_CHECKING:
    from twin.store import Store

__all__ = ["diagnose_and_keep", "due", "kept", "refresh"]

_AFTER_US = int(6 * 3600e6)  # product of the last lots is measured by then
_AGAIN_US = int(20 * 60e6)
_CAUSES_IN_ALERT = 9


def kept(store: Store, alert_id: int) -> Diagnosis | None:
    """The newest diagnosis of an alert; None where there is none yet."""
    table = schema.diagnoses.c
    query = sa.select(table.document).where(table.alert_id == alert_id)
    with store.database.reading() as connection:
        document = connection.execute(query).scalar()
    return None if document is None else Diagnosis.from_dict(json.loads(document))


def diagnose_and_keep(
    store: Store, diagnostician: Diagnostician, alert_id: int, *, evidence: bool = True
) -> Diagnosis:
    """Diagnose an alert, store the result, and its ranking in the alert.

    Raises
    ------
    InputError
        As `Diagnostician.diagnose`.
    """
    seen = _newest_us(store)
    made = diagnostician.diagnose(alert_id, evidence=evidence)
    _keep(store, made, seen)
    return made


def _keep(store: Store, made: Diagnosis, seen_to_us: int) -> None:
    table, alerts = schema.diagnoses, schema.alerts
    ranking = [(one.cause, one.probability) for one in made.ranking[:_CAUSES_IN_ALERT]]
    row = {
        "at": now_us(), "known_to": seen_to_us, "last_point_at": to_us(made.known_to),
        "document": json.dumps(made.to_dict()),
    }  # fmt: skip
    with store.database.writing() as connection:
        here = table.c.alert_id == made.alert_id
        if connection.execute(table.update().where(here).values(**row)).rowcount == 0:
            connection.execute(table.insert(), {"alert_id": made.alert_id, **row})
        connection.execute(
            alerts.update()
            .where(alerts.c.alert_id == made.alert_id)
            .values(diagnosis=json.dumps(ranking))
        )


def due(store: Store, limit: int | None = None) -> list[int]:
    """Open alerts of the process of which there is news since their diagnosis; newest first.

    News is a further signal, or readings up to six hours after the last one: the product of its
    lots is measured by then.
    """
    alerts, made = schema.alerts.c, schema.diagnoses.c
    newest = sa.select(sa.func.max(schema.series.c.last_measured_at)).scalar_subquery()
    known = sa.func.coalesce(made.known_to, 0)
    still = sa.and_(known < alerts.last_point_at + _AFTER_US, newest >= known + _AGAIN_US)
    query = (
        sa.select(alerts.alert_id)
        .select_from(schema.alerts.outerjoin(schema.diagnoses, made.alert_id == alerts.alert_id))
        .where(
            alerts.rule != NO_DATA, alerts.state != "closed", alerts.category == "process",
            sa.or_(made.alert_id.is_(None), alerts.last_point_at > known, still),
        )
        .order_by(alerts.last_point_at.desc(), alerts.alert_id.desc())
        .limit(limit)
    )  # fmt: skip
    with store.database.reading() as connection:
        return [int(number) for number in connection.execute(query).scalars()]


def refresh(
    store: Store,
    diagnostician: Diagnostician,
    alert_ids: Sequence[int] | None = None,
    *,
    within_s: float = float("inf"),
    evidence: bool = True,
) -> int:
    """Diagnose what is due, or these alerts, and keep the results; how many were made.

    Parameters
    ----------
    within_s : float
        No further diagnosis is begun after so many seconds.

    Notes
    -----
    An alert that cannot be diagnosed, as one of a cell test, keeps the ranking of the plan.
    """
    began, made = time.monotonic(), 0
    for alert_id in due(store) if alert_ids is None else alert_ids:
        if time.monotonic() - began > within_s:
            break
        try:
            diagnose_and_keep(store, diagnostician, alert_id, evidence=evidence)
        except InputError:
            continue
        made += 1
    return made


def _newest_us(store: Store) -> int:
    with store.database.reading() as connection:
        newest = connection.execute(sa.select(sa.func.max(schema.series.c.last_measured_at)))
        return int(newest.scalar() or 0)
