"""Laney p' and u' for counts that vary more, or less, than binomial or Poisson (Laney 2002).

z(i) = (p(i) - p) / s(i); sigma_z, the mean moving range of z over d2(2), widens the limits:
p ± L s(i) sigma_z, cut off at 0, those of a proportion also at 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from process_models.spc.attributes import check_counts, fit_counts
from process_models.spc.change_point import Evidence
from process_models.spc.constants import constants_called
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, estimation_mask, shewhart_panel
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray
from process_models.spc.sigma import step_sigma

__all__ = ["KINDS"]


def _variance(kind: str, centre: float) -> float:
    """Of one item or one unit of area."""
    return centre * (1 - centre) if kind == "laney_p" else centre


def _rates(kind: str, centre: float, data: ChartData) -> tuple[FloatArray, FloatArray]:
    sizes = np.ones(data.n) if data.sizes is None else data.sizes
    return data.values / sizes, np.sqrt(_variance(kind, centre) / sizes)


def _fit(kind: str, data: ChartData, options: ChartOptions) -> dict[str, Any]:
    centre = float(fit_counts(kind, data, options)["centre"])
    rates, spread = _rates(kind, centre, data)
    varies = spread[0] > 0
    z = (rates - centre) / spread if varies else np.zeros(data.n)
    used, constants = estimation_mask(data.n, options), constants_called(options.constants)
    return {"centre": centre, "sigma_z": step_sigma(z, used, "mr_d2", constants)}


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    del memory  # every point stands alone
    kind, centre, sigma_z = limits.kind, limits.number("centre"), limits.number("sigma_z")
    rates, spread = _rates(kind, centre, data)
    widened = spread * sigma_z

    def says() -> Evidence:
        z = (rates - centre) / np.where(widened > 0, widened, 1.0)
        return Evidence.normal(z, 1.0 if data.sizes is None else data.sizes)

    drawn = shewhart_panel(
        kind, rates, centre, widened,
        nsigma=options.nsigma, bounds=(0.0, 1.0 if kind == "laney_p" else math.inf), says=says,
    )  # fmt: skip
    return Drawing((drawn,), math.sqrt(_variance(kind, centre)), {"sigma_z": sigma_z})


def _kind(name: str) -> ChartKind:
    return ChartKind(name, check_counts, lambda data, options: _fit(name, data, options), _draw)


KINDS = (_kind("laney_p"), _kind("laney_u"))
