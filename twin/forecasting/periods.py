"""What the line will have made: by shift, day and week from now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.ahead.futures import Ahead
from twin.forecasting.interval import Interval, interval_of
from twin.line_time import line_seconds, line_time
from twin.shift_kpi import SHIFT_S

__all__ = ["PERIODS", "PeriodForecast", "period_forecast", "period_forecasts", "shift_forecasts"]

Floats = NDArray[np.float64]
PERIODS = {"shift": 8.0, "day": 24.0, "week": 168.0}
"""Hours from now, by name."""


@dataclass(frozen=True, slots=True)
class PeriodForecast:
    """A span of time and what is finished in it.

    Attributes
    ----------
    name : str
        shift, day or week from now; or that of a shift, by its number from now.
    finished_lots, good_lots, good_sheets : Interval
        None of the latter two without any measurement.
    """

    name: str
    start: datetime
    end: datetime
    finished_lots: Interval
    good_lots: Interval | None
    good_sheets: Interval | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "finished_lots": self.finished_lots.to_dict(),
            "good_lots": self.good_lots.to_dict() if self.good_lots else None,
            "good_sheets": self.good_sheets.to_dict() if self.good_sheets else None,
        }


def period_forecasts(
    ahead: Ahead, yields: Floats | None, *, least: float, sheets: int, level: float
) -> tuple[PeriodForecast, ...]:
    """Shift, day and week from now, as far as the futures reach.

    Parameters
    ----------
    yields : ndarray (R, lots) or None
        Of the same lots as `ahead.leave_s`.
    least : float
        Yield of a lot that counts as good.
    """
    return tuple(
        period_forecast(
            ahead, yields, name, 0.0, 3600 * hours, least=least, sheets=sheets, level=level
        )
        for name, hours in PERIODS.items()
        if 3600 * hours <= ahead.horizon_s + 1.0
    )


def shift_forecasts(
    ahead: Ahead, yields: Floats | None, *, least: float, sheets: int, level: float
) -> tuple[PeriodForecast, ...]:
    """Every shift from the present one on, those left out in which nothing is finished."""
    now_s = line_seconds(ahead.as_of)
    begins_s = now_s // SHIFT_S * SHIFT_S
    found = []
    number = 0
    while begins_s + (number + 1) * SHIFT_S <= now_s + ahead.horizon_s:
        start_s = max(0.0, begins_s + number * SHIFT_S - now_s)
        end_s = begins_s + (number + 1) * SHIFT_S - now_s
        one = period_forecast(
            ahead,
            yields,
            f"shift {number}",
            start_s,
            end_s,
            least=least,
            sheets=sheets,
            level=level,
        )
        if one.finished_lots.mean > 0:
            found.append(one)
        number += 1
    return tuple(found)


def period_forecast(
    ahead: Ahead,
    yields: Floats | None,
    name: str,
    from_s: float,
    to_s: float,
    *,
    least: float,
    sheets: int,
    level: float,
) -> PeriodForecast:
    """What is finished in (from_s, to_s] from now."""
    finished = ahead.finished_within(from_s, to_s)
    good_lots = good_sheets = None
    if yields is not None:
        lots = (finished & (yields >= least)).sum(axis=1).astype(np.float64)
        area = (finished * yields).sum(axis=1) * sheets
        good_lots, good_sheets = interval_of(lots, level), interval_of(area, level)
    start = ahead.as_of + timedelta(seconds=from_s)
    return PeriodForecast(
        name,
        start,
        line_time(line_seconds(ahead.as_of) + to_s),
        interval_of(finished.sum(axis=1).astype(np.float64), level),
        good_lots,
        good_sheets,
    )
