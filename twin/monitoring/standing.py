"""Alerts of a chart as they are stored, and what becomes of them, written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert_rows import enter, insert, of_finding, update
from twin.monitoring.episodes import Episode
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.reconciling import Changes, Standing
from twin.store import schema
from twin.store.times import from_us

__all__ = ["Span", "of_fingerprint", "of_place", "spanned", "write"]

Span = tuple[int, int]
_NEAREST = 200
_WITHDRAWN = "data that came late bear it out no longer"


def of_fingerprint(connection: sa.Connection, fingerprint: str) -> list[Standing]:
    """The newest alerts of one fingerprint that stand."""
    table = schema.alerts.c
    query = _select().where(table.fingerprint == fingerprint, table.withdrawn == "")
    newest = query.order_by(table.first_point_at.desc()).limit(_NEAREST)
    return [_standing(row, None) for row in connection.execute(newest).mappings()]


def of_place(
    connection: sa.Connection, planned: PlannedCharacteristic, version: int | None, sole: bool
) -> dict[str, list[Standing]]:
    """Every alert of a chart by fingerprint, those that were withdrawn included.

    Parameters
    ----------
    version : int or None
        Limits that count now.
    sole : bool
        Whether older limits were all replaced by late data and not by a person; alerts of limits
        that a person has replaced stay as they are.
    """
    table = schema.alerts.c
    query = _select().where(
        table.characteristic == planned.name, table.station == planned.station,
        table.category == "process", table.rule != "no_data",
    )  # fmt: skip
    found: dict[str, list[Standing]] = {}
    for row in connection.execute(query.order_by(table.alert_id)).mappings():
        own = None if sole else version
        found.setdefault(row["fingerprint"].split("#")[0], []).append(_standing(row, own))
    return found


def write(connection: sa.Connection, changes: Changes) -> tuple[list[int], list[Span]]:
    """Write `changes`; the numbers of the alerts raised, and the times that were touched."""
    spans: list[Span] = []
    for alert_id, heir in changes.withdrawn:
        spans.append(_withdraw(connection, alert_id, heir))
    for episode in changes.grown:
        spans.append((episode.first_us, episode.last_us))
        update(
            connection, _number(episode), first_point_at=episode.first_us,
            last_point_at=episode.last_us, count=episode.count,
        )  # fmt: skip
    others = [(row, one) for one in changes.revised if _differs(row := _row(connection, one), one)]
    for row, episode in others:  # out of each other's way first
        if row["first_point_at"] != episode.first_us:
            update(connection, _number(episode), first_point_at=-_number(episode))
    for row, episode in others:
        spans.append((episode.first_us, episode.last_us))
        _revise(connection, row, episode)
    fresh = []
    for episode in sorted(changes.fresh, key=lambda one: one.first_us):
        spans.append((episode.first_us, episode.last_us))
        fresh.append(insert(connection, {**_facts(episode)}))
    return fresh, spans


def _differs(row: Mapping[Any, Any], episode: Episode) -> bool:
    facts = _facts(episode)
    return row["withdrawn"] != "" or any(row[name] != value for name, value in facts.items())


def _revise(connection: sa.Connection, row: Mapping[Any, Any], episode: Episode) -> None:
    alert_id = _number(episode)
    back = row["withdrawn"] != ""
    state = "open" if back and row["state"] == "closed" else row["state"]
    update(connection, alert_id, **_facts(episode), state=state, withdrawn="")
    points = ("first_point_at", "last_point_at", "count", "value")
    if not back and all(row[name] == _facts(episode)[name] for name in points):
        return  # the same points, of which one bears another number now
    first = from_us(episode.first_us).isoformat(timespec="seconds")
    why = "data that came late bear it out again" if back else "data that came late belong to it"
    detail = f"now {episode.count} points from {first}"
    action = "return" if back else "revise"
    enter(connection, alert_id, action, row["state"], state, why, detail=detail)


def _withdraw(connection: sa.Connection, alert_id: int, heir: int | None) -> Span:
    row = _row(connection, alert_id)
    why = _WITHDRAWN if heir is None else f"data that came late make it part of alert {heir}"
    state = "closed" if row["state"] in ("open", "shelved") else row["state"]
    fingerprint = f"{row['fingerprint'].split('#')[0]}#{alert_id}"
    update(connection, alert_id, withdrawn=why, state=state, fingerprint=fingerprint, group_key="")
    enter(connection, alert_id, "withdraw", row["state"], state, why)
    return row["first_point_at"], row["last_point_at"]


def _facts(episode: Episode) -> dict[str, Any]:
    if episode.finding is None:
        raise ValueError("an alert needs the finding that opens it")
    return {
        **of_finding(episode.finding),
        "first_point_at": episode.first_us,
        "last_point_at": episode.last_us,
        "count": episode.count,
    }


def _select() -> sa.Select[Any]:
    table = schema.alerts.c
    return sa.select(
        table.alert_id, table.fingerprint, table.first_point_at, table.last_point_at, table.count,
        table.state, table.withdrawn, table.limits_version,
    )  # fmt: skip


def _standing(row: Mapping[Any, Any], own_limits: int | None) -> Standing:
    withdrawn = row["withdrawn"] != ""
    other = own_limits is not None and row["limits_version"] not in (None, own_limits)
    return Standing(
        row["alert_id"], row["first_point_at"], row["last_point_at"], row["count"], row["state"],
        fixed=not withdrawn and (row["state"] == "closed" or other), withdrawn=withdrawn,
    )  # fmt: skip


def _row(connection: sa.Connection, alert: Episode | int) -> sa.RowMapping:
    alert_id = alert if isinstance(alert, int) else _number(alert)
    query = sa.select(schema.alerts).where(schema.alerts.c.alert_id == alert_id)
    return connection.execute(query).mappings().one()


def _number(episode: Episode) -> int:
    if episode.alert_id is None:
        raise ValueError("an episode that is not stored has no number")
    return episode.alert_id


def spanned(spans: Iterable[Span]) -> Span | None:
    """From the first to the last of several spans; None when there is none."""
    chosen = list(spans)
    if not chosen:
        return None
    return min(first for first, _ in chosen), max(last for _, last in chosen)
