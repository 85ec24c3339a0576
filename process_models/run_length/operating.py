"""What a chart costs and gives in hours and weeks: its run lengths at the rate of its points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from process_models.errors import InputError
from process_models.run_length.answers import RunLengths, run_lengths
from process_models.run_length.designs import design, limit_name
from process_models.run_length.scheme import Conditions, Scheme
from process_models.run_length.watched import HOURS_PER_WEEK

__all__ = ["OperatingCurve", "operating_curve"]


@dataclass(frozen=True)
class OperatingCurve:
    """A chart's run lengths against the shift of the mean.

    Attributes
    ----------
    scheme : Scheme
        With the limit that was asked for, or solved for.
    shifts : tuple of float
        Of the mean, in standard deviations of single readings; the first is 0.
    lengths : RunLengths
        In points, at these shifts.
    interval_h : float
        Hours from point to point.
    """

    scheme: Scheme
    shifts: tuple[float, ...]
    lengths: RunLengths
    interval_h: float

    @property
    def limit(self) -> float:
        """The limit of the chart: `nsigma`, `h` or `width`."""
        return float(getattr(self.scheme, limit_name(self.scheme)))

    @property
    def arl0(self) -> float:
        """Points between false alarms."""
        return self.lengths.arl[0]

    @property
    def false_alarms_per_week(self) -> float:
        """False alarms a week while nothing changes."""
        return HOURS_PER_WEEK / self.interval_h / self.arl0

    def delay_h(self, shift: float) -> float:
        """Hours from a shift to its signal, on average.

        Raises
        ------
        InputError
            When the curve has no such shift.
        """
        if shift not in self.shifts:
            raise InputError(f"shift must be one of the curve's, got {shift:g}")
        return self.lengths.arl[self.shifts.index(shift)] * self.interval_h


def operating_curve(
    scheme: Scheme,
    shifts: Sequence[float],
    *,
    interval_h: float,
    subgroup: int = 1,
    arl0: float | None = None,
    quantiles: Sequence[float] = (),
    conditions: Conditions = Conditions(),
) -> OperatingCurve:
    """Run lengths in control and at each shift, and the limit for an asked `arl0`.

    Parameters
    ----------
    scheme : Scheme
    shifts : sequence of float
        Above 0, in standard deviations of single readings.
    interval_h : float
        Hours from point to point.
    subgroup : int
        Readings in a point: a shift is larger by its root in standard errors of the points.
    arl0 : float, optional
        Points between false alarms that the limit is solved for; without it the limit stays.
    quantiles : sequence of float
        Probabilities of the run length.
    conditions : Conditions

    Raises
    ------
    InputError
        When a value is outside its range, or no limit gives `arl0`.

    >>> curve = operating_curve(Scheme(), (1.0,), interval_h=0.5, quantiles=(0.5,))
    >>> round(curve.false_alarms_per_week, 3), round(curve.delay_h(1.0), 2)
    (0.907, 21.95)
    """
    if not (math.isfinite(interval_h) and interval_h > 0):
        raise InputError(f"interval between points must be above 0 h, got {interval_h:g}")
    if subgroup < 1:
        raise InputError(f"subgroup must be at least 1, got {subgroup}")
    for shift in shifts:
        if not shift > 0:
            raise InputError(f"shifts of a curve must be above 0, got {shift:g}")
    solved = scheme if arl0 is None else design(scheme, arl0, conditions)
    every = (0.0, *(float(shift) for shift in shifts))
    root = math.sqrt(subgroup)
    lengths = run_lengths(solved, [root * shift for shift in every], conditions, quantiles)
    return OperatingCurve(solved, every, lengths, interval_h)
