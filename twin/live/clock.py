"""The plant's clock: wall time, faster, or as fast as its records are read."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from process_models.errors import InputError

__all__ = ["PlantClock"]


@dataclass(frozen=True, slots=True)
class PlantClock:
    """Plant time, which starts at `started_at` and runs at `speed`.

    Attributes
    ----------
    started_at : datetime
        Plant time at the moment of construction.
    speed : float
        Plant seconds a wall second; infinite means that every record is due at once.
    monotonic : callable
        Wall seconds; a test gives its own.

    Examples
    --------
    >>> wall = iter([100.0, 160.0])
    >>> clock = PlantClock(datetime(2026, 1, 5, tzinfo=UTC), 60.0, lambda: next(wall))
    >>> clock.now().isoformat()
    '2026-01-05T01:00:00+00:00'
    """

    started_at: datetime
    speed: float = 1.0
    monotonic: Callable[[], float] = time.monotonic
    _origin_s: float = field(init=False)

    def __post_init__(self) -> None:
        if not self.speed > 0:
            raise InputError(f"speed must be above 0, got {self.speed}")
        if self.started_at.tzinfo is None:
            raise InputError(f"started_at needs an offset from UTC, got {self.started_at}")
        object.__setattr__(self, "_origin_s", self.monotonic())

    def now(self) -> datetime:
        """Plant time; the last representable one where the speed is infinite."""
        if math.isinf(self.speed):
            return datetime.max.replace(tzinfo=UTC)
        elapsed_s = (self.monotonic() - self._origin_s) * self.speed
        return self.started_at + timedelta(seconds=elapsed_s)
