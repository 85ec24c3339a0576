"""What every line obeys, whatever its stations: held against lines made at random."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import kpi
from twin.distributions import Deterministic, Exponential, Uniform
from twin.line import Arrivals, Calendar, Failure, LineModel, Operators, People, StationModel
from twin.records import LineRecords, visits
from twin.simulation import LineSimulation

END_S = 400.0
PEOPLE = (People("crew", 1), People("shift", 2))
WHOLE = st.integers(1, 12).map(float)
DURATIONS = st.one_of(
    WHOLE.map(Deterministic), WHOLE.map(Exponential), WHOLE.map(lambda top: Uniform(0, top))
)
FAILURES = st.builds(
    Failure, st.sampled_from(["time", "operation"]), (WHOLE.map(lambda t: Exponential(8 * t))),
    DURATIONS,
)  # fmt: skip
WINDOWS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 40)).map(lambda w: (w[0], w[0] + w[1])),
    max_size=4,
).map(tuple)
OPTIONS = st.fixed_dictionaries(
    {"service_s": DURATIONS},
    optional={
        "servers": st.integers(1, 3),
        "buffer": st.integers(0, 3),
        "batch": st.integers(1, 3),
        "transfer_s": st.integers(0, 5),
        "scrap_probability": st.just(0.2),
        "failure": FAILURES,
        "repair_crew": st.just("crew"),
        "operators": st.just(Operators("shift")),
        "down_windows_s": WINDOWS,
        "calendar": st.builds(Calendar, WHOLE.map(lambda t: 5 * t), WHOLE, st.integers(-30, 30)),
    },
)
ARRIVALS = st.one_of(
    st.just(Arrivals("saturated")),
    DURATIONS.filter(lambda gap: gap.mean_s > 1).map(lambda g: Arrivals("renewal", g)),
    st.integers(3, 8).map(lambda wip: Arrivals("conwip", wip=wip)),
    st.integers(1, 20).map(lambda lots: Arrivals("all_at_start", lots=lots)),
)


@st.composite
def lines(draw: Any) -> LineModel:
    options = draw(st.lists(OPTIONS, min_size=1, max_size=4))
    stations = tuple(StationModel(name=f"s{n}", **one) for n, one in enumerate(options))
    return LineModel("random", draw(ARRIVALS), stations, PEOPLE)


def ran(line: LineModel, *, until_s: float = END_S) -> LineSimulation:
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=until_s)
    return simulation


def downs(records: LineRecords, place: int, server: int) -> list[tuple[float, float]]:
    return kpi.down_times(records, place).get(server, [])


def overlap(spans: list[tuple[float, float]], start: float, end: float) -> float:
    """Length of [start, end] that at least one of the spans covers."""
    edges = np.unique(np.clip([start, end, *(e for span in spans for e in span)], start, end))
    middle = (edges[1:] + edges[:-1]) / 2
    lost = [any(a <= point < b for a, b in spans) for point in middle]
    return float(np.sum(np.diff(edges)[lost]))


@settings(max_examples=80)
@given(line=lines())
def test_no_lot_is_lost_or_made_on_the_way(line: LineModel) -> None:
    simulation = ran(line)
    inside = [lot for lot in simulation.inside.values() if not lot.coupon]
    assert simulation.source.made == simulation.finished + simulation.scrapped + len(inside)
    table = visits(simulation.records).sort_values(["lot", "arrive_s"], kind="stable")
    for _, mine in table.groupby("lot"):
        places = [int(name[1:]) for name in mine["station"]]
        assert places == list(range(len(places)))
        transfer = [line.stations[place].transfer_s for place in places[:-1]]
        left = mine["depart_s"].to_numpy()[:-1] + transfer
        np.testing.assert_allclose(mine["arrive_s"].to_numpy()[1:], left, rtol=1e-12)


@settings(max_examples=80)
@given(line=lines())
def test_times_of_a_visit_are_in_order_and_a_server_has_one_batch_at_a_time(
    line: LineModel,
) -> None:
    table = visits(ran(line).records)
    for early, late in (("arrive_s", "start_s"), ("start_s", "finish_s"), ("finish_s", "depart_s")):
        assert not (table[early] > table[late]).any()
    served = table[table["server"] > 0].fillna({"depart_s": np.inf})
    for (station, _), mine in served.groupby(["station", "server"]):
        batches = mine.groupby("start_s")["depart_s"].agg(["max", "size"]).sort_index()
        assert (batches.index.to_numpy()[1:] >= batches["max"].to_numpy()[:-1]).all()
        zero = (mine["depart_s"] == mine["start_s"]).any()
        assert zero or batches["size"].max() <= line.stations[int(station[1:])].batch


@settings(max_examples=80)
@given(line=lines())
def test_no_station_but_the_first_ever_holds_more_than_its_places(line: LineModel) -> None:
    table = visits(ran(line).records)
    for place, model in enumerate(line.stations[1:], start=1):
        if model.buffer is None:
            continue
        mine = table[table["station"] == model.name]
        came = mine["arrive_s"].to_numpy() - line.stations[place - 1].transfer_s
        left = mine["depart_s"].fillna(np.inf).to_numpy()
        moments = np.unique(np.concatenate([came, left[np.isfinite(left)]]))
        for moment in moments + 1e-7:
            here = np.sum((came <= moment) & (left > moment))
            assert here <= model.buffer + model.servers * model.batch


@settings(max_examples=80)
@given(line=lines())
def test_who_came_first_starts_first(line: LineModel) -> None:
    table = visits(ran(line).records).dropna(subset="start_s")
    for _, mine in table.groupby("station"):
        mine = mine.sort_values("arrive_s", kind="stable")
        strictly = mine.groupby("arrive_s")["start_s"].agg(["min", "max"])
        assert (strictly["min"].to_numpy()[1:] >= strictly["max"].to_numpy()[:-1]).all()


@settings(max_examples=80)
@given(line=lines())
def test_a_service_takes_its_time_without_failures_and_stops(line: LineModel) -> None:
    fixed = [
        (place, model) for place, model in enumerate(line.stations)
        if isinstance(model.service_s, Deterministic)
    ]  # fmt: skip
    records = ran(line).records
    table = visits(records).dropna(subset="finish_s")
    for place, model in fixed:
        stops = model.planned_stops_between(-50, END_S)
        for row in table[table["station"] == model.name].itertuples():
            lost = overlap(stops + downs(records, place, row.server - 1), row.start_s, row.finish_s)
            assert abs(row.finish_s - row.start_s - lost - model.service_s.mean_s) < 1e-6


@settings(max_examples=80)
@given(line=lines())
def test_nothing_starts_in_a_stop_or_on_a_server_that_is_down(line: LineModel) -> None:
    records = ran(line).records
    for row in visits(records).dropna(subset="start_s").itertuples():
        place = int(row.station[1:])
        stops = line.stations[place].planned_stops_between(-50, END_S)
        assert not any(a <= row.start_s < b for a, b in stops)
        lost = downs(records, place, row.server - 1)
        assert not any(a < row.start_s < b for a, b in lost)


@settings(max_examples=80)
@given(line=lines(), cut=st.floats(1, END_S - 1))
def test_shares_add_up_and_windows_average_to_the_whole(line: LineModel, cut: float) -> None:
    records = ran(line).records
    whole = kpi.station_kpis(records, line, 0, END_S)
    parts = [kpi.station_kpis(records, line, *span) for span in ((0, cut), (cut, END_S))]
    for name, found in whole.items():
        shares = [getattr(found, share) for share in ("utilisation", "blocked", "starved", "down")]
        if found.planned < 1:
            assert min(shares) >= -1e-9
            assert abs(sum(shares) - 1) < 1e-9
        queue = [part[name].mean_queue for part in parts]
        assert abs(np.average(queue, weights=[cut, END_S - cut]) - found.mean_queue) < 1e-6
        assert sum(part[name].finished for part in parts) == found.finished


@settings(max_examples=60)
@given(line=lines(), cuts=st.lists(st.floats(0, END_S), max_size=4))
def test_pieces_of_a_run_are_the_whole_run(line: LineModel, cuts: list[float]) -> None:
    whole, pieces = ran(line), LineSimulation(line, seed=1)
    for until_s in (*sorted(cuts), END_S):
        pieces.run(until_s=until_s)
    pd.testing.assert_frame_equal(visits(whole.records), visits(pieces.records))
    assert whole.records.station_events == pieces.records.station_events


@settings(max_examples=60)
@given(line=lines(), lots=st.integers(1, 12))
def test_all_lots_that_enter_leave(line: LineModel, lots: int) -> None:
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=lots)
    due = min(lots, line.arrivals.lots or lots)
    assert (simulation.finished + simulation.scrapped, len(simulation.inside)) == (due, 0)


@settings(max_examples=60)
@given(line=lines())
def test_a_constant_number_is_never_exceeded(line: LineModel) -> None:
    if line.arrivals.kind == "conwip":
        _, inside = kpi.wip_over_time(ran(line).records)
        assert inside.max() <= (line.arrivals.wip or 0)
