"""What a false-alarm budget is about: the shifts that matter, and charts with cost and delay."""

from __future__ import annotations

import math
from dataclasses import dataclass

from process_models.errors import InputError
from process_models.run_length.watched import HOURS_PER_WEEK, Profile, WatchedChart, profile

__all__ = ["AssessedChart", "Budget", "Shift", "assessed"]


@dataclass(frozen=True)
class Shift:
    """A shift of the mean that matters, in standard deviations of single readings."""

    size: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.size) and self.size != 0):
            raise InputError(f"a shift must be finite and not 0, got {self.size:g}")
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise InputError(f"the weight of a shift must be above 0, got {self.weight:g}")


@dataclass(frozen=True)
class AssessedChart:
    """A chart with what it costs and gives.

    Attributes
    ----------
    false_alarms_per_week : float
    delay_points, delay_h : tuple of float
        From each shift to its signal.
    weighted_delay_h : float
        The mean over the shifts by their weights, times the chart's weight.
    """

    chart: WatchedChart
    profile: Profile
    false_alarms_per_week: float
    delay_points: tuple[float, ...]
    delay_h: tuple[float, ...]
    weighted_delay_h: float


@dataclass(frozen=True)
class Budget:
    """All charts of a plan together.

    Attributes
    ----------
    charts : tuple of AssessedChart
    shifts : tuple of Shift
    false_alarms_per_week, weighted_delay_h : float
        Sums over the charts.
    allowed : float or None
        False alarms a week that the team can answer.
    least_delay_h : float or None
        No choice among the options can have less delay within the budget.
    """

    charts: tuple[AssessedChart, ...]
    shifts: tuple[Shift, ...]
    false_alarms_per_week: float
    weighted_delay_h: float
    allowed: float | None = None
    least_delay_h: float | None = None

    @property
    def mean_delay_h(self) -> float:
        """Delay of a chart on average, charts and shifts by their weights."""
        return self.weighted_delay_h / math.fsum(chart.chart.weight for chart in self.charts)


def assessed(
    chart: WatchedChart, shifts: tuple[Shift, ...], known: Profile | None = None
) -> AssessedChart:
    """False alarms a week and delays of one chart.

    Parameters
    ----------
    chart : WatchedChart
    shifts : tuple of Shift
    known : Profile, optional
        Its run lengths; without it they are computed.
    """
    found = known or profile(chart, tuple(shift.size for shift in shifts))
    hours = HOURS_PER_WEEK / chart.points_per_week
    delay_h = tuple(points * hours for points in found.delays)
    total = sum(shift.weight for shift in shifts)
    mean = sum(s.weight * d for s, d in zip(shifts, delay_h, strict=True)) / total
    return AssessedChart(
        chart=chart,
        profile=found,
        false_alarms_per_week=chart.points_per_week / found.arl0,
        delay_points=found.delays,
        delay_h=delay_h,
        weighted_delay_h=chart.weight * mean,
    )
