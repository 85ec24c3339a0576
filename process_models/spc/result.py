"""What every chart gives back: panels with points and limits, and the signals on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from process_models.spc.arrays import FloatArray
from process_models.spc.change_point import ChangePoint, Evidence, change_points
from process_models.spc.rules import about_spread

__all__ = ["ChartResult", "FloatArray", "Panel", "Signal"]


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


class Signal(NamedTuple):
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
    evidence : mapping of str to callable
        Panel to what its points say of a change; made when it is asked for.
    dated : tuple or None
        What `since` answers where that is already known.
    """

    chart: str
    n: int
    phase1: int
    sigma: float | None
    panels: tuple[Panel, ...]
    signals: tuple[Signal, ...]
    excluded: tuple[int, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Callable[[], Evidence]] = field(default_factory=dict)
    dated: tuple[ChangePoint | None, ...] | None = None

    def since(self) -> tuple[ChangePoint | None, ...]:
        """When the change began that each signal has found; None where its panel cannot say.

        See `change_point` for the estimate and its interval. A rule about spread, as `nelson_7`
        on means, dates a change of the spread.
        """
        if self.dated is not None:
            return self.dated
        found: dict[tuple[str, bool, int], ChangePoint] = {}
        asked: dict[tuple[str, bool], set[int]] = {}
        keys = [(s.panel, about_spread(s.rule), s.point) for s in self.signals]
        for panel, spread, point in keys:
            asked.setdefault((panel, spread), set()).add(point)
        for (panel, spread), points in asked.items():
            make = self.evidence.get(panel)
            if make is None:
                continue
            evidence = make().of_spread() if spread else make()
            numbers = sorted(points)
            dated = change_points(evidence, np.array(numbers, dtype=np.intp))
            found |= {
                (panel, spread, number): change
                for number, change in zip(numbers, dated, strict=True)
            }
        return tuple(found.get(key) for key in keys)

    def to_dict(self) -> dict[str, Any]:
        """The chart as plain JSON data, the extras beside the common keys."""
        extra_of = self.extras.get("signal_details", {})
        signals = [
            {
                "panel": s.panel,
                "point": s.point,
                "rule": s.rule,
                "since": None if since is None else since.to_dict(),
                **extra_of.get(s.point, {}),
            }
            for s, since in zip(self.signals, self.since(), strict=True)
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
