"""The false-alarm budget of a control plan: its charts, how often each gets a point, and the sum.

A chart is counted with all the panels that raise alerts. How often it gets a point is what the
store says, where it has enough of the characteristic, else what so many lots a week would give.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from process_models.errors import InputError
from process_models.run_length import (
    AssessedChart,
    Budget,
    Scheme,
    Shift,
    WatchedChart,
    assess,
    limit_name,
    optimise,
)
from twin.monitoring.planned import ControlPlan, PlannedCharacteristic

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.store import Store

__all__ = ["LOTS_PER_WEEK", "PlanBudget", "SampleRate", "plan_budget", "sample_rates"]

LOTS_PER_WEEK = 800.0
"""Assumed of the reference line until something is stored."""

_FEWEST_POINTS = 10
_NEWEST_READINGS = 20_000
_WEEK_US = 7 * 86400 * 1e6
_DISPERSION: dict[str, tuple[Literal["r", "s"], ...]] = {  # moving ranges raise no alerts
    "i_mr": (),
    "i_mr_rs": ("r",),
    "xbar_r": ("r",),
    "xbar_s": ("s",),
    "xbar": (),
}
_RANGE_UP_TO = 8
_OPTIONS = ("nsigma", "k", "h", "head_start", "lam")

Key = tuple[str, str]


@dataclass(frozen=True)
class SampleRate:
    """How often a chart gets a point, and whether that was stored or assumed."""

    points_per_week: float
    source: Literal["stored", "assumed"]


@dataclass(frozen=True)
class PlanBudget:
    """The budget of a plan as it is, and a better one when asked for.

    Attributes
    ----------
    plan : str
        Its name.
    keys : tuple of (characteristic, station)
        Of the charts, in the order of `now` and `proposal`.
    rates : mapping of key to SampleRate
    now : Budget
    proposal : Budget or None
    skipped : tuple of (characteristic, station, reason)
        Charts that are not counted.
    """

    plan: str
    keys: tuple[Key, ...]
    rates: Mapping[Key, SampleRate]
    now: Budget
    proposal: Budget | None
    skipped: tuple[tuple[str, str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """What `lacss budget --json` prints."""
        return {
            "plan": self.plan,
            "shifts": [shift.size for shift in self.now.shifts],
            **self._summary(self.now),
            "budget": None if self.proposal is None else self.proposal.allowed,
            "proposal": None if self.proposal is None else self._summary(self.proposal),
            "not_counted": [
                {"characteristic": name, "station": station, "reason": reason}
                for name, station, reason in self.skipped
            ],
        }

    def _summary(self, budget: Budget) -> dict[str, Any]:
        charts = [
            self._row(key, chart, budget.shifts)
            for key, chart in zip(self.keys, budget.charts, strict=True)
        ]
        found: dict[str, Any] = {
            "false_alarms_per_week": budget.false_alarms_per_week,
            "weighted_delay_h": budget.weighted_delay_h,
        }
        if budget.least_delay_h is not None:
            found["least_delay_h"] = budget.least_delay_h
        return {**found, "charts": charts}

    def _row(self, key: Key, found: AssessedChart, shifts: Sequence[Shift]) -> dict[str, Any]:
        chart = found.chart
        delays = zip(shifts, found.delay_points, found.delay_h, strict=True)
        return {
            "characteristic": key[0],
            "station": key[1],
            "chart": chart.name,
            "rules": list(chart.scheme.rules),
            "limit": {"name": limit_name(chart.scheme), "value": chart.limit},
            "points_per_week": chart.points_per_week,
            "rate": self.rates[key].source,
            "arl0": found.profile.arl0,
            "false_alarms_per_week": found.false_alarms_per_week,
            "delays": [{"shift": s.size, "points": p, "hours": h} for s, p, h in delays],
            "exact": found.profile.exact,
        }


def plan_budget(
    plan: ControlPlan,
    shifts: Iterable[float],
    *,
    rates: Mapping[Key, SampleRate],
    allowed: float | None = None,
    weights: Mapping[str, float] | None = None,
) -> PlanBudget:
    """False alarms a week and delays of a control plan, and how to keep within `allowed`.

    Parameters
    ----------
    plan : ControlPlan
    shifts : iterable of float
        Of the mean, in standard deviations of single readings; of i_mr_rs, whose means vary by
        more than their readings, in those of the plotted means.
    rates : mapping of (characteristic, station) to SampleRate
    allowed : float, optional
        False alarms a week that the team can answer.
    weights : mapping of characteristic to float, optional
        How much delay there matters; 1 where nothing is said.

    Raises
    ------
    InputError
        When no chart of the plan has run lengths, or the budget cannot be kept.
    """
    weighed = dict(weights or {})
    unknown = set(weighed) - {planned.name for planned in plan.characteristics}
    if unknown:
        raise InputError(f"weights: {min(unknown)!r} is not a characteristic of the control plan")
    keys, charts, skipped = [], [], []
    for planned in plan.characteristics:
        if planned.chart not in (*_DISPERSION, "ewma", "cusum"):
            reason = f"no run lengths for chart {planned.chart}"
            skipped.append((planned.name, planned.station, reason))
            continue
        key = (planned.name, planned.station)
        keys.append(key)
        charts.append(_watched(planned, rates[key], weighed.get(planned.name, 1.0)))
    if not charts:
        raise InputError(f"control plan {plan.name}: no chart whose run lengths are known")
    weighted = [Shift(float(size)) for size in shifts]
    return PlanBudget(
        plan=plan.name,
        keys=tuple(keys),
        rates=rates,
        now=assess(charts, weighted),
        proposal=None if allowed is None else optimise(charts, weighted, allowed),
        skipped=tuple(skipped),
    )


def _watched(planned: PlannedCharacteristic, rate: SampleRate, weight: float) -> WatchedChart:
    given = planned.chart_options
    options: dict[str, Any] = {name: given[name] for name in _OPTIONS if name in given}
    options["width"] = given.get("width", given.get("nsigma", 3.0))
    shewhart = planned.chart in _DISPERSION
    rules = tuple(planned.rules) or ("beyond_limits",)
    scheme = Scheme(
        chart="rules" if shewhart else planned.chart,
        rules=rules if shewhart else ("beyond_limits",),
        **options,
    )
    return WatchedChart(
        name=planned.chart,
        scheme=scheme,
        points_per_week=rate.points_per_week,
        subgroup=planned.subgroup,
        dispersion=_panels(planned),
        shift_scale=1.0 if planned.chart == "i_mr_rs" else None,
        weight=weight,
    )


def _panels(planned: PlannedCharacteristic) -> tuple[Literal["r", "s"], ...]:
    if planned.chart == "i_mr_rs" and planned.subgroup > _RANGE_UP_TO:
        return ("s",)
    return _DISPERSION.get(planned.chart, ())


def sample_rates(
    plan: ControlPlan,
    *,
    store: Store | None = None,
    line: LineModel | None = None,
    lots_per_week: float = LOTS_PER_WEEK,
) -> dict[Key, SampleRate]:
    """How often every chart of a plan gets a point.

    Parameters
    ----------
    plan : ControlPlan
    store : Store, optional
        Ten points of a characteristic are enough to tell its rate.
    line : LineModel, optional
        Tells of every how many lots a station takes a coupon.
    lots_per_week : float
        Assumed where the store does not tell.

    Raises
    ------
    InputError
        When `lots_per_week` is not above 0.
    """
    if not (math.isfinite(lots_per_week) and lots_per_week > 0):
        raise InputError(f"lots-per-week must be above 0, got {lots_per_week:g}")
    every = {s.name: max(s.sample_every, 1) for s in line.stations} if line is not None else {}
    rates = {}
    for planned in plan.characteristics:
        stored = None if store is None else _stored_rate(store, planned)
        assumed = SampleRate(lots_per_week / every.get(planned.station, 1), "assumed")
        rates[planned.name, planned.station] = stored or assumed
    return rates


def _stored_rate(store: Store, planned: PlannedCharacteristic) -> SampleRate | None:
    from twin.monitoring.points import points_of, usable

    frame = usable(store.measurements(planned.name, planned.station, last=_NEWEST_READINGS))
    if len(frame) < _FEWEST_POINTS:
        return None
    points = points_of(frame, subgroups=planned.subgroup > 1)
    span_us = int(points.at_us.max() - points.at_us.min())
    if points.n < _FEWEST_POINTS or span_us <= 0:
        return None
    return SampleRate((points.n - 1) * _WEEK_US / span_us, "stored")
