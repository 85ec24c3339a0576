"""The desk where people work on alerts; every change is kept with who, when, old, new and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.permit import permit
from twin.monitoring.alert import Alert, CauseProbability, HistoryEntry
from twin.monitoring.audit import AuditLog
from twin.monitoring.lifecycle import STATES, next_state
from twin.monitoring.plan import ControlPlan, reference_plan
from twin.monitoring.waking import wake
from twin.store import Store, schema
from twin.store.times import from_us, now_us, to_us

__all__ = ["Alert", "AlertDesk", "CauseProbability", "HistoryEntry"]

History: TypeAlias = list[HistoryEntry]


class AlertDesk:
    """List alerts, and move them through their life.

    Parameters
    ----------
    store : Store
    plan : ControlPlan, optional
        Its cause catalogue and the changes that need a reason; default: the reference plan.
    """

    def __init__(self, store: Store, plan: ControlPlan | None = None) -> None:
        self._store = store
        self._plan = plan or reference_plan()
        self._audit = AuditLog(store)

    def list(
        self,
        state: str | Iterable[str] | None = None,
        *,
        station: str | None = None,
        characteristic: str | None = None,
        limit: int | None = None,
    ) -> list[Alert]:
        """Alerts, the newest first; of one or several states, a station, a characteristic.

        Raises
        ------
        InputError
            When `state` is not one.
        """
        self._wake()
        table = schema.alerts.c
        query = sa.select(schema.alerts).order_by(table.opened_at.desc(), table.alert_id.desc())
        if state is not None:
            query = query.where(table.state.in_(_states(state)))
        if station is not None:
            query = query.where(table.station == station)
        if characteristic is not None:
            query = query.where(table.characteristic == characteristic)
        with self._store.database.reading() as connection:
            rows = connection.execute(query if limit is None else query.limit(limit)).mappings()
            return [Alert.from_row(row) for row in rows]

    def get(self, alert_id: int) -> Alert:
        """One alert.

        Raises
        ------
        InputError
            When there is none of that number.
        """
        self._wake()
        with self._store.database.reading() as connection:
            return Alert.from_row(_row(connection, alert_id))

    def history(self, alert_id: int) -> History:
        """Everything that happened to an alert, oldest first."""
        table = schema.alert_history
        query = sa.select(table).where(table.c.alert_id == alert_id).order_by(table.c.entry_id)
        with self._store.database.reading() as connection:
            _row(connection, alert_id)
            rows = connection.execute(query).mappings().all()
        return [_entry(row) for row in rows]

    def histories(self) -> dict[int, History]:
        """Everything that happened to every alert, by its number."""
        table = schema.alert_history
        query = sa.select(table).order_by(table.c.entry_id)
        found: dict[int, History] = {}
        with self._store.database.reading() as connection:
            for row in connection.execute(query).mappings():
                found.setdefault(row["alert_id"], []).append(_entry(row))
        return found

    def acknowledge(self, alert_id: int, user: str, reason: str = "") -> Alert:
        """Say that `user` takes care of it."""
        return self._change(alert_id, "acknowledge", user, reason, shelved_until=None)

    def assign_cause(self, alert_id: int, cause: str, user: str, reason: str = "") -> Alert:
        """Name the cause, one of the plan's catalogue."""
        catalogue = self._plan.cause_names()
        if cause not in catalogue:
            raise InputError(f"cause must be one of {', '.join(catalogue)}, got {cause!r}")
        return self._change(alert_id, "assign_cause", user, reason, cause=cause)

    def act(self, alert_id: int, text: str, user: str, reason: str = "") -> Alert:
        """Write down what was done."""
        if not text.strip():
            raise InputError(f"action taken on alert {alert_id} must not be empty, got {text!r}")
        return self._change(alert_id, "act", user, reason, detail=text)

    def verify(self, alert_id: int, user: str, reason: str = "") -> Alert:
        """Say that the action helped."""
        return self._change(alert_id, "verify", user, reason)

    def close(self, alert_id: int, user: str, reason: str = "") -> Alert:
        """End it; without an assigned cause a reason is needed."""
        return self._change(alert_id, "close", user, reason)

    def reopen(self, alert_id: int, user: str, reason: str = "") -> Alert:
        """Open a closed alert again; it escalates anew."""
        return self._change(alert_id, "reopen", user, reason, escalation=0)

    def unshelve(self, alert_id: int, user: str, reason: str = "") -> Alert:
        """Take it from the shelf before its time."""
        return self._change(alert_id, "unshelve", user, reason, shelved_until=None, escalation=0)

    def shelve(self, alert_id: int, until: datetime, user: str, reason: str = "") -> Alert:
        """Put it aside until a time in the future; then it opens by itself."""
        if until.tzinfo is None or until <= datetime.now(UTC):
            raise InputError(
                f"until must lie in the future and have an offset, got {until.isoformat()}"
            )
        return self._change(alert_id, "shelve", user, reason, shelved_until=to_us(until))

    def _change(
        self,
        alert_id: int,
        action: str,
        user: str,
        reason: str,
        *,
        detail: str = "",
        **columns: Any,
    ) -> Alert:
        if not user.strip():
            raise InputError(f"user must not be empty to {action} alert {alert_id}, got {user!r}")
        permit(self._store, f"alert.{action}", user=user)
        with self._audit.writing() as connection:
            row = _row(connection, alert_id)
            state = next_state(alert_id, row["state"], action)
            self._require_reason(row, action, reason)
            _update(connection, alert_id, {"state": state, **columns})
            note = detail or json.dumps(columns, sort_keys=True) if columns or detail else ""
            _enter(connection, row, action, user, state, reason, note)
            self._audit.append(
                connection,
                user=user,
                action=f"alert.{action}",
                subject=f"alert {alert_id}",
                old={"state": row["state"], **{name: row[name] for name in columns}},
                new={"state": state, **columns, **({"detail": detail} if detail else {})},
                reason=reason,
            )
            return Alert.from_row(_row(connection, alert_id))

    def _require_reason(self, row: sa.RowMapping, action: str, reason: str) -> None:
        without_cause = action == "close" and not row["cause"]
        if (action in self._plan.reason_required or without_cause) and not reason.strip():
            why = " without an assigned cause" if without_cause else ""
            raise InputError(f"to {action} alert {row['alert_id']}{why} needs a reason (--reason)")

    def _wake(self) -> None:
        now = now_us()
        table = schema.alerts
        over = (table.c.state == "shelved", table.c.shelved_until <= now)
        with self._store.database.reading() as connection:
            if connection.execute(sa.select(table.c.alert_id).where(*over)).first() is None:
                return
        with self._audit.writing() as connection:
            wake(connection, self._store, now)


def _entry(row: sa.RowMapping) -> HistoryEntry:
    names = ("user", "action", "old_state", "new_state", "reason", "detail")
    return HistoryEntry(from_us(row["at"]), *(row[name] for name in names))


def _states(state: str | Iterable[str]) -> list[str]:
    chosen = [state] if isinstance(state, str) else list(state)
    for one in chosen:
        if one not in STATES:
            raise InputError(f"state must be one of {', '.join(STATES)}, got {one!r}")
    return chosen


def _row(connection: sa.Connection, alert_id: int) -> sa.RowMapping:
    query = sa.select(schema.alerts).where(schema.alerts.c.alert_id == alert_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise InputError(f"there is no alert {alert_id}: `lacss alerts list` shows all")
    return row


def _update(connection: sa.Connection, alert_id: int, values: dict[str, Any]) -> None:
    table = schema.alerts
    connection.execute(table.update().where(table.c.alert_id == alert_id).values(**values))


def _enter(
    connection: sa.Connection,
    row: sa.RowMapping,
    action: str,
    user: str,
    new_state: str,
    reason: str,
    detail: str,
) -> None:
    entry = {
        "alert_id": row["alert_id"],
        "at": now_us(),
        "user": user,
        "action": action,
        "old_state": row["state"],
        "new_state": new_state,
        "reason": reason,
        "detail": detail,
    }
    connection.execute(schema.alert_history.insert(), entry)
