"""The parts of a running line, and which of their attributes are state.

A part is built with its line and lives as long as it, or it moves: it is made while the line runs.
What is not declared as built here is state, so that a new attribute cannot be forgotten; the tests
hold every class and every attribute against this list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.line_model.crew import Crew
from twin.line_model.lot import Lot
from twin.line_model.server import Server
from twin.line_model.source import Source
from twin.line_model.station import Station
from twin.line_model.stops import Stops
from twin.line_model.streams import Stream, Streams
from twin.line_model.transit import Transit
from twin.simulation import LineSimulation

__all__ = ["KINDS", "Kind", "attributes", "fixed_parts", "kind_of", "state_names"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How the attributes of one class of parts are kept.

    Attributes
    ----------
    built : frozenset of str
        Attributes of its own that follow from the line alone and never change; the parts that
        belong to it are found through them.
    moves : bool
        Made while the line runs, so that a line just built has none of it.
    """

    built: frozenset[str] = frozenset()
    moves: bool = False


def _built(names: str) -> Kind:
    return Kind(frozenset(names.split()))


KINDS: Mapping[type, Kind] = {
    LineSimulation: _built("line log env stations source _samplers _path _streams"),
    Station: _built(
        "model index env log batch limit next rework_to exit crew pool can_lock service route"
        " time_clock operation_clock stops interruptible servers"
    ),
    Server: _built("station index failures repairs"),
    Source: _built("arrivals first make _gaps"),
    Crew: _built("name"),
    Stops: _built("_station _coming"),
    Stream: _built("sampler"),
    Streams: Kind(),
    Lot: Kind(moves=True),
    Transit: Kind(moves=True),
}


def _with_inherited(one: type) -> Kind:
    inherited = (KINDS[base].built for base in one.__mro__ if base in KINDS)
    return Kind(frozenset().union(*inherited), KINDS[one].moves)


_KINDS = {one: _with_inherited(one) for one in KINDS}


def kind_of(one: type) -> Kind | None:
    """Of a class, with what it inherits; None for what is no part."""
    return _KINDS.get(one)


def attributes(part: object) -> list[str]:
    """Names of all that a part holds, in slots or not, sorted."""
    slots = [name for one in type(part).__mro__ for name in getattr(one, "__slots__", ())]
    return sorted({*slots, *getattr(part, "__dict__", ())})


def state_names(part: object) -> list[str]:
    """Names of the attributes that a snapshot keeps."""
    built = _built_names(part)
    return [name for name in attributes(part) if name not in built]


def _built_names(part: object) -> frozenset[str]:
    kind = kind_of(type(part))
    return frozenset() if kind is None else kind.built


def fixed_parts(simulation: LineSimulation) -> dict[str, Any]:
    """Every part that was built with the line, by address.

    The first word (and the name behind it) says what it belongs to; after each `/` stands the
    attribute in which it is found.
    """
    found: dict[str, Any] = {"line": simulation, "source": simulation.source}
    for station in simulation.stations:
        found[f"station {station.model.name}"] = station
        for crew in (station.crew, station.pool):
            if crew is not None:
                found.setdefault(f"people {crew.name}", crew)
    known = {id(part) for part in found.values()}
    for address, part in list(found.items()):
        found.update(_owned(address, part, known))
    return found


def _owned(address: str, part: object, known: set[int]) -> Iterator[tuple[str, Any]]:
    for name in sorted(_built_names(part)):
        for place, value in _each(getattr(part, name)):
            kind = kind_of(type(value))
            if kind is None or kind.moves or id(value) in known:
                continue
            known.add(id(value))
            below = f"{address}/{name}{place}"
            yield below, value
            yield from _owned(below, value, known)


def _each(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from ((f" {key}", one) for key, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from ((f" {place}", one) for place, one in enumerate(value, start=1))
    else:
        yield "", value
