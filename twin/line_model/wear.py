"""The condition of a server, and the control chart that watches it."""

from __future__ import annotations

import math

from twin.line import Alarm, Condition
from twin.line_model.streams import Stream

__all__ = ["Watch", "Wear"]


class Wear:
    """The condition of one server: grown by lots since `since_s`, and by the hours.

    Attributes
    ----------
    grown : float
        What lots have added to the start since it was last restored.
    since_s : float
        When it was last restored.
    """

    __slots__ = ("grown", "growth", "model", "since_s")

    def __init__(self, model: Condition, growth: Stream, now_s: float) -> None:
        self.model = model
        self.growth = growth
        self.grown = 0.0
        self.since_s = now_s

    def level(self, now_s: float) -> float:
        """The condition now."""
        model = self.model
        return model.start + self.grown + model.per_h * (now_s - self.since_s) / 3600.0

    def use(self, lots: int) -> None:
        """So many lots have been worked on."""
        for _ in range(lots):
            self.grown += self.growth.draw()

    def restore(self, now_s: float) -> None:
        """As at the start."""
        self.grown = 0.0
        self.since_s = now_s


class Watch:
    """The chart of one server, point by point, in plain numbers.

    The points and limits are those of `process_models.spc` with known centre and sigma.

    Attributes
    ----------
    smoothed, factor : float
        EWMA, and its variance over sigma squared.
    high, low : float
        Sums of a CUSUM.
    signalled : bool
        Whether a point since it was restarted was outside the limits.
    """

    __slots__ = ("errors", "factor", "high", "low", "model", "signalled", "smoothed")

    def __init__(self, model: Alarm, errors: Stream) -> None:
        self.model = model
        self.errors = errors
        self.restart()

    def restart(self) -> None:
        """As before the first point."""
        self.smoothed = self.model.centre
        self.factor = self.high = self.low = 0.0
        self.signalled = False

    def measured(self, level: float) -> float:
        """What the gauge reads."""
        return level + self.model.gauge_bias + self.model.gauge_sd * self.errors.draw()

    def look(self, value: float) -> bool:
        """The next point; whether it signals."""
        model = self.model
        if model.chart == "ewma":
            signal = self._ewma(value)
        elif model.chart == "cusum":
            signal = self._cusum((value - model.centre) / model.sigma)
        else:
            signal = self._beyond(value, model.nsigma * model.sigma)
        self.signalled = self.signalled or signal
        return signal

    def _ewma(self, value: float) -> bool:
        model = self.model
        self.smoothed += model.lam * (value - self.smoothed)
        self.factor = (1 - model.lam) ** 2 * self.factor + model.lam * model.lam
        return self._beyond(self.smoothed, model.width * (model.sigma * math.sqrt(self.factor)))

    def _beyond(self, point: float, away: float) -> bool:
        centre = self.model.centre
        return point > centre + away or point < centre - away

    def _cusum(self, deviation: float) -> bool:
        model = self.model
        self.high = max(0.0, self.high + deviation - model.k)
        self.low = max(0.0, self.low - deviation - model.k)
        return max(self.high, self.low) > model.h
