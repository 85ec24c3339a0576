"""What a comparison of two ways to go on says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.interval import Interval, interval_of

__all__ = ["Compared", "WhatIf", "compared"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the line as it is and as it would be.

    Attributes
    ----------
    figure, unit : str
    base, changed, difference : Interval
        Over futures; the difference is paired, changed less base.
    mean_low, mean_high : float
        Interval of the mean difference: what more futures would make narrower.
    p_better : float
        Share of futures in which the change is better; ties count half.
    """

    figure: str
    unit: str
    base: Interval
    changed: Interval
    difference: Interval
    mean_low: float
    mean_high: float
    p_better: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "figure": self.figure,
            "unit": self.unit,
            "base": self.base.to_dict(),
            "changed": self.changed.to_dict(),
            "difference": self.difference.to_dict(),
            "mean_difference": {"low": self.mean_low, "high": self.mean_high},
            "p_better": self.p_better,
        }


def compared(
    figure: str, unit: str, base: Floats, changed: Floats, level: float, *, more_is_better: bool
) -> Compared:
    """Compare a figure future by future; futures in which one of the two is nan are left out.

    Examples
    --------
    >>> found = compared("lots", "", np.array([3.0, 4.0]), np.array([4.0, 5.0]), 0.9,
    ...                  more_is_better=True)
    >>> found.difference.mean, found.mean_low, found.p_better
    (1.0, 1.0, 1.0)
    """
    from scipy.stats import norm

    both = np.isfinite(base) & np.isfinite(changed)
    base, changed = base[both], changed[both]
    gained = changed - base
    n = len(gained)
    error = float(gained.std(ddof=1)) / n**0.5 if n > 1 else float("nan")
    half = float(norm.ppf(0.5 + level / 2)) * error
    mean = float(gained.mean()) if n else float("nan")
    good = gained if more_is_better else -gained
    better = float(np.mean((good > 0) + 0.5 * (good == 0))) if n else float("nan")
    return Compared(
        figure, unit, interval_of(base, level), interval_of(changed, level),
        interval_of(gained, level), mean - half, mean + half, better,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Two ways to go on from now.

    Attributes
    ----------
    changes : tuple of str
        In words.
    figures : tuple of Compared
    engine, why : str
        Which engine ran, and why not the exact one.
    """

    as_of: datetime
    changes: tuple[str, ...]
    horizon_h: float
    replications: int
    level: float
    seed: int
    figures: tuple[Compared, ...]
    engine: str
    why: str
    messages: tuple[str, ...]
    provenance: str

    def figure(self, name: str) -> Compared:
        """The comparison of one figure."""
        return next(one for one in self.figures if one.figure == name)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; the figures by their names."""
        return {
            "as_of": self.as_of.isoformat(),
            "changes": list(self.changes),
            "horizon_h": self.horizon_h,
            "replications": self.replications,
            "level": self.level,
            "seed": self.seed,
            "engine": self.engine,
            "why": self.why,
            "figures": {one.figure: one.to_dict() for one in self.figures},
            "messages": list(self.messages),
            "provenance": self.provenance,
        }
