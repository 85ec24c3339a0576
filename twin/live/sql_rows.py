"""Rows of a query as readings: a mapped column is a channel, the other columns are its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from process_models.errors import InputError
from twin.live.sourcing.instants import instant
from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.raw import Item, RawReading, Refused
from twin.store.rows import zone

__all__ = ["Row", "RowReader"]

Row = Mapping[str, Any]


class RowReader:
    """Makes readings of rows.

    Parameters
    ----------
    config : SourceConfig
        Its mapping; `time` in its options is the column of the time.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._time = str(config.options.get("time", ""))
        self._zone = zone(config.timezone or None)

    @property
    def columns(self) -> set[str]:
        """Columns that a query must give."""
        named = {row.channel.text for row in self._config.maps if row.channel.is_plain}
        told = {one for row in self._config.maps for one in (row.time, row.sequence, row.status)}
        return {*named, *filter(None, told), *filter(None, [self._time])}

    def items(self, rows: Iterable[Row]) -> list[Item]:
        """Readings of `rows`; an empty cell was not measured."""
        now = datetime.now(UTC)
        return [item for row in rows for item in self._of(row, now)]

    def _of(self, row: Row, now: datetime) -> Iterator[Item]:
        fields = {name: "" if value is None else str(value) for name, value in row.items()}
        for column, value in row.items():
            meant = next(
                (m for m in self._config.maps if m.channel.match(column) is not None), None
            )
            if meant is None or (value is None and meant.carries == "value"):
                continue
            try:
                yield self._reading(row, column, value, meant, fields, now)
            except InputError as error:
                shown = repr(fields)[:1000]
                yield Refused(channel=column, rule=str(error), value=shown, received_at=now)

    def _reading(
        self, row: Row, column: str, value: Any, meant: MapRow, fields: Mapping[str, str],
        now: datetime,
    ) -> RawReading:  # fmt: skip
        time = meant.time or self._time
        try:
            at = instant(row[time], self._config.time_unit, self._zone) if time else None
        except InputError as error:
            raise InputError(f"column {time} {error}") from error
        number = row[meant.sequence] if meant.sequence else None
        if number is not None and not (isinstance(number, int) and 0 <= number < 2**53):
            raise InputError(f"column {meant.sequence} must be a whole number, got {number!r:.80}")
        plain = (
            value if isinstance(value, int | float | str) else None if value is None else str(value)
        )
        return RawReading(
            channel=column, value=plain, source_time=at, received_at=now, sequence=number,
            status=str(row[meant.status]) if meant.status else "good", fields=fields,
            producer=column,
        )  # fmt: skip
