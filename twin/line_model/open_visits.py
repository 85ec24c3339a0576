"""Visits that are going on, read off the line."""

from __future__ import annotations

import math

from twin.line_model.server import Server
from twin.line_model.station import Station

__all__ = ["open_visits"]


def open_visits(station: Station) -> list[tuple[float, ...]]:
    """Rows of lots at a station or outside before it; lots that wait aside are on no visit."""
    nan, place = math.nan, station.index
    rows: list[tuple[float, ...]] = []
    for server in station.servers:
        for lot in server.lots:
            start = nan if server.phase == "setup" else lot.started_s
            finish = lot.finished_s if server.phase == "blocked" else nan
            rows.append((lot.number, place, server.index, lot.arrived_s, start, finish, nan, 0))
    outside = [lot for holder, lot in station.waiting if not isinstance(holder, Server | Station)]
    waiting = (*station.queue, *outside)
    rows += [(lot.number, place, -1, lot.arrived_s, nan, nan, nan, 0) for lot in waiting]
    return rows
