"""Laws that hold on any line, whatever features its stations have."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.distributions import Deterministic, Exponential, Uniform
from twin.event_table import events
from twin.kpi import event_spans, station_kpis
from twin.line import (
    Alarm,
    Arrivals,
    Calendar,
    Change,
    Condition,
    Failure,
    Group,
    Hold,
    LineModel,
    Maintenance,
    MaxWait,
    Mix,
    Operators,
    People,
    Rework,
    Setup,
    StationModel,
)
from twin.recipe import Recipe
from twin.records import LineRecords
from twin.simulation import LineSimulation

RECIPES = (
    Recipe(name="A"),
    Recipe(name="B", sublimation_time_s=55),
    Recipe(name="C", process="drac"),
)
PEOPLE = (
    People("fitters", 1),
    People("shift", 3, (Group(1, ("x",)), Group(2, ("x", "y"), Calendar(300, 100), 1))),
)
WEARS = Condition("w", Exponential(1), per_h=20)
OPTIONS: dict[str, Any] = {
    "servers": st.integers(1, 3),
    "batch": st.sampled_from([1, 1, 2, 3]),
    "transfer_s": st.sampled_from([0.0, 3.0]),
    "scrap_probability": st.sampled_from([0.0, 0.1]),
    "failure": st.sampled_from([
        None,
        Failure("operation", Exponential(60), Exponential(9)),
        Failure("time", Exponential(90), Exponential(9)),
    ]),
    "repair_crew": st.sampled_from([None, "fitters"]),
    "operators": st.sampled_from([None, Operators("shift"), Operators("shift", 2, "x")]),
    "calendar": st.sampled_from([None, Calendar(150, 30)]),
    "exposure_s": st.sampled_from([None, 40.0]),
    "setup": st.sampled_from([
        None,
        Setup(Uniform(1, 5), (Change("A", "B", Deterministic(6)),)),
    ]),
    "hold": st.sampled_from([None, Hold(0.2, Exponential(20))]),
    "max_wait": st.sampled_from([
        None, MaxWait(15), MaxWait(15, "flag"), MaxWait(25, since="finish"),
        MaxWait(12, "rework", "s0"),
    ]),
    "maintenance": st.lists(
        st.sampled_from([
            Maintenance("lots", Deterministic(4), every_lots=3),
            Maintenance("work", Exponential(4), every_work_s=50, restores=False),
            Maintenance("clock", Uniform(2, 6), every_s=70, crew="fitters"),
        ]),
        max_size=3, unique_by=lambda job: job.name,
    ).map(tuple),
}  # fmt: skip
WORN: dict[str, Any] = {
    "condition": st.just(WEARS),
    "alarm": st.sampled_from([
        None, Alarm("ewma", Exponential(5), sigma=3, gauge_sd=1.0, crew="fitters"),
    ]),
}  # fmt: skip


@st.composite
def stations(draw: Any, place: int) -> StationModel:
    options = {name: draw(values) for name, values in OPTIONS.items()}
    if draw(st.booleans()):
        options |= {name: draw(values) for name, values in WORN.items()}
        options["maintenance"] += (Maintenance("level", Deterministic(3), above=6),)
    if options["batch"] > 1 and draw(st.booleans()):
        options["batch_timeout_s"] = 8.0
    if place == 0 and options["max_wait"] and options["max_wait"].action == "rework":
        options["max_wait"] = None
    if place == 1:
        options["skipped_by"] = draw(st.sampled_from([(), ("drac",)]))
    options["buffer"] = draw(st.sampled_from([None, 1, 4])) if place else None
    if place and draw(st.integers(0, 3)) == 0:
        options["rework"] = Rework(0.1, f"s{place}")
    return StationModel(f"s{place}", Uniform(4, 12), **options)


@st.composite
def lines(draw: Any) -> LineModel:
    models = tuple(draw(stations(place)) for place in range(draw(st.integers(1, 4))))
    if len(models) == 2 and models[1].skipped_by:
        models = models[:1]
    arrivals = draw(st.sampled_from([
        Arrivals("saturated"), Arrivals("renewal", Exponential(9)), Arrivals("conwip", wip=6),
    ]))  # fmt: skip
    mix = draw(st.sampled_from([Mix(RECIPES, (0, 0, 1, 2)), Mix(RECIPES, (), (0.5, 0.3, 0.2))]))
    return LineModel("any", arrivals, models, PEOPLE, mix=mix)


def ran(line: LineModel, seed: int, *until: float) -> LineSimulation:
    simulation = LineSimulation(line, seed=seed)
    for until_s in until:
        simulation.run(until_s=until_s)
    return simulation


def server_times(records: LineRecords, station: int, server: int) -> list[tuple[float, float]]:
    """Services, set-ups and maintenance of one server, by start."""
    rows = records.visit_rows
    mine = rows[(rows[:, 1] == station) & (rows[:, 2] == server) & ~np.isnan(rows[:, 4])]
    spans = mine[:, 4:6].tolist()
    for kind in ("setup", "maintenance"):
        spans += event_spans(records, station, kind).get(server, [])
    last = records.end_s
    return sorted({(start, min(last, last if math.isnan(end) else end)) for start, end in spans})


@settings(max_examples=60, deadline=None)
@given(line=lines(), seed=st.integers(0, 99))
def test_a_server_does_one_thing_at_a_time(line: LineModel, seed: int) -> None:
    records = ran(line, seed, 600).records
    for place, model in enumerate(line.stations):
        for server in range(model.servers):
            times = server_times(records, place, server)
            assert all(one[1] <= other[0] for one, other in pairwise(times))


@settings(max_examples=60, deadline=None)
@given(line=lines(), seed=st.integers(0, 99))
def test_lots_are_neither_lost_nor_made(line: LineModel, seed: int) -> None:
    simulation = ran(line, seed, 600)
    assert simulation.source.made == simulation._next_number - 1
    outside = len(simulation.inside)
    assert simulation.source.made == simulation.finished + simulation.scrapped + outside
    if line.arrivals.wip:
        assert outside == line.arrivals.wip


@settings(max_examples=60, deadline=None)
@given(line=lines(), seed=st.integers(0, 99))
def test_shares_add_up_to_one(line: LineModel, seed: int) -> None:
    records = ran(line, seed, 600).records
    for found in station_kpis(records, line, 100, 600).values():
        parts = (found.utilisation, found.blocked, found.starved, found.down)
        assert sum(parts) == pytest.approx(1, abs=1e-9)
        assert min(parts) >= -1e-9
        assert min(found.setup, found.maintenance) >= -1e-9
        assert max(found.setup, found.maintenance) <= found.down + 1e-9


@settings(max_examples=40, deadline=None)
@given(line=lines(), seed=st.integers(0, 99), cuts=st.lists(st.floats(0, 500), max_size=3))
def test_pieces_of_a_run_are_the_run(line: LineModel, seed: int, cuts: list[float]) -> None:
    whole, pieces = ran(line, seed, 500).records, ran(line, seed, *sorted(cuts), 500).records
    np.testing.assert_array_equal(whole.visit_rows, pieces.visit_rows)
    np.testing.assert_array_equal(whole.condition_rows, pieces.condition_rows)
    assert whole.station_events == pieces.station_events
    assert (whole.flags, whole.lot_recipes) == (pieces.flags, pieces.lot_recipes)


@settings(max_examples=60, deadline=None)
@given(line=lines(), seed=st.integers(0, 99))
def test_no_more_lots_than_places(line: LineModel, seed: int) -> None:
    records = ran(line, seed, 600).records
    for place, model in enumerate(line.stations):
        own_rework = model.rework is not None
        if model.buffer is None or own_rework:
            continue
        rows = records.visit_rows
        rows = rows[rows[:, 1] == place]
        changes = sorted(
            [(time, 1) for time in rows[:, 3].tolist()]
            + [(time, -1) for time in rows[:, 6].tolist() if not math.isnan(time)]
        )
        here = np.cumsum([step for _, step in changes])
        assert here.max(initial=0) <= model.buffer + model.servers * model.batch


@settings(max_examples=40, deadline=None)
@given(line=lines(), seed=st.integers(0, 99))
def test_the_events_of_each_lot_are_in_order(line: LineModel, seed: int) -> None:
    table = events(ran(line, seed, 400).records)
    follows = {
        "arrive": {"start", "scrap", "rework"},
        "start": {"finish"},
        "finish": {"depart", "scrap", "rework"},
        "rework": {"depart"},
        "depart": {"arrive", "hold"},
        "hold": {"release"},
        "release": {"arrive", "depart"},
    }
    for _, mine in table[table["lot"] != ""].groupby("lot"):
        for before, after in pairwise(mine["event"]):
            assert after in follows[before]


@settings(max_examples=30, deadline=None)
@given(line=lines(), seed=st.integers(0, 99))
def test_all_lots_of_a_run_of_lots_leave(line: LineModel, seed: int) -> None:
    simulation = LineSimulation(line, seed=seed)
    simulation.run(lots=12)
    assert simulation.finished + simulation.scrapped == simulation.source.made == 12
    assert not simulation.inside
