"""What goes wrong on the reference plant, by a file: special causes and faults of its sensors.

random = false                 # also what the seed draws? left out: no

[[cause]]
name = "roll_wear"
start = 2026-11-24T08:00:00Z   # or hours from the start of the plant
end = 2026-11-24T14:00:00Z
size = 6.0                     # left out: the middle of its usual range

[[fault]]
kind = "stuck"
station = "roll"
characteristic = "thickness_um"
start = 30.0
end = 32.5
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.checked_table import CheckedTable, read_toml
from twin.live.sensor_faults import FAULTS, SensorFault
from twin.measuring import MEASURED_AT
from twin.measuring.causes import CAUSES, CauseSchedule, SpecialCause

__all__ = ["PlantScript", "read_script"]


@dataclass(frozen=True, slots=True)
class PlantScript:
    """Causes in seconds from the start of the plant, faults, and whether chance adds to them."""

    causes: tuple[SpecialCause, ...] = ()
    faults: tuple[SensorFault, ...] = ()
    random: bool = False

    def schedule(self, drawn: CauseSchedule) -> CauseSchedule:
        """The causes of the script, and those that were `drawn` where chance is let in."""
        causes = (*self.causes, *(drawn.causes if self.random else ()))
        return CauseSchedule(tuple(sorted(causes, key=lambda one: one.start_s)))


def read_script(path: Path, started_at: datetime) -> PlantScript:
    """Read a script for a plant that was started at `started_at`.

    Raises
    ------
    InputError
        With file, table, key, rule and value.
    """
    root = read_toml(path)
    random = root.data.get("random", False) if root.has("random") else False
    if not isinstance(random, bool):
        raise root.error("random", "must be true or false", random)
    causes = tuple(_cause(table, started_at) for table in root.tables("cause"))
    faults = tuple(_fault(table, started_at) for table in root.tables("fault"))
    root.finish()
    return PlantScript(causes, faults, random)


def _cause(table: CheckedTable, started_at: datetime) -> SpecialCause:
    name = table.word("name", CAUSES)
    kind = CAUSES[name]
    start, end = _times(table, started_at)
    size = table.number("size", (kind.low + kind.high) / 2, low=-1e9)
    if size < 0 and not kind.signed:
        raise table.error("size", f"of {name} must not be negative", size)
    table.finish()
    start_s = (start - started_at).total_seconds()
    return SpecialCause(name, start_s, (end - start).total_seconds(), size)


def _fault(table: CheckedTable, started_at: datetime) -> SensorFault:
    station = table.word("station", [name for name, read in MEASURED_AT.items() if read])
    start, end = _times(table, started_at)
    given = {
        "kind": table.word("kind", FAULTS),
        "characteristic": table.word("characteristic", MEASURED_AT[station]),
        "size": table.number("size", 0.0, low=-1e9),
        "share": table.number("share", 1.0),
    }
    table.finish()
    try:
        return SensorFault(station=station, start=start, end=end, **given)  # type: ignore[arg-type]
    except InputError as error:
        raise InputError(f"{table.where}: {error}") from error


def _times(table: CheckedTable, started_at: datetime) -> tuple[datetime, datetime]:
    start, end = (_time(table, key, started_at) for key in ("start", "end"))
    if end <= start:
        raise table.error("end", f"must be after {start.isoformat()}", table.data["end"])
    return start, end


def _time(table: CheckedTable, key: str, started_at: datetime) -> datetime:
    value: Any = table.data.get(key) if table.has(key) else None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise table.error(key, "must be a time in ISO 8601", value) from error
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise table.error(key, "needs an offset from UTC, such as Z", value.isoformat())
        return value
    return started_at + timedelta(hours=table.number(key))
