"""Times as the store keeps them: whole microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["from_us", "now_us", "timestamps", "to_us"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch of an aware `moment`.

    >>> to_us(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The moment in UTC.

    >>> from_us(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def now_us() -> int:
    """The machine's clock now."""
    return to_us(datetime.now(UTC))


def timestamps(microseconds: Sequence[int | None]) -> pd.Series:
    """UTC timestamps of a column; None becomes NaT."""
    import pandas as pd

    whole = pd.Series(pd.array(microseconds, dtype="Int64"))
    return pd.to_datetime(whole, unit="us", utc=True).astype("datetime64[us, UTC]")
