"""Values of OPC UA as the seam for sources wants them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from asyncua import ua

from twin.live.sourcing import Item, RawReading, Refused

__all__ = ["has_source_time", "item_of", "overflowed", "time_of"]

_OVERFLOW = 0x0480  # InfoType "DataValue" with the bit "Overflow", OPC 10000-4, 7.39
_FIRST = datetime(1601, 1, 2, tzinfo=UTC)  # servers that know no time send the start of the epoch
_SERVER_TIME: Mapping[str, str] = {"time_from": "server"}
_NOTHING: Mapping[str, str] = {}


def overflowed(value: ua.DataValue) -> bool:
    """Whether the server says that it dropped values before this one."""
    status = value.StatusCode
    return status is not None and status.value & _OVERFLOW == _OVERFLOW


def has_source_time(value: ua.DataValue) -> bool:
    """Whether the source said when it read the value."""
    return value.SourceTimestamp is not None and value.SourceTimestamp > _FIRST


def time_of(value: ua.DataValue) -> datetime | None:
    """When the source read it; the server's time where the source does not say; None without."""
    for time in (value.SourceTimestamp, value.ServerTimestamp):
        if time is not None and time > _FIRST:
            return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return None


def item_of(
    channel: str, value: ua.DataValue, received_at: datetime, *, historical: bool = False
) -> Item:
    """What the edge takes: a reading, or what cannot be one.

    A reading whose time is the server's bears `time_from = "server"` among its fields.
    """
    held: Any = None if value.Value is None else value.Value.Value
    if held is not None and not isinstance(held, float | int | str | bool):
        rule = f"a value must be a number, a text or a truth, got {type(held).__name__}"
        return Refused(
            channel=channel, rule=rule, value=repr(held)[:200], received_at=received_at,
            column="value",
        )
    own = has_source_time(value)
    return RawReading(
        channel=channel,
        value=held,
        received_at=received_at,
        source_time=time_of(value),
        status=0 if value.StatusCode is None else value.StatusCode.value,
        fields=_NOTHING if own else _SERVER_TIME,
        historical=historical,
    )
