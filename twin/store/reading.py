"""Reading measurements and events as tables, as they are known now or were known then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.store import schema
from twin.store.times import timestamps, to_us

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVENT_COLUMNS", "MEASUREMENT_COLUMNS", "read_events", "read_measurements"]

MEASUREMENT_COLUMNS = (
    "measured_at", "lot_id", "station", "characteristic", "value", "unit", "subgroup", "position",
    "source", "sequence", "operator", "gauge", "quality", "censoring", "received_at", "provenance",
)
EVENT_COLUMNS = (
    "occurred_at", "station", "event", "lot_id", "parent_lot_id", "recipe", "detail", "source",
    "sequence", "received_at", "provenance",
)
_TIMES = ("measured_at", "occurred_at", "received_at")
_WHOLE = ("position", "sequence", "measurement_id", "event_id")


def read_measurements(
    connection: sa.Connection,
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    last: int | None,
    columns: Sequence[str] = MEASUREMENT_COLUMNS,
) -> pd.DataFrame:
    """Measurements joined to their series, by `measured_at`, `sequence`, `position`."""
    joined = schema.measurements.join(schema.series)
    chosen = [_column(name) for name in columns]
    table = schema.measurements.c
    order = (table.measured_at, table.sequence, table.position, table.measurement_id)
    query = sa.select(*chosen).select_from(joined).where(*conditions)
    if last is None:
        return _frame(columns, connection.execute(query.order_by(*order)).all())
    newest_first = query.order_by(*(column.desc() for column in order)).limit(last)
    return _frame(columns, connection.execute(newest_first).all()[::-1])


def read_events(
    connection: sa.Connection,
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    columns: Sequence[str] = EVENT_COLUMNS,
) -> pd.DataFrame:
    """Events by `occurred_at`, `sequence`, then the order in which they came."""
    table = schema.events
    query = (
        sa.select(*(table.c[name] for name in columns))
        .where(*conditions)
        .order_by(table.c.occurred_at, table.c.sequence, table.c.event_id)
    )
    return _frame(columns, connection.execute(query).all())


def period(
    at: sa.ColumnElement[int],
    received_at: sa.ColumnElement[int],
    since: datetime | None,
    until: datetime | None,
    known_by: datetime | None,
) -> list[sa.ColumnElement[bool]]:
    """Conditions on when it happened (`until` included) and on when it became known."""
    conditions: list[sa.ColumnElement[bool]] = []
    if since is not None:
        conditions.append(at >= _instant("since", since))
    if until is not None:
        conditions.append(at <= _instant("until", until))
    if known_by is not None:
        limit = _instant("known_by", known_by)
        conditions += [at <= limit, sa.func.coalesce(received_at, at) <= limit]
    return conditions


def of_lots(
    column: sa.ColumnElement[str], lot_ids: Iterable[str] | None
) -> list[sa.ColumnElement[bool]]:
    """The condition that keeps these lots; None keeps all."""
    return [] if lot_ids is None else [column.in_(list(lot_ids))]


def _instant(name: str, moment: datetime) -> int:
    if moment.tzinfo is None:
        raise InputError(f"{name} needs an offset from UTC, got {moment.isoformat()}")
    return to_us(moment)


def _column(name: str) -> sa.Column[Any]:
    in_series = name in ("station", "characteristic")
    return schema.series.c[name] if in_series else schema.measurements.c[name]


def _frame(columns: Sequence[str], rows: Sequence[sa.Row[Any]]) -> pd.DataFrame:
    import pandas as pd

    parts = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pd.DataFrame(
        {name: _series(name, part) for name, part in zip(columns, parts, strict=True)}
    )


def _series(name: str, part: Sequence[Any]) -> pd.Series:
    import pandas as pd

    if name in _TIMES:
        return timestamps(part)
    if name == "value":
        return pd.Series(part, dtype="float64")
    return pd.Series(part, dtype="int64" if name in _WHOLE else "str")
