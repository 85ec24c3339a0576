"""A JSON payload made readings, by paths into it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from process_models.errors import InputError
from twin.live.mqtt.connection import Message
from twin.live.sourcing.instants import instant
from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.raw import Item, RawReading, Refused, Value
from twin.store.rows import zone

__all__ = ["JsonReader", "at_path"]

_MOST_BYTES = 1_000_000
_MOST_CHANNELS = 100_000
_ABSENT = object()
_LARGEST = 2**53
Matching = list[tuple[MapRow, dict[str, str]]]


def at_path(payload: Any, path: str) -> Any:
    """What stands at `path` (names and places from 0, joined by points); empty is the whole.

    Examples
    --------
    >>> at_path({"head": {"lots": ["L1", "L2"]}}, "head.lots.1")
    'L2'
    """
    here = payload
    for step in path.split(".") if path else ():
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and step.isascii() and step.isdigit() and len(step) < 7:
            place = int(step)
            here = here[place] if place < len(here) else _ABSENT
        else:
            return _ABSENT
    return here


class JsonReader:
    """Makes items of messages; whatever a payload says, nothing is raised.

    Parameters
    ----------
    config : SourceConfig
        Its mapping; its time zone and unit of time.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._zone = zone(config.timezone or None)
        self._matching: dict[str, Matching] = {}

    def items(self, message: Message) -> list[Item]:
        """Readings of the parts that are mapped, or one refusal; a list is read one by one."""
        rows = self._rows_of(message.topic)
        try:
            payload = _decoded(message.payload, rows)
        except InputError as error:
            return [_refused(message, str(error))]
        parts = payload if isinstance(payload, list) else [payload]
        made: list[Item] = []
        for part in parts:
            found = list(self._of_part(message, rows, part))
            made += found or [_refused(message, "holds nothing that is mapped")]
        return made or [_refused(message, "is an empty list")]

    def _rows_of(self, topic: str) -> Matching:
        if topic not in self._matching:
            if len(self._matching) >= _MOST_CHANNELS:
                self._matching.clear()
            self._matching[topic] = [
                (row, captured)
                for row in self._config.maps
                if (captured := row.channel.match(topic)) is not None
            ]
        return self._matching[topic]

    def _of_part(self, message: Message, rows: Matching, part: Any) -> Iterator[Item]:
        for row, captured in rows:
            value = at_path(part, row.value)
            if value is _ABSENT:
                continue
            try:
                yield self._reading(message, row, captured, part, value)
            except InputError as error:
                yield _refused(message, str(error))

    def _reading(
        self, message: Message, row: MapRow, captured: dict[str, str], part: Any, value: Any
    ) -> RawReading:
        at = self._time(part, row)
        fields = {**captured, **_fields(part, row)}
        status = at_path(part, row.status) if row.status else "good"
        return RawReading(
            channel=message.topic, part=row.value, value=_scalar(value), source_time=at,
            received_at=message.received_at, sequence=_sequence(part, row),
            status=status if isinstance(status, int) else _word(status),
            producer=fields.get("producer", message.topic), fields=fields,
            historical=message.retained,
            # The broker gives its last message to whoever subscribes: without a time, no news.
            restated=message.retained and at is None,
            repeated=message.repeated,
        )  # fmt: skip

    def _time(self, part: Any, row: MapRow) -> datetime | None:
        if not row.time:
            return None
        told = at_path(part, row.time)
        if told is _ABSENT:
            raise InputError(f"time {row.time!r} is not in the payload")
        try:
            return instant(told, self._config.time_unit, self._zone)
        except InputError as error:
            raise InputError(f"time {row.time!r} {error}") from error


def _decoded(payload: bytes, rows: Sequence[tuple[MapRow, dict[str, str]]]) -> Any:
    if len(payload) > _MOST_BYTES:
        raise InputError(f"payload must not be over {_MOST_BYTES} bytes, got {len(payload)}")
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        plain = [row for row, _ in rows if row.carries == "lot" and not row.value]
        if plain and len(plain) == len(rows) and not isinstance(error, RecursionError):
            return payload.decode("utf-8", "replace").strip()
        raise InputError(f"payload must be JSON: {str(error)[:80]}") from error


def _fields(part: Any, row: MapRow) -> dict[str, str]:
    found = {name: at_path(part, path) for name, path in row.fields.items()}
    return {name: _word(value) for name, value in found.items() if value is not _ABSENT}


def _sequence(part: Any, row: MapRow) -> int | None:
    if not row.sequence:
        return None
    told = at_path(part, row.sequence)
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told < _LARGEST:
        shown = "nothing" if told is _ABSENT else repr(told)[:80]
        raise InputError(f"sequence {row.sequence!r} must be a whole number from 0, got {shown}")
    return told


def _scalar(value: Any) -> Value:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value)[:200]


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or value is _ABSENT else json.dumps(value)[:200]


def _refused(message: Message, rule: str) -> Refused:
    text = message.payload[:1000].decode("utf-8", "replace")
    return Refused(channel=message.topic, rule=rule, value=text, received_at=message.received_at)
