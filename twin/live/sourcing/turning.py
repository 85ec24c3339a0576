"""Readings made measurements and events by the mapping, under the rules of every import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from process_models.errors import InputError
from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.outcome import Held, LotAt, Outcome, SetAside
from twin.live.sourcing.quality import FUTURE_LIMIT, OLDEST_YEAR
from twin.live.sourcing.quick import Quick
from twin.live.sourcing.raw import Item, RawReading, Refused
from twin.live.sourcing.ready import ready
from twin.live.sourcing.record import record_of, scaled, storable, whole
from twin.measurement import Measurement
from twin.store.rows import Edge, PlannedUnit, RowError, event_of, measurement_of, zone
from twin.store.units import convert

__all__ = ["Turning"]

_UNKNOWN_LOT = "?"
_MOST_CHANNELS = 100_000
_MOST_KEPT = 1000

Find = Callable[[str, str], PlannedUnit | None]


class Turning:
    """What becomes of the items of one source; knows no store and keeps no state but what it
    has learnt of channels.

    Parameters
    ----------
    config : SourceConfig
        Its mapping, its status words, how far its clock may be ahead.
    find : callable
        The planned characteristic of (characteristic, station), or None.
    """

    def __init__(self, config: SourceConfig, find: Find) -> None:
        self._config = config
        self._find = find
        self._edge = Edge(find, zone(config.timezone or None))
        self._quick = Quick(config)
        self._rows: dict[tuple[str, str], tuple[MapRow, dict[str, str]] | None] = {}

    def turn(self, item: Item) -> Outcome:
        """The measurement, event or lot that `item` says; None when it says nothing new."""
        if isinstance(item, RawReading):
            return self._quick.turn(item) or self._mapped(item)
        if isinstance(item, Refused):
            value = storable(item.value[:_MOST_KEPT])
            record = {"source": self._config.name, "payload": value}
            channel = storable(item.channel)
            return SetAside(channel, "measurements", item.column, item.rule, value, record)
        return ready(item, self._find) if isinstance(item, Measurement) else item

    def _mapped(self, raw: RawReading) -> Outcome:
        found = self._row_of(raw.channel, raw.part)
        if found is None:
            return None
        row, captured = found
        if raw.restated and row.carries != "lot":
            return None
        fields = {**raw.fields, **captured}
        record = scaled(record_of(raw, row, fields, self._config), row)
        try:
            whole(record)
            made = self._made(raw, row, record)
            self._learn(raw, row, captured, made)
            return made
        except RowError as error:
            fault = error.column, error.rule, error.value
        except InputError as error:
            fault = "", str(error), ""
        kind = "measurements" if row.carries == "value" else "events"
        kept = {name: storable(text) for name, text in record.items()}
        column, rule, value = map(storable, fault)
        return SetAside(storable(raw.channel), kind, column, rule, value, kept)

    def _made(self, raw: RawReading, row: MapRow, record: dict[str, str]) -> Outcome:
        measured_at = _sane_time(raw)
        if row.carries == "lot":
            lot_id = "" if raw.value is None else str(raw.value).strip()
            return LotAt(record["station"], measured_at, lot_id)
        if row.carries == "event":
            return replace(event_of(record, self._edge), provenance="measured")
        lot = record["lot_id"] if row.lot_from == "given" else _UNKNOWN_LOT
        made = measurement_of({**record, "lot_id": lot}, self._edge)
        made = replace(self._in_mapped_unit(made, row), provenance="measured")
        return made if row.lot_from == "given" else Held(made, row.lot_from, row.lot_missing)

    def _learn(
        self, raw: RawReading, row: MapRow, captured: dict[str, str], outcome: Outcome
    ) -> None:
        made = outcome.measurement if isinstance(outcome, Held) else outcome
        if isinstance(made, Measurement):
            planned = self._find(made.characteristic, made.station)
            self._quick.learn(raw, row, captured, made, planned)

    def _in_mapped_unit(self, made: Measurement, row: MapRow) -> Measurement:
        """A characteristic that nobody planned is kept in one unit all the same: the mapping's."""
        if not row.unit or made.unit == row.unit or "{" in row.unit:
            return made
        if self._find(made.characteristic, made.station) is not None:
            return made
        return replace(made, value=convert(made.value, made.unit, row.unit), unit=row.unit)

    def _row_of(self, channel: str, part: str) -> tuple[MapRow, dict[str, str]] | None:
        key = (channel, part)
        if key not in self._rows:
            if len(self._rows) >= _MOST_CHANNELS:
                self._rows.clear()
            self._rows[key] = self._matching(channel, part)
        return self._rows[key]

    def _matching(self, channel: str, part: str) -> tuple[MapRow, dict[str, str]] | None:
        for row in self._config.maps:
            if row.value == part and (captured := row.channel.match(channel)) is not None:
                return row, captured
        return None


def _sane_time(raw: RawReading) -> datetime:
    at = raw.source_time or raw.received_at
    if at.year < OLDEST_YEAR:
        raise RowError("measured_at", f"must not lie before {OLDEST_YEAR}", at.isoformat())
    if at - raw.received_at > FUTURE_LIMIT:
        rule = "must not lie more than a day ahead of the clock here"
        raise RowError("measured_at", rule, at.isoformat())
    return at
