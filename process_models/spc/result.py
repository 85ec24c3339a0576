"""What every chart gives back: panels with points and limits, and the signals on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["ChartResult", "FloatArray", "Panel", "Signal"]

FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Panel:
    """One plot of a chart.

    Attributes
    ----------
    statistic : str
        What is plotted, as `xbar` or `moving_range`.
    points : (n,) array
        nan where the statistic does not exist, as for the first moving range.
    centre_line, lcl, ucl : float, (n,) array or None
        A number where the line is straight, one value a point where it varies.
    """

    statistic: str
    points: FloatArray
    centre_line: float | FloatArray | None
    lcl: float | FloatArray | None
    ucl: float | FloatArray | None

    def to_dict(self) -> dict[str, Any]:
        """The panel as plain JSON data; nan becomes None."""
        return {
            "statistic": self.statistic,
            "points": plain(self.points),
            "centre_line": plain(self.centre_line),
            "lcl": plain(self.lcl),
            "ucl": plain(self.ucl),
        }


@dataclass(frozen=True, slots=True)
class Signal:
    """A point, numbered from 1, at which a rule is broken."""

    panel: str
    point: int
    rule: str


@dataclass(frozen=True, eq=False)
class ChartResult:
    """A chart: its panels, its signals and the estimates behind them.

    Attributes
    ----------
    chart : str
        Kind, as `xbar_r`.
    n, phase1 : int
        Points drawn, and how many of the first gave the limits.
    sigma : float or None
        Standard deviation of single observations; None where there is no such thing.
    panels : tuple of Panel
    signals : tuple of Signal
        In order of panel, point and rule.
    excluded : tuple of int
        Points, from 1, left out of the limits but drawn.
    extras : mapping
        What only this kind of chart has, as `n_plus` of a CUSUM.
    """

    chart: str
    n: int
    phase1: int
    sigma: float | None
    panels: tuple[Panel, ...]
    signals: tuple[Signal, ...]
    excluded: tuple[int, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The chart as plain JSON data, the extras beside the common keys."""
        extra_of = self.extras.get("signal_details", {})
        signals = [
            {"panel": s.panel, "point": s.point, "rule": s.rule, **extra_of.get(s.point, {})}
            for s in self.signals
        ]
        return {
            "chart": self.chart,
            "n": self.n,
            "phase1": self.phase1,
            "sigma": plain(self.sigma),
            "panels": [panel.to_dict() for panel in self.panels],
            "signals": signals,
            "excluded": list(self.excluded),
            **{k: plain(v) for k, v in self.extras.items() if k != "signal_details"},
        }


def plain(value: Any) -> Any:
    """`value` with arrays as lists and numbers that are not finite as None."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
