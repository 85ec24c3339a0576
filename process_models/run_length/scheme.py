"""A chart whose run length is asked for, and what the process does meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from process_models.errors import InputError
from process_models.run_length.chain import SteadyState

__all__ = ["CHARTS", "SIGMA_METHODS", "Chart", "Conditions", "Scheme", "SigmaMethod"]

Chart = Literal["shewhart", "rules", "cusum", "ewma", "mewma", "t2"]
SigmaMethod = Literal["sd", "sd_c4", "mr_d2"]

CHARTS: tuple[str, ...] = get_args(Chart)
SIGMA_METHODS: tuple[str, ...] = get_args(SigmaMethod)
_MULTIVARIATE = ("mewma", "t2")


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A chart and its parameters, in standard errors of the plotted points.

    Attributes
    ----------
    chart : str
        One of `CHARTS`.
    nsigma : float
        Limits of shewhart and rules.
    rules : tuple of str
        Rules and sets of `process_models.spc`.
    k, h, head_start : float
        Of cusum; `h` is also the limit of t2 and mewma.
    lam, width, limits
        Of ewma and mewma: weight, limit L (ewma) and whether limits follow the exact variance.
    variables : int
        Of t2 and mewma.
    one_sided : bool
        Only high values signal; an ewma is then held at or above the centre.
    moving_range : bool
        Of shewhart and rules: the chart of moving ranges signals too, its limits as wide.
    score_limits : (float, float, float) or None
        Of rules, for a statistic that is not normal: lower limit, centre and upper limit as
        normal scores, in place of -nsigma, 0 and nsigma. An infinite limit is none.

    Raises
    ------
    InputError
        When a parameter is outside its range.
    """

    chart: str = "shewhart"
    nsigma: float = 3.0
    rules: tuple[str, ...] = ("beyond_limits",)
    k: float = 0.5
    h: float = 5.0
    head_start: float = 0.0
    lam: float = 0.2
    width: float = 3.0
    limits: str = "exact"
    variables: int = 2
    one_sided: bool = False
    moving_range: bool = False
    score_limits: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if self.chart not in CHARTS:
            raise InputError(f"chart must be one of {', '.join(CHARTS)}, got {self.chart!r}")
        for name in ("nsigma", "h", "width"):
            _require(_positive(getattr(self, name)), name, "above 0", getattr(self, name))
        _require(0 <= self.k < math.inf, "k", "0 or more", self.k)
        _require(0 < self.lam <= 1, "lambda", "above 0 and at most 1", self.lam)
        _require(
            self.chart != "cusum" or 0 <= self.head_start < self.h,
            "head-start", f"at least 0 and below h = {self.h:g}", self.head_start,
        )  # fmt: skip
        if self.limits not in ("exact", "asymptotic"):
            raise InputError(f"limits must be exact or asymptotic, got {self.limits!r}")
        _require(1 <= self.variables <= 50, "variables", "from 1 to 50", self.variables)
        low, centre, high = self.lines
        if not low < centre < high:
            raise InputError(f"score-limits must ascend, got {low:g}, {centre:g}, {high:g}")
        if self.one_sided and self.multivariate:
            raise InputError(f"one-sided does not go with {self.chart}, which has no sides")
        if not self.rules:
            raise InputError("rules must name at least one rule, got none")

    @property
    def lines(self) -> tuple[float, float, float]:
        """Lower limit, centre and upper limit of shewhart and rules."""
        return self.score_limits or (-self.nsigma, 0.0, self.nsigma)

    @property
    def multivariate(self) -> bool:
        """Whether the chart is of several variables."""
        return self.chart in _MULTIVARIATE


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What happens to the process, and what is known of it.

    Attributes
    ----------
    shift : float
        Of the mean, in marginal standard deviations; of t2 and mewma its Mahalanobis length.
    spread : float
        Standard deviation after the change over that before.
    phi : float
        First-order autocorrelation of the data.
    steady : {"conditional", "cyclical"} or None
        When the change comes; None is at the first point.
    estimated_from : int or None
        Individuals that gave mean and sigma; None when both are known.
    sigma_method : {"sd", "sd_c4", "mr_d2"}
        How sigma was estimated.

    Raises
    ------
    InputError
        When a value is outside its range.
    """

    shift: float = 0.0
    spread: float = 1.0
    phi: float = 0.0
    steady: SteadyState | None = None
    estimated_from: int | None = None
    sigma_method: SigmaMethod = "sd"

    def __post_init__(self) -> None:
        _require(math.isfinite(self.shift) and abs(self.shift) <= 50, "shift", "from -50 to 50",
                 self.shift)  # fmt: skip
        _require(0.02 <= self.spread <= 50, "spread", "from 0.02 to 50", self.spread)
        _require(abs(self.phi) <= 0.99, "phi", "from -0.99 to 0.99", self.phi)
        if self.estimated_from is not None and self.estimated_from < 2:
            raise InputError(f"estimated-from must be at least 2, got {self.estimated_from}")
        if self.sigma_method not in SIGMA_METHODS:
            raise InputError(
                f"sigma-method must be one of {', '.join(SIGMA_METHODS)}, got {self.sigma_method!r}"
            )
        if self.steady not in (None, *get_args(SteadyState)):
            raise InputError(f"steady state must be conditional or cyclical, got {self.steady!r}")


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _require(holds: bool, name: str, rule: str, value: float) -> None:
    if not holds:
        raise InputError(f"{name} must be {rule}, got {value:g}")
