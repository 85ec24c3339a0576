"""Events that records from now on need from before: what began and has not ended."""

from __future__ import annotations

from collections.abc import Container, Sequence

from twin.records import StationEvent

__all__ = ["still_open"]

ENDS = {
    "up": "down",
    "release": "hold",
    "setup_end": "setup_start",
    "maintenance_end": "maintenance_start",
}
BEGINS = frozenset(ENDS.values())
ORIGINS = frozenset({"split", "merge"})


def still_open(events: Sequence[StationEvent], inside: Container[int]) -> list[StationEvent]:
    """In order of time: the beginnings that have no end yet, and where lots inside come from.

    Examples
    --------
    >>> seen = [StationEvent(1, "down", 0, 0), StationEvent(2, "down", 0, 1)]
    >>> [one.time_s for one in still_open([*seen, StationEvent(3, "up", 0, 0)], {})]
    [2]
    """
    kept: dict[tuple[str, int, int, int] | int, StationEvent] = {}
    for place, event in enumerate(events):
        kind = ENDS.get(event.event, event.event)
        key = (kind, event.station, event.server, event.lot)
        if event.event in BEGINS:
            kept[key] = event
        elif event.event in ENDS:
            kept.pop(key, None)
        elif event.event in ORIGINS and event.lot in inside:
            kept[place] = event
    return sorted(kept.values(), key=lambda event: event.time_s)
