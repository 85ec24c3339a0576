"""Reads a line file (TOML) into a `LineModel`, and refuses what it does not understand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

from process_models.errors import InputError
from process_models.physics.recipe_parameters import PROCESSES
from twin.checked_table import CheckedTable, read_toml
from twin.column_file import read_column
from twin.distributions import DISTRIBUTIONS, Deterministic, Distribution, Empirical
from twin.line import (
    Arrivals,
    Calendar,
    Failure,
    LineModel,
    Operators,
    People,
    Rework,
    StationModel,
)

__all__ = ["line_from_file", "line_from_table"]

KINDS = get_args(get_type_hints(Arrivals)["kind"])
CLOCKS = get_args(get_type_hints(Failure)["clock"])


def line_from_file(path: Path) -> LineModel:
    """The line of a file; the errors of `twin.line.read_line`."""
    return line_from_table(read_toml(path), path)


def line_from_table(root: CheckedTable, path: Path) -> LineModel:
    """The line of a table that was read from `path`, and perhaps changed since.

    Raises
    ------
    InputError
        That of `twin.line.read_line`, beginning with what the table calls itself.
    """
    head = root.table("line")
    reader = _StationReader(path.parent)
    line = LineModel(
        name=head.text("name", path.stem),
        arrivals=_arrivals(root, path.parent),
        stations=tuple(reader.station(table) for table in root.tables("station")),
        people=tuple(_people(table) for key in ("crew", "pool") for table in root.tables(key)),
        sheets_per_lot=head.integer("sheets_per_lot", 1, low=1),
        strips_per_roll=head.integer("strips_per_roll", 1, low=1),
    )
    head.finish()
    root.finish()
    _check_whole(line, root.where)
    return line


def _arrivals(root: CheckedTable, folder: Path) -> Arrivals:
    if not root.has("arrivals"):
        return Arrivals("saturated")
    table = root.table("arrivals")
    kind = cast(Any, table.word("kind", KINDS))
    arrivals = Arrivals(
        kind,
        interarrival_s=_duration(table, "interarrival_s", folder) if kind == "renewal" else None,
        wip=table.integer("wip", low=1) if kind == "conwip" else None,
        lots=table.integer("lots", low=1) if kind == "all_at_start" and table.has("lots") else None,
        times_s=_schedule(table, folder) if kind == "schedule" else (),
    )
    table.finish()
    if arrivals.interarrival_s is not None and arrivals.interarrival_s.mean_s == 0:
        raise table.error("interarrival_s", "must not always be 0", 0)
    return arrivals


def _schedule(table: CheckedTable, folder: Path) -> tuple[float, ...]:
    times = read_column(folder / table.text("file"), "arrive_s")
    return tuple(sorted(times))


def _people(table: CheckedTable) -> People:
    people = People(table.text("name"), table.integer("size", low=1))
    table.finish()
    return people


def _duration(owner: CheckedTable, key: str, folder: Path) -> Distribution:
    """A distribution; a plain number is a constant."""
    if owner.has(key) and isinstance(owner.data[key], int | float):
        return Deterministic(owner.number(key))
    table = owner.table(key)
    kind = table.word("distribution", DISTRIBUTIONS)
    if kind == "empirical":
        drawn: Distribution = Empirical(read_column(folder / table.text("file"), "value"))
    else:
        shape = DISTRIBUTIONS[kind]
        numbers = {name: table.number(name, low=-1e300) for name in shape.parameters()}
        try:
            drawn = shape(**numbers)
        except InputError as error:
            raise InputError(f"{table.where}: {error}") from error
    table.finish()
    return drawn


class _StationReader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def station(self, table: CheckedTable) -> StationModel:
        model = StationModel(
            name=table.text("name"),
            service_s=_duration(table, "service_s", self.folder),
            servers=table.integer("servers", 1, low=1),
            buffer=table.integer("buffer") if table.has("buffer") else None,
            transfer_s=table.number("transfer_s", 0.0),
            batch=table.integer("batch", 1, low=1),
            scrap_probability=table.number("scrap_probability", 0.0, high=1.0),
            rework=self._rework(table),
            failure=self._failure(table),
            down_windows_s=self._windows(table),
            calendar=self._calendar(table),
            repair_crew=table.text("repair_crew") if table.has("repair_crew") else None,
            operators=self._operators(table),
            exposure_s=table.number("exposure_s") if table.has("exposure_s") else None,
            skipped_by=self._skipped(table),
            sample_every=table.integer("sample_every", low=1) if table.has("sample_every") else 0,
            first_sample=table.integer("first_sample", 1, low=1),
        )
        table.finish()
        return model

    def _skipped(self, table: CheckedTable) -> tuple[str, ...]:
        value = table.data["skipped_by"] if table.has("skipped_by") else []
        if not isinstance(value, list) or not set(map(str, value)) <= set(PROCESSES):
            raise table.error("skipped_by", f"must be a list of {', '.join(PROCESSES)}", value)
        return tuple(value)

    def _rework(self, table: CheckedTable) -> Rework | None:
        if not table.has("rework"):
            return None
        inner = table.table("rework")
        rework = Rework(inner.number("probability", high=1.0), inner.text("to"))
        inner.finish()
        return rework

    def _failure(self, table: CheckedTable) -> Failure | None:
        if not table.has("failure"):
            return None
        inner = table.table("failure")
        failure = Failure(
            cast(Any, inner.word("clock", CLOCKS)),
            _duration(inner, "time_to_failure_s", self.folder),
            _duration(inner, "time_to_repair_s", self.folder),
        )
        inner.finish()
        if failure.time_to_failure_s.mean_s == 0:
            raise inner.error("time_to_failure_s", "must not always be 0", 0)
        return failure

    def _calendar(self, table: CheckedTable) -> Calendar | None:
        if not table.has("calendar"):
            return None
        inner = table.table("calendar")
        calendar = Calendar(
            inner.number("on_s", above=0),
            inner.number("off_s"),
            inner.number("start_s", 0.0, low=-1e300),
        )
        inner.finish()
        return calendar

    def _operators(self, table: CheckedTable) -> Operators | None:
        if not table.has("operators"):
            return None
        inner = table.table("operators")
        operators = Operators(inner.text("pool"), inner.integer("needed", 1, low=1))
        inner.finish()
        return operators

    def _windows(self, table: CheckedTable) -> tuple[tuple[float, float], ...]:
        if not table.has("down_windows_s"):
            return ()
        value = table.data["down_windows_s"]
        if not isinstance(value, list):
            raise table.error("down_windows_s", "must be a list of [start, end]", value)
        for row in value:
            pair = isinstance(row, list) and len(row) == 2
            if not pair or not all(type(time) in (int, float) for time in row):
                raise table.error("down_windows_s", "must be a list of [start, end]", row)
            if not 0 <= row[0] < row[1] < 1e300:
                raise table.error("down_windows_s", "needs 0 <= start < end", row)
        return tuple(sorted((float(a), float(b)) for a, b in value))


def _check_whole(line: LineModel, where: str) -> None:
    if not line.path:
        raise InputError(f"{where}: a line needs at least one [[station]] for lots, got none")
    _refuse_duplicates(where, "station", [station.name for station in line.stations])
    _refuse_duplicates(where, "crew or pool", [people.name for people in line.people])
    for place, station in enumerate(line.stations):
        spot = f"{where}: station {station.name!r}"
        _check_rework(line, place, spot)
        _check_people(line, station, spot)
        if station.samples:
            _check_sampling(line, place, spot)
    wip, batch = line.arrivals.wip, max(station.batch for station in line.path)
    if wip is not None and wip < batch:
        raise InputError(f"{where}: arrivals: wip must be at least the batch of {batch}, got {wip}")


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


def _check_people(line: LineModel, station: StationModel, spot: str) -> None:
    sizes = {people.name: people.size for people in line.people}
    known = ", ".join(sorted(sizes)) or "none defined"
    if station.repair_crew is not None and station.repair_crew not in sizes:
        raise InputError(
            f"{spot}: repair_crew must be a [[crew]] ({known}), got {station.repair_crew!r}"
        )
    operators = station.operators
    if operators is not None and operators.pool not in sizes:
        raise InputError(
            f"{spot}: operators.pool must be a [[pool]] ({known}), got {operators.pool!r}"
        )
    if operators is not None and operators.needed > sizes[operators.pool]:
        raise InputError(
            f"{spot}: operators.needed must be at most the {sizes[operators.pool]} of pool"
            f" {operators.pool!r}, got {operators.needed}"
        )


def _check_sampling(line: LineModel, place: int, spot: str) -> None:
    station = line.stations[place]
    if any(not later.samples for later in line.stations[place:]):
        raise InputError(f"{spot}: sample_every needs the station after those that lots visit")
    if station.buffer is not None:
        raise InputError(
            f"{spot}: buffer must be left out where coupons are tested, got {station.buffer}"
        )
    for key, harmless in (("rework", station.rework is None), ("batch", station.batch == 1)):
        if not harmless:
            raise InputError(f"{spot}: {key} must be left out where coupons are tested")


def _refuse_duplicates(where: str, noun: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{where}: {noun} names must differ, got {name!r} twice")
