"""How a chart is to be drawn and judged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from process_models.errors import InputError
from process_models.spc.rules import parse_rules
from process_models.spc.sigma import SIGMA_METHODS

__all__ = ["ChartOptions"]

Limits = Literal["exact", "asymptotic"]
Covariance = Literal["sample", "successive"]
Side = Literal["both", "upper", "lower"]
Rounding = Literal["exact", "rounded"]
ShortRun = Literal["z_mr", "dnom"]
Pooling = Literal["parts", "constant", "relative"]
_HIGHEST_ORDER = 10
_WORDS = {
    "limits": get_args(Limits),
    "covariance": get_args(Covariance),
    "constants": get_args(Rounding),
    "side": get_args(Side),
    "short_run": get_args(ShortRun),
    "pooling": get_args(Pooling),
}


@dataclass(frozen=True, kw_only=True)
class ChartOptions:
    """Everything that may be asked of a chart besides its kind and its data.

    Attributes
    ----------
    rules : tuple of str
        Rules and sets of rules, as `nelson_2`, `nelson`, or `nelson_2:7` with its K changed.
    nsigma : float
        Width of Shewhart limits, in standard errors.
    lam, width, limits
        Weight of EWMA and MEWMA, its width L (None: `nsigma`) or limit h, and whether its limits
        follow the exact variance at each point.
    k, h, head_start : float
        Reference value, decision interval and head start of a CUSUM, in sigma.
    shewhart : float or None
        Width of Shewhart limits beside an EWMA or a CUSUM, in standard errors; None for none.
    side : {"both", "upper", "lower"}
        Which sums a CUSUM draws.
    phase1 : int or None
        How many of the first points give the limits; None means all.
    exclude : tuple of int
        Points, from 1, left out of the limits but drawn.
    centre, sigma : float or None
        Known parameters; None means estimated.
    sigma_method : str or None
        One of `SIGMA_METHODS`; None means the usual one of the chart.
    alpha, components, covariance
        Of multivariate charts: false-alarm rate of a point, principal components kept, estimate
        of the covariance.
    span : int
        Points in a moving average.
    constants : {"exact", "rounded"}
        d2, d3 and c4 to 1e-8, or as printed tables round them.
    exclude_reason : str
        Why points are excluded; kept with the limits.
    short_run, pooling
        Of short-run charts: standardised values or deviations from nominal, and from which points
        a part has its sigma.
    order : (int, int)
        Autoregressive and moving-average order of `ar_residual`; (1, 0) is fitted by Yule-Walker,
        any other by maximum likelihood.
    targets, part_sigmas : tuple of (part, number)
        Known nominal values and sigmas of parts in a short-run chart.

    Raises
    ------
    InputError
        When an option is outside its range or not one of its words.
    """

    rules: tuple[str, ...] = ("beyond_limits",)
    nsigma: float = 3.0
    lam: float = 0.2
    width: float | None = None
    limits: Limits = "exact"
    k: float = 0.5
    h: float = 5.0
    head_start: float = 0.0
    shewhart: float | None = None
    side: Side = "both"
    phase1: int | None = None
    exclude: tuple[int, ...] = ()
    centre: float | None = None
    sigma: float | None = None
    sigma_method: str | None = None
    alpha: float | None = None
    components: int | None = None
    covariance: Covariance = "sample"
    span: int = 3
    constants: Rounding = "exact"
    exclude_reason: str = ""
    short_run: ShortRun = "z_mr"
    pooling: Pooling = "parts"
    targets: tuple[tuple[str, float], ...] = ()
    part_sigmas: tuple[tuple[str, float], ...] = ()
    order: tuple[int, int] = (1, 0)

    def __post_init__(self) -> None:
        parse_rules(self.rules)
        _positive("nsigma", self.nsigma)
        _within("lambda", self.lam, 0.0, 1.0)
        _not_negative("k", self.k)
        _positive("h", self.h)
        _not_negative("head-start", self.head_start)
        for name in ("width", "sigma", "shewhart"):
            value = getattr(self, name)
            if value is not None:
                _positive(name, value)
        if self.centre is not None and not math.isfinite(self.centre):
            raise InputError(f"centre must be finite, got {self.centre}")
        if self.alpha is not None and not 0 < self.alpha < 1:
            raise InputError(f"alpha must be above 0 and below 1, got {self.alpha:g}")
        _at_least("span", self.span, 2)
        _at_least("phase1", self.phase1, 0)
        _at_least("components", self.components, 1)
        if min(self.order) < 0 or not 1 <= sum(self.order) <= _HIGHEST_ORDER:
            raise InputError(f"order must be p,q with 1 to 10 terms, got {self.order}")
        for point in self.exclude:
            _at_least("an excluded point", point, 1)
        for name, words in _WORDS.items():
            _one_of(name.replace("_", "-"), getattr(self, name), words)
        for part, target in self.targets:
            if not math.isfinite(target):
                raise InputError(f"the target of part {part!r} must be finite, got {target}")
        for part, sigma in self.part_sigmas:
            _positive(f"the sigma of part {part!r}", sigma)
        if self.sigma_method is not None:
            _one_of("sigma-method", self.sigma_method, SIGMA_METHODS)


def _positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} must be above 0, got {value:g}")


def _not_negative(name: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise InputError(f"{name} must not be negative, got {value:g}")


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low < value <= high:
        raise InputError(f"{name} must be above {low:g} and at most {high:g}, got {value:g}")


def _at_least(name: str, value: int | None, least: int) -> None:
    if value is not None and value < least:
        raise InputError(f"{name} must be at least {least}, got {value}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
