"""Changes of the line from now on, and how they are written."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime

from process_models.errors import InputError
from twin.recipe import Recipe

__all__ = [
    "Change",
    "Maintenance",
    "NewRecipe",
    "Operators",
    "StationOut",
    "duration_s",
    "operators_of",
    "planned_maintenance",
    "station_out",
]

_UNITS = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d)")
_LONGEST_S = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class StationOut:
    """A station stands from now for `duration_s`; a lot in service waits there."""

    station: str
    duration_s: float

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.station} out for {_told(self.duration_s)}"


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned work at a station: it stands from `start` for `duration_s`."""

    station: str
    start: datetime
    duration_s: float

    @property
    def words(self) -> str:
        """For people."""
        when = f"{self.start:%a %d %b %H:%M}"
        return f"maintenance of {self.station} on {when} for {_told(self.duration_s)}"


@dataclass(frozen=True, slots=True)
class Operators:
    """A pool has `by` people more, or fewer where it is negative."""

    pool: str
    by: int

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.pool} {self.by:+d}"


@dataclass(frozen=True, slots=True)
class NewRecipe:
    """Another recipe for lots that have not been deposited yet, and for all that follow."""

    recipe: Recipe

    @property
    def words(self) -> str:
        """For people."""
        return f"recipe {self.recipe.name} for lots not yet deposited"


Change = StationOut | Maintenance | Operators | NewRecipe


def duration_s(text: str) -> float:
    """A duration with its unit, in seconds.

    Raises
    ------
    InputError
        When it is not a number with s, min, h or d, or not above 0 and at most 30 days.

    Examples
    --------
    >>> duration_s("4h"), duration_s("90 min")
    (14400.0, 5400.0)
    """
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _UNITS[found[2]] if found else math.nan
    if not 0 < seconds <= _LONGEST_S:
        raise InputError(
            f"duration must be a number with s, min, h or d, above 0 and at most 30d, got {text!r}"
        )
    return seconds


def station_out(text: str) -> StationOut:
    """`STATION=4h`.

    Examples
    --------
    >>> station_out("roll=4h")
    StationOut(station='roll', duration_s=14400.0)
    """
    station, _, duration = text.partition("=")
    if not station.strip() or not duration:
        raise InputError(f"station-out must be STATION=DURATION, such as roll=4h, got {text!r}")
    return StationOut(station.strip(), duration_s(duration))


def planned_maintenance(text: str) -> Maintenance:
    """`STATION@TIME,DURATION`, the time in ISO 8601 with its offset.

    Examples
    --------
    >>> planned_maintenance("roll@2026-01-08T22:00:00+00:00,2h").words
    'maintenance of roll on Thu 08 Jan 22:00 for 2 h'
    """
    from twin.site import moment

    place, _, duration = text.rpartition(",")
    station, _, start = place.partition("@")
    if not station.strip() or not start:
        raise InputError(
            "maintenance must be STATION@TIME,DURATION, such as "
            f"roll@2026-01-08T22:00:00+00:00,2h, got {text!r}"
        )
    return Maintenance(station.strip(), moment("maintenance", start), duration_s(duration))


def operators_of(text: str) -> Operators:
    """`POOL=-1`.

    Examples
    --------
    >>> operators_of("operators=-1")
    Operators(pool='operators', by=-1)
    """
    pool, _, number = text.partition("=")
    try:
        by = int(number)
    except ValueError:
        by = 0
    if not pool.strip() or by == 0:
        raise InputError(f"operators must be POOL=-1 or POOL=+1, got {text!r}")
    return Operators(pool.strip(), by)


def _told(seconds: float) -> str:
    return f"{seconds / 3600:.3g} h" if seconds >= 3600 else f"{seconds / 60:.3g} min"
