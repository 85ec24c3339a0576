"""Versions of frozen limits: which Phase I they come from, what was left out, who approved and why.

Versions are only added, never changed; the newest one counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from process_models.spc import ChartOptions, FrozenLimits, evaluate, fit
from twin.access.permit import permit
from twin.monitoring.audit import AuditLog
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.points import Points
from twin.store import Store, schema
from twin.store.times import from_us, now_us

__all__ = [
    "LimitsVersion",
    "fit_phase1",
    "limits_version",
    "limits_versions",
    "newest_limits",
    "plan_options",
    "save_limits",
]


@dataclass(frozen=True, slots=True)
class LimitsVersion:
    """One version of the limits of a characteristic at a station."""

    characteristic: str
    station: str
    version: int
    chart: str
    at: datetime
    user: str
    reason: str
    phase1_from: datetime
    phase1_to: datetime
    phase1_points: int
    limits: FrozenLimits


def plan_options(planned: PlannedCharacteristic, **more: Any) -> ChartOptions:
    """The chart options that the plan asks for."""
    options: dict[str, Any] = dict(planned.chart_options)
    options["rules"] = tuple(planned.rules) or ("beyond_limits",)
    return ChartOptions(**{**options, **more})


def fit_phase1(
    planned: PlannedCharacteristic,
    points: Points,
    *,
    left_out: tuple[int, ...] = (),
    **more: Any,
) -> FrozenLimits:
    """Limits from all of `points`, those beyond the first limits left out once.

    Parameters
    ----------
    left_out : tuple of int
        Points, from 1, that are left out from the start.
    more
        Chart options that replace those of the plan; with `exclude` nothing else is left out.
    """
    begun = {"sigma": _overall(planned, points, left_out), "exclude": left_out}
    options = plan_options(planned, **{**begun, **more})
    first = fit(planned.chart, points.data(), options)
    if "exclude" in more:
        return first
    located = evaluate(first, points.data(), plan_options(planned, rules=("beyond_limits",)))
    main = located.panels[0].statistic
    beyond = {s.point for s in located.signals if s.panel == main} - set(left_out)
    if not beyond or len(beyond) > points.n // 4:
        return first
    without = tuple(sorted(beyond | set(left_out)))
    again = {"sigma": _overall(planned, points, without), **more, "exclude": without}
    return fit(planned.chart, points.data(), plan_options(planned, **again))


def save_limits(
    store: Store,
    planned: PlannedCharacteristic,
    points: Points,
    limits: FrozenLimits,
    *,
    user: str,
    reason: str,
    expected: int | None = None,
) -> int:
    """Store `limits`, fitted on `points`, as the next version, and audit it.

    Parameters
    ----------
    expected : int, optional
        Version that this one must become; when another came first, nothing is stored.

    Returns
    -------
    int
        Number of the newest version.
    """
    if not reason.strip():
        raise InputError(f"limits of {planned.name} need a reason, got {reason!r}")
    permit(store, "limits.freeze", user=user)
    log = AuditLog(store)
    with log.writing() as connection:
        old = _newest(connection, planned.name, planned.station)
        version = 1 if old is None else old.version + 1
        if expected is not None and version != expected:
            return version - 1
        who = {"version": version, "user": user, "reason": reason}
        connection.execute(schema.limits.insert(), {**_columns(planned, points, limits), **who})
        log.append(
            connection,
            user=user,
            action="limits.freeze",
            subject=f"limits {planned.name} at {planned.station}",
            old={} if old is None else {"version": old.version, **old.limits.to_dict()},
            new={"version": version, **limits.to_dict()},
            reason=reason,
        )
    return version


def newest_limits(store: Store, characteristic: str, station: str) -> LimitsVersion | None:
    """The version that counts, or None when no Phase I was completed."""
    with store.database.reading() as connection:
        return _newest(connection, characteristic, station)


def limits_version(
    store: Store, characteristic: str, station: str, version: int | None = None
) -> LimitsVersion | None:
    """A version of the limits; without a number the newest, or None when there is none.

    Raises
    ------
    InputError
        When there is no such version.
    """
    if version is None:
        return newest_limits(store, characteristic, station)
    for found in limits_versions(store, characteristic, station):
        if found.version == version:
            return found
    raise InputError(f"{characteristic} at {station} has no limits of version {version}")


def limits_versions(store: Store, characteristic: str, station: str) -> list[LimitsVersion]:
    """All versions, oldest first."""
    with store.database.reading() as connection:
        rows = connection.execute(_query(characteristic, station)).mappings().all()
    return [_version(row) for row in reversed(rows)]


def _overall(
    planned: PlannedCharacteristic, points: Points, excluded: tuple[int, ...]
) -> float | None:
    if planned.sigma == "within":
        return None
    kept = [i for i in range(points.n) if i + 1 not in excluded]
    spread = float(points.means()[kept].std(ddof=1))
    return spread if spread > 0 else None


def _columns(
    planned: PlannedCharacteristic, points: Points, limits: FrozenLimits
) -> dict[str, Any]:
    return {
        "characteristic": planned.name,
        "station": planned.station,
        "chart": limits.kind,
        "at": now_us(),
        "phase1_from": int(points.at_us[0]),
        "phase1_to": int(points.at_us[-1]),
        "phase1_points": points.n,
        "exclusions": json.dumps(list(limits.excluded)),
        "options": json.dumps(dict(planned.chart_options)),
        "parameters": json.dumps(limits.to_dict(), sort_keys=True),
    }


def _query(characteristic: str, station: str) -> sa.Select[Any]:
    table = schema.limits
    return (
        sa.select(table)
        .where(table.c.characteristic == characteristic, table.c.station == station)
        .order_by(table.c.version.desc())
    )


def _newest(
    connection: sa.Connection, characteristic: str, station: str
) -> LimitsVersion | None:
    row = connection.execute(_query(characteristic, station).limit(1)).mappings().first()
    return None if row is None else _version(row)


def _version(row: Mapping[Any, Any]) -> LimitsVersion:
    return LimitsVersion(
        row["characteristic"], row["station"], row["version"], row["chart"], from_us(row["at"]),
        row["user"], row["reason"], from_us(row["phase1_from"]), from_us(row["phase1_to"]),
        row["phase1_points"], FrozenLimits.from_dict(json.loads(row["parameters"])),
    )  # fmt: skip
