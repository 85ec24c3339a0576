"""Charts of what is stored, against the limits that were frozen for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc import ChartOptions, ChartResult, FrozenLimits, chart, evaluate
from twin.monitoring.limits import (
    LimitsVersion,
    fit_phase1,
    limits_version,
    plan_options,
    save_limits,
)
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.point_notes import PointNote, excluded_points, point_notes, reason_for
from twin.monitoring.points import Points, points_of, subgroup_codes
from twin.monitoring.selection import readings_of, station_of
from twin.store import Store
from twin.store.times import from_us, timestamps, to_us

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["StoredChart", "chart_stored", "freeze_limits"]

_SUBGROUP_CHARTS = frozenset({"xbar_r", "xbar_s", "xbar", "r", "s", "i_mr_rs"})


@dataclass(frozen=True, eq=False)
class StoredChart:
    """A chart of what is stored.

    Attributes
    ----------
    times : DatetimeIndex of length n
        When the last reading of each point was measured, UTC.
    lot_ids : tuple of str
        Lot of each point.
    provenance : str
        Of the readings; several are joined by `+`.
    limits_version : int or None
        Version of the frozen limits; None when the limits come from the points shown.
    planned : PlannedCharacteristic or None
        None when the control plan does not know the characteristic.
    age_s : float
        Since the newest reading, by the clock of this machine.
    options : ChartOptions
        That it was drawn with.
    notes : mapping of int to tuple of PointNote
        What people wrote beside points, numbered from 1; oldest first.
    """

    result: ChartResult
    times: pd.DatetimeIndex
    lot_ids: tuple[str, ...]
    provenance: str
    limits_version: int | None
    planned: PlannedCharacteristic | None
    age_s: float
    station: str
    unit: str
    options: ChartOptions = field(default_factory=ChartOptions)
    notes: Mapping[int, tuple[PointNote, ...]] = field(default_factory=dict)


def chart_stored(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    kind: str | None = None,
    options: ChartOptions | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int | None = None,
    version: int | None = None,
) -> StoredChart:
    """Chart a stored characteristic.

    Without `kind` and `options` it is the chart of the control plan, judged against its newest
    frozen limits, or, while there are none, against limits from the first points.

    Parameters
    ----------
    station : str, optional
        Needed when the characteristic is measured at several.
    since, until : datetime, optional
        Period of the readings.
    last : int, optional
        Only the newest so many readings.
    version : int, optional
        Of the frozen limits, to judge against in place of the newest.

    Raises
    ------
    InputError
        When nothing is stored of it, it is measured at several stations, or the data do not suit
        the chart.
    """
    place = station_of(store, plan, characteristic, station)
    planned = plan.find(characteristic, place)
    frame = readings_of(store, characteristic, place, since, until, last)
    frozen = limits_version(store, characteristic, place, version)
    of_version = frozen.chart if version is not None and frozen is not None else None
    chosen = of_version or kind or (planned.chart if planned else _usual_chart(frame))
    points = points_of(frame, subgroups=_in_subgroups(chosen, planned))
    notes = point_notes(store, characteristic, place)
    usual = planned is not None and (version is not None or chosen == planned.chart)
    as_planned = planned if usual and options is None else None
    marked = excluded_points(notes, points)
    if as_planned is None or frozen is None or frozen.chart != chosen:
        frozen, used = None, options or _fresh_options(as_planned, points)
        result = chart(chosen, points.data(), _leaving_out(used, marked))
    else:
        used = plan_options(as_planned, phase1=frozen.limits.phase1)
        result = _judge(frozen, used, points, marked)
    return StoredChart(
        result=result,
        times=_index(points.at_us), lot_ids=points.lot_ids,
        provenance=points.provenance,
        limits_version=None if frozen is None else frozen.version,
        planned=planned,
        age_s=_age_s(frame), station=place,
        unit=str(frame["unit"].iloc[-1]),
        options=used, notes=_by_point(notes, points),
    )  # fmt: skip


def _age_s(frame: pd.DataFrame) -> float:
    newest: datetime = frame["measured_at"].iloc[-1].to_pydatetime()
    return (datetime.now(UTC) - newest).total_seconds()


def freeze_limits(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    user: str,
    reason: str,
    since: datetime | None = None,
    until: datetime | None = None,
    exclude: tuple[int, ...] | None = None,
) -> int:
    """Fit Phase I on a period and store the limits as the next version.

    Parameters
    ----------
    exclude : tuple of int, optional
        Points of the period, from 1, left out; without it those that people left out, and those
        beyond the first limits, are.

    Returns
    -------
    int
        The version.
    """
    place = station_of(store, plan, characteristic, station)
    planned = plan.find(characteristic, place)
    if planned is None:
        raise InputError(f"{characteristic} at {place} is not in the control plan")
    frame = readings_of(store, characteristic, place, since, until)
    points = points_of(frame, subgroups=planned.subgroup > 1)
    if exclude is not None:
        limits = fit_phase1(planned, points, exclude=exclude)
    else:
        notes = point_notes(store, characteristic, place)
        marked = excluded_points(notes, points)
        why = reason_for(notes, points)
        limits = fit_phase1(planned, points, left_out=marked, exclude_reason=why)
    return save_limits(store, planned, points, limits, user=user, reason=reason)


def _usual_chart(frame: pd.DataFrame) -> str:
    sizes = np.bincount(subgroup_codes(frame))
    return "xbar_s" if np.median(sizes) >= 2 else "i_mr"


def _in_subgroups(kind: str, planned: PlannedCharacteristic | None) -> bool:
    if kind in _SUBGROUP_CHARTS:
        return True
    return planned is not None and planned.subgroup > 1 and kind != "i_mr"


def _judge(
    version: LimitsVersion, options: ChartOptions, points: Points, marked: tuple[int, ...]
) -> ChartResult:
    limits = version.limits
    begins_with_phase1 = from_us(int(points.at_us[0])) == version.phase1_from
    shown = begins_with_phase1 and points.n >= limits.phase1
    if not shown:
        limits = FrozenLimits(limits.kind, 0, (), limits.parameters)
    drawn = evaluate(limits, points.data(), replace(options, phase1=limits.phase1))
    return replace(drawn, excluded=tuple(sorted({*limits.excluded, *marked})))


def _fresh_options(planned: PlannedCharacteristic | None, points: Points) -> ChartOptions:
    if planned is None:
        return ChartOptions()
    return plan_options(planned, phase1=min(planned.phase1, points.n))


def _leaving_out(options: ChartOptions, marked: tuple[int, ...]) -> ChartOptions:
    return replace(options, exclude=tuple(sorted({*options.exclude, *marked})))


def _by_point(notes: Sequence[PointNote], points: Points) -> dict[int, tuple[PointNote, ...]]:
    keys = zip(points.at_us.tolist(), points.lot_ids, strict=True)
    numbers = {key: i for i, key in enumerate(keys, start=1)}
    found: dict[int, tuple[PointNote, ...]] = {}
    for note in notes:
        number = numbers.get((to_us(note.measured_at), note.lot_id))
        if number is not None:
            found[number] = (*found.get(number, ()), note)
    return found


def _index(at_us: NDArray[np.int64]) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(timestamps(at_us.tolist()))
