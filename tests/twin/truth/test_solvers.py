"""The exact solvers against published figures, against each other and against answers by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from exact import closed_forms
from exact.families import CASES, line_of_case, poisson, tandem
from exact.markov import BUSY, Chain, line_figures
from exact.slotted import bernoulli_line, departures, geometric_pair, parts_by

from twin.distributions import Deterministic, Exponential, Lognormal
from twin.line import Arrivals, LineModel, Rework, StationModel

SOLVERS = {
    "bas": line_figures,
    "unreliable": line_figures,
    "mm1-tdf": lambda line: line_figures(line, most=400),
    "mm1-odf": closed_forms.single_server,
    "mg1": closed_forms.single_server,
    "md1": closed_forms.single_server,
    "mm": closed_forms.open_line,
    "open": closed_forms.open_line,
    "rework": closed_forms.open_line,
    "conwip": closed_forms.closed_line,
    "full-batch": closed_forms.full_batches,
    "isolated": closed_forms.isolated_machine,
    "shared": closed_forms.crewed_machines,
}
LARGE = "bas-tandem-7"


def solved(name: str) -> dict[str, float]:
    """Figures of a case as its source names them."""
    solve = next(solver for start, solver in SOLVERS.items() if name.startswith(start))
    line = line_of_case(name)
    found = solve(line)
    named = {key[-1]: value for key, value in found.items() if key[:2] != ("stations", "s1")}
    first, last = line.stations[0].name, line.stations[-1].name
    named |= {key[2]: value for key, value in found.items() if key[:2] == ("stations", first)}
    return named | {
        "throughput": found["throughput_per_h",] / 3600,
        "blocked_first": found.get(("stations", first, "blocked"), 0.0),
        "starved_last": found.get(("stations", last, "starved"), 0.0),
    }


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith(tuple(SOLVERS)) and n != LARGE])
def test_a_solver_finds_the_published_figures(name: str) -> None:
    found = solved(name)
    for key, expected in CASES[name]["expected"].items():
        assert found[key] == pytest.approx(expected, rel=2e-8), key


@pytest.mark.soak
def test_a_large_chain_is_solved_by_steps(rounds: Callable[[int, int], int]) -> None:
    stations = rounds(4, 7)
    line = tandem([1.0] * stations, [3] * (stations - 1))
    chain = Chain(line)
    found = chain.stationary_by_steps()
    if stations == 7:
        assert len(chain.states) == 40391
        expected = CASES[LARGE]["expected"]["throughput"]
    else:
        expected = line_figures(line)["throughput_per_h",] / 3600
    busy = [state[-1][BUSY] for state in chain.states]
    assert found @ busy == pytest.approx(expected, rel=1e-8)


def test_two_stations_without_a_buffer_by_hand() -> None:
    line = tandem([1.0, 1.0], [0])
    assert len(Chain(line).states) == 3
    assert line_figures(line)["throughput_per_h",] == pytest.approx(2400)


def test_the_number_of_states_of_a_line_that_fails() -> None:
    given = {"failures": [0.05, 0.05], "repairs": [0.2, 0.2]}
    assert len(Chain(tandem([1.0, 1.0], [4], **given)).states) == 24


def test_the_shares_of_every_station_add_up_to_one() -> None:
    line = tandem([1.0, 0.9, 1.2], [1, 2], failures=[0.05] * 3, repairs=[0.3] * 3, clock="time")
    found = line_figures(line)
    for station in line.stations:
        names = ("utilisation", "blocked", "starved", "down")
        shares = [found["stations", station.name, name] for name in names]
        assert sum(shares) == pytest.approx(1)


def test_the_chain_agrees_with_erlang_c_and_with_completion_times() -> None:
    queue = LineModel("q", poisson(2.1), (StationModel("s0", Exponential(1), servers=3),))
    expected = closed_forms.open_line(queue)
    found = line_figures(queue, most=200)
    assert {key: found[key] for key in expected} == pytest.approx(expected, rel=1e-6)
    failing = tandem([1.0], [], failures=[0.1], repairs=[0.5], arrivals=poisson(0.4))
    expected = closed_forms.single_server(failing)
    found = line_figures(failing, most=200)
    assert {key: found[key] for key in expected} == pytest.approx(expected, rel=1e-6)


def test_an_open_line_is_left_as_often_as_it_is_come_to() -> None:
    stations = (
        StationModel("a", Exponential(1)),
        StationModel("b", Exponential(1), rework=Rework(0.2, "a"), scrap_probability=0.1),
    )
    visits = closed_forms.visit_rates(LineModel("l", poisson(0.5), stations))
    assert visits == pytest.approx([0.5 / (1 - 0.9 * 0.2)] * 2)


def test_one_lot_in_a_closed_line_never_waits() -> None:
    line = tandem([1.0, 2.0], [None], arrivals=Arrivals("conwip", wip=1))
    found = closed_forms.closed_line(line)
    assert found["flow_time_s",] == pytest.approx(1.5)
    assert found["stations", "s1", "mean_queue"] == pytest.approx(0)


def test_second_moments_against_a_large_sample() -> None:
    rng = np.random.default_rng(4)
    for duration in (Deterministic(3), Exponential(2), Lognormal(2, 0.5)):
        drawn = duration.sample(rng, 400_000)
        assert closed_forms.second_moment(duration) == pytest.approx(np.mean(drawn**2), rel=0.02)


@pytest.mark.parametrize("name", ["deterministic-0", "deterministic-1"])
def test_the_recursion_of_a_deterministic_line(name: str) -> None:
    given, expected = CASES[name]["parameters"], CASES[name]["expected"]
    gone = departures(given["service_times"], given["buffers"], given["servers"], given["jobs"])
    assert gone[-1, -1] == expected["makespan"]
    assert gone[-1, 0] == expected["first_departure"]
    assert gone[-1, 49] == expected["departure_of_job_50"]
    assert gone[0, -1] == expected["first_station_release_of_last_job"]


def test_parts_by_the_end_of_a_calendar() -> None:
    case = CASES["calendar-0"]
    given = case["parameters"]
    stops = given["down_windows"]
    parts = parts_by(given["horizon"], given["service_time"], stops)
    assert parts == case["expected"]["parts"]


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("bernoulli")])
def test_lines_that_block_before_service_have_their_published_rates(name: str) -> None:
    given = CASES[name]["parameters"]
    expected = CASES[name]["expected"]["production_rate"]
    assert bernoulli_line(given["p"], given["buffers"]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("buffer", [0, 1, 3])
def test_blocking_after_service_lies_between_two_buffers_that_block_before_it(buffer: int) -> None:
    low, high = (bernoulli_line([0.8, 0.9], [buffer + more]) for more in (1, 2))
    assert low < geometric_pair(0.8, 0.9, buffer) < high
