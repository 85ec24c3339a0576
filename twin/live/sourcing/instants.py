"""Times as sources write them: ISO 8601, or a number since 1970 in a stated unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from process_models.errors import InputError

__all__ = ["instant"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}


def instant(value: object, time_unit: str = "", timezone: tzinfo | None = None) -> datetime:
    """The moment that `value` says, with an offset from UTC.

    Parameters
    ----------
    value : object
        Text in ISO 8601, a number, or a datetime.
    time_unit : {"", "s", "ms", "us", "ns"}
        Of a number since 1970; empty refuses numbers.
    timezone : tzinfo or None
        Of a time without an offset; None refuses it.

    Raises
    ------
    InputError
        When it is none of these.

    Examples
    --------
    >>> instant(1_767_614_400_000, "ms").isoformat()
    '2026-01-05T12:00:00+00:00'
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime):
        raise InputError(f"must be a time, got {value!r:.80}")
    if isinstance(value, int | float):
        return _counted(value, time_unit)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise InputError(f"must be an ISO 8601 time, got {value!r:.80}") from None
    if value.tzinfo is None:
        if timezone is None:
            raise InputError(f"needs an offset from UTC, or a timezone, got {value.isoformat()}")
        return value.replace(tzinfo=timezone)
    return value


def _counted(value: float, time_unit: str) -> datetime:
    if time_unit not in _US:
        raise InputError(f"is a number and needs time_unit (s, ms, us, ns), got {value}")
    try:
        if isinstance(value, int) and time_unit != "ns":
            return _EPOCH + timedelta(microseconds=value * int(_US[time_unit]))
        return _EPOCH + timedelta(microseconds=value * _US[time_unit])
    except (OverflowError, ValueError):
        raise InputError(f"must lie within the years 1 to 9999, got {value!r:.80}") from None
