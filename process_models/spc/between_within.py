"""Between and within (I-MR-R/S): subgroup means as individuals, and the spread inside subgroups.

The limits of the means come from their own moving range, so that variation between subgroups that
belongs to the process does not signal. Sigma of an observation is the root of the sum of the
variances between and within; between = max(0, (mean moving range / d2)² - within² / n), with the
harmonic mean of n where subgroups differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.constants import constants_called
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Scale, estimation_mask
from process_models.spc.individuals import individual_panels
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.sigma import (
    SUBGROUP_METHODS,
    Subgroups,
    exact_mean,
    step_sigma,
    subgroup_sigma,
)
from process_models.spc.xbar import check_subgroups, deviation_panel, range_panel

__all__ = ["KINDS"]

_RANGE_UP_TO = 8
_BY_DEVIATION = ("sbar_c4", "uwave_sd", "mvlue_sd")


def _fit(data: ChartData, options: ChartOptions) -> dict[str, Any]:
    if options.sigma is not None:
        raise InputError("chart i_mr_rs takes no known sigma: it has one between and one within")
    subgroups = Subgroups.of(data.values)
    used = estimation_mask(data.n, options)
    small = int(subgroups.sizes.max()) <= _RANGE_UP_TO
    method = options.sigma_method or ("rbar_d2" if small else "sbar_c4")
    if method not in SUBGROUP_METHODS:
        known = ", ".join(SUBGROUP_METHODS)
        raise InputError(f"sigma-method of chart i_mr_rs must be one of {known}, got {method!r}")
    constants = constants_called(options.constants)
    within = subgroup_sigma(subgroups, used, method, constants)
    of_means = step_sigma(subgroups.means, used, "mr_d2", constants)
    size = 1 / float(np.mean(1 / subgroups.sizes[used]))
    between = float(np.sqrt(max(0.0, of_means**2 - within**2 / size)))
    centre = exact_mean(subgroups.means[used]) if options.centre is None else options.centre
    return {
        "centre": centre,
        "sigma_of_means": of_means,
        "sigma_within": within,
        "sigma_between": between,
        "sigma_method": method,
    }


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    subgroups = Subgroups.of(data.values)
    of_means = Scale.of(limits, options, "sigma_of_means")
    within = Scale.of(limits, options, "sigma_within")
    centre = limits.number("centre")
    by_deviation = limits.parameters.get("sigma_method") in _BY_DEVIATION
    inner = deviation_panel if by_deviation else range_panel
    names = ("individual", "moving_range")
    panels = (
        *individual_panels(names, subgroups.means, centre, of_means, memory),
        inner(subgroups, within, "sd" if by_deviation else "range"),
    )
    between = limits.number("sigma_between")
    extras = {"sigma_within": within.sigma, "sigma_between": between}
    return Drawing(panels, float(np.hypot(between, within.sigma)), extras)


KINDS = (ChartKind("i_mr_rs", check_subgroups, _fit, _draw),)
