"""Gantt bars: states by hand, and the laws that they cover the window and agree with the KPIs."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.distributions import Deterministic, Exponential
from twin.gantt import STATE_ORDER, GanttBar, gantt, state_shares_of
from twin.kpi import station_kpis
from twin.line import (
    Arrivals,
    Calendar,
    Failure,
    LineModel,
    Maintenance,
    Mix,
    Setup,
    StationModel,
)
from twin.recipe import Recipe
from twin.records import LineRecords, StationEvent
from twin.simulation import LineSimulation


def short(bars: tuple[GanttBar, ...]) -> list[tuple[float, float, str, str]]:
    return [(bar.start_s, bar.end_s, bar.state, bar.lot) for bar in bars]


def records(*visits: tuple[float, ...], events: tuple[StationEvent, ...] = ()) -> LineRecords:
    """Visits of lot, server, start, finish, depart at the one station."""
    rows = [(lot, 0, server, start, start, finish, depart, 0)
            for lot, server, start, finish, depart in visits]  # fmt: skip
    return LineRecords(
        stations=("roll",), start_s=0.0, end_s=100.0, station_events=events,
        visit_rows=np.array(rows, dtype=np.float64).reshape(-1, 8), lot_rows=np.empty((0, 5)),
    )  # fmt: skip


def line(**station: object) -> LineModel:
    roll = replace(StationModel("roll", Deterministic(10)), **station)  # type: ignore[arg-type]
    return LineModel("one", Arrivals("saturated"), (roll,))


def test_a_server_runs_is_blocked_and_starves() -> None:
    made = gantt(records((1, 0, 10.0, 30.0, 45.0), (2, 0, 45.0, 60.0, 60.0)), line(), 0.0, 100.0)
    assert short(made) == [
        (0.0, 10.0, "starved", ""), (10.0, 30.0, "running", "L00001"),
        (30.0, 45.0, "blocked", "L00001"), (45.0, 60.0, "running", "L00002"),
        (60.0, 100.0, "starved", ""),
    ]  # fmt: skip


def test_back_to_back_lots_are_two_bars() -> None:
    made = gantt(records((1, 0, 0.0, 10.0, 10.0), (2, 0, 10.0, 20.0, 20.0)), line(), 0.0, 20.0)
    assert [bar.lot for bar in made] == ["L00001", "L00002"]


def test_what_still_goes_on_lasts_to_the_end_of_the_window() -> None:
    going = records((1, 0, 10.0, np.nan, np.nan))
    assert short(gantt(going, line(), 20.0, 50.0)) == [(20.0, 50.0, "running", "L00001")]
    done = records((1, 0, 10.0, 15.0, np.nan))
    assert short(gantt(done, line(), 20.0, 50.0)) == [(20.0, 50.0, "blocked", "L00001")]


def test_planned_stops_and_failures_come_before_what_the_server_holds() -> None:
    events = (StationEvent(40.0, "down", 0, 0), StationEvent(55.0, "up", 0, 0))
    stopped = line(down_windows_s=((50.0, 60.0),))
    made = gantt(records((1, 0, 30.0, 80.0, 80.0), events=events), stopped, 30.0, 80.0)
    assert short(made) == [
        (30.0, 40.0, "running", "L00001"), (40.0, 50.0, "down", ""),
        (50.0, 60.0, "planned_stop", ""), (60.0, 80.0, "running", "L00001"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["setup", "maintenance"])
def test_set_up_and_maintenance_are_states_of_their_own(kind: str) -> None:
    events = (
        StationEvent(5.0, f"{kind}_start", 0, 0), StationEvent(12.0, f"{kind}_end", 0, 0),
        StationEvent(90.0, f"{kind}_start", 0, -1),
    )  # fmt: skip
    two = line(servers=2)
    made = gantt(records((1, 0, 10.0, 20.0, 20.0), events=events), two, 0.0, 100.0)
    assert short(made) == [
        (0.0, 5.0, "starved", ""), (5.0, 12.0, kind, ""), (12.0, 20.0, "running", "L00001"),
        (20.0, 90.0, "starved", ""), (90.0, 100.0, kind, ""),
        (0.0, 90.0, "starved", ""), (90.0, 100.0, kind, ""),
    ]  # fmt: skip


def test_a_batch_is_one_bar_with_its_first_lot_and_their_number() -> None:
    batch = records((4, 0, 0.0, 50.0, 50.0), (5, 0, 0.0, 50.0, 70.0))
    first, second = gantt(batch, line(batch=2), 0.0, 70.0)
    assert (first.state, first.lot, first.lots) == ("running", "L00004", 2)
    assert (second.state, second.start_s, second.end_s) == ("blocked", 50.0, 70.0)


def test_shares_count_the_time_of_all_servers() -> None:
    made = gantt(records((1, 1, 0.0, 50.0, 50.0)), line(servers=2), 0.0, 100.0)
    assert state_shares_of(made) == {"roll": {"starved": 0.75, "running": 0.25}}


def test_a_laboratory_is_shown_when_asked_for() -> None:
    lab = StationModel("cell_test", Deterministic(5), servers=3, sample_every=2)
    whole = replace(line(), stations=(*line().stations, lab))
    empty = replace(records(), stations=("roll", "cell_test"))
    assert {bar.station for bar in gantt(empty, whole, 0.0, 9.0)} == {"roll"}
    chosen = gantt(empty, whole, 0.0, 9.0, stations=["cell_test"])
    assert [bar.server for bar in chosen] == [1, 2, 3]


@pytest.mark.parametrize(("options", "says"), [
    ({"start_s": 5.0, "end_s": 5.0}, "end_s must be above start_s 5.0, got 5.0"),
    ({"start_s": 0.0, "end_s": float("nan")}, "end_s must be above start_s 0.0, got nan"),
    ({"start_s": 0.0, "end_s": 9.0, "max_bars": 0}, "max_bars must be at least the 1 servers"),
    ({"start_s": 0.0, "end_s": 9.0, "stations": ["oven"]}, "station must be one of roll"),
])  # fmt: skip
def test_a_window_that_shows_nothing_is_refused(options: dict[str, float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        gantt(records(), line(), **options)  # type: ignore[arg-type]


def run(
    seed: int, servers: int, batch: int, buffer: int, clock: str
) -> tuple[LineRecords, LineModel]:
    """A line on which everything happens: failures, shifts, blocking, batches, scrap."""
    failure = Failure(clock, Exponential(400.0), Exponential(60.0))  # type: ignore[arg-type]
    stations = (
        StationModel("unwind", Exponential(20.0), calendar=Calendar(700.0, 150.0)),
        StationModel(
            "furnace", Exponential(30.0 * batch), servers=servers, buffer=buffer, batch=batch,
            failure=failure,
        ),
        StationModel(
            "roll", Exponential(30.0), buffer=buffer, failure=failure, scrap_probability=0.1,
            down_windows_s=((300.0, 380.0), (380.0, 420.0)),
            setup=Setup(Exponential(25.0)),
            maintenance=(
                Maintenance("regrind", Exponential(40.0), every_lots=4),
                Maintenance("oil", Deterministic(20.0), every_s=500.0),
            ),
        ),
    )  # fmt: skip
    mix = Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 0, 1))
    model = LineModel("law", Arrivals("saturated"), stations, mix=mix)
    simulation = LineSimulation(model, seed=seed)
    simulation.run(until_s=3000.0)
    return simulation.records, model


LINES = given(
    seed=st.integers(0, 9999), servers=st.integers(1, 3), batch=st.integers(1, 3),
    buffer=st.integers(0, 3), clock=st.sampled_from(["operation", "time"]),
    window=st.tuples(st.floats(0, 1400), st.floats(1, 1500)),
)  # fmt: skip


def covers(bars: tuple[GanttBar, ...], start_s: float, end_s: float) -> bool:
    """Whether each server's bars follow each other from start to end."""
    for _, group in groupby(bars, key=lambda bar: (bar.station, bar.server)):
        own = list(group)
        whole = own[0].start_s == start_s and own[-1].end_s == end_s
        if not whole or any(a.end_s != b.start_s for a, b in pairwise(own)):
            return False
        if any(bar.end_s <= bar.start_s or bar.state not in STATE_ORDER for bar in own):
            return False
    return True


@settings(max_examples=25, deadline=None)
@LINES
def test_bars_cover_the_window_once_and_agree_with_the_kpis(
    seed: int, servers: int, batch: int, buffer: int, clock: str, window: tuple[float, float]
) -> None:
    """A law: exact cover for any line, and the shares of `twin.kpi` of unplanned time."""
    made, model = run(seed, servers, batch, buffer, clock)
    start_s, end_s = window[0], window[0] + window[1]
    bars = gantt(made, model, start_s, end_s)
    assert covers(bars, start_s, end_s)
    found = state_shares_of(bars)
    for name, kpi in station_kpis(made, model, start_s, end_s).items():
        shares = found[name]
        assert shares.get("planned_stop", 0.0) == pytest.approx(kpi.planned, abs=1e-9)
        working = 1 - shares.get("planned_stop", 0.0)
        if working < 1e-6:
            continue
        for state, share in (
            ("running", kpi.utilisation), ("blocked", kpi.blocked), ("setup", kpi.setup),
            ("down", kpi.down - kpi.setup - kpi.maintenance), ("starved", kpi.starved),
            ("maintenance", kpi.maintenance),
        ):  # fmt: skip
            assert shares.get(state, 0.0) / working == pytest.approx(share, abs=1e-7)


@settings(max_examples=15, deadline=None)
@LINES
def test_few_bars_still_cover_the_window_and_keep_what_takes_most_time(
    seed: int, servers: int, batch: int, buffer: int, clock: str, window: tuple[float, float]
) -> None:
    made, model = run(seed, servers, batch, buffer, clock)
    start_s, end_s = window[0], window[0] + window[1]
    bars = gantt(made, model, start_s, end_s, max_bars=40)
    assert len(bars) <= 40
    assert covers(bars, start_s, end_s)
    assert all(0 < bar.share <= 1 for bar in bars)


def test_merged_bars_say_how_much_of_them_is_in_their_state() -> None:
    """Ten lots of 6 s every 10 s, two bars asked for: each piece runs for 60 % of its time."""
    many = records(*((n, 0, 10.0 * n, 10.0 * n + 6, 10.0 * n + 6) for n in range(10)))
    (bar,) = gantt(many, line(), 0.0, 100.0, max_bars=2)
    assert (bar.state, bar.lot, bar.lots) == ("running", "", 10)
    assert bar.share == pytest.approx(0.6)


def test_a_line_on_which_everything_happens_shows_every_state() -> None:
    """So that the laws above speak of all of them; seed 1."""
    made, model = run(1, 2, 2, 1, "time")
    assert {bar.state for bar in gantt(made, model, 0.0, 3000.0)} == set(STATE_ORDER)


def test_a_batch_that_leaves_lot_by_lot_is_blocked_until_the_last_has_gone() -> None:
    batch = records((4, 0, 0.0, 50.0, 55.0), (5, 0, 0.0, 50.0, 90.0))
    assert [(bar.state, bar.start_s, bar.end_s) for bar in gantt(batch, line(batch=2), 0, 100)] == [
        ("running", 0.0, 50.0), ("blocked", 50.0, 90.0), ("starved", 90.0, 100.0),
    ]  # fmt: skip


def test_a_window_shows_what_began_before_it_and_ends_after_it() -> None:
    long = records((1, 0, -500.0, 900.0, 950.0))
    assert short(gantt(long, line(), 100.0, 200.0)) == [(100.0, 200.0, "running", "L00001")]


def test_coupons_and_odd_ids_are_named_as_people_know_them() -> None:
    named = replace(records((7, 0, 0.0, 10.0, 10.0)), names={7: "Charge 7a"})
    assert gantt(named, line(), 0.0, 10.0)[0].lot == "Charge 7a"


def test_a_maintenance_that_a_failure_interrupts_is_still_maintenance() -> None:
    """As the key figures count it; the failure is told by the events."""
    events = (
        StationEvent(10.0, "maintenance_start", 0, 0), StationEvent(15.0, "down", 0, 0),
        StationEvent(20.0, "up", 0, 0), StationEvent(30.0, "maintenance_end", 0, 0),
        StationEvent(28.0, "down", 0, 0), StationEvent(40.0, "up", 0, 0),
    )  # fmt: skip
    made = gantt(records(events=events), line(), 0.0, 50.0)
    assert short(made) == [
        (0.0, 10.0, "starved", ""), (10.0, 30.0, "maintenance", ""), (30.0, 40.0, "down", ""),
        (40.0, 50.0, "starved", ""),
    ]  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 9999), servers=st.integers(1, 3))
def test_adding_windows_adds_the_time_in_each_state(seed: int, servers: int) -> None:
    """A law: what two neighbouring windows show is what one over both shows."""
    made, model = run(seed, servers, 1, 1, "operation")

    def spent(start_s: float, end_s: float) -> dict[tuple[str, int, str], float]:
        times: dict[tuple[str, int, str], float] = {}
        for bar in gantt(made, model, start_s, end_s):
            key = (bar.station, bar.server, bar.state)
            times[key] = times.get(key, 0.0) + bar.end_s - bar.start_s
        return times

    first, second, both = spent(0.0, 1234.5), spent(1234.5, 3000.0), spent(0.0, 3000.0)
    assert set(both) == set(first) | set(second)
    for key, time_s in both.items():
        assert time_s == pytest.approx(first.get(key, 0.0) + second.get(key, 0.0))


def test_few_bars_of_a_long_run_keep_its_shares_roughly() -> None:
    """Ten thousand seconds of one lot a minute, half of it waiting, in 20 bars a server."""
    many = records(*((n, 0, 60.0 * n, 60.0 * n + 40, 60.0 * n + 40) for n in range(166)))
    bars = gantt(many, line(), 0.0, 9960.0, max_bars=20)
    assert sum(bar.lots for bar in bars) == 166
    assert sum((bar.end_s - bar.start_s) * bar.share for bar in bars) == pytest.approx(166 * 40.0)
