"""The line as data: stations in order, what arrives, who repairs and operates.

`twin.line_file` reads it from TOML; `twin.simulation` and later engines run it. Durations are
seconds, shares 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from process_models.errors import InputError
from twin.distributions import Distribution
from twin.line_calendar import Calendar, united_stops
from twin.line_care import Alarm, Change, Condition, Maintenance, Setup
from twin.line_mix import Mix
from twin.line_people import Group, Operators, People
from twin.line_waiting import Hold, MaxWait
from twin.measuring.process_variation import ProcessVariation

if TYPE_CHECKING:
    from twin.recipe import Recipe

__all__ = [
    "Alarm",
    "Arrivals",
    "Calendar",
    "Change",
    "Condition",
    "Failure",
    "Group",
    "Hold",
    "LineModel",
    "Maintenance",
    "MaxWait",
    "Mix",
    "Operators",
    "People",
    "Rework",
    "Setup",
    "StationModel",
    "read_line",
]


@dataclass(frozen=True)
class Arrivals:
    """How lots come to the first station.

    Attributes
    ----------
    kind : str
        saturated, renewal, all_at_start, conwip or schedule.
    interarrival_s : Distribution or None
        For renewal.
    wip : int or None
        For conwip, the constant number of lots in the line.
    lots : int or None
        For all_at_start, how many when the experiment does not say.
    times_s : tuple of float
        For schedule, ascending.
    """

    kind: Literal["saturated", "renewal", "all_at_start", "conwip", "schedule"]
    interarrival_s: Distribution | None = None
    wip: int | None = None
    lots: int | None = None
    times_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Rework:
    """A finished lot that is not scrapped goes back to station `to` with this probability."""

    probability: float
    to: str


@dataclass(frozen=True)
class Failure:
    """Breakdowns of each server by itself.

    `clock` operation counts processing time only; time counts always while the server is up.
    """

    clock: Literal["operation", "time"]
    time_to_failure_s: Distribution
    time_to_repair_s: Distribution


@dataclass(frozen=True)
class StationModel:
    """One station: its servers, the waiting places before it and what may happen there.

    Attributes
    ----------
    buffer : int or None
        Waiting places in front, servers not counted; None is unlimited.
    transfer_s : float
        From this station to the one where the lot goes next.
    batch : int
        Lots that must be together before a server starts.
    exposure_s : float or None
        Part of the service that is exposure; a recipe's sublimation time takes its place.
    skipped_by : tuple of str
        Processes (of recipes) whose lots do not come here.
    sample_every, first_sample : int
        Above 0: this station takes a test coupon of lot number `first_sample` that leaves the
        line and of every `sample_every`-th after it; lots themselves do not come here.
    batch_timeout_s : float or None
        A free server starts with fewer lots when the first has waited so long.
    setup : Setup or None
        Between lots of different recipes of a mix.
    maintenance : tuple of Maintenance
        In the order in which they are done when several are due.
    condition, alarm : Condition, Alarm, or None
        Wear of each server, and the chart that watches it.
    hold, max_wait : Hold, MaxWait, or None
        Lots put aside after the service, and lots that have waited too long before it.
    """

    name: str
    service_s: Distribution
    servers: int = 1
    buffer: int | None = None
    transfer_s: float = 0.0
    batch: int = 1
    scrap_probability: float = 0.0
    rework: Rework | None = None
    failure: Failure | None = None
    down_windows_s: tuple[tuple[float, float], ...] = ()
    calendar: Calendar | None = None
    repair_crew: str | None = None
    operators: Operators | None = None
    exposure_s: float | None = None
    skipped_by: tuple[str, ...] = ()
    sample_every: int = 0
    first_sample: int = 1
    batch_timeout_s: float | None = None
    setup: Setup | None = None
    maintenance: tuple[Maintenance, ...] = ()
    condition: Condition | None = None
    alarm: Alarm | None = None
    hold: Hold | None = None
    max_wait: MaxWait | None = None

    @property
    def samples(self) -> bool:
        """Whether the station tests coupons instead of working on lots."""
        return self.sample_every > 0

    def visited_by(self, recipe: Recipe) -> bool:
        """Whether lots of the recipe come here."""
        return recipe.process not in self.skipped_by

    def longer_s(self, recipe: Recipe) -> float:
        """What the recipe's exposure adds to a service here."""
        if self.exposure_s is None:
            return 0.0
        return recipe.sublimation_time_s - self.exposure_s

    def planned_stops(self, from_s: float) -> Iterator[tuple[float, float]]:
        """Planned [start, end) stops that end after `from_s`, in order and not overlapping."""
        windows = ((a, b) for a, b in sorted(self.down_windows_s) if b > from_s)
        if self.calendar is None or self.calendar.off_s == 0:
            return united_stops(windows, iter(()))
        return united_stops(windows, self.calendar.stops(from_s))

    def planned_stops_between(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """Planned stops that touch [start_s, end_s), as they are (not clipped)."""
        return list(takewhile(lambda stop: stop[0] < end_s, self.planned_stops(start_s)))


@dataclass(frozen=True)
class LineModel:
    """A line: name, arrivals, stations in the order in which lots visit them, and people.

    Attributes
    ----------
    people : tuple of People
        Repair crews and operator pools.
    sheets_per_lot, strips_per_roll : int
        A lot is one strip of a foil roll and is cut into sheets.
    mix : Mix or None
        Recipes of the lots, where there are several.
    recipe : str
        Name of the one recipe that the line was fitted to, if any.
    process : ProcessVariation
        What the stations do to the lot, and how gauges see it.
    """

    name: str
    arrivals: Arrivals
    stations: tuple[StationModel, ...]
    people: tuple[People, ...] = ()
    sheets_per_lot: int = 1
    strips_per_roll: int = 1
    mix: Mix | None = None
    recipe: str = field(default="", compare=False)
    process: ProcessVariation = field(default_factory=ProcessVariation)

    @property
    def path(self) -> tuple[StationModel, ...]:
        """Stations that lots visit, in order (without those that test coupons)."""
        return tuple(station for station in self.stations if not station.samples)

    def mean_service_s(self, station: StationModel) -> float:
        """Expected service at a station, over the recipes whose lots come there."""
        mean_s = station.service_s.mean_s
        if self.mix is None or station.exposure_s is None:
            return mean_s
        weighed = [
            (weight, max(0.0, mean_s + station.longer_s(recipe)))
            for weight, recipe in zip(self.mix.weights, self.mix.recipes, strict=True)
            if station.visited_by(recipe)
        ]
        whole = sum(weight for weight, _ in weighed)
        return sum(weight * one_s for weight, one_s in weighed) / whole if whole else mean_s

    def index(self, name: str) -> int:
        """Place of a station in `stations`, from 0.

        Raises
        ------
        InputError
            When the line has no such station.
        """
        for place, station in enumerate(self.stations):
            if station.name == name:
                return place
        known = ", ".join(station.name for station in self.stations)
        raise InputError(f"station must be one of {known}, got {name!r}")


def read_line(path: Path | str) -> LineModel:
    """Read a line file; see docs/line.md for the schema.

    Raises
    ------
    InputError
        With file, station, key, rule and value of the first rule that is broken.
    """
    from twin.line_file import line_from_file

    return line_from_file(Path(path))

