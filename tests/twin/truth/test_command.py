"""Every family once through the command: `lacss simulate LINE.toml --json`, by its laws.

Seed 7; intervals are those of the command, 99 % over replications, widened to 99.9 %.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from exact.slotted import departures, parts_by
from scipy.special import stdtrit
from typer.testing import CliRunner

from twin.cli import build

REPLICATIONS = 10
WIDER = stdtrit(REPLICATIONS - 1, 0.9995) / stdtrit(REPLICATIONS - 1, 0.995)
RUNNER = CliRunner()
POISSON = (
    '[arrivals]\nkind = "renewal"\ninterarrival_s = {distribution = "exponential", mean = %s}\n'
)
CONWIP = '[arrivals]\nkind = "conwip"\nwip = 5\n'


def station(name: str, mean: float, **more: str) -> str:
    rest = "".join(f"{key} = {value}\n" for key, value in more.items())
    service = f'service_s = {{distribution = "exponential", mean = {mean}}}\n'
    return f'[[station]]\nname = "{name}"\n{service if "service_s" not in more else ""}{rest}'


def failure(clock: str, up_s: float = 200, down_s: float = 50) -> str:
    times = [f'{{distribution = "exponential", mean = {mean}}}' for mean in (up_s, down_s)]
    return f'{{clock = "{clock}", time_to_failure_s = {times[0]}, time_to_repair_s = {times[1]}}}'


def simulate(path: Path, text: str, *arguments: object) -> dict[str, Any]:
    """The one JSON object of the command."""
    path.write_text(f'[line]\nname = "demo"\n{text}')
    result = RUNNER.invoke(build(), ["simulate", str(path), "--json", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "line.toml"


LINES = {
    "M/M/2": POISSON % 6 + station("a", 9, servers="2"),
    "M/G/1": POISSON % 12
    + station("a", 9, service_s='{distribution = "lognormal", mean = 9, cv = 0.5}'),
    "M/D/1": POISSON % 12 + station("a", 9, service_s="9"),
    "open tandem": POISSON % 16 + station("a", 10) + station("b", 12),
    "saturated, blocking": station("a", 10) + station("b", 10, buffer="1"),
    "parallel, blocking": station("a", 20, servers="2") + station("b", 10, buffer="0"),
    "fails by operation": station("a", 10, failure=failure("operation"))
    + station("b", 10, buffer="2", failure=failure("operation")),
    "fails by time": station("a", 10, failure=failure("time"))
    + station("b", 10, buffer="2", failure=failure("time")),
    "crew": '[[crew]]\nname = "c"\nsize = 1\n'
    + station("a", 10, servers="4", failure=failure("operation"), repair_crew='"c"'),
    "rework": POISSON % 20 + station("a", 10, rework='{probability = 0.15, to = "a"}'),
    "conwip": CONWIP + station("a", 10) + station("b", 12) + station("c", 9),
    "furnace": POISSON % 4 + station("a", 12, batch="4"),
}
EXACT = {
    "M/M/2": {"throughput_per_h": 600, "wip": 2 * 0.75 / (1 - 0.75**2), "utilisation": 0.75},
    "M/G/1": {"throughput_per_h": 300, "wip": 0.75 + 0.75**2 * 1.25 / 0.5, "utilisation": 0.75},
    "M/D/1": {"throughput_per_h": 300, "wip": 0.75 + 0.75**2 / 0.5, "utilisation": 0.75},
    "open tandem": {"throughput_per_h": 225, "wip": 0.625 / 0.375 + 3, "utilisation": 0.625},
    "saturated, blocking": {"throughput_per_h": 270, "wip": 2.25, "blocked": 0.25},
    "rework": {"wip": 1 / 0.7, "utilisation": 1 / 1.7},
    "furnace": {"throughput_per_h": 900, "utilisation": 0.75},
    "conwip": {"wip": 5},
}


def inside(value: dict[str, float], exact: float) -> bool:
    half = WIDER * max(value["high"] - value["mean"], value["mean"] - value["low"])
    return abs(value["mean"] - exact) <= half + 1e-9 * abs(exact)


@pytest.mark.parametrize("name", list(LINES))
def test_a_family_keeps_its_laws(path: Path, name: str) -> None:
    found = simulate(
        path, LINES[name], "--hours", 12, "--warm-up-h", 2, "--replications", REPLICATIONS,
        "--seed", 7, *(["--engine", "simpy"] if name == "crew" else []),
    )  # fmt: skip
    assert found["engine"] in ("simpy", "recursion")
    assert found["engine_reason"]
    for one in found["stations"].values():
        shares = [one[key]["mean"] for key in ("utilisation", "blocked", "starved", "down")]
        assert sum(shares) == pytest.approx(1, abs=1e-9)
        per_s = found["throughput_per_h"]["mean"] / 3600
        if name != "rework":
            assert one["mean_queue"]["mean"] == pytest.approx(
                per_s * one["mean_wait_s"]["mean"], rel=0.06, abs=0.02
            )
    little = found["throughput_per_h"]["mean"] / 3600 * found["flow_time_s"]["mean"]
    assert found["wip"]["mean"] == pytest.approx(little, rel=0.03)
    first = next(iter(found["stations"].values()))
    for key, exact in EXACT.get(name, {}).items():
        assert inside(found.get(key) or first[key], exact), (key, found.get(key) or first[key])


def test_a_saturated_lot_enters_when_its_first_service_starts(path: Path) -> None:
    """One station of 10 s: one lot in the line, 10 s in it, and no queue although lots wait."""
    found = simulate(path, station("a", 10, service_s="10"), "--hours", 1)
    assert (found["wip"]["mean"], found["flow_time_s"]["mean"]) == (1, 10)
    assert found["stations"]["a"]["mean_queue"]["mean"] == 0
    assert found["stations"]["a"]["mean_wait_s"]["mean"] == 0


def test_lots_by_number_all_enter_and_all_leave(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "departures.parquet"
    found = simulate(
        path, LINES["parallel, blocking"], "--lots", 70, "--replications", 2, "--seed", 7,
        "--departures", file,
    )  # fmt: skip
    assert found["finished_lots"] == [70, 70]
    table = pd.read_parquet(file)
    assert len(table) == 2 * 2 * 70
    for name in ("start_s", "finish_s", "depart_s"):
        assert table[name].dtype == np.float64
    assert table.groupby(["replication", "station"])["lot"].nunique().eq(70).all()


def test_departures_of_a_deterministic_line_are_exact(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "departures.parquet"
    text = '[arrivals]\nkind = "all_at_start"\n' + "".join(
        station(name, 1, service_s=time, servers=many, **({"buffer": places} if places else {}))
        for name, time, many, places in (
            ("a", "2", "1", ""), ("b", "9", "3", "0"), ("c", "4", "1", "1"), ("d", "7", "2", "0"),
        )
    )  # fmt: skip
    simulate(path, text, "--lots", 200, "--departures", file)
    table = pd.read_parquet(file)
    gone = departures([2, 9, 4, 7], [0, 1, 0], [1, 3, 1, 2], 200)
    for place, name in enumerate("abcd"):
        seen = np.sort(table.loc[table["station"] == name, "depart_s"])
        assert seen.tolist() == gone[place].tolist()


def test_parts_by_the_end_of_a_calendar(path: Path) -> None:
    windows = [[60, 75], [240, 270]]
    text = station("a", 1, service_s="7", down_windows_s=str(windows))
    found = simulate(path, text, "--hours", 480 / 3600)
    assert found["finished_lots"] == [parts_by(480, 7, [(60, 75), (240, 270)])] == [62]
    assert found["throughput_per_h"]["mean"] == pytest.approx(62 / 480 * 3600)


def test_the_two_clocks_of_failures_differ_through_the_command(path: Path) -> None:
    down = {}
    for clock in ("operation", "time"):
        text = POISSON % 20 + station("a", 10, failure=failure(clock))
        found = simulate(
            path, text, "--hours", 12, "--warm-up-h", 1, "--replications", REPLICATIONS,
            "--seed", 7,
        )  # fmt: skip
        down[clock] = found["stations"]["a"]["down"]
    assert inside(down["operation"], 0.125)
    assert inside(down["time"], 0.2)
    assert down["operation"]["high"] < down["time"]["low"]


def test_rolled_yield_is_beside_first_pass_yield(path: Path) -> None:
    text = station("a", 10, scrap_probability="0.1") + station("b", 9, scrap_probability="0.2")
    found = simulate(path, text, "--hours", 30, "--replications", REPLICATIONS, "--seed", 7)
    assert inside(found["yield"]["rolled"], 0.72)
    assert inside(found["yield"], 0.72)
