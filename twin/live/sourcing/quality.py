"""Status words and codes of sources, as one of good, uncertain, bad."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

__all__ = ["FUTURE_LIMIT", "OLDEST_YEAR", "quality_of", "worse"]

FUTURE_LIMIT = timedelta(days=1)
"""A time further ahead than this is not flagged but refused."""
OLDEST_YEAR = 2000
"""A clock that was never set says 1970 or 1980."""

_ORDER = ("good", "uncertain", "bad")
_WORDS = {
    "": "good", "good": "good", "ok": "good", "uncertain": "uncertain", "bad": "bad",
}  # fmt: skip


def quality_of(status: str | int, words: Mapping[str, str]) -> str:
    """Quality of a status: by the two highest bits of an OPC UA code, by `words`, by common sense.

    A word that nobody knows is uncertain, never good.

    Examples
    --------
    >>> quality_of(0, {}), quality_of(0x40000000, {}), quality_of(0x80AB0000, {})
    ('good', 'uncertain', 'bad')
    >>> quality_of("E7", {"E7": "bad"}), quality_of("who knows", {})
    ('bad', 'uncertain')
    """
    known = words.get(str(status))
    if known is not None:
        return known
    if isinstance(status, int):
        return _ORDER[min(status >> 30, 2)] if 0 <= status < 2**32 else "bad"
    return _WORDS.get(status.strip().lower(), "uncertain")


def worse(quality: str, received_at: datetime, measured_at: datetime, ahead_s: float) -> str:
    """`quality`, at best uncertain where the source's clock is more than `ahead_s` ahead."""
    ahead = (measured_at - received_at).total_seconds() > ahead_s
    return "uncertain" if ahead and quality == "good" else quality
