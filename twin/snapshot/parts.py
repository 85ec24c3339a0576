"""The parts of a running line, and which of their attributes are state.

A part is built with its line and lives as long as it, or it moves: it is made while the line runs.
What is not declared as built here is state, so that a new attribute cannot be forgotten; the tests
hold every class and every attribute against this list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twin.line_model.crew import Crew
from twin.line_model.featured_station import FeaturedStation
from twin.line_model.held import Held
from twin.line_model.job import ClockJob, Job, LevelJob, LotJob, Retuning, WorkJob
from twin.line_model.kept_server import KeptServer
from twin.line_model.lot import Lot
from twin.line_model.recipe_draw import RecipeDraw
from twin.line_model.server import Server
from twin.line_model.skilled_crew import Shift, SkilledCrew
from twin.line_model.source import Source
from twin.line_model.station import Station
from twin.line_model.stops import Stops
from twin.line_model.streams import Stream, Streams
from twin.line_model.transit import Transit
from twin.line_model.wear import Watch, Wear
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
    LineSimulation: _built("line log env stations source recipes _samplers _path _streams"),
    Station: _built(
        "model index env log batch limit next rework_to exit crew pool can_lock service route"
        " routing time_clock operation_clock stops interruptible servers"
    ),
    FeaturedStation: _built("recipes onward longer_s waited_to holds hold_times"),
    Server: _built("station index failures repairs"),
    KeptServer: _built("recipes setups jobs watch wear"),
    Job: _built("server name durations restores crew"),
    LotJob: _built("every_lots"),
    WorkJob: _built("every_work_s"),
    ClockJob: _built("every_s first_s"),
    LevelJob: _built("above"),
    Retuning: Kind(),
    Wear: _built("model growth"),
    Watch: _built("model errors"),
    Source: _built("arrivals first make _gaps"),
    RecipeDraw: _built("mix stream _streams"),
    Crew: _built("name size"),
    SkilledCrew: _built("groups shifts"),
    Shift: _built("crew group calendar people env"),
    Stops: _built("_station _coming"),
    Stream: _built("sampler"),
    Streams: Kind(),
    Lot: Kind(moves=True),
    Transit: Kind(moves=True),
    Held: Kind(moves=True),
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
    found |= {f"station {station.model.name}": station for station in simulation.stations}
    known = {id(part) for part in found.values()}
    for address, part in list(found.items()):
        found.update(_owned(address, part, known))
    return found


def _owned(address: str, part: object, known: set[int]) -> Iterator[tuple[str, Any]]:
    for name in sorted(_built_names(part)):
        for place, value in _each(getattr(part, name, None)):
            kind = kind_of(type(value))
            if kind is None or kind.moves or id(value) in known:
                continue
            known.add(id(value))
            crew = isinstance(value, Crew)
            below = f"people {value.name}" if crew else f"{address}/{name}{place}"
            yield below, value
            yield from _owned(below, value, known)


def _each(value: Any) -> Iterator[tuple[str, Any]]:
    """What a container holds, at any depth, and where."""
    if isinstance(value, Mapping):
        members = [(str(key), one) for key, one in value.items()]
    elif isinstance(value, list | tuple):
        members = [(str(place), one) for place, one in enumerate(value, start=1)]
    else:
        yield "", value
        return
    for place, one in members:
        yield from ((f" {place}{inner}", leaf) for inner, leaf in _each(one))
