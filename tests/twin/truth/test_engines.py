"""Both engines against exact figures: every published case, and other lines of each family.

The exact value must lie in the 99.9 % interval. Seeds: 5 for the runs, 1 and after for the lines
that are drawn. The long form narrows the intervals to 0.5 % of a throughput and 2 % of a time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from exact.families import CASES, FAMILIES, WITHOUT_CHANCE, line_of_case
from exact.markov import Figures
from exact.measured import CREW, LONG, SHORT, disagreements, long_enough, measured

from process_models.errors import NotSupported
from twin.experiment import replicate
from twin.line import LineModel
from twin.recursion import unsupported

STOCHASTIC = sorted(name for name in CASES if not name.startswith(WITHOUT_CHANCE))
ENGINES = ("simpy", "recursion")


def expected_of_case(line: LineModel, name: str) -> Figures:
    """Figures of a case under the names of the line's own."""
    first, last = line.stations[0].name, line.stations[-1].name
    found: Figures = {}
    for key, value in CASES[name]["expected"].items():
        if key == "throughput":
            found["throughput_per_h",] = 3600 * value
        elif key in ("wip", "flow_time_s"):
            found[key,] = value
        elif key in ("blocked_first", "starved_last"):
            found["stations", first if key == "blocked_first" else last, key[:7]] = value
        else:
            found["stations", first, key] = value
    if ("throughput_per_h",) not in found:
        arrivals, service = CASES[name]["parameters"].get("arrival_rate"), line.stations[0]
        up = service.servers * (1 - found.get(("stations", first, "down"), 0.0))
        found["throughput_per_h",] = 3600 * (arrivals or up / service.service_s.mean_s)
    return found


def check(line: LineModel, expected: Figures, engine: str, *, long: bool) -> None:
    if engine == "recursion" and unsupported(line, hours=1.0) is not None:
        with pytest.raises(NotSupported, match="cannot express"):
            replicate(line, hours=1.0, engine="recursion")
        return
    effort = CREW if engine == "recursion" and line.people else SHORT
    if long and effort is SHORT:
        effort = long_enough(line, expected, LONG, engine)
    assert disagreements(line, expected, effort, engine) == []


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", STOCHASTIC)
def test_the_published_value_lies_in_the_interval(
    name: str, engine: str, rounds: Callable[[int, int], int]
) -> None:
    line = line_of_case(name)
    check(line, expected_of_case(line, name), engine, long=rounds(0, 1) == 1)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
def test_other_lines_of_the_family(
    family: str, engine: str, rounds: Callable[[int, int], int]
) -> None:
    for number in range(1, 1 + rounds(1, 30)):
        line, expected = FAMILIES[family](np.random.default_rng([number, len(family)]))
        check(line, expected, engine, long=rounds(0, 1) == 1 and number == 1)


def test_the_two_failure_clocks_are_told_apart() -> None:
    """Failures of an idle server cost a fifth more down time here, and throughput in a line."""
    down = {
        clock: measured(line_of_case(name), expected_of_case(line_of_case(name), name), SHORT)[
            "stations", "s0", "down"
        ]
        for clock, name in (("operation", "mm1-odf-0"), ("time", "mm1-tdf-0"))
    }
    (operation, wide), (time, wider) = down["operation"], down["time"]
    assert operation + wide < time - wider
    throughput = {
        name: measured(line_of_case(name), expected_of_case(line_of_case(name), name), SHORT)[
            "throughput_per_h",
        ]
        for name in ("unreliable-0", "unreliable-2")
    }
    assert throughput["unreliable-0"][0] > throughput["unreliable-2"][0]
