"""How far points lie from their centre line, in standard errors; computed when asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from process_models.spc.arrays import FloatArray

__all__ = ["Distances"]


@dataclass(frozen=True, eq=False)
class Distances:
    """Points with what their distances follow from.

    A long series whose lines are straight never needs all distances at once: the compiled rules
    make them block by block.

    Attributes
    ----------
    points : (n,) array
    centre, spread : float, (n,) array or None
        Without either, every distance is nan.
    """

    points: FloatArray
    centre: float | FloatArray | None
    spread: float | FloatArray | None

    def straight(self) -> tuple[float, float] | None:
        """Centre and spread where both are one number."""
        if isinstance(self.centre, float | int) and isinstance(self.spread, float | int):
            return float(self.centre), float(self.spread)
        return None

    def all(self) -> FloatArray:
        """The distance of every point; 0 on the line even without spread."""
        if self.spread is None or self.centre is None:
            return np.full(len(self.points), np.nan)
        away = self.points - self.centre
        with np.errstate(divide="ignore", invalid="ignore"):
            z = away / self.spread
        z[away == 0] = 0.0
        return np.asarray(z, dtype=np.float64)

    def last(self, count: int) -> FloatArray:
        """The distances of the last points."""
        start = max(0, len(self.points) - count)
        ends = (_end(line, start) for line in (self.centre, self.spread))
        return Distances(self.points[start:], *ends).all()


def _end(line: float | FloatArray | None, start: int) -> float | FloatArray | None:
    return line[start:] if isinstance(line, np.ndarray) and line.ndim else line
