"""The line as recipes use it: which stations they visit, and how long the exposure takes."""

from __future__ import annotations

from dataclasses import replace

from process_models.errors import InputError
from twin.distributions import Shifted
from twin.line import LineModel, StationModel
from twin.recipe import Recipe

__all__ = ["check_visits", "line_for_recipe"]


def line_for_recipe(line: LineModel, recipe: Recipe | None) -> LineModel:
    """The line where every lot is of `recipe`: without the stations that it skips.

    The line as it is, with its own mix, where no recipe is given.

    Raises
    ------
    InputError
        When no station is left, or lots would go back for rework to one that is skipped.
    """
    if recipe is None:
        return line
    kept = tuple(
        _with_exposure(station, recipe) for station in line.stations if station.visited_by(recipe)
    )
    _check_ways_back(kept, recipe)
    left = replace(line, stations=kept, mix=None, recipe=recipe.name)
    if not left.path:
        raise InputError(f"recipe {recipe.name!r} must visit at least one station, got none")
    return left


def check_visits(line: LineModel) -> None:
    """Refuse a mix with a recipe that leaves out the first or last station, or a way back.

    Raises
    ------
    InputError
        Naming recipe and station.
    """
    for recipe in () if line.mix is None else line.mix.recipes:
        kept = tuple(station for station in line.stations if station.visited_by(recipe))
        for station in (line.path[0], line.path[-1]):
            if station not in kept:
                raise InputError(
                    f"station {station.name!r}: skipped_by must not name {recipe.process!r} of"
                    f" recipe {recipe.name!r}: every lot of a mix visits the first and last station"
                )
        _check_ways_back(kept, recipe)


def _check_ways_back(kept: tuple[StationModel, ...], recipe: Recipe) -> None:
    names = {station.name for station in kept}
    for station in kept:
        back = {
            "rework.to": None if station.rework is None else station.rework.to,
            "max_wait.to": None if station.max_wait is None else station.max_wait.to or None,
        }
        for key, to in back.items():
            if to is not None and to not in names:
                raise InputError(
                    f"station {station.name!r}: {key} must be a station that recipe"
                    f" {recipe.name!r} visits, got {to!r}"
                )


def _with_exposure(station: StationModel, recipe: Recipe) -> StationModel:
    more_s = station.longer_s(recipe)
    return replace(station, service_s=Shifted(station.service_s, more_s)) if more_s else station
