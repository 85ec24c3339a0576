"""First-pass and rolled yield, by hand and as laws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.distributions import Deterministic, Exponential
from twin.kpi import first_pass_yield
from twin.line import Arrivals, LineModel, Rework, StationModel
from twin.records import LineRecords
from twin.rolled_yield import again, first_pass_yields, rolled_yield
from twin.simulation import LineSimulation

TWO = LineModel(
    "two", Arrivals("saturated"),
    (StationModel("a", Deterministic(10)), StationModel("b", Deterministic(10))),
)  # fmt: skip
NEXT, SCRAP, REWORK = range(3)


def records(*visits: tuple[int, int, float, int]) -> LineRecords:
    """Visits as lot, station, time of arrival, route; each takes one second."""
    rows = [(lot, place, 0, at, at, at + 1, at + 1, route) for lot, place, at, route in visits]
    return LineRecords(
        ("a", "b"), 0.0, 100.0, np.array(rows, dtype=float).reshape(-1, 8), np.empty((0, 5))
    )


def test_by_hand() -> None:
    """Four lots: one scrapped at a, one sent back from b, which then passes both."""
    found = records(
        (1, 0, 0, NEXT), (2, 0, 1, SCRAP), (3, 0, 2, NEXT), (4, 0, 3, NEXT),
        (1, 1, 4, NEXT), (3, 1, 5, REWORK), (4, 1, 6, NEXT), (3, 0, 7, NEXT), (3, 1, 9, NEXT),
    )  # fmt: skip
    assert first_pass_yields(found, TWO, 0, 100) == {"a": 3 / 4, "b": pytest.approx(2 / 3)}
    assert rolled_yield(found, TWO, 0, 100) == pytest.approx(1 / 2)


def test_a_second_visit_is_known_in_any_order_of_the_rows() -> None:
    rows = records((1, 0, 9, NEXT), (1, 0, 0, REWORK), (1, 1, 3, NEXT)).visit_rows
    assert again(rows).tolist() == [True, False, False]
    assert again(rows[::-1]).tolist() == [False, False, True]
    assert again(np.empty((0, 8))).tolist() == []


def test_only_what_finished_in_the_window_counts() -> None:
    found = records((1, 0, 0, SCRAP), (2, 0, 50, NEXT))
    assert first_pass_yields(found, TWO, 40, 100)["a"] == 1.0
    assert first_pass_yields(found, TWO, 0, 40)["a"] == 0.0


def test_a_station_without_a_lot_is_left_out() -> None:
    found = records((1, 0, 0, NEXT))
    assert math.isnan(first_pass_yields(found, TWO, 0, 100)["b"])
    assert rolled_yield(found, TWO, 0, 100) == 1.0
    assert math.isnan(rolled_yield(records(), TWO, 0, 100))


def test_the_rolled_yield_of_a_long_run_is_the_product_of_the_chances() -> None:
    """Seed 3, 4,000 lots: three standard errors are 0.02."""
    stations = (
        StationModel("a", Exponential(10), scrap_probability=0.1),
        StationModel("b", Exponential(10), rework=Rework(0.2, "a")),
    )
    line = LineModel("l", Arrivals("saturated"), stations)
    simulation = LineSimulation(line, seed=3)
    simulation.run(lots=4_000)
    found, end_s = simulation.records, simulation.now_s
    assert rolled_yield(found, line, 0, end_s) == pytest.approx(0.9 * 0.8, abs=0.02)
    assert rolled_yield(found, line, 0, end_s) == pytest.approx(
        first_pass_yield(found, 0, end_s), abs=0.03
    )
