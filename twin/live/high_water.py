"""How far a query has been read: the largest value of one of its columns."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from process_models.errors import InputError

__all__ = ["HighWater"]


@dataclass(frozen=True, slots=True)
class HighWater:
    """A number, a time, or a time written as text; kept as a mark in the same form.

    Examples
    --------
    >>> HighWater("2026-01-05 12:00:00").less(60).value
    '2026-01-05 11:59:00'
    >>> HighWater(17).raised([3, 21, 20]).value
    21
    """

    value: Any

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(
            self.value, int | float | Decimal | str | datetime
        ):
            raise InputError(f"high_water must be a number or a time, got {self.value!r:.80}")

    @classmethod
    def read(cls, mark: str) -> HighWater:
        """What `mark` kept."""
        form, value = json.loads(mark)
        if form == "time":
            return cls(datetime.fromisoformat(value))
        return cls(Decimal(value) if form == "decimal" else value)

    @property
    def mark(self) -> str:
        """What `read` reads."""
        if isinstance(self.value, datetime):
            return json.dumps(["time", self.value.isoformat()])
        if isinstance(self.value, Decimal):
            return json.dumps(["decimal", str(self.value)])
        return json.dumps(["plain", self.value])

    def raised(self, values: Iterable[Any]) -> HighWater:
        """The largest of this and `values`; rows without a value raise nothing.

        Raises
        ------
        InputError
            When they are not of one kind.
        """
        found = [value for value in values if value is not None]
        if not found:
            return self
        try:
            top = max(found)
            told = self.value if isinstance(self.value, type(top)) else None
            if isinstance(top, int | float | Decimal) and isinstance(self.value, int | float):
                told = self.value
            return HighWater(top if told is None else max(top, told))
        except TypeError as error:
            kinds = sorted({type(value).__name__ for value in found})
            raise InputError(
                f"high_water must be of one kind and zone, got {' and '.join(kinds)}"
            ) from error

    def less(self, overlap: float) -> HighWater:
        """So far back: seconds of a time, units of a number."""
        if not overlap:
            return self
        if isinstance(self.value, datetime):
            return HighWater(self.value - timedelta(seconds=overlap))
        if isinstance(self.value, str):
            return self._text_less(self.value, overlap)
        return HighWater(self.value - type(self.value)(overlap))

    def _text_less(self, text: str, overlap: float) -> HighWater:
        try:
            back = datetime.fromisoformat(text) - timedelta(seconds=overlap)
        except (ValueError, OverflowError):
            raise InputError(
                f"overlap needs a high_water that is a number or a time, got {text!r:.80}"
            ) from None
        written = back.isoformat(sep="T" if "T" in text else " ")
        return HighWater(written if len(text) > 10 else written[:10])
