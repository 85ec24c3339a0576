"""The short way for readings of a channel that has been turned the long way once.

Most readings are a number on a channel whose station, characteristic, unit and lot never change.
Turned the long way, as a row of text under the rules of every import, they cost four times what
storing them costs. Once that way was taken, only value, time and status differ; everything else is
remembered, and whatever is out of the ordinary goes the long way again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.outcome import Held
from twin.live.sourcing.quality import FUTURE_LIMIT, OLDEST_YEAR, quality_of, worse
from twin.live.sourcing.raw import RawReading
from twin.live.sourcing.template import filled
from twin.measurement import Measurement
from twin.store.rows import PlannedUnit

__all__ = ["Quick"]

_MOST_CHANNELS = 100_000
_WHOLE = 2**53  # every whole number below is one as a floating-point number too
_SAME = (
    "lot_id", "station", "characteristic", "unit", "subgroup", "position", "source", "operator",
    "gauge", "censoring", "provenance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    row: MapRow
    same: Mapping[str, Any]
    low: float
    high: float


class Quick:
    """Turns what it has learnt; the outcome is that of the long way.

    Parameters
    ----------
    config : SourceConfig
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._known: dict[tuple[str, str], _Known] = {}
        self._qualities: dict[str | int, str] = {}

    def learn(
        self,
        raw: RawReading,
        row: MapRow,
        captured: Mapping[str, str],
        made: Measurement,
        planned: PlannedUnit | None,
    ) -> None:
        """Remember what `made` of the long way has in common with what comes on this channel."""
        plain = (row.scale, row.offset) == (1.0, 0.0) and raw.unit is None
        if not plain or row.needs - captured.keys() or not _is_number(raw.value):
            return
        if filled(row.unit, captured) != made.unit:
            return  # it is converted
        if len(self._known) >= _MOST_CHANNELS:
            self._known.clear()
        low, high = (-math.inf, math.inf) if planned is None else planned.plausible
        same = {name: getattr(made, name) for name in _SAME}
        self._known[raw.channel, raw.part] = _Known(row, same, low, high)

    def turn(self, raw: RawReading) -> Measurement | Held | None:
        """The measurement that `raw` is; None where the long way has to be taken."""
        known = self._known.get((raw.channel, raw.part))
        value, at = raw.value, raw.source_time or raw.received_at
        if known is None or raw.unit is not None or raw.restated or not _is_number(value):
            return None
        if not known.low <= value <= known.high or at.year < OLDEST_YEAR:  # type: ignore[operator]
            return None
        sequence = raw.sequence or 0
        if at - raw.received_at > FUTURE_LIMIT or not abs(sequence) < _WHOLE:
            return None
        made = Measurement(
            measured_at=at.astimezone(UTC), value=float(value), sequence=sequence,  # type: ignore[arg-type]
            received_at=raw.received_at.astimezone(UTC), quality=self._quality(raw), **known.same,
        )  # fmt: skip
        row = known.row
        return made if row.lot_from == "given" else Held(made, row.lot_from, row.lot_missing)

    def _quality(self, raw: RawReading) -> Any:
        status = raw.status
        if status not in self._qualities:
            if len(self._qualities) >= _MOST_CHANNELS:
                self._qualities.clear()
            self._qualities[status] = quality_of(status, self._config.status)
        at = raw.source_time or raw.received_at
        return worse(self._qualities[status], raw.received_at, at, self._config.future_after_s)


def _is_number(value: object) -> bool:
    """Whether it is a finite number, the same as text and back."""
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is int and abs(value) < _WHOLE
