"""The seam for live sources: files, OPC UA, MQTT, Sparkplug B and SQL enter here, all alike.

A source (`Source`) hands `RawReading`s, or ready measurements and events, to its `Edge`. The edge
turns them into `Measurement` and `Event` by the mapping file, stores them, and returns: only then
does a source acknowledge. `supervisor` keeps every source of `sources.toml` running; the
protocols live next door (`twin.live.folder`, `twin.live.opcua`, `twin.live.mqtt`,
`twin.live.sql_query`) and know nothing of the store.
"""

from __future__ import annotations

from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.raw import Item, RawReading, Refused
from twin.live.sourcing.source import Edge, Source

__all__ = ["Edge", "Item", "MapRow", "RawReading", "Refused", "Source", "SourceConfig"]
