"""Set-ups, maintenance, condition and alarm of a station of a line file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_type_hints

from process_models.errors import InputError
from twin.checked_table import CheckedTable
from twin.line_care import Alarm, Change, Condition, Maintenance, Setup
from twin.line_file.durations import LONGEST_S, read_duration

__all__ = ["read_alarm", "read_condition", "read_maintenance", "read_setup", "telling_where"]

T = TypeVar("T")
CHARTS = get_args(get_type_hints(Alarm)["chart"])
_OF_ALL = ("centre", "sigma", "gauge_bias", "gauge_sd")
_OF_CHART = {"shewhart": ("nsigma",), "ewma": ("lambda", "width"), "cusum": ("k", "h")}
_FIELDS = {"lambda": "lam"}


def telling_where(table: CheckedTable, make: Callable[..., T], **values: Any) -> T:
    """Make something of `values`, and name the table when it refuses them."""
    try:
        return make(**values)
    except InputError as error:
        raise InputError(f"{table.where}: {error}") from error


def read_setup(station: CheckedTable, folder: Path) -> Setup | None:
    """The table `setup`: `default_s`, and `changes` with `from`, `to` and `duration_s`."""
    if not station.has("setup"):
        return None
    table = station.table("setup")
    known = {}
    if table.has("default_s"):
        known["default_s"] = read_duration(table, "default_s", folder)
    changes = tuple(_change(inner, folder) for inner in table.tables("changes"))
    table.finish()
    return Setup(changes=changes, **known)


def _change(table: CheckedTable, folder: Path) -> Change:
    change = Change(
        table.text("from"), table.text("to"), read_duration(table, "duration_s", folder)
    )
    table.finish()
    if change.before == change.after:
        raise table.error("to", "must differ from `from`", change.after)
    return change


def read_maintenance(station: CheckedTable, folder: Path) -> tuple[Maintenance, ...]:
    """The tables `maintenance`, in the order of the file."""
    jobs = tuple(_maintenance(table, folder) for table in station.tables("maintenance"))
    names = [job.name for job in jobs]
    for name in names:
        if names.count(name) > 1:
            raise station.error("maintenance", "names must differ", name)
    return jobs


def _maintenance(table: CheckedTable, folder: Path) -> Maintenance:
    job = telling_where(
        table,
        Maintenance,
        name=table.text("name"),
        duration_s=read_duration(table, "duration_s", folder),
        every_lots=table.integer("every_lots", low=1) if table.has("every_lots") else None,
        every_work_s=_optional(table, "every_work_s"),
        every_s=_optional(table, "every_s"),
        first_s=_optional(table, "first_s"),
        above=_optional(table, "above", low=-1e300),
        restores=_truth(table, "restores"),
        crew=table.text("crew") if table.has("crew") else None,
    )
    if job.first_s is not None and job.every_s is None:
        raise table.error("first_s", "goes with every_s", job.first_s)
    table.finish()
    return job


def _optional(table: CheckedTable, key: str, low: float = 0.0) -> float | None:
    return table.number(key, low=low, high=LONGEST_S) if table.has(key) else None


def _truth(table: CheckedTable, key: str) -> bool:
    value = table.data[key] if table.has(key) else True
    if not isinstance(value, bool):
        raise table.error(key, "must be true or false", value)
    return value


def read_condition(station: CheckedTable, folder: Path) -> Condition | None:
    """The table `condition`."""
    if not station.has("condition"):
        return None
    table = station.table("condition")
    condition = Condition(
        name=table.text("name", "condition"),
        per_lot=read_duration(table, "per_lot", folder),
        per_h=table.number("per_h", 0.0),
        start=table.number("start", 0.0, low=-1e300),
    )
    table.finish()
    return condition


def read_alarm(station: CheckedTable, folder: Path) -> Alarm | None:
    """The table `alarm`."""
    if not station.has("alarm"):
        return None
    table = station.table("alarm")
    chart = cast(Any, table.word("chart", CHARTS))
    numbers = {
        _FIELDS.get(key, key): table.number(key, getattr(Alarm, _FIELDS.get(key, key)), low=-1e300)
        for key in (*_OF_ALL, *_OF_CHART[chart])
    }
    alarm = telling_where(
        table,
        Alarm,
        chart=chart,
        stop_s=read_duration(table, "stop_s", folder),
        crew=table.text("crew") if table.has("crew") else None,
        **numbers,
    )
    table.finish()
    return alarm
