"""Puts the parts of a line together: stations, who comes after whom, and the people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from twin.line import LineModel, StationModel
from twin.line_model.crew import Crew
from twin.line_model.environment import LineEnvironment
from twin.line_model.featured_station import FeaturedStation
from twin.line_model.job import Job
from twin.line_model.kept_server import KeptServer
from twin.line_model.lot import Lot
from twin.line_model.skilled_crew import crew_of
from twin.line_model.station import Station
from twin.line_model.streams import Streams
from twin.records import Log

if TYPE_CHECKING:
    from twin.recipe import Recipe

__all__ = ["build_stations", "goes_on_alone"]

Exit = Callable[[Lot, Station], None]


def build_stations(
    line: LineModel, env: LineEnvironment, streams: Streams, log: Log, leave: Exit
) -> list[Station]:
    """The stations of a line, connected; `leave` is told of every lot that leaves the line."""
    stations = [
        _station(line, model, place, env, streams, log) for place, model in enumerate(line.stations)
    ]
    used = {name for model in line.stations for name in _people_of(model)}
    people = {one.name: crew_of(one, env) for one in line.people if one.name in used}
    by_name = {one.model.name: one for one in stations}
    can_lock = any(model.rework for model in line.stations)
    path = [one for one in stations if not one.model.samples]
    for station, following in zip(path, [*path[1:], None], strict=True):
        station.next = following
    for station in stations:
        model = station.model
        station.exit = leave
        station.crew = people[model.repair_crew] if model.repair_crew else None
        station.pool = people[model.operators.pool] if model.operators else None
        station.rework_to = by_name[model.rework.to] if model.rework else None
        station.can_lock = can_lock
        if isinstance(station, FeaturedStation):
            _connect_features(line, station, path, people, by_name)
    return stations


def _people_of(model: StationModel) -> list[str | None]:
    """Crews and pool that the station needs; None where it needs nobody."""
    alarm = None if model.alarm is None else model.alarm.crew
    pool = None if model.operators is None else model.operators.pool
    return [model.repair_crew, pool, alarm, *(one.crew for one in model.maintenance)]


def _station(
    line: LineModel,
    model: StationModel,
    place: int,
    env: LineEnvironment,
    streams: Streams,
    log: Log,
) -> Station:
    """A station as plain as its model, and the mix of the line, allow."""
    recipes = () if line.mix is None else line.mix.recipes
    features = (
        model.setup, model.condition, model.alarm, model.hold, model.max_wait,
        model.batch_timeout_s,
    )  # fmt: skip
    plain = not model.maintenance and all(one is None for one in features)
    if plain and not any(model.longer_s(one) for one in recipes) and not _forks(line, model):
        return Station(model, place, env, streams, log)
    return FeaturedStation(model, place, env, streams, log, line.mix)


def _forks(line: LineModel, model: StationModel) -> bool:
    """Whether lots of some recipe leave out the station that comes next."""
    if line.mix is None or model.samples:
        return False
    after = line.path[line.path.index(model) + 1 :]
    return bool(after) and not all(after[0].visited_by(one) for one in line.mix.recipes)


def _connect_features(
    line: LineModel,
    station: FeaturedStation,
    path: Sequence[Station],
    people: dict[str, Crew],
    by_name: dict[str, Station],
) -> None:
    model = station.model
    if line.mix is not None and not model.samples:
        after = path[path.index(station) + 1 :]
        station.onward = [_first_visited(after, recipe) for recipe in line.mix.recipes]
    if model.max_wait is not None and model.max_wait.to:
        station.waited_to = by_name[model.max_wait.to]
    crews = [one.crew for one in model.maintenance]
    if model.alarm is not None:
        crews.append(model.alarm.crew)
    for server in station.servers:
        jobs: Sequence[Job] = server.jobs if isinstance(server, KeptServer) else ()
        for job, crew in zip(jobs, crews, strict=True):
            job.crew = people[crew] if crew else None


def _first_visited(stations: Sequence[Station], recipe: Recipe) -> Station | None:
    return next((one for one in stations if one.model.visited_by(recipe)), None)


def goes_on_alone(line: LineModel) -> bool:
    """Whether something happens again and again without any lot: then time never runs out."""
    by_clock = any(job.every_s is not None for one in line.stations for job in one.maintenance)
    shifts = any(group.calendar is not None for one in line.people for group in one.groups)
    failing = any(one.failure and one.failure.clock == "time" for one in line.stations)
    return by_clock or shifts or failing
