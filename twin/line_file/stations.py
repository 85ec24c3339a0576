"""A station of a line file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

from process_models.physics.recipe_parameters import PROCESSES
from twin.checked_table import CheckedTable
from twin.line import Failure, Hold, MaxWait, Operators, Rework, StationModel
from twin.line_file.care import (
    read_alarm,
    read_condition,
    read_maintenance,
    read_setup,
    telling_where,
)
from twin.line_file.durations import LONGEST_S, read_duration
from twin.line_file.people import read_calendar

__all__ = ["read_station"]

CLOCKS = get_args(get_type_hints(Failure)["clock"])
ACTIONS = get_args(get_type_hints(MaxWait)["action"])
SINCE = get_args(get_type_hints(MaxWait)["since"])
MOST_SERVERS = 10_000


def read_station(table: CheckedTable, folder: Path) -> StationModel:
    """One table [[station]]; files that it names stand in `folder`."""
    model = StationModel(
        name=table.text("name"),
        service_s=read_duration(table, "service_s", folder),
        servers=table.integer("servers", 1, low=1, high=MOST_SERVERS),
        buffer=table.integer("buffer") if table.has("buffer") else None,
        transfer_s=table.number("transfer_s", 0.0, high=LONGEST_S),
        batch=table.integer("batch", 1, low=1),
        batch_timeout_s=_optional(table, "batch_timeout_s"),
        scrap_probability=table.number("scrap_probability", 0.0, high=1.0),
        rework=_rework(table),
        failure=_failure(table, folder),
        down_windows_s=_windows(table),
        calendar=read_calendar(table),
        repair_crew=table.text("repair_crew") if table.has("repair_crew") else None,
        operators=_operators(table),
        exposure_s=_optional(table, "exposure_s"),
        skipped_by=_skipped(table),
        sample_every=table.integer("sample_every", low=1) if table.has("sample_every") else 0,
        first_sample=table.integer("first_sample", 1, low=1),
        setup=read_setup(table, folder),
        maintenance=read_maintenance(table, folder),
        condition=read_condition(table, folder),
        alarm=read_alarm(table, folder),
        hold=_hold(table, folder),
        max_wait=_max_wait(table),
    )
    table.finish()
    return model


def _optional(table: CheckedTable, key: str) -> float | None:
    return table.number(key, high=LONGEST_S) if table.has(key) else None


def _skipped(table: CheckedTable) -> tuple[str, ...]:
    value = table.data["skipped_by"] if table.has("skipped_by") else []
    if not isinstance(value, list) or not set(map(str, value)) <= set(PROCESSES):
        raise table.error("skipped_by", f"must be a list of {', '.join(PROCESSES)}", value)
    return tuple(value)


def _rework(table: CheckedTable) -> Rework | None:
    if not table.has("rework"):
        return None
    inner = table.table("rework")
    rework = Rework(inner.number("probability", high=1.0), inner.text("to"))
    inner.finish()
    return rework


def _failure(table: CheckedTable, folder: Path) -> Failure | None:
    if not table.has("failure"):
        return None
    inner = table.table("failure")
    failure = Failure(
        cast(Any, inner.word("clock", CLOCKS)),
        read_duration(inner, "time_to_failure_s", folder),
        read_duration(inner, "time_to_repair_s", folder),
    )
    inner.finish()
    if failure.time_to_failure_s.mean_s == 0:
        raise inner.error("time_to_failure_s", "must not always be 0", 0)
    return failure


def _operators(table: CheckedTable) -> Operators | None:
    if not table.has("operators"):
        return None
    inner = table.table("operators")
    operators = Operators(
        inner.text("pool"),
        inner.integer("needed", 1, low=1),
        inner.text("skill") if inner.has("skill") else "",
    )
    inner.finish()
    return operators


def _hold(table: CheckedTable, folder: Path) -> Hold | None:
    if not table.has("hold"):
        return None
    inner = table.table("hold")
    hold = Hold(inner.number("probability", high=1.0), read_duration(inner, "duration_s", folder))
    inner.finish()
    return hold


def _max_wait(table: CheckedTable) -> MaxWait | None:
    if not table.has("max_wait"):
        return None
    inner = table.table("max_wait")
    max_wait = telling_where(
        inner,
        MaxWait,
        limit_s=inner.number("limit_s", high=LONGEST_S),
        action=inner.word("action", ACTIONS, "scrap"),
        to=inner.text("to") if inner.has("to") else "",
        since=inner.word("since", SINCE, "arrival"),
    )
    inner.finish()
    return max_wait


def _windows(table: CheckedTable) -> tuple[tuple[float, float], ...]:
    if not table.has("down_windows_s"):
        return ()
    value = table.data["down_windows_s"]
    if not isinstance(value, list):
        raise table.error("down_windows_s", "must be a list of [start, end]", value)
    for row in value:
        pair = isinstance(row, list) and len(row) == 2
        if not pair or not all(type(time) in (int, float) for time in row):
            raise table.error("down_windows_s", "must be a list of [start, end]", row)
        if not 0 <= row[0] < row[1]:
            raise table.error("down_windows_s", "needs 0 <= start < end", row)
        if row[1] > LONGEST_S:
            raise table.error("down_windows_s", f"must end by {LONGEST_S:g}", row)
    return tuple(sorted((float(a), float(b)) for a, b in value))
