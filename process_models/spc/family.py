"""What a chart family supplies: how to fit Phase I, and how to draw points against its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.constants import EXACT, Constants
from process_models.spc.data import ChartData
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel
from process_models.spc.rules import Scope

__all__ = [
    "ChartKind",
    "Drawing",
    "Drawn",
    "Says",
    "Scale",
    "collapse",
    "estimation_mask",
    "shewhart_panel",
]

Fit = Callable[[ChartData, ChartOptions], Mapping[str, Any]]
Draw = Callable[[FrozenLimits, ChartData, ChartOptions, Memory], "Drawing"]
Says = Callable[[], Evidence]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A panel with what the rules need to know of it.

    Attributes
    ----------
    panel : Panel
    spread : float, (n,) array or None
        Standard error of the plotted statistic; None where zones have no meaning.
    scope : Scope
        Which rules suit it.
    beyond : (n,) array of bool or None
        Points that `beyond_limits` flags, where that is not simply being outside the limits.
    says : callable or None
        Makes what the points say of a change; asked only when there is a signal to date.
    """

    panel: Panel
    spread: float | FloatArray | None = None
    scope: Scope = "limits"
    beyond: NDArray[np.bool_] | None = None
    says: Says | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """How far limits lie: sigma of an observation, width in standard errors, and constants."""

    sigma: float
    nsigma: float
    constants: Constants = EXACT

    @classmethod
    def of(cls, limits: FrozenLimits, options: ChartOptions, name: str = "sigma") -> Scale:
        """With the sigma that frozen limits keep under `name`."""
        return cls(limits.number(name), options.nsigma, limits.constants)


@dataclass(frozen=True, eq=False)
class Drawing:
    """All panels of a chart, its sigma and what only this kind has."""

    drawn: tuple[Drawn, ...]
    sigma: float | None
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChartKind:
    """One kind of chart.

    Attributes
    ----------
    name : str
    check : callable
        Refuses data that this kind cannot draw.
    fit : callable
        Phase I estimates, from data and options.
    draw : callable
        Panels, from estimates, data, options and what is remembered of the points before.
    multivariate : bool
        Columns of a table are variables, not members of a subgroup.
    """

    name: str
    check: Callable[[ChartData, str], None]
    fit: Fit
    draw: Draw
    multivariate: bool = False


def estimation_mask(n: int, options: ChartOptions) -> NDArray[np.bool_]:
    """Which of `n` points give the limits: those of Phase I that are not excluded.

    Raises
    ------
    InputError
        When Phase I is longer than the data, an excluded point does not exist, or none is left.
    """
    phase1 = n if options.phase1 is None else options.phase1
    if phase1 > n:
        raise InputError(f"phase1 must be at most the number of points, {n}, got {phase1}")
    if phase1 < 1:
        raise InputError(f"phase1 must be at least 1 to give limits, got {phase1}")
    used = np.arange(n) < phase1
    for point in options.exclude:
        if point > n:
            raise InputError(f"an excluded point must be from 1 to {n}, got {point}")
        used[point - 1] = False
    if not used.any():
        raise InputError(f"every one of the {phase1} points of Phase I is excluded")
    return used


def collapse(line: FloatArray) -> float | FloatArray:
    """One number where a line is straight, else the line itself."""
    return float(line[0]) if np.all(line == line[0]) else line


def shewhart_panel(
    statistic: str,
    points: FloatArray,
    centre: float | FloatArray,
    spread: float | FloatArray,
    *,
    nsigma: float,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    scope: Scope = "all",
    says: Says | None = None,
) -> Drawn:
    """A panel with limits `nsigma` standard errors from its centre, cut off at `bounds`."""
    reach = nsigma * np.asarray(spread, dtype=np.float64)
    middle = np.asarray(centre, dtype=np.float64)
    lcl = collapse(np.atleast_1d(np.maximum(middle - reach, bounds[0])))
    ucl = collapse(np.atleast_1d(np.minimum(middle + reach, bounds[1])))
    panel = Panel(statistic, points, collapse(np.atleast_1d(middle)), lcl, ucl)
    return Drawn(panel, spread, scope, says=says)
