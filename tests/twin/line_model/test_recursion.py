"""Lines of single servers against the recursion of blocking after service, and what follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.distributions import Exponential, Lognormal
from twin.experiment import replicate
from twin.line import Arrivals, LineModel, StationModel
from twin.records import visits
from twin.simulation import LineSimulation

LOTS = 25
SERVICES = st.lists(st.integers(1, 9).map(float), min_size=2, max_size=5)
PLACES = st.integers(0, 4)


def tandem(means: list[float], buffers: list[int | None], *, spread: bool = True) -> LineModel:
    stations = tuple(
        StationModel(f"s{n}", Lognormal(mean, 0.5 if spread else 0), buffer=buffer)
        for n, (mean, buffer) in enumerate(zip(means, [None, *buffers], strict=True))
    )
    return LineModel("tandem", Arrivals("saturated"), stations)


def departures(line: LineModel) -> np.ndarray:
    """Departure of lot (row) from station (column)."""
    simulation = LineSimulation(line, seed=3)
    simulation.run(lots=LOTS)
    table = visits(simulation.records).pivot(index="lot", columns="station", values="depart_s")
    return np.asarray(table)


def recursion(line: LineModel) -> np.ndarray:
    """D[n, j] = max(start + service, D[n - buffer - 1, j + 1]), lots n, stations j."""
    streams = LineSimulation(line, seed=3).stations
    work = np.array([[one.service.draw() for _ in range(LOTS)] for one in streams]).T
    last = len(line.stations) - 1
    places = [1 + (station.buffer or 0) for station in line.stations]
    left = np.zeros_like(work)
    for n in range(LOTS):
        for j in range(last + 1):
            start = max(left[n, j - 1] if j else 0.0, left[n - 1, j] if n else 0.0)
            left[n, j] = start + work[n, j]
            if j < last and n >= places[j + 1]:
                left[n, j] = max(left[n, j], left[n - places[j + 1], j + 1])
    return left


@st.composite
def tandems(draw: Any) -> LineModel:
    means = draw(SERVICES)
    buffers = draw(st.lists(PLACES, min_size=len(means) - 1, max_size=len(means) - 1))
    return tandem(means, buffers)


@settings(max_examples=60)
@given(line=tandems())
def test_departures_are_those_of_the_recursion(line: LineModel) -> None:
    np.testing.assert_allclose(departures(line), recursion(line), rtol=1e-12)


@settings(max_examples=40)
@given(means=SERVICES, data=st.data())
def test_another_place_never_makes_a_lot_later(means: list[float], data: st.DataObject) -> None:
    buffers = [data.draw(PLACES) for _ in means[1:]]
    larger = list(buffers)
    larger[data.draw(st.integers(0, len(buffers) - 1))] += 1
    assert (departures(tandem(means, larger)) <= departures(tandem(means, buffers)) + 1e-9).all()


@settings(max_examples=30)
@given(means=SERVICES)
def test_a_blocked_line_is_as_fast_backwards(means: list[float]) -> None:
    """Reversibility (Muth, 1979): the last lot leaves a line and its mirror at the same time."""
    forth, back = (
        departures(tandem(order, [0] * (len(order) - 1), spread=False))[-1, -1]
        for order in (means, means[::-1])
    )
    assert forth == pytest.approx(back)


def test_results_do_not_depend_on_the_number_of_workers_or_of_other_replications() -> None:
    line = tandem([5.0, 6.0], [2])
    one = replicate(line, lots=50, replications=3, seed=4, workers=1, keep_records=True)
    two = replicate(line, lots=50, replications=3, seed=4, workers=2, keep_records=True)
    more = replicate(line, lots=50, replications=5, seed=4, workers=1, keep_records=True)
    assert one.to_dict() == two.to_dict()
    for first, again in zip(one.records, more.records, strict=False):
        np.testing.assert_array_equal(first.visit_rows, again.visit_rows)


def test_another_station_behind_leaves_the_first_as_it_was() -> None:
    short = LineModel("a", Arrivals("saturated"), (StationModel("a", Exponential(5)),))
    longer = LineModel(
        "b", Arrivals("saturated"), (*short.stations, StationModel("b", Exponential(1)))
    )
    both = []
    for line in (short, longer):
        simulation = LineSimulation(line, seed=1)
        simulation.run(lots=30)
        table = visits(simulation.records)
        both.append(table.loc[table["station"] == "a", "depart_s"].tolist())
    assert both[0] == both[1]
