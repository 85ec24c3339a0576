from __future__ import annotations

import math

import pytest

from twin.distributions import Deterministic, Lognormal
from twin.forecasting.service_times import service_factors
from twin.line import Arrivals, Calendar, LineModel, StationModel
from twin.line_scaling import scaled_line
from twin.records import LineRecords
from twin.simulation import LineSimulation

HOUR_S = 3600.0
LINE = LineModel(
    "two", Arrivals("saturated"),
    (
        StationModel("wind", Deterministic(300), calendar=Calendar(10 * HOUR_S, 14 * HOUR_S)),
        StationModel("roll", Lognormal(400, 0.2), buffer=3),
        StationModel("cell_test", Deterministic(9000), servers=4, sample_every=3),
    ),
)


def run(factors: dict[str, float], hours: float) -> LineRecords:
    simulation = LineSimulation(scaled_line(LINE, factors), seed=2)
    simulation.run(until_s=hours * HOUR_S)
    return simulation.records


def test_a_line_that_runs_as_its_file_says_has_factors_of_one() -> None:
    """Lognormal with cv 0.2 and some 200 visits, seed 2: within 4 %."""
    factors = service_factors(run({}, 40), LINE)
    assert factors["wind"] == pytest.approx(1.0, abs=1e-9)
    assert factors["roll"] == pytest.approx(1.0, abs=0.04)


def test_a_slow_station_is_found_out() -> None:
    assert service_factors(run({"roll": 1.25}, 40), LINE)["roll"] == pytest.approx(1.25, abs=0.05)


def test_a_few_visits_are_not_taken_at_their_word() -> None:
    """Four services of 450 s at 300 assumed: 1.5 to the power of 4/14."""
    records = run({"wind": 1.5}, 0.51)
    assert service_factors(records, LINE)["wind"] == pytest.approx(math.exp(4 / 14 * math.log(1.5)))


def test_a_service_across_a_night_does_not_count() -> None:
    """Services of 50 min in spells of 2 h: every third one lasts the whole night more."""
    spells = LineModel(
        "one", Arrivals("saturated"),
        (StationModel("wind", Deterministic(3000), calendar=Calendar(2 * HOUR_S, 9 * HOUR_S)),),
    )
    simulation = LineSimulation(spells, seed=1)
    simulation.run(until_s=60 * HOUR_S)
    rows = simulation.records.visit_rows
    assert (rows[:, 5] - rows[:, 4] > 9 * HOUR_S).any()
    assert service_factors(simulation.records, spells)["wind"] == pytest.approx(1.0)


def test_nothing_seen_changes_nothing_and_coupons_are_left_alone() -> None:
    empty = LineSimulation(LINE, seed=1).records
    assert service_factors(empty, LINE) == {"wind": 1.0, "roll": 1.0}
