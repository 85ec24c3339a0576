"""Rules about the people of a line: whom stations may ask for, and how many there must be."""

from __future__ import annotations

from process_models.errors import InputError
from twin.line import LineModel, StationModel

__all__ = ["check_people"]


def check_people(line: LineModel, station: StationModel, spot: str) -> None:
    """Refuse people that a station can never have.

    Raises
    ------
    InputError
        With `spot`, key, rule and value.
    """
    sizes = {people.name: people.size for people in line.people}
    known = ", ".join(sorted(sizes)) or "none defined"
    crews = {"repair_crew": station.repair_crew}
    crews |= {f"maintenance {job.name!r}: crew": job.crew for job in station.maintenance}
    if station.alarm is not None:
        crews["alarm: crew"] = station.alarm.crew
    for key, crew in crews.items():
        if crew is not None and crew not in sizes:
            raise InputError(f"{spot}: {key} must be a [[crew]] ({known}), got {crew!r}")
    operators = station.operators
    if operators is None:
        return
    if operators.pool not in sizes:
        raise InputError(
            f"{spot}: operators.pool must be a [[pool]] ({known}), got {operators.pool!r}"
        )
    _check_number(line, station, spot)


def _check_number(line: LineModel, station: StationModel, spot: str) -> None:
    operators = station.operators
    if operators is None:
        return
    pool = next(people for people in line.people if people.name == operators.pool)
    able, words = pool.skilled(operators.skill), f"pool {pool.name!r}"
    if operators.skill and not able:
        skills = sorted({skill for group in pool.groups for skill in group.skills})
        raise InputError(
            f"{spot}: operators.skill must be one of {', '.join(skills) or 'none'} of {words},"
            f" got {operators.skill!r}"
        )
    if operators.needed > able:
        skilled = f" with skill {operators.skill!r}" if operators.skill else ""
        raise InputError(
            f"{spot}: operators.needed must be at most the {able} of {words}{skilled},"
            f" got {operators.needed}"
        )
    if station.failure and station.repair_crew == pool.name and operators.needed == pool.size:
        raise InputError(
            f"{spot}: repair_crew must have somebody who does not operate the server meanwhile:"
            f" operators.needed must be below the {pool.size} of {words}, got {operators.needed}"
        )
