"""Rules about the ways of lots: where they may go back to, and rings that must lock."""

from __future__ import annotations

import math

from process_models.errors import InputError
from twin.line import LineModel, StationModel
from twin.line_recipe import check_visits

__all__ = ["check_routes"]


def check_routes(line: LineModel, where: str) -> None:
    """Refuse ways that lead nowhere, never end, or lock.

    Raises
    ------
    InputError
        With station, key, rule and value.
    """
    for place, station in enumerate(line.stations):
        spot = f"{where}: station {station.name!r}"
        _check_rework(line, place, spot)
        _check_max_wait(line, place, spot)
        _refuse_ring(line, place, spot)
    try:
        check_visits(line)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _check_rework(line: LineModel, place: int, spot: str) -> None:
    rework = line.stations[place].rework
    if rework is None:
        return
    earlier = [station.name for station in line.stations[: place + 1] if not station.samples]
    if rework.to not in earlier:
        raise InputError(
            f"{spot}: rework.to must be this or an earlier station"
            f" ({', '.join(earlier)}), got {rework.to!r}"
        )
    if rework.probability == 1:
        raise InputError(f"{spot}: rework.probability must be below 1, or no lot leaves, got 1")


def _check_max_wait(line: LineModel, place: int, spot: str) -> None:
    max_wait = line.stations[place].max_wait
    if max_wait is None or max_wait.action != "rework":
        return
    earlier = [station.name for station in line.stations[:place] if not station.samples]
    if max_wait.to not in earlier:
        raise InputError(
            f"{spot}: max_wait.to must be an earlier station"
            f" ({', '.join(earlier) or 'there is none'}), got {max_wait.to!r}"
        )


def _refuse_ring(line: LineModel, place: int, spot: str) -> None:
    """A ring without any waiting place locks once each server in it holds a finished lot."""
    station = line.stations[place]
    if station.rework is None or not station.rework.probability:
        return
    ring = line.stations[line.index(station.rework.to) : place + 1]
    if len(ring) < 2 or any(one.buffer != 0 for one in ring):
        return
    if _most_lots(line) >= sum(one.servers * one.batch for one in ring):
        raise InputError(
            f"{spot}: rework.to {station.rework.to!r} makes a ring without a waiting place"
            f" ({_names(ring)}), which locks when it is full: buffer must be above 0, got 0"
        )


def _most_lots(line: LineModel) -> float:
    """Lots that can be in the line at once."""
    arrivals = line.arrivals
    if arrivals.kind == "conwip":
        return arrivals.wip or 0
    if arrivals.kind == "schedule":
        return len(arrivals.times_s)
    return math.inf if arrivals.lots is None else arrivals.lots


def _names(ring: tuple[StationModel, ...]) -> str:
    return ", ".join(one.name for one in ring)
