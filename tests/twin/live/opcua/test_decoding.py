"""The quick reading of a publish response gives what asyncua's own gives."""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import given
from hypothesis import strategies as st

from twin.live.opcua.decoding import FastData, publish_response
from twin.live.opcua.values import change_of

V = ua.VariantType
whole = {
    V.SByte: 8, V.Int16: 16, V.Int32: 32, V.Int64: 64,
}  # fmt: skip
variants = st.one_of(
    st.floats(allow_nan=False).map(lambda v: ua.Variant(v, V.Double)),
    st.floats(width=32, allow_nan=False).map(lambda v: ua.Variant(v, V.Float)),
    st.booleans().map(lambda v: ua.Variant(v, V.Boolean)),
    st.text(max_size=9).map(lambda v: ua.Variant(v, V.String)),
    st.just(ua.Variant(None, V.Null)),
    st.lists(st.floats(allow_nan=False), max_size=3).map(lambda v: ua.Variant(v, V.Double)),
    st.binary(max_size=5).map(lambda v: ua.Variant(v, V.ByteString)),
    *(st.integers(-(2 ** (n - 1)), 2 ** (n - 1) - 1).map(lambda v, k=k: ua.Variant(v, k))
      for k, n in whole.items()),
    *(st.integers(0, 2**n - 1).map(lambda v, k=k: ua.Variant(v, k))
      for k, n in {V.Byte: 8, V.UInt16: 16, V.UInt32: 32, V.UInt64: 64}.items()),
)  # fmt: skip
times = st.one_of(
    st.none(), st.datetimes(datetime(1602, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))
)
values = st.builds(
    ua.DataValue, variants, StatusCode=st.sampled_from([0, 0x480, 0x40000000, 0x808C0000]).map(
        ua.StatusCode
    ), SourceTimestamp=times, ServerTimestamp=times,
)  # fmt: skip


def response(held: list[ua.DataValue], *more: Any, number: int = 5) -> bytes:
    made = ua.PublishResponse()
    made.Parameters.SubscriptionId = 78
    made.Parameters.AvailableSequenceNumbers = [3, 4]
    message = made.Parameters.NotificationMessage
    message.SequenceNumber = number
    changed = ua.DataChangeNotification()
    changed.MonitoredItems = [
        ua.MonitoredItemNotification(ClientHandle=n, Value=value) for n, value in enumerate(held, 1)
    ]
    message.NotificationData = [changed, *more]
    return struct_to_binary(made)


@given(st.lists(values, max_size=6))
def test_both_readings_agree(held: list[ua.DataValue]) -> None:
    content = response(held)
    quick = publish_response(Buffer(content)).Parameters
    slow = struct_from_binary(ua.PublishResponse, Buffer(content)).Parameters
    assert quick.SubscriptionId == slow.SubscriptionId == 78
    assert quick.AvailableSequenceNumbers == slow.AvailableSequenceNumbers
    assert quick.NotificationMessage.SequenceNumber == slow.NotificationMessage.SequenceNumber
    (fast,) = quick.NotificationMessage.NotificationData
    (own,) = slow.NotificationMessage.NotificationData
    assert isinstance(fast, FastData)
    expected = [(item.ClientHandle, change_of(item.Value)) for item in own.MonitoredItems]
    assert fast.changes == expected


def test_picoseconds_follow_their_time() -> None:
    """By the table of OPC 10000-6, 5.2.2.17; asyncua has both after the times."""
    ticks = [135_000_000_000_000_000, 135_000_000_000_000_020]
    value = struct.pack("<IBBdqHqH", 1, 0x3D, 11, 2.5, ticks[0], 7, ticks[1], 9)
    empty = response([])
    place = empty.index(b"\x01\x00\x2b\x03\x01") + 5
    body = struct.pack("<i", 1) + value + struct.pack("<i", 0)
    made = publish_response(Buffer(empty[:place] + struct.pack("<i", len(body)) + body))
    ((_, change),) = made.Parameters.NotificationMessage.NotificationData[0].changes
    assert (change.value, change.status) == (2.5, 0)
    assert change.server_time - change.source_time == timedelta(microseconds=2)


def test_other_notifications_are_left_to_asyncua() -> None:
    ended = ua.StatusChangeNotification(Status=ua.StatusCode(ua.StatusCodes.BadTimeout))
    made = publish_response(Buffer(response([], ended)))
    fast, other = made.Parameters.NotificationMessage.NotificationData
    assert fast == FastData([])
    assert other.Status.value == ua.StatusCodes.BadTimeout


def test_a_keep_alive_holds_nothing() -> None:
    made = ua.PublishResponse()
    made.Parameters.NotificationMessage.SequenceNumber = 9
    read = publish_response(Buffer(struct_to_binary(made))).Parameters.NotificationMessage
    assert (read.SequenceNumber, read.NotificationData) == (9, [])


@given(st.data())
def test_bytes_that_are_none_are_an_error_that_is_expected(data: st.DataObject) -> None:
    """Cut short or with one byte changed: read, or one of the errors that are caught."""
    content = bytearray(response([ua.DataValue(ua.Variant(1.0, V.Double)) for _ in range(3)]))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    with suppress(struct.error, IndexError, ValueError, TypeError, ua.UaError):
        publish_response(Buffer(bytes(content)))


def test_a_length_that_lies_is_refused() -> None:
    content = response([ua.DataValue(ua.Variant(1.0, V.Double))])
    cut = content[: content.index(b"\x01\x00\x2b\x03") + 5] + struct.pack("<i", 3) + b"abc"
    with pytest.raises((struct.error, IndexError, ua.UaError)):
        publish_response(Buffer(cut))
