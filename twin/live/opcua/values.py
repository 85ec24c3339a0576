"""Changes of values: what a subscription or a history brings, as the seam for sources wants it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from asyncua import ua

from twin.live.sourcing import Item, RawReading, Refused

__all__ = ["Change", "change_of", "item_of", "overflowed", "time_of"]

_OVERFLOW = 0x0480  # InfoType "DataValue" with the bit "Overflow", OPC 10000-4, 7.39
_FIRST = datetime(1601, 1, 2, tzinfo=UTC)  # servers that know no time send the start of the epoch
_SERVER_TIME: Mapping[str, str] = {"time_from": "server"}
_NOTHING: Mapping[str, str] = {}


class Change(NamedTuple):
    """One value of a variable.

    Attributes
    ----------
    value : object
        None where there is none.
    status : int
        Code of OPC UA; 0 is good.
    source_time, server_time : datetime or None
        When the source read it and when the server had it, aware.
    restated : bool
        What was there already when it was asked for, without a time of its own: no new reading.
    """

    value: Any
    status: int
    source_time: datetime | None
    server_time: datetime | None
    restated: bool = False


def change_of(value: ua.DataValue) -> Change:
    """A value of asyncua as a change."""
    return Change(
        None if value.Value is None else value.Value.Value,
        0 if value.StatusCode is None else value.StatusCode.value,
        _moment(value.SourceTimestamp),
        _moment(value.ServerTimestamp),
    )


def _moment(time: datetime | None) -> datetime | None:
    if time is None:
        return None
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return aware if aware > _FIRST else None


def overflowed(change: Change) -> bool:
    """Whether the server says that it dropped values before this one."""
    return change.status & _OVERFLOW == _OVERFLOW


def time_of(change: Change) -> datetime | None:
    """When the source read it; the server's time where the source does not say; None without."""
    return change.source_time or change.server_time


def item_of(
    channel: str, change: Change, received_at: datetime, *, historical: bool = False
) -> Item:
    """What the edge takes: a reading, or what cannot be one.

    A reading whose time is the server's bears `time_from = "server"` among its fields.
    """
    value = change.value
    if value is not None and not isinstance(value, float | int | str | bool):
        rule = f"a value must be a number, a text or a truth, got {type(value).__name__}"
        return Refused(
            channel=channel, rule=rule, value=repr(value)[:200], received_at=received_at,
            column="value",
        )  # fmt: skip
    return RawReading(
        channel=channel,
        value=value,
        received_at=received_at,
        source_time=change.source_time or change.server_time,
        status=change.status,
        fields=_NOTHING if change.source_time is not None else _SERVER_TIME,
        historical=historical,
        restated=change.restated,
    )
