"""Key figures from runs that were worked out by hand."""

from __future__ import annotations

import math

import pytest

from twin.distributions import Deterministic, Exponential
from twin.figures_of_run import figures as figures_of
from twin.kpi import (
    StationKpi,
    down_times,
    final_yield,
    first_pass_yield,
    flow_time_s,
    station_kpis,
    throughput_per_h,
    wip,
    wip_over_time,
)
from twin.line import (
    Arrivals,
    Calendar,
    Failure,
    LineModel,
    Mix,
    Rework,
    Setup,
    StationModel,
)
from twin.recipe import Recipe
from twin.records import LineRecords
from twin.simulation import LineSimulation


def run(line: LineModel, until_s: float) -> LineRecords:
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=until_s)
    return simulation.records


def of(*stations: StationModel, arrivals: Arrivals | None = None) -> LineModel:
    return LineModel("test", arrivals or Arrivals("saturated"), stations)


BLOCKING = of(StationModel("a", Deterministic(3)), StationModel("b", Deterministic(5), buffer=0))


def shares(figures: StationKpi) -> tuple[float, float, float, float]:
    return figures.utilisation, figures.blocked, figures.starved, figures.down


def test_shares_of_a_blocked_and_a_starved_station() -> None:
    # a works 0-3, 3-6, 8-11, 13-16, 18-20 and is blocked in between; b starves for 3 s.
    found = station_kpis(run(BLOCKING, 20), BLOCKING, 0, 20)
    assert shares(found["a"]) == pytest.approx((14 / 20, 6 / 20, 0, 0))
    assert shares(found["b"]) == pytest.approx((17 / 20, 0, 3 / 20, 0))


def test_a_window_cuts_what_overlaps_its_ends() -> None:
    found = station_kpis(run(BLOCKING, 20), BLOCKING, 5, 9)
    assert shares(found["a"]) == pytest.approx((2 / 4, 2 / 4, 0, 0))


def test_line_figures_of_a_blocked_line() -> None:
    records = run(BLOCKING, 20)
    assert throughput_per_h(records, 0, 20) == 3 / 20 * 3600
    assert flow_time_s(records, 0, 20) == pytest.approx((8 + 10 + 10) / 3)
    assert wip(records, 0, 20) == pytest.approx((8 + 10 + 10 + 7 + 2) / 20)
    times, lots = wip_over_time(records)
    assert list(zip(times, lots, strict=True)) == [(0, 1), (3, 2), (8, 2), (13, 2), (18, 2)]


def test_down_counts_whatever_the_server_holds_and_planned_time_is_left_out() -> None:
    station = StationModel(
        "a",
        Deterministic(10),
        failure=Failure("operation", Deterministic(8), Deterministic(4)),
        calendar=Calendar(10, 5),
    )
    line = of(station)
    records = run(line, 15)
    assert down_times(records, 0) == {0: [(8, 12)]}
    found = station_kpis(records, line, 0, 15)["a"]
    assert shares(found) == pytest.approx((8 / 10, 0, 0, 2 / 10))
    assert found.planned == pytest.approx(5 / 15)


def test_a_server_that_is_still_down_at_the_end_counts() -> None:
    failing = Failure("operation", Deterministic(8), Deterministic(400))
    line = of(StationModel("a", Deterministic(10), failure=failing))
    assert station_kpis(run(line, 10), line, 0, 10)["a"].down == pytest.approx(0.2)


def test_queue_and_wait_exclude_service() -> None:
    line = of(
        StationModel("a", Deterministic(10)), arrivals=Arrivals("schedule", times_s=(0, 1, 2))
    )
    found = station_kpis(run(line, 40), line, 0, 40)["a"]
    assert found.mean_queue == pytest.approx((9 + 18) / 40)
    assert found.mean_wait_s == pytest.approx((9 + 18) / 2)


def test_a_batch_keeps_one_server_busy_until_its_last_lot_has_left() -> None:
    line = of(
        StationModel("a", Deterministic(4), batch=2), StationModel("b", Deterministic(3), buffer=0)
    )
    found = station_kpis(run(line, 7), line, 0, 7)["a"]
    assert shares(found) == pytest.approx((4 / 7, 3 / 7, 0, 0))


def test_servers_share_the_time() -> None:
    line = of(
        StationModel("a", Deterministic(10), servers=4),
        arrivals=Arrivals("schedule", times_s=(0, 5)),
    )
    assert station_kpis(run(line, 20), line, 0, 20)["a"].utilisation == pytest.approx(20 / 80)


def test_yield_with_and_without_rework() -> None:
    line = of(StationModel("a", Deterministic(1), scrap_probability=0.3, rework=Rework(0.3, "a")))
    records = run(line, 2000)
    good = final_yield(records, 0, 2000)
    # Seed 1: a lot is good with 0.7 * 0.7 / (1 - 0.7 * 0.3) = 0.62; five standard errors.
    assert good == pytest.approx(0.62, abs=5 * math.sqrt(0.62 * 0.38 / 1500))
    assert first_pass_yield(records, 0, 2000) < good
    assert station_kpis(records, line, 0, 2000)["a"].quality == pytest.approx(0.7, abs=0.06)


def test_nothing_happened_is_nan_not_zero() -> None:
    line = of(StationModel("a", Deterministic(100)))
    records = run(line, 10)
    assert math.isnan(flow_time_s(records, 0, 10))
    assert math.isnan(final_yield(records, 0, 10))
    assert math.isnan(station_kpis(records, line, 0, 10)["a"].quality)


def test_a_window_that_is_planned_off_has_no_shares() -> None:
    line = of(StationModel("a", Deterministic(3), calendar=Calendar(10, 10)))
    found = station_kpis(run(line, 20), line, 12, 18)["a"]
    assert found.planned == 1
    assert math.isnan(found.utilisation)


def test_coupons_are_not_lots() -> None:
    line = of(
        StationModel("a", Deterministic(5)), StationModel("t", Deterministic(1), sample_every=1)
    )
    records = run(line, 20)
    assert throughput_per_h(records, 0, 20) == 4 / 20 * 3600
    assert wip(records, 0, 20) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_four_shares_add_up_to_one(seed: int) -> None:
    failing = Failure("time", Exponential(40), Exponential(10))
    line = of(
        StationModel("a", Exponential(9), servers=2, failure=failing, calendar=Calendar(90, 20)),
        StationModel("b", Exponential(6), buffer=1, failure=failing, batch=2),
        StationModel("c", Exponential(5), buffer=0, scrap_probability=0.1),
    )
    simulation = LineSimulation(line, seed=seed)
    simulation.run(until_s=3000)
    for figures in station_kpis(simulation.records, line, 500, 3000).values():
        assert sum(shares(figures)) == pytest.approx(1, abs=1e-9)
        assert min(shares(figures)) >= -1e-9


def test_figures_of_a_run_with_set_ups_and_recipes() -> None:
    """A and B in turn, services of 100 and 120 s, set-ups of 10 s: what ISO 22400 makes of it."""
    recipes = (Recipe(name="A"), Recipe(name="B", sublimation_time_s=60))
    station = StationModel("a", Deterministic(100), exposure_s=40, setup=Setup(Deterministic(10)))
    mix = Mix(recipes, order=(0, 1))
    line = LineModel("x", Arrivals("saturated"), (station,), mix=mix)
    simulation = LineSimulation(line, seed=1)
    simulation.run(lots=4)
    found = figures_of(simulation.records, line, 0, 470)
    assert simulation.now_s == 470
    assert found["oee", "a", "availability"] == pytest.approx(440 / 470)
    assert found["oee", "a", "effectiveness"] == pytest.approx(1)
    assert found["oee", "a", "setup_ratio"] == pytest.approx(30 / 470)
    assert found["stations", "a", "setup"] == pytest.approx(30 / 470)
    assert found["stations", "a", "maintenance"] == 0
