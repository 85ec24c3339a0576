"""The line as OPC UA nodes: stations as objects, characteristics as variables to browse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from asyncua import Node, Server, ua

from twin.live.opcua.names import LINE
from twin.live.wire import Batch
from twin.measurement import Event, Measurement

__all__ = ["LineNodes"]


class LineNodes:
    """Current values of the line for any OPC UA client to browse and read.

    Parameters
    ----------
    server : asyncua.Server
        Already initialised.
    index : int
        Index of the line's namespace.
    """

    def __init__(self, server: Server, index: int) -> None:
        self._server = server
        self._index = index
        self._variables: dict[tuple[str, str], Node] = {}
        self._last_events: dict[str, Node] = {}
        self.line: Node

    async def build(self, characteristics: Mapping[str, Sequence[tuple[str, str]]]) -> Node:
        """Make the tree from station -> (characteristic, unit) pairs; return the line's node."""
        self.line = await self._server.nodes.objects.add_object(self._index, LINE)
        for station, pairs in characteristics.items():
            node = await self.line.add_object(self._index, station)
            self._last_events[station] = await node.add_variable(
                self._index, "LastEvent", "", ua.VariantType.String
            )
            for characteristic, unit in pairs:
                variable = await node.add_variable(
                    self._index, characteristic, math.nan, ua.VariantType.Double
                )
                await variable.add_property(self._index, "Unit", unit, ua.VariantType.String)
                await self._write(variable, _waiting())
                self._variables[station, characteristic] = variable
        return self.line

    async def show(self, batch: Batch) -> None:
        """Write the newest value of each characteristic and the newest event of each station."""
        newest: dict[ua.NodeId, tuple[Node, ua.DataValue]] = {}
        for record in batch.records:
            node = self._node(record)
            if node is not None:
                newest[node.nodeid] = (node, _data_value(record))
        for node, value in newest.values():
            await self._write(node, value)

    def _node(self, record: Measurement | Event) -> Node | None:
        if isinstance(record, Measurement):
            return self._variables.get((record.station, record.characteristic))
        return self._last_events.get(record.station)

    async def _write(self, node: Node, value: Any) -> None:
        await self._server.write_attribute_value(node.nodeid, value)


def _waiting() -> ua.DataValue:
    return ua.DataValue(
        ua.Variant(None, ua.VariantType.Null),
        StatusCode=ua.StatusCode(ua.StatusCodes.BadWaitingForInitialData),
    )


def _data_value(record: Measurement | Event) -> ua.DataValue:
    if isinstance(record, Event):
        text = " ".join(part for part in (record.event, record.lot_id) if part)
        variant = ua.Variant(text, ua.VariantType.String)
        return ua.DataValue(variant, SourceTimestamp=record.occurred_at)
    status = ua.StatusCodes.Good if record.quality == "good" else ua.StatusCodes.Uncertain
    variant = ua.Variant(record.value, ua.VariantType.Double)
    return ua.DataValue(
        variant, StatusCode=ua.StatusCode(status), SourceTimestamp=record.measured_at
    )
