"""The line's seconds and the calendar's: where second 0 of a line file lies.

Second 0 of a line is the start of a first shift; in the calendar that is 06:00 UTC of Monday,
1 January 2024.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["LINE_ORIGIN", "line_seconds", "line_time", "shift_start"]

LINE_ORIGIN = datetime(2024, 1, 1, 6, tzinfo=UTC)
_DAY = timedelta(days=1)


def line_seconds(moment: datetime) -> float:
    """Seconds of the line at `moment`.

    Examples
    --------
    >>> line_seconds(datetime(2024, 1, 2, 6, tzinfo=UTC))
    86400.0
    """
    return (moment - LINE_ORIGIN).total_seconds()


def line_time(seconds: float) -> datetime:
    """The moment, in UTC and to the microsecond, at `seconds` of the line."""
    return LINE_ORIGIN + timedelta(seconds=seconds)


def shift_start(moment: datetime) -> datetime:
    """The last start of a first shift at or before `moment`.

    Examples
    --------
    >>> shift_start(datetime(2024, 1, 2, 5, 59, tzinfo=UTC)).isoformat()
    '2024-01-01T06:00:00+00:00'
    """
    return LINE_ORIGIN + (moment - LINE_ORIGIN) // _DAY * _DAY
