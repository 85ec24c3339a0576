"""A chart as a control plan has it: all its panels together, and how often it gets a point."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import chdtr, chdtrc, ndtr, ndtri

from process_models.errors import InputError
from process_models.run_length.designs import limit_name, with_limit
from process_models.run_length.law import FirstOf, Law
from process_models.run_length.methods import solve
from process_models.run_length.quadrature import legendre_between, normal_density
from process_models.run_length.scheme import Conditions, Scheme
from process_models.spc.constants import c4, d2, d3
from process_models.spc.rules import parse_rules, within_scope

__all__ = ["HOURS_PER_WEEK", "Profile", "WatchedChart", "profile"]

Dispersion = Literal["moving_range", "r", "s"]

HOURS_PER_WEEK = 168.0


@dataclass(frozen=True, kw_only=True)
class WatchedChart:
    """One chart of a plan.

    Attributes
    ----------
    name : str
    scheme : Scheme
        Of the plotted values or means, in their standard errors.
    points_per_week : float
    subgroup : int
        Readings in a point.
    dispersion : tuple of {"moving_range", "r", "s"}
        The further panels.
    shift_scale : float or None
        Standard deviation of a single reading over the standard error of a point; None: the root
        of `subgroup`.
    weight : float
        How much its delay matters beside those of other charts.

    Raises
    ------
    InputError
        When a number is outside its range.
    """

    name: str
    scheme: Scheme
    points_per_week: float
    subgroup: int = 1
    dispersion: tuple[Dispersion, ...] = ()
    shift_scale: float | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        for label, value in (("points per week", self.points_per_week), ("weight", self.weight)):
            if not (math.isfinite(value) and value > 0):
                raise InputError(f"{label} of chart {self.name} must be above 0, got {value:g}")
        if {"r", "s"} & set(self.dispersion) and self.subgroup < 2:
            raise InputError(
                f"chart {self.name} needs subgroups of at least 2, got {self.subgroup}"
            )

    @property
    def limit(self) -> float:
        """The limit of its scheme."""
        return float(getattr(self.scheme, limit_name(self.scheme)))

    def redrawn(self, rules: tuple[str, ...], limit: float) -> WatchedChart:
        """The chart with other rules and another limit."""
        return replace(self, scheme=with_limit(replace(self.scheme, rules=rules), limit))

    def panels(self) -> tuple[Scheme, ...]:
        """Schemes whose points are independent of each other; the first sees the mean."""
        one_point = bool(within_scope(parse_rules(self.scheme.rules), "single"))
        steps = one_point and "moving_range" in self.dispersion
        further = [
            _dispersion_scheme(statistic, self.subgroup, self.scheme)
            for statistic in self.dispersion
            if statistic != "moving_range"
        ]
        first = replace(self.scheme, moving_range=steps)
        return (first, *(scheme for scheme in further if scheme is not None))


@dataclass(frozen=True)
class Profile:
    """What a chart costs and gives.

    Attributes
    ----------
    arl0 : float
        Points between false alarms.
    delays : tuple of float
        Points from a shift to its signal, for each shift, after a long time in control.
    exact : bool
        Not simulated.
    """

    arl0: float
    delays: tuple[float, ...]
    exact: bool


def profile(chart: WatchedChart, shifts: tuple[float, ...]) -> Profile:
    """Run lengths of all panels of a chart together.

    Parameters
    ----------
    chart : WatchedChart
    shifts : tuple of float
        Of the mean, in standard deviations of single readings.
    """
    scale = chart.shift_scale or math.sqrt(chart.subgroup)
    return _profile(chart.panels(), tuple(s * scale for s in shifts))


@lru_cache(maxsize=20_000)
def _profile(panels: tuple[Scheme, ...], shifts: tuple[float, ...]) -> Profile:
    fresh = Conditions()
    begun = [solve(panel, fresh) for panel in panels]
    delays = []
    for shift in shifts:
        late = [solve(panels[0], Conditions(shift=shift, steady="conditional"))]
        late += [solve(panel, Conditions(steady="conditional")) for panel in panels[1:]]
        delays.append(_first([solution.law for solution in late]))
    exact = all(solution.standard_error is None for solution in begun)
    return Profile(_first([solution.law for solution in begun]), tuple(delays), exact)


def _first(laws: list[Law]) -> float:
    return laws[0].mean() if len(laws) == 1 else FirstOf(tuple(laws)).mean()


@lru_cache(maxsize=2000)
def _dispersion_scheme(statistic: Dispersion, size: int, scheme: Scheme) -> Scheme | None:
    """The panel of ranges or standard deviations, as normal scores; None when no rule suits it."""
    rules = tuple(rule.name for rule in within_scope(parse_rules(scheme.rules), "runs"))
    if not rules:
        return None
    middle, spread = (d2(size), d3(size))
    if statistic == "s":
        middle = c4(size)
        spread = math.sqrt(1 - middle * middle)
    lines = (middle - scheme.nsigma * spread, middle, middle + scheme.nsigma * spread)
    low, centre, high = (_score(statistic, size, line) for line in lines)
    return Scheme(chart="rules", rules=rules, score_limits=(low, centre, high))


def _score(statistic: Dispersion, size: int, value: float) -> float:
    """The normal value that is exceeded as often as `value`."""
    if value <= 0:
        return -math.inf
    if statistic == "s":
        square = (size - 1) * value * value
        below, above = float(chdtr(size - 1, square)), float(chdtrc(size - 1, square))
    else:
        x, weight = legendre_between(-9.0, 9.0, 160)
        inside = ndtr(x + value) - ndtr(x)
        density = size * weight * normal_density(x)
        below = float(density @ inside ** (size - 1))
        above = float(density @ -np.expm1((size - 1) * np.log(np.maximum(inside, 1e-300))))
    return float(ndtri(below)) if below < above else float(-ndtri(above))
