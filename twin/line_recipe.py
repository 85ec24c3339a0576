"""The line as one recipe uses it: which stations it visits, and how long the exposure takes."""

from __future__ import annotations

from dataclasses import replace

from process_models.errors import InputError
from twin.distributions import Shifted
from twin.line import LineModel, StationModel
from twin.recipe import Recipe

__all__ = ["line_for_recipe"]


def line_for_recipe(line: LineModel, recipe: Recipe | None) -> LineModel:
    """The line without the stations that the recipe skips, and with its exposure time.

    Raises
    ------
    InputError
        When no station is left, or lots would go back for rework to one that is skipped.
    """
    if recipe is None:
        return line
    kept = tuple(
        _with_exposure(station, recipe)
        for station in line.stations
        if recipe.process not in station.skipped_by
    )
    names = {station.name for station in kept}
    for station in kept:
        if station.rework is not None and station.rework.to not in names:
            raise InputError(
                f"station {station.name!r}: rework.to must be a station that recipe"
                f" {recipe.name!r} visits, got {station.rework.to!r}"
            )
    left = replace(line, stations=kept)
    if not left.path:
        raise InputError(f"recipe {recipe.name!r} must visit at least one station, got none")
    return left


def _with_exposure(station: StationModel, recipe: Recipe) -> StationModel:
    if station.exposure_s is None or station.exposure_s == recipe.sublimation_time_s:
        return station
    longer_s = recipe.sublimation_time_s - station.exposure_s
    return replace(station, service_s=Shifted(station.service_s, longer_s))
