"""The next point of every chart of a bank, by kind; the same arithmetic as the charts'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.arrays import FloatArray
from process_models.spc.attributes import SCALES
from process_models.spc.constants import at_sizes
from process_models.spc.limits import FrozenLimits
from process_models.spc.options import ChartOptions
from process_models.spc.rules import Scope
from process_models.spc.sigma import Subgroups

__all__ = ["BANKS", "BankPanel", "Kind"]


@dataclass(frozen=True, eq=False, slots=True)
class BankPanel:
    """One panel of every chart: (charts,) arrays of points, lines and standard errors."""

    statistic: str
    points: FloatArray
    centre_line: FloatArray
    lcl: FloatArray
    ucl: FloatArray
    spread: FloatArray | None = None
    scope: Scope = "limits"

    def beyond(self) -> NDArray[np.bool_]:
        """Charts whose point is beyond its limits."""
        return (self.points < self.lcl) | (self.points > self.ucl)

    def standardised(self) -> FloatArray:
        """Distances from the centre line in standard errors, 0 on the line."""
        if self.spread is None:
            return np.full(len(self.points), np.nan)
        away = self.points - self.centre_line
        with np.errstate(divide="ignore", invalid="ignore"):
            z = away / self.spread
        z[away == 0] = 0.0
        return z


class Kind(Protocol):
    """Charts of one kind, with what they remember."""

    def advance(self, values: FloatArray, sizes: FloatArray | None, /) -> tuple[BankPanel, ...]:
        """Panels at the next point of every chart."""


class _Common:
    """Parameters of every chart, as arrays."""

    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions) -> None:
        self.limits, self.options = limits, options
        self.constants = limits[0].constants
        if any(each.constants != self.constants for each in limits):
            raise InputError("a bank needs charts that all have the same constants")
        self.centre = self.numbers("centre")

    def numbers(self, name: str) -> FloatArray:
        return np.array([each.number(name) for each in self.limits])

    def panel(
        self, name: str, points: FloatArray, centre: FloatArray, spread: FloatArray, scope: Scope,
        *, least: float = -np.inf, most: float | FloatArray = np.inf, width: float | None = None,
    ) -> BankPanel:  # fmt: skip
        reach = (self.options.nsigma if width is None else width) * spread
        lcl, ucl = np.maximum(centre - reach, least), np.minimum(centre + reach, most)
        return BankPanel(name, points, centre, lcl, ucl, spread, scope)


class _Individuals(_Common):
    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions) -> None:
        super().__init__(limits, options)
        sigma = self.numbers("sigma")
        nothing = np.full(len(limits), np.nan)
        d2, d3 = self.constants.d2(2) * sigma, self.constants.d3(2) * sigma
        self._individual = self.panel("individual", nothing, self.centre, sigma, "all")
        self._range = self.panel("moving_range", nothing, d2, d3, "single", least=0.0)
        self._before = nothing

    def advance(self, values: FloatArray, _: FloatArray | None, /) -> tuple[BankPanel, ...]:
        steps = np.abs(values - self._before)
        self._before = values.copy()
        return _with_points(self._individual, values), _with_points(self._range, steps)


def _with_points(panel: BankPanel, points: FloatArray) -> BankPanel:
    return BankPanel(
        panel.statistic, points, panel.centre_line, panel.lcl, panel.ucl, panel.spread, panel.scope
    )


class _Subgroups(_Common):
    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions) -> None:
        super().__init__(limits, options)
        self._sigma = self.numbers("sigma")

    def advance(self, values: FloatArray, _: FloatArray | None, /) -> tuple[BankPanel, ...]:
        if values.ndim != 2 or values.shape[1] < 2:
            raise InputError(
                f"a bank of {self.limits[0].kind} needs subgroups of at least 2 values"
            )
        groups = Subgroups.of(values)
        return tuple(self._one(name, groups) for name in self.limits[0].kind.split("_"))

    def _one(self, name: str, groups: Subgroups) -> BankPanel:
        sigma, constants = self._sigma, self.constants
        if name == "xbar":
            spread = sigma / np.sqrt(groups.sizes)
            return self.panel("xbar", groups.means, self.centre, spread, "all")
        if name == "r":
            spread = at_sizes(constants.d3, groups.sizes) * sigma
            centre = at_sizes(constants.d2, groups.sizes) * sigma
            return self.panel("r", groups.ranges, centre, spread, "runs", least=0.0)
        unbias = at_sizes(constants.c4, groups.sizes)
        spread = np.sqrt(1 - unbias**2) * sigma
        return self.panel("s", groups.deviations, unbias * sigma, spread, "runs", least=0.0)


class _Counts(_Common):
    def advance(self, values: FloatArray, sizes: FloatArray | None, /) -> tuple[BankPanel, ...]:
        kind = self.limits[0].kind
        if kind != "c" and sizes is None:
            raise InputError(f"a bank of {kind} needs sizes")
        if np.any((values < 0) | (values != np.floor(values))):
            raise InputError("every count of a bank must be a whole number from 0")
        n = np.ones(len(values)) if kind == "c" or sizes is None else sizes
        if kind in ("p", "np") and np.any(values > n):
            raise InputError("every count of a bank must be at most its sample size")
        middle, spread, highest = SCALES[kind](self.centre, n)
        points = values if kind in ("c", "np") else values / n
        return (self.panel(kind, points, middle, spread, "all", least=0.0, most=highest),)


class _Location(_Common):
    """Charts with a memory of the mean: single values, or means of subgroups."""

    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions) -> None:
        super().__init__(limits, options)
        self.sigma = self.numbers("sigma")

    def means(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        if values.ndim == 1:
            return values, np.ones(len(values))
        groups = Subgroups.of(values)
        return groups.means, groups.sizes.astype(np.float64)


class _Ewma(_Location):
    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions) -> None:
        super().__init__(limits, options)
        self._z, self._factor = self.centre.copy(), np.zeros(len(limits))

    def advance(self, values: FloatArray, _: FloatArray | None, /) -> tuple[BankPanel, ...]:
        means, n = self.means(values)
        lam = self.options.lam
        self._z = self._z + lam * (means - self._z)
        if self.options.limits == "exact":
            self._factor = (1 - lam) ** 2 * self._factor + lam * lam / n
        else:
            self._factor = lam / (2 - lam) / n
        spread = self.sigma * np.sqrt(self._factor)
        width = self.options.width
        return (self.panel("ewma", self._z, self.centre, spread, "limits", width=width),)


class _Cusum(_Location):
    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions) -> None:
        super().__init__(limits, options)
        self._sums = [np.full(len(limits), options.head_start) for _ in range(2)]
        self._zero = np.zeros(len(limits))
        self._h = np.full(len(limits), options.h)
        if not np.all(self.sigma > 0):
            raise InputError("chart cusum needs a sigma above 0: Phase I does not vary")

    def advance(self, values: FloatArray, _: FloatArray | None, /) -> tuple[BankPanel, ...]:
        means, n = self.means(values)
        z = (means - self.centre) * np.sqrt(n) / self.sigma
        self._sums = [
            np.maximum(0.0, total + side * z - self.options.k)
            for total, side in zip(self._sums, (1, -1), strict=True)
        ]
        return tuple(
            BankPanel(name, total, self._zero, self._zero, self._h)
            for name, total in zip(("cusum_high", "cusum_low"), self._sums, strict=True)
        )


BANKS: dict[str, Callable[[Sequence[FrozenLimits], ChartOptions], Kind]] = {
    "i_mr": _Individuals,
    **dict.fromkeys(("xbar_r", "xbar_s", "xbar", "r", "s"), _Subgroups),
    **dict.fromkeys(("p", "np", "c", "u"), _Counts),
    "ewma": _Ewma,
    "cusum": _Cusum,
}
