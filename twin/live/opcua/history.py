"""Raw history of variables, where the server keeps one: what fills a gap after a reconnection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

from asyncua import Client, ua

from twin.live.opcua.values import Change, change_of

__all__ = ["Values", "offers_history", "read_history"]

Values = list[tuple[str, Change]]
_AT_ONCE = 500
_AHEAD = timedelta(days=1)  # clocks differ; nothing is read from further ahead than this


async def offers_history(client: Client, nodes: Mapping[str, ua.NodeId]) -> frozenset[str]:
    """Channels of those nodes whose history may be read."""
    offered: set[str] = set()
    pairs = list(nodes.items())
    for place in range(0, len(pairs), _AT_ONCE):
        part = pairs[place : place + _AT_ONCE]
        levels = await client.uaclient.session.read_attributes(
            [node for _, node in part], ua.AttributeIds.UserAccessLevel
        )
        for (channel, _), level in zip(part, levels, strict=True):
            bits = None if level.Value is None else level.Value.Value
            if isinstance(bits, int) and bits & (1 << ua.AccessLevel.HistoryRead):
                offered.add(channel)
    return frozenset(offered)


async def read_history(
    client: Client, nodes: Mapping[str, ua.NodeId], start: datetime, end: datetime | None = None
) -> AsyncIterator[Values]:
    """Raw values of `nodes` from `start` to `end`, both included, page by page.

    Of each channel they come in order of time.

    Raises
    ------
    asyncua.ua.UaError
        When the server refuses.
    """
    details = ua.ReadRawModifiedDetails()
    details.IsReadModified = False
    details.StartTime = start
    details.EndTime = end or max(start, datetime.now(UTC)) + _AHEAD
    details.NumValuesPerNode = 0
    details.ReturnBounds = False
    open_: dict[str, ua.HistoryReadValueId] = {
        channel: ua.HistoryReadValueId(NodeId=node) for channel, node in nodes.items()
    }
    while open_:
        params = ua.HistoryReadParameters()
        params.HistoryReadDetails = details
        params.TimestampsToReturn = ua.TimestampsToReturn.Both
        params.ReleaseContinuationPoints = False
        params.NodesToRead = list(open_.values())
        results = await client.uaclient.session.history_read(params)
        page: Values = []
        for channel, result in zip(tuple(open_), results, strict=True):
            result.StatusCode.check()
            values = getattr(result.HistoryData, "DataValues", None) or ()
            page.extend((channel, change_of(value)) for value in values)
            if result.ContinuationPoint:
                open_[channel].ContinuationPoint = result.ContinuationPoint
            else:
                del open_[channel]
        if page:
            yield page
