"""Small lines whose departures are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError, NotSupported
from twin.distributions import Deterministic
from twin.line import (
    Arrivals,
    Calendar,
    Failure,
    LineModel,
    People,
    Rework,
    StationModel,
)
from twin.recursion import departures, run_block
from twin.replication import Plan
from twin.replication import run_block as simpy_block

Line = Callable[..., LineModel]


@pytest.fixture
def line() -> Line:
    """A line of stations `(seconds, options)`, called s0, s1, ..."""

    def made(
        *stations: tuple[float, dict[str, Any]],
        arrivals: Arrivals = Arrivals("saturated"),
        people: tuple[People, ...] = (),
    ) -> LineModel:
        models = tuple(
            StationModel(f"s{place}", Deterministic(seconds), **options)
            for place, (seconds, options) in enumerate(stations)
        )
        return LineModel("by hand", arrivals, models, people)

    return made


def left(line: LineModel, place: int, **how: Any) -> list[float]:
    """When lots 1, 2, ... left a station."""
    rows = departures(line, Plan(**how)).visit_rows
    rows = rows[rows[:, 1] == place]
    return rows[np.argsort(rows[:, 0]), 6].tolist()


def test_a_finished_lot_waits_for_a_place(line: Line) -> None:
    found = line((2, {}), (5, {"buffer": 1}))
    assert left(found, 0, lots=5) == [2, 4, 7, 12, 17]
    assert left(found, 1, lots=5) == [7, 12, 17, 22, 27]


def test_no_place_between_two_stations(line: Line) -> None:
    assert left(line((2, {}), (5, {"buffer": 0})), 0, lots=4) == [2, 7, 12, 17]


def test_work_pauses_while_the_station_is_closed(line: Line) -> None:
    found = line((4, {"down_windows_s": ((6.0, 9.0),)}), (1, {}))
    assert left(found, 0, lots=3) == [4, 11, 15]
    found = line((4, {"calendar": Calendar(6, 4)}))
    assert left(found, 0, lots=3) == [4, 12, 16]


def test_failures_count_processing_only(line: Line) -> None:
    failure = Failure("operation", Deterministic(5), Deterministic(10))
    found = line((3, {"failure": failure}), arrivals=Arrivals("schedule", times_s=(0.0, 20.0, 30)))
    assert left(found, 0, lots=3) == [3, 33, 36]


def test_two_stations_share_one_fitter(line: Line) -> None:
    failure = Failure("operation", Deterministic(5), Deterministic(10))
    options = {"failure": failure, "repair_crew": "fitters"}
    found = line((8, options), (4, {}), (8, options), people=(People("fitters", 1),))
    plan = Plan(lots=3)
    expected = simpy_block(found, plan, range(1), keep_records=True).records[0]
    events = departures(found, plan).station_events
    downs = [one.time_s for one in events if one.event == "down"]
    ups = [one.time_s for one in events if one.event == "up"]
    assert downs == [5, 20, 27, 35, 55, 57, 80, 95]
    assert ups == [15, 30, 40, 50, 65, 75, 90, 105]
    assert left(found, 2, lots=3) == [43, 91, 109]
    assert set(events) == set(expected.station_events)


def test_parallel_servers_overtake_and_batches_leave_together(line: Line) -> None:
    found = line((3, {"servers": 2}), (4, {"batch": 2, "buffer": 0}))
    assert left(found, 0, lots=6) == [3, 3, 7, 7, 11, 11]
    assert left(found, 1, lots=6) == [7, 7, 11, 11, 15, 15]


@pytest.mark.parametrize("hours", [None, 30 / 3600])
def test_deterministic_lines_with_many_simultaneous_events(line: Line, hours: float | None) -> None:
    found = line((2, {}), (9, {"servers": 3, "buffer": 0}), (4, {"buffer": 1}),
                 (7, {"servers": 2, "buffer": 0}))  # fmt: skip
    plan = Plan(hours=hours, lots=40 if hours is None else None)
    one = run_block(found, plan, range(2))
    other = simpy_block(found, plan, range(2))
    assert one.by_simpy == ()
    np.testing.assert_allclose(one.values, other.values, rtol=1e-9, atol=1e-12)


def test_a_constant_number_of_lots(line: Line) -> None:
    found = line((2, {}), (5, {}), arrivals=Arrivals("conwip", wip=2))
    assert left(found, 0, lots=4) == [2, 4, 9, 14]
    rows = departures(found, Plan(lots=4)).lot_rows
    assert rows[:, 1].tolist() == [0, 0, 7, 12]


def test_visits_that_go_on_at_the_end(line: Line) -> None:
    rows = departures(line((4, {}), (9, {"buffer": 0})), Plan(hours=10 / 3600)).visit_rows
    nan = np.nan
    expected = [[1, 0, 0, 0, 0, 4, 4, 0], [1, 1, 0, 4, 4, nan, nan, 0], [2, 0, 0, 4, 4, 8, nan, 0]]
    np.testing.assert_array_equal(rows[np.lexsort((rows[:, 1], rows[:, 0]))], expected)


def test_the_warm_up_must_end_before_the_run(line: Line) -> None:
    with pytest.raises(InputError, match="warm_up_h must end before the run does after"):
        run_block(line((1, {})), Plan(lots=3, warm_up_h=1), range(1))


def test_what_cannot_be_expressed_is_refused(line: Line) -> None:
    again = line((1, {"rework": Rework(0.1, "s0")}))
    with pytest.raises(NotSupported, match="cannot express line 'by hand': station 's0': rework"):
        run_block(again, Plan(lots=3), range(1))


def test_results_do_not_depend_on_how_replications_are_split(line: Line) -> None:
    failure = Failure("operation", Deterministic(5), Deterministic(10))
    found = line((3, {"scrap_probability": 0.3, "failure": failure}), (4, {"servers": 2}))
    plan = Plan(hours=1)
    whole = run_block(found, plan, range(7)).values
    parts = [run_block(found, plan, range(at, at + 1)).values for at in range(7)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))
