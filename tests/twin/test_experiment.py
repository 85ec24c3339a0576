"""Experiments: replications, intervals, warm-up, workers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from process_models.errors import InputError
from twin.coverage import Coverage, united
from twin.distributions import Deterministic, Exponential
from twin.estimate import estimate
from twin.experiment import replicate
from twin.line import Arrivals, Calendar, LineModel, StationModel
from twin.recipe import Recipe

FIXED = LineModel("fixed", Arrivals("saturated"), (StationModel("a", Deterministic(36)),))
RANDOM = LineModel(
    "random",
    Arrivals("renewal", interarrival_s=Exponential(50)),
    (StationModel("a", Exponential(40)), StationModel("b", Exponential(20), buffer=2)),
)


def test_a_line_without_chance_has_intervals_without_width() -> None:
    found = replicate(FIXED, hours=2, warm_up_h=1, replications=3).to_dict()
    assert found["throughput_per_h"] == {"mean": 100.0, "low": 100.0, "high": 100.0}
    assert found["flow_time_s"]["mean"] == pytest.approx(36)
    assert found["wip"]["mean"] == pytest.approx(1)
    assert found["stations"]["a"]["utilisation"]["mean"] == pytest.approx(1)
    assert found["oee"]["mean"] == pytest.approx(1)
    assert found["bottleneck"]["station"] == "a"
    assert found["finished_lots"] == [300, 300, 300]


def test_all_lots_leave() -> None:
    found = replicate(FIXED, lots=50, replications=2)
    assert found.finished == (50, 50)


def test_the_keys_of_the_contract() -> None:
    found = replicate(RANDOM, hours=1, replications=2).to_dict()
    assert {
        "engine", "replications", "throughput_per_h", "flow_time_s", "wip", "stations", "yield",
        "oee", "bottleneck", "warm_up",
    } <= set(found)  # fmt: skip
    assert {
        "utilisation", "blocked", "starved", "down", "mean_queue", "mean_wait_s",
    } <= set(found["stations"]["b"])  # fmt: skip
    assert set(found["wip"]) == {"mean", "low", "high"}
    assert found["engine"] in ("simpy", "recursion")
    assert found["engine_reason"]


def test_the_number_of_workers_changes_nothing() -> None:
    one = replicate(RANDOM, hours=2, replications=4, seed=3, workers=1).to_dict()
    two = replicate(RANDOM, hours=2, replications=4, seed=3, workers=2).to_dict()
    assert one == two


def test_the_same_seed_is_the_same_experiment_and_another_is_not() -> None:
    found = [replicate(RANDOM, hours=2, replications=2, seed=seed).to_dict() for seed in (3, 3, 4)]
    assert found[0] == found[1] != found[2]


def test_one_long_run_has_intervals_from_batch_means() -> None:
    # Seed 3: 400 h of a stable queue, utilisation 0.8 known exactly.
    found = replicate(RANDOM, hours=400, warm_up_h=5, seed=3).to_dict()
    assert found["interval"] == "batch_means"
    utilisation = found["stations"]["a"]["utilisation"]
    assert utilisation["low"] < 0.8 < utilisation["high"]


def test_one_short_run_has_no_interval() -> None:
    found = replicate(RANDOM, lots=20, seed=3).to_dict()
    assert found["throughput_per_h"]["low"] is None


def test_progress_is_told_and_changes_nothing() -> None:
    told: list[float] = []
    plain = replicate(RANDOM, lots=300, seed=3, engine="simpy").to_dict()
    watched = replicate(
        RANDOM, lots=300, seed=3, engine="simpy", progress=lambda done, _: told.append(done)
    )
    assert watched.to_dict() == plain
    assert told == sorted(told)
    assert len(told) > 5


def test_the_warm_up_is_suggested_and_left_out() -> None:
    found = replicate(RANDOM, hours=50, warm_up_h=2, seed=3).to_dict()["warm_up"]
    assert found["hours"] == 2
    assert 0 <= found["suggested_h"] <= 26
    assert found["mser5"]["truncation_observations"] == 5 * found["mser5"]["truncation_batches"]


def test_shares_are_of_the_time_that_is_not_planned_off() -> None:
    station = StationModel("a", Deterministic(36), calendar=Calendar(3600, 3600))
    line = LineModel("x", Arrivals("saturated"), (station,))
    found = replicate(line, hours=4, replications=2).to_dict()["stations"]["a"]
    assert found["utilisation"]["mean"] == pytest.approx(1)
    assert found["planned"]["mean"] == pytest.approx(0.5)


def test_records_are_kept_when_asked_for() -> None:
    assert replicate(FIXED, lots=3).records == ()
    kept = replicate(FIXED, lots=3, replications=2, keep_records=True).records
    assert [len(records.visit_rows) for records in kept] == [3, 3]


def test_a_recipe_changes_the_line() -> None:
    station = StationModel("a", Deterministic(36), exposure_s=40)
    line = LineModel("x", Arrivals("saturated"), (station,))
    longer = replicate(line, hours=1, recipe=Recipe(name="x", sublimation_time_s=76))
    assert longer.to_dict()["flow_time_s"]["mean"] == pytest.approx(72)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give hours or lots"),
        ({"hours": 1, "lots": 1}, "give hours or lots"),
        ({"hours": 0}, "hours must be above 0 and finite, got 0"),
        ({"lots": -1}, "lots must be above 0 and finite, got -1"),
        ({"hours": 1, "replications": 0}, "replications must be above 0"),
        ({"hours": 1, "warm_up_h": -1}, "warm_up_h must be at least 0"),
        ({"hours": 1, "seed": -1}, "seed must be at least 0, got -1"),
        ({"hours": 1, "engine": "magic"}, "engine must be one of auto, simpy, recursion"),
        ({"lots": 3, "warm_up_h": 9}, "warm_up_h must end before the run does"),
    ],
)
def test_experiments_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replicate(FIXED, **arguments)


def test_an_estimate_leaves_out_what_is_not_known() -> None:
    found = estimate([1.0, math.nan, 3.0])
    assert found.mean == 2
    assert estimate([math.nan]).mean is None
    assert estimate([5.0]).low is None


def test_an_estimate_does_not_pass_what_can_be() -> None:
    found = estimate([0.9, 1.0], least=0.0, most=1.0)
    assert (found.low, found.high) == (0.0, 1.0)


def test_coverage_of_many_spans() -> None:
    assert united([(3, 4), (0, 1), (1, 2), (3.5, 3.6)]) == [(0, 2), (3, 4)]
    cover = Coverage([(0, 10), (5, 12), (20, 30)])
    assert cover.within([-5, 11, 13, 0], [5, 25, 19, 100]).tolist() == [5, 6, 0, 22]
    assert Coverage([]).within([0, 1], [2, 3]).tolist() == [0, 0]
