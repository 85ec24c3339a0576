"""Random lines: every time of the exact engine is that of the SimPy model, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Shifted,
    Triangular,
    Uniform,
    Weibull,
)
from twin.figure_block import FigureBlock
from twin.line import Arrivals, Calendar, Failure, LineModel, Operators, People, StationModel
from twin.records import LineRecords
from twin.recursion import run_block, unsupported
from twin.replication import Plan
from twin.replication import run_block as simpy_block

SECONDS = st.sampled_from([1.0, 2.5, 4.0, 7.0])
CONSTANT = st.integers(1, 9).map(lambda value: Deterministic(float(value)))
DURATIONS: st.SearchStrategy[Distribution] = st.one_of(
    CONSTANT,
    SECONDS.map(Exponential),
    st.builds(Lognormal, SECONDS, st.sampled_from([0.1, 0.5, 2.0])),
    st.builds(Gamma, SECONDS, st.sampled_from([0.0, 0.4, 1.5])),
    st.builds(Weibull, st.sampled_from([0.7, 1.0, 2.0]), SECONDS),
    st.builds(lambda low, more: Uniform(low, low + more), SECONDS, SECONDS),
    st.builds(lambda low, more: Triangular(low, low + more, low + 3 * more), SECONDS, SECONDS),
    st.just(Empirical((1.0, 2.0, 3.5, 8.0))),
    st.builds(Shifted, st.builds(Lognormal, SECONDS, st.just(0.5)), st.just(1.5)),
)
SOMETIMES = st.sampled_from([False, False, True])


@st.composite
def failures(draw: Any) -> Failure:
    up = draw(st.one_of(st.builds(Exponential, st.sampled_from([10.0, 40.0])), CONSTANT))
    return Failure("operation", up, draw(DURATIONS))


@st.composite
def stops(draw: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(SOMETIMES):
        on, off = draw(st.sampled_from([15.0, 30.5, 60.0])), draw(st.sampled_from([0.0, 5.0, 12.5]))
        found["calendar"] = Calendar(on, off, draw(st.sampled_from([0.0, 7.0, -20.25])))
    if draw(SOMETIMES):
        starts = draw(st.lists(st.integers(0, 120), min_size=1, max_size=3))
        found["down_windows_s"] = tuple(sorted((float(a), float(a) + 6.5) for a in starts))
    return found


@st.composite
def station(draw: Any, place: int, durations: Any) -> StationModel:
    return StationModel(
        f"s{place}",
        draw(durations),
        servers=draw(st.sampled_from([1, 1, 1, 2, 3, 4])),
        buffer=draw(st.one_of(st.none(), st.integers(0, 4))),
        transfer_s=draw(st.sampled_from([0.0, 0.0, 0.0, 1.25, 3.0])),
        batch=draw(st.sampled_from([1, 1, 1, 1, 2, 3])),
        scrap_probability=draw(st.sampled_from([0.0, 0.0, 0.1, 0.4])),
        failure=draw(failures()) if draw(SOMETIMES) else None,
        repair_crew=draw(st.sampled_from([None, "crew"])),
        operators=Operators("pool") if draw(SOMETIMES) else None,
        **draw(stops()),
    )


@st.composite
def laboratory(draw: Any, place: int) -> StationModel:
    return StationModel(
        f"lab{place}",
        draw(DURATIONS),
        servers=draw(st.integers(1, 3)),
        sample_every=draw(st.integers(1, 3)),
        first_sample=draw(st.integers(1, 3)),
        failure=draw(failures()) if draw(SOMETIMES) else None,
        repair_crew=draw(st.sampled_from([None, "crew"])),
        scrap_probability=draw(st.sampled_from([0.0, 0.2])),
        **draw(stops()),
    )


@st.composite
def arrivals(draw: Any) -> Arrivals:
    kind = draw(st.sampled_from(["saturated", "renewal", "all_at_start", "conwip", "schedule"]))
    if kind == "renewal":
        return Arrivals(kind, interarrival_s=draw(DURATIONS))
    if kind == "conwip":
        return Arrivals(kind, wip=draw(st.integers(3, 8)))
    if kind == "all_at_start":
        return Arrivals(kind, lots=draw(st.integers(1, 24)))
    if kind == "schedule":
        times = draw(st.lists(st.integers(-2, 60), min_size=1, max_size=24))
        return Arrivals(kind, times_s=tuple(sorted(map(float, times))))
    return Arrivals(kind)


@st.composite
def lines(draw: Any) -> LineModel:
    many = draw(st.integers(1, 6))
    durations = draw(st.sampled_from([DURATIONS, DURATIONS, CONSTANT]))
    stations = [draw(station(place, durations)) for place in range(many)]
    stations += [draw(laboratory(place)) for place in range(draw(st.sampled_from([0, 0, 1, 2])))]
    people = (People("crew", draw(st.integers(1, 2))), People("pool", 24))
    return LineModel(
        "random", draw(arrivals()), tuple(stations), people,
        strips_per_roll=draw(st.sampled_from([1, 3])),
    )  # fmt: skip


PLANS = st.one_of(
    st.builds(lambda lots, seed: Plan(lots=lots, seed=seed), st.integers(1, 36), st.integers(0, 9)),
    st.builds(
        lambda end_s, warm_s, seed: Plan(hours=end_s / 3600, warm_up_h=warm_s / 3600, seed=seed),
        st.sampled_from([20.0, 100.0, 333.25]), st.sampled_from([0.0, 17.5]), st.integers(0, 9),
    ),
)  # fmt: skip


def in_order(rows: np.ndarray) -> np.ndarray:
    """Rows by all their columns: the model writes simultaneous ones in the order of its events."""
    return rows[np.lexsort(rows.T[::-1])]


def assert_same_records(found: LineRecords, expected: LineRecords) -> None:
    assert found.end_s == expected.end_s
    columns = ("lot", "station", "server", "arrive", "start", "finish", "depart", "route")
    for name, column in zip(columns, range(8), strict=True):
        one, other = (in_order(records.visit_rows)[:, column] for records in (found, expected))
        np.testing.assert_array_equal(one, other, err_msg=name, strict=True)
    np.testing.assert_array_equal(in_order(found.lot_rows), in_order(expected.lot_rows))
    assert found.names == expected.names
    assert set(found.station_events) == set(expected.station_events)
    assert len(found.station_events) == len(expected.station_events)


def assert_same_figures(found: FigureBlock, expected: FigureBlock) -> None:
    assert found.keys == expected.keys
    np.testing.assert_array_equal(found.finished, expected.finished)
    for key, one, other in zip(found.keys, found.values.T, expected.values.T, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=str(key))


def compare(line: LineModel, plan: Plan) -> bool:
    """Compare both engines; whether there was something to compare."""
    if unsupported(line, hours=plan.hours, lots=plan.lots) is not None:
        return False
    numbers = range(2, 4)
    try:
        expected = simpy_block(line, plan, numbers, keep_records=True)
    except InputError as error:
        with pytest.raises(InputError, match=str(error)[:30]):
            run_block(line, plan, numbers)
        return False
    found = run_block(line, plan, numbers, keep_records=True)
    for one, other in zip(found.records, expected.records, strict=True):
        assert_same_records(one, other)
    assert_same_figures(found, expected)
    assert_same_figures(run_block(line, plan, numbers), expected)
    return not found.by_simpy


@settings(max_examples=150)
@given(line=lines(), plan=PLANS)
def test_every_time_and_figure_is_that_of_the_simpy_model(line: LineModel, plan: Plan) -> None:
    compare(line, plan)


@pytest.mark.soak
def test_thousands_of_random_lines(rounds: Callable[[int, int], int]) -> None:
    """Every round draws other lines; at least a quarter must get as far as the comparison."""
    compared = []

    for number in range(rounds(1, 40)):

        @seed(number)
        @settings(max_examples=100, derandomize=False, database=None)
        @given(line=lines(), plan=PLANS)
        def campaign(line: LineModel, plan: Plan) -> None:
            compared.append(compare(line, plan))

        campaign()
    assert np.mean(compared) > 0.25
