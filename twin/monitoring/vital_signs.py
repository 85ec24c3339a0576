"""What may be wrong with the twin itself and its sources: parts that died, gaps, clocks, disk."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa

from twin.monitoring.charts_in_memory import Fault
from twin.monitoring.condition import Condition
from twin.store import schema
from twin.store.times import from_us

__all__ = ["clock_skew", "dead_parts", "disk", "faults", "source_gaps"]

TWIN = "twin"
SOURCES = "sources"
MISSED_BEATS = 3
Place = tuple[str, str]


def dead_parts(
    connection: sa.Connection,
    now: int,
    *,
    leave_out: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[Condition]:
    """Parts whose heartbeat is overdue by three periods, unless they said that they stop."""
    table = schema.heartbeats
    query = sa.select(table).where(table.c.state != "stopped").order_by(table.c.part)
    found = []
    for row in connection.execute(query).mappings():
        asked = row["part"] not in leave_out and (only is None or row["part"] in only)
        if asked and now - row["at"] > MISSED_BEATS * row["every_us"]:
            last = from_us(row["at"]).isoformat(timespec="seconds")
            found.append(
                _system(f"dead_{row['part'].split(':')[0].split()[0]}", "critical", row["part"],
                        row["at"], now, f"{row['part']} has not been heard of since {last}",
                        "Start it again; look into its log for the reason.")
            )  # fmt: skip
    return found


def source_gaps(connection: sa.Connection, now: int) -> list[Condition]:
    """Sources with holes that are still open."""
    table = schema.gaps
    query = sa.select(table).where(table.c.filled_at.is_(None)).order_by(table.c.gap_id)
    holes: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(query).mappings():
        holes.setdefault(f"{row['source']} {row['channel']}".strip(), []).append(row)
    return [
        Condition(
            category="data", rule="source_gap", severity="major", station=SOURCES,
            characteristic=name, since_us=max(row["detected_at"] for row in rows),
            began_us=rows[0]["from_at"], known_us=now, last_us=now,
            message=f"{name}: {_missing(rows)} ({rows[-1]['reason']})",
            reaction_plan="Look on the page Data sources whether the source still holds it.",
        )
        for name, rows in holes.items()
    ]  # fmt: skip


def clock_skew(ahead_us: Mapping[str, int], tolerance_s: float, now: int) -> list[Condition]:
    """Sources whose newest readings are ahead of our clock."""
    return [
        Condition(
            category="data", rule="clock_skew", severity="minor", station=SOURCES,
            characteristic=name or "file", since_us=now, known_us=now, last_us=now,
            message=f"readings of {name or 'a file'} are {ahead / 1e6:.0f} s ahead of the clock",
            reaction_plan="Set the clock of the source, or of this machine.", exact=False,
        )
        for name, ahead in sorted(ahead_us.items())
        if ahead > tolerance_s * 1e6
    ]  # fmt: skip


def faults(found: Mapping[Place, Fault], now: int) -> list[Condition]:
    """Charts that cannot be judged."""
    return [
        Condition(
            category="system", rule="evaluation_error", severity="major", station=station,
            characteristic=name, since_us=fault.since_us, known_us=now, last_us=now,
            message=f"{name} at {station} cannot be judged: {fault.reason}",
            reaction_plan="Correct the control plan or the data; the chart is judged again then.",
            exact=False,
        )
        for (name, station), fault in sorted(found.items())
    ]  # fmt: skip


def disk(folders: Iterable[Path], least_share: float, now: int) -> list[Condition]:
    """A disk that is nearly full."""
    for folder in folders:
        usage = shutil.disk_usage(folder)
        if usage.free < least_share * usage.total:
            text = f"{usage.free / 2**20:,.0f} MiB are free on the disk of {folder}"
            plan = "Make room, or compact old months with `lacss archive`."
            return [_system("disk_nearly_full", "critical", "disk", now, now, text, plan)]
    return []


def _system(
    rule: str, severity: str, part: str, since: int, now: int, message: str, plan: str
) -> Condition:
    return Condition(
        category="system", rule=rule, severity=severity, station=TWIN, characteristic=part,
        since_us=since, known_us=now, last_us=now, message=message, reaction_plan=plan,
        exact=rule != "disk_nearly_full",
    )  # fmt: skip


def _missing(rows: list[sa.RowMapping]) -> str:
    counted = sum(r["last_missing"] - r["first_missing"] + 1 for r in rows if r["last_missing"])
    return f"{counted} records are missing" if counted else "a period is missing"
