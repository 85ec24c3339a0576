"""Changes as they are written, and lines with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError
from twin.calibration import calibrated
from twin.line_time import line_seconds
from twin.recipe import Recipe
from twin.state import LineState
from twin.what_if import (
    Maintenance,
    NewRecipe,
    Operators,
    StationOut,
    operators_of,
    planned_maintenance,
    station_out,
)
from twin.what_if.applying import applied, new_recipe
from twin.what_if.change import duration_s

NOW = datetime(2026, 1, 8, 6, tzinfo=UTC)
STATE = LineState(NOW, (), {}, 0, 0, 0, NOW)
RECIPE = Recipe(name="LACSS 40 s")


@pytest.mark.parametrize(
    ("text", "seconds"), [("4h", 14400.0), ("90 min", 5400.0), ("1.5d", 129600.0), ("30s", 30.0)]
)
def test_durations(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "4", "h", "-4h", "0h", "4 hours", "1e9h", "nanh", "31d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="duration must be a number"):
        duration_s(text)


def test_as_they_are_written() -> None:
    assert station_out("roll=4h") == StationOut("roll", 14400.0)
    assert operators_of("operators=-1") == Operators("operators", -1)
    assert operators_of("fitters=+2") == Operators("fitters", 2)
    assert planned_maintenance("wind@2026-01-08T22:00:00+01:00,2h") == Maintenance(
        "wind", datetime.fromisoformat("2026-01-08T22:00:00+01:00"), 7200.0
    )


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (station_out, "roll", "STATION=DURATION"),
        (station_out, "=4h", "STATION=DURATION"),
        (operators_of, "operators", r"POOL=-1 or POOL=\+1"),
        (operators_of, "operators=0", r"POOL=-1 or POOL=\+1"),
        (operators_of, "=-1", r"POOL=-1 or POOL=\+1"),
        (planned_maintenance, "roll@2026-01-08T22:00:00+00:00", "STATION@TIME,DURATION"),
        (planned_maintenance, "roll@tonight,2h", "must be a time in ISO 8601"),
        (planned_maintenance, "roll@2026-01-08T22:00:00,2h", "needs an offset from UTC"),
    ],
)
def test_what_is_no_change_is_refused(parse: Any, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(text)


@pytest.fixture
def line(plant_days: Any) -> Any:
    return calibrated(plant_days.store, plant_days.line, plant_days.end)


def test_a_station_out_is_a_window_from_now(line: Any) -> None:
    made = applied(line, STATE, RECIPE, [StationOut("roll", 3600.0)])
    roll = next(one for one in made.line.path if one.name == "roll")
    start_s = line_seconds(NOW)
    assert roll.down_windows_s == ((start_s, start_s + 3600.0),)
    assert [one for one in made.line.path if one.name != "roll"] == [
        one for one in line.line.path if one.name != "roll"
    ]


def test_windows_that_overlap_are_one(line: Any) -> None:
    later = Maintenance("roll", NOW + timedelta(minutes=30), 3600.0)
    made = applied(line, STATE, RECIPE, [StationOut("roll", 3600.0), later])
    roll = next(one for one in made.line.path if one.name == "roll")
    assert [end - start for start, end in roll.down_windows_s] == [5400.0]


def test_people_come_and_go(line: Any) -> None:
    made = applied(line, STATE, RECIPE, [Operators("operators", -1)])
    assert {one.name: one.size for one in made.line.people} == {"fitters": 1, "operators": 2}


def test_another_exposure_takes_the_chamber_longer(line: Any) -> None:
    longer = replace(RECIPE, name="60 s", sublimation_time_s=60.0)
    made = applied(line, STATE, RECIPE, [NewRecipe(longer)])
    before, after = (
        one.stations["sublimation"].service.distribution.mean_s for one in (line, made)
    )
    assert after == pytest.approx(before + 20.0, rel=1e-6)
    assert new_recipe([NewRecipe(longer)]) == longer
    assert new_recipe([Operators("operators", 1)]) is None


def test_the_same_exposure_changes_nothing(line: Any) -> None:
    assert applied(line, STATE, RECIPE, [NewRecipe(RECIPE)]) is line


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (StationOut("paint", 60.0), "station must be one of unwind"),
        (Maintenance("roll", NOW - timedelta(hours=1), 60.0), "must not begin before"),
        (Operators("cooks", 1), "must name a pool of"),
        (Operators("operators", -3), "needs at least 1, got 0"),
        (NewRecipe(replace(RECIPE, name="b", process="bare")), "only recipes of process 'lacss'"),
    ],
)
def test_what_the_line_cannot_do_is_refused(line: Any, change: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        applied(line, STATE, RECIPE, [change])
