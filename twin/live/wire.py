"""What travels from the plant to the twin: numbered records, and their compact text form.

A record is a `Measurement` or an `Event` under a sequence number of its source. Numbers start at
1 and leave no hole, so that a reader sees at once what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from process_models.errors import InputError
from twin.measurement import Event, Measurement

__all__ = ["Batch", "Record", "decode", "encode", "record_time"]

Record = Measurement | Event

_TIMES = frozenset({"measured_at", "occurred_at", "received_at"})
_KINDS: dict[str, type[Measurement] | type[Event]] = {"m": Measurement, "e": Event}
_DEFAULTS = {
    kind: {f.name: f.default for f in fields(made)} for kind, made in _KINDS.items()
}


def record_time(record: Record) -> datetime:
    """When the record was made at its source."""
    return record.measured_at if isinstance(record, Measurement) else record.occurred_at


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one source.

    Attributes
    ----------
    first : int
        Sequence number of `records[0]`; the others follow without a hole.
    records : tuple of Measurement or Event
        In order of their sequence numbers.

    Raises
    ------
    InputError
        When a record does not bear the number that its place gives it.
    """

    first: int
    records: tuple[Record, ...]

    def __post_init__(self) -> None:
        for number, record in enumerate(self.records, self.first):
            if record.sequence != number:
                raise InputError(f"record {number} of a batch bears sequence {record.sequence}")

    @property
    def last(self) -> int:
        """Sequence number of the last record; `first - 1` when there is none."""
        return self.first + len(self.records) - 1

    def after(self, sequence: int) -> Batch:
        """The part that follows `sequence`."""
        skip = min(max(0, sequence + 1 - self.first), len(self.records))
        return Batch(self.first + skip, self.records[skip:])


def encode(records: Sequence[Record]) -> str:
    """Records as one JSON array of objects; fields at their default are left out.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> event = Event(occurred_at=datetime(2026, 1, 5, tzinfo=UTC), station="wind", event="start",
    ...               lot_id="L00001", sequence=7)
    >>> decode(encode([event])) == [event]
    True
    """
    return json.dumps([_plain(record) for record in records], separators=(",", ":"))


def _plain(record: Record) -> dict[str, Any]:
    kind = "m" if isinstance(record, Measurement) else "e"
    plain: dict[str, Any] = {"k": kind}
    for name, default in _DEFAULTS[kind].items():
        value = getattr(record, name)
        if value != default:
            plain[name] = value.isoformat() if name in _TIMES else value
    return plain


def decode(text: str) -> list[Record]:
    """Records from what `encode` wrote.

    Raises
    ------
    InputError
        When the text is no such array, or a record breaks a rule of its kind.
    """
    try:
        return [_made(plain) for plain in json.loads(text)]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"records on the wire cannot be read: {error}") from error


def _made(plain: dict[str, Any]) -> Record:
    made = _KINDS[plain.pop("k")]
    for name in _TIMES & plain.keys():
        plain[name] = datetime.fromisoformat(plain[name])
    return made(**plain)
