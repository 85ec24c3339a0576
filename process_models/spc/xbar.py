"""Shewhart charts of subgroups: means, ranges and standard deviations, equal or ragged.

Limits as in Montgomery, Introduction to Statistical Quality Control, chapter 6, with the sigma
asked for: mean ± L sigma / sqrt(n); R: (d2 ± L d3) sigma; S: (c4 ± L sqrt(1 - c4²)) sigma.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.constants import at_sizes, constants_called
from process_models.spc.data import ChartData
from process_models.spc.family import (
    ChartKind,
    Drawing,
    Drawn,
    Says,
    Scale,
    estimation_mask,
    shewhart_panel,
)
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.sigma import SUBGROUP_METHODS, Subgroups, exact_mean, subgroup_sigma

__all__ = ["KINDS", "check_subgroups", "deviation_panel", "fit_subgroups", "range_panel"]

_RANGE_UP_TO = 25  # a range wastes too much of a larger subgroup
_USUAL_METHOD = {"xbar_r": "rbar_d2", "r": "rbar_d2", "xbar_s": "sbar_c4", "s": "sbar_c4"}


def check_subgroups(data: ChartData, kind: str) -> None:
    """Refuse what is not subgroups of at least two values.

    Raises
    ------
    InputError
        When values are single, multivariate, or no subgroup has two.
    """
    if data.values.ndim != 2:
        raise InputError(f"chart {kind} needs subgroups (--subgroup, or --columns of a wide table)")
    if data.values.shape[1] < 2:
        raise InputError(f"chart {kind} needs subgroups of at least 2 values, got single values")


def fit_subgroups(kind: str, data: ChartData, options: ChartOptions) -> dict[str, Any]:
    """Grand mean of all used values, and sigma from within the used subgroups.

    Raises
    ------
    InputError
        When the method does not apply to subgroups or there is nothing to estimate from.
    """
    subgroups = Subgroups.of(data.values)
    used = estimation_mask(data.n, options)
    method = options.sigma_method or _usual_method(kind, subgroups)
    if method not in SUBGROUP_METHODS:
        raise InputError(
            f"sigma-method of chart {kind} must be one of {', '.join(SUBGROUP_METHODS)}, "
            f"got {method!r}"
        )
    centre = options.centre
    if centre is None:
        weights = subgroups.sizes[used].astype(np.float64)
        centre = exact_mean(subgroups.means[used], weights)
    if options.sigma is not None:
        return {"centre": centre, "sigma": options.sigma, "sigma_method": "known"}
    sigma = subgroup_sigma(subgroups, used, method, constants_called(options.constants))
    return {"centre": centre, "sigma": sigma, "sigma_method": method}


def range_panel(subgroups: Subgroups, scale: Scale, name: str = "r") -> Drawn:
    """The chart of ranges."""
    spread = at_sizes(scale.constants.d3, subgroups.sizes) * scale.sigma
    centre = at_sizes(scale.constants.d2, subgroups.sizes) * scale.sigma
    return shewhart_panel(
        name, subgroups.ranges, centre, spread,
        nsigma=scale.nsigma, bounds=(0.0, np.inf), scope="runs",
        says=_spread_says(subgroups, scale.sigma),
    )  # fmt: skip


def deviation_panel(subgroups: Subgroups, scale: Scale, name: str = "s") -> Drawn:
    """The chart of standard deviations."""
    unbias = at_sizes(scale.constants.c4, subgroups.sizes)
    spread = np.sqrt(1 - unbias**2) * scale.sigma
    return shewhart_panel(
        name, subgroups.deviations, unbias * scale.sigma, spread,
        nsigma=scale.nsigma, bounds=(0.0, np.inf), scope="runs",
        says=_spread_says(subgroups, scale.sigma),
    )  # fmt: skip


def _spread_says(subgroups: Subgroups, sigma: float) -> Says:
    def says() -> Evidence:
        freedom = (subgroups.sizes - 1).astype(np.float64)
        return Evidence.spread(freedom * (subgroups.deviations / (sigma or 1.0)) ** 2, freedom)

    return says


def _usual_method(kind: str, subgroups: Subgroups) -> str:
    small = int(subgroups.sizes.max()) <= _RANGE_UP_TO
    return _USUAL_METHOD.get(kind, "uwave_r" if small else "uwave_sd")


def _mean_panel(subgroups: Subgroups, centre: float, scale: Scale) -> Drawn:
    sigma, roots = scale.sigma, np.sqrt(subgroups.sizes)

    def says() -> Evidence:
        z = (subgroups.means - centre) * roots / (sigma or 1.0)
        return Evidence.normal(z, subgroups.sizes.astype(np.float64))

    return shewhart_panel(
        "xbar", subgroups.means, centre, sigma / roots, nsigma=scale.nsigma, says=says
    )


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    del memory  # every point stands alone
    subgroups = Subgroups.of(data.values)
    scale = Scale.of(limits, options)
    panels = []
    for name in limits.kind.split("_"):
        if name == "xbar":
            panels.append(_mean_panel(subgroups, limits.number("centre"), scale))
        elif name == "r":
            panels.append(range_panel(subgroups, scale))
        else:
            panels.append(deviation_panel(subgroups, scale))
    extras = {"sigma_method": limits.parameters.get("sigma_method")}
    return Drawing(tuple(panels), scale.sigma, extras)


def _kind(name: str) -> ChartKind:
    return ChartKind(
        name,
        check_subgroups,
        lambda data, options: fit_subgroups(name, data, options),
        _draw,
    )


KINDS = tuple(_kind(name) for name in ("xbar_r", "xbar_s", "xbar", "r", "s"))
