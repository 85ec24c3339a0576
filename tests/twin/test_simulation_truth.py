"""The line against theory: closed forms and exact Markov chains, with 99.9 % intervals.

Seed 5, ten replications of 2.4 simulated hours (8,640 mean services and more) after a warm-up.
The exact answers without chance are in test_simulation.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scipy.special import stdtrit

from twin.distributions import Deterministic, Distribution, Exponential, Lognormal
from twin.experiment import replicate
from twin.line import Arrivals, Failure, LineModel, People, Rework, StationModel

CASES = json.loads((Path(__file__).parents[1] / "cases" / "line.json").read_text())["cases"]
REPLICATIONS = 10
EXACT = ("deterministic", "calendar", "mser5", "active-period", "oee")
STOCHASTIC = sorted(name for name in CASES if not name.startswith(EXACT))


def service(name: str, given: dict[str, Any]) -> Distribution:
    if name.startswith("mg1"):
        return Lognormal(given["service_mean"], given["service_cv"])
    if "machines" in given:
        return Deterministic(20)
    if "service_time" in given:
        return Deterministic(given["service_time"])
    return Exponential(1 / given.get("service_rate", given.get("batch_rate", 1.0)))


def failure(name: str, given: dict[str, Any], place: int = 0) -> Failure | None:
    if "mtbf" in given:
        return Failure("operation", Exponential(given["mtbf"]), Exponential(given["mttr"]))
    if "failure_rate" in given:
        clock, rates = ("time" if "tdf" in name else "operation"), given
        up, repair = rates["failure_rate"], rates["repair_rate"]
    elif "failure_rates" in given:
        clock = given["failure_type"]
        up, repair = given["failure_rates"][place], given["repair_rates"][place]
    else:
        return None
    return Failure(clock, Exponential(1 / up), Exponential(1 / repair))


def stations(name: str, given: dict[str, Any]) -> tuple[StationModel, ...]:
    if "service_rates" not in given:
        crew = "crew" if "crew" in given else None
        again = Rework(given["rework_prob"], "s0") if "rework_prob" in given else None
        servers = given.get("servers", given.get("machines", 1))
        return (
            StationModel(
                "s0", service(name, given), servers=servers, failure=failure(name, given),
                batch=given.get("batch_size", 1), rework=again, repair_crew=crew,
            ),
        )  # fmt: skip
    rates = given["service_rates"]
    buffers = [None, *given.get("buffers", [None] * (len(rates) - 1))]
    servers = given.get("servers", [1] * len(rates))
    return tuple(
        StationModel(
            f"s{place}", Exponential(1 / rate), servers=servers[place], buffer=buffers[place],
            failure=failure(name, given, place),
        )
        for place, rate in enumerate(rates)
    )  # fmt: skip


def line(name: str, given: dict[str, Any]) -> LineModel:
    arrivals = Arrivals("saturated")
    if "arrival_rate" in given:
        arrivals = Arrivals("renewal", interarrival_s=Exponential(1 / given["arrival_rate"]))
    elif "wip" in given:
        arrivals = Arrivals("conwip", wip=given["wip"])
    people = (People("crew", given["crew"]),) if "crew" in given else ()
    return LineModel(name, arrivals, stations(name, given), people)


def figure(found: dict[str, Any], name: str) -> tuple[float, float]:
    """Mean of a figure and half-width of its 99.9 % interval."""
    first, *_ = stations_found = list(found["stations"].values())
    places = {
        "throughput": found["throughput_per_h"],
        "blocked_first": first["blocked"],
        "starved_last": stations_found[-1]["starved"],
    }
    value = places.get(name) or found.get(name) or first[name]
    scale = 1 / 3600 if name == "throughput" else 1.0
    wider = stdtrit(REPLICATIONS - 1, 0.9995) / stdtrit(REPLICATIONS - 1, 0.995)
    half = max(value["high"] - value["mean"], value["mean"] - value["low"]) * wider
    return value["mean"] * scale, half * scale


@pytest.mark.parametrize("name", STOCHASTIC)
def test_the_exact_value_lies_in_the_interval(name: str) -> None:
    experiment = replicate(
        line(name, CASES[name]["parameters"]),
        hours=2.4, warm_up_h=0.25, replications=REPLICATIONS, seed=5, workers=1,
    )  # fmt: skip
    found = experiment.to_dict()
    for key, expected in CASES[name]["expected"].items():
        mean, half = figure(found, key)
        assert abs(mean - expected) <= half + 1e-9, (key, mean, half, expected)
        assert half <= (0.05 if key == "throughput" else 0.4) * expected, (key, half)


def test_the_two_failure_clocks_are_told_apart() -> None:
    down = {
        clock: replicate(
            line(name, CASES[name]["parameters"]),
            hours=2.4, warm_up_h=0.25, replications=REPLICATIONS, seed=5, workers=1,
        ).to_dict()["stations"]["s0"]["down"]
        for clock, name in (("operation", "mm1-odf-0"), ("time", "mm1-tdf-0"))
    }  # fmt: skip
    assert down["operation"]["high"] < down["time"]["low"]
