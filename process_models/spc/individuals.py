"""Individuals and moving ranges (I-MR).

Mean ± L sigma and, for the ranges of two neighbours, (d2 ± L d3) sigma; sigma by default the mean
moving range over d2(2). Moving ranges overlap, so each is judged alone, not their runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.constants import constants_called
from process_models.spc.data import ChartData
from process_models.spc.family import (
    ChartKind,
    Drawing,
    Drawn,
    Scale,
    estimation_mask,
    shewhart_panel,
)
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray
from process_models.spc.sigma import STEP_METHODS, exact_mean, moving_range, step_sigma

__all__ = ["KINDS", "check_individuals", "fit_individuals", "individual_panels"]


def check_individuals(data: ChartData, kind: str) -> None:
    """Refuse subgroups.

    Raises
    ------
    InputError
        When `data` is not one value a point.
    """
    if data.values.ndim != 1:
        raise InputError(f"chart {kind} needs one value a point, got subgroups")


def fit_individuals(kind: str, values: FloatArray, options: ChartOptions) -> dict[str, Any]:
    """Mean of the used values, and sigma from the steps between used neighbours.

    Raises
    ------
    InputError
        When the method does not apply to single values or fewer than two neighbours are used.
    """
    used = estimation_mask(len(values), options)
    method = options.sigma_method or "mr_d2"
    if method not in STEP_METHODS:
        raise InputError(
            f"sigma-method of chart {kind} with single values must be one of "
            f"{', '.join(STEP_METHODS)}, got {method!r}"
        )
    centre = options.centre
    if centre is None:
        centre = exact_mean(values if used.all() else values[used])
    if options.sigma is not None:
        return {"centre": centre, "sigma": options.sigma, "sigma_method": "known"}
    sigma = step_sigma(values, used, method, constants_called(options.constants))
    return {"centre": centre, "sigma": sigma, "sigma_method": method}


def individual_panels(
    names: tuple[str, str], values: FloatArray, centre: float, scale: Scale, memory: Memory
) -> tuple[Drawn, Drawn]:
    """The chart of values, and of |x(i) - x(i - 1)|, whose first point has no value."""
    sigma, nsigma, constants = scale.sigma, scale.nsigma, scale.constants

    def says() -> Evidence:
        return Evidence.normal((values - centre) / (sigma or 1.0))

    before = memory.recall("value", np.nan)
    memory.keep("value", float(values[-1]))
    return (
        shewhart_panel(names[0], values, centre, sigma, nsigma=nsigma, says=says),
        shewhart_panel(
            names[1], moving_range(values, before), constants.d2(2) * sigma,
            constants.d3(2) * sigma, nsigma=nsigma, bounds=(0.0, np.inf), scope="single",
            says=lambda: says().of_spread(),
        ),
    )  # fmt: skip


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    scale, centre = Scale.of(limits, options), limits.number("centre")
    names = ("individual", "moving_range")
    panels = individual_panels(names, data.values, centre, scale, memory)
    return Drawing(panels, scale.sigma, {"sigma_method": limits.parameters.get("sigma_method")})


KINDS = (
    ChartKind(
        "i_mr",
        check_individuals,
        lambda data, options: fit_individuals("i_mr", data.values, options),
        _draw,
    ),
)
