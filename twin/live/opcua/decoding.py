"""Publish responses read quickly: most hold nothing but numbers with their times.

asyncua makes some twenty objects of every value, which costs more than keeping the value in the
store. Here a value becomes one tuple, straight from the bytes; whatever is not a plain number is
left to asyncua, value by value.

Layout: OPC 10000-6, 5.2 (binary encoding), 10000-4, 7.20 and 7.25 (notifications).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import (
    extensionobject_from_binary,
    nodeid_from_binary,
    struct_from_binary,
    variant_from_binary,
)

from twin.live.opcua.values import Change

__all__ = ["FastData", "publish_response"]

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_DATA_CHANGE = b"\x01\x00\x2b\x03\x01"  # node id i=811 in four bytes, "with a body"
_VALUE, _STATUS, _SOURCE, _SERVER, _SOURCE_PICO, _SERVER_PICO = 1, 2, 4, 8, 16, 32
_ITEM, _INT, _UINT, _TIME = (struct.Struct(f) for f in ("<IB", "<i", "<I", "<q"))
_NUMBERS = {
    int(kind.value): struct.Struct(f"<{code}")
    for kind, code in (
        (ua.VariantType.Boolean, "?"), (ua.VariantType.SByte, "b"), (ua.VariantType.Byte, "B"),
        (ua.VariantType.Int16, "h"), (ua.VariantType.UInt16, "H"), (ua.VariantType.Int32, "i"),
        (ua.VariantType.UInt32, "I"), (ua.VariantType.Int64, "q"), (ua.VariantType.UInt64, "Q"),
        (ua.VariantType.Float, "f"), (ua.VariantType.Double, "d"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FastData:
    """A data change notification: handles of the client, and what they changed to."""

    changes: list[tuple[int, Change]]


def publish_response(data: Buffer) -> ua.PublishResponse:
    """The response in `data`, data changes in it as `FastData`.

    Raises
    ------
    struct.error, asyncua.ua.UaError, IndexError
        When the bytes are no such response.
    """
    response = ua.PublishResponse()
    response.TypeId = nodeid_from_binary(data)
    response.ResponseHeader = struct_from_binary(ua.ResponseHeader, data)
    result = response.Parameters
    result.SubscriptionId = _taken(data, _UINT)
    available = _taken(data, _INT)
    result.AvailableSequenceNumbers = [_taken(data, _UINT) for _ in range(available)]
    result.MoreNotifications = data.read(1) != b"\0"
    message = result.NotificationMessage
    message.SequenceNumber = _taken(data, _UINT)
    message.PublishTime = _time(_taken(data, _TIME))
    parts = _taken(data, _INT)
    message.NotificationData = [_part(data) for _ in range(parts)]
    return response


def _taken(data: Buffer, form: struct.Struct) -> Any:
    return form.unpack(data.read(form.size))[0]


def _part(data: Buffer) -> Any:
    head = data.copy().read(min(len(data), 5))
    if head != _DATA_CHANGE:
        return extensionobject_from_binary(data)
    data.skip(5)
    return FastData(_changes(bytes(data.read(_taken(data, _INT)))))


def _changes(body: bytes) -> list[tuple[int, Change]]:
    (count,) = _INT.unpack_from(body)
    place = 4
    found = []
    for _ in range(count):
        handle, mask = _ITEM.unpack_from(body, place)
        value, place = _value(body, place + 5) if mask & _VALUE else (None, place + 5)
        status, source, server = 0, None, None
        if mask & _STATUS:
            (status,) = _UINT.unpack_from(body, place)
            place += 4
        if mask & _SOURCE:
            source = _time(_TIME.unpack_from(body, place)[0])
            place += 8
        if mask & _SOURCE_PICO:
            place += 2
        if mask & _SERVER:
            server = _time(_TIME.unpack_from(body, place)[0])
            place += 8
        if mask & _SERVER_PICO:
            place += 2
        found.append((handle, Change(value, status, source, server)))
    return found


def _value(body: bytes, place: int) -> tuple[Any, int]:
    number = _NUMBERS.get(body[place])  # an array has another bit set
    if number is not None:
        return number.unpack_from(body, place + 1)[0], place + 1 + number.size
    rest = Buffer(body, place, len(body) - place)
    return variant_from_binary(rest).Value, rest.cur_pos


@lru_cache(4096)
def _time(ticks: int) -> datetime | None:
    """A time of 100 ns since 1601; None for the start of the epoch, which means: unknown."""
    if ticks <= 864_000_000_000:
        return None
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
