"""Lines as a stranger writes them: by the letter of the schema, wrong, or absurd.

The command runs in this process. Stochastic lines have seed 11 and 99.9 % intervals; the others
are by hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from twin.cli import main

HEAD = '[line]\nname = "demo"\n'
SATURATED = '[arrivals]\nkind = "saturated"\n'
SHARES = ("utilisation", "blocked", "starved", "down")
Run = Callable[..., "Answer"]


class Answer:
    """Exit code and what was written."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    def one_line(self) -> str:
        """The one line of a refusal."""
        lines = self.err.splitlines()
        assert (self.code, len(lines)) == (1, 1), (self.code, self.err)
        assert len(lines[0]) <= 400
        return lines[0]


@pytest.fixture
def lacss(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["lacss", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return run


@pytest.fixture
def simulate(lacss: Run, tmp_path: Path) -> Run:
    def run(text: str, *arguments: object) -> Answer:
        path = tmp_path / "line.toml"
        path.write_text(HEAD + text)
        return lacss("simulate", path, "--json", "--workers", 1, *arguments)

    return run


def station(name: str, service: object, **more: object) -> str:
    rest = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[station]]\nname = "{name}"\nservice_s = {service}\n{rest}'


def exponential(mean: float) -> str:
    return f'{{distribution = "exponential", mean = {mean}}}'


def poisson(mean: float) -> str:
    return f'[arrivals]\nkind = "renewal"\ninterarrival_s = {exponential(mean)}\n'


def failure(clock: str, up: object, down: object) -> str:
    return f'{{clock = "{clock}", time_to_failure_s = {up}, time_to_repair_s = {down}}}'


def inside(value: dict[str, float], exact: float, replications: int) -> bool:
    wider = stdtrit(replications - 1, 0.9995) / stdtrit(replications - 1, 0.995)
    return abs(value["mean"] - exact) <= wider * (value["high"] - value["mean"]) + 1e-9


# --- what is exact ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "buffer"), [(10, 14, 0), (14, 10, 0), (10, 12, 2), (9, 10, 5)]
)
def test_two_unequal_stations_are_a_queue_with_an_end(
    simulate: Run, before: float, after: float, buffer: int
) -> None:
    """M/M/1/K: the lots past the first service number 0 to buffer + 2."""
    text = SATURATED + station("a", exponential(before))
    text += station("b", exponential(after), buffer=buffer)
    found = simulate(text, "--hours", 20, "--warm-up-h", 1, "--replications", 16, "--seed", 11).json
    weights = (after / before) ** np.arange(buffer + 3)
    shares = weights / weights.sum()
    assert inside(found["throughput_per_h"], 3600 * (1 - shares[0]) / after, 16)
    assert inside(found["stations"]["a"]["blocked"], shares[-1], 16)
    assert inside(found["stations"]["b"]["starved"], shares[0], 16)


def test_more_machines_than_fitters(simulate: Run) -> None:
    """Five machines, two fitters: the machine-repair model."""
    fails = failure("operation", exponential(200), exponential(60))
    text = SATURATED + '[[crew]]\nname = "c"\nsize = 2\n'
    text += station("a", exponential(10), servers=5, failure=fails, repair_crew='"c"')
    found = simulate(text, "--hours", 10, "--replications", 16, "--seed", 11,
                     "--engine", "simpy").json  # fmt: skip
    weights = [1.0]
    for down in range(5):
        weights.append(weights[-1] * (5 - down) / 200 / (min(down + 1, 2) / 60))
    down = float(np.arange(6) @ np.array(weights) / np.sum(weights))
    assert inside(found["stations"]["a"]["down"], down / 5, 16)
    assert inside(found["throughput_per_h"], 360 * (5 - down), 16)


def test_rework_to_itself_and_to_an_earlier_station(simulate: Run) -> None:
    """A Jackson network: rates by the traffic equations, each station as M/M/1."""
    text = poisson(30) + station("a", exponential(10), rework='{probability = 0.25, to = "a"}')
    text += station("b", exponential(12), rework='{probability = 0.2, to = "a"}')
    found = simulate(text, "--hours", 20, "--warm-up-h", 1, "--replications", 12, "--seed", 11).json
    loads = 10 / 30 / 0.6, 12 / 30 / 0.8
    assert inside(found["stations"]["a"]["utilisation"], loads[0], 12)
    assert inside(found["wip"], sum(load / (1 - load) for load in loads), 12)


def test_down_counts_while_a_blocked_machine_waits_for_the_crew(simulate: Run) -> None:
    """By hand: x fails at 30 and keeps the fitter; a is blocked from 30, fails at 40, and waits."""
    text = SATURATED + '[[crew]]\nname = "c"\nsize = 1\n'
    text += station("x", 10, failure=failure("time", 30, 2000), repair_crew='"c"')
    text += station("a", 10, failure=failure("time", 40, 1000), repair_crew='"c"', buffer=0)
    text += station("b", 5000, buffer=0)
    stations = simulate(text, "--hours", 0.5).json["stations"]
    spent = {
        name: [round(one[key]["mean"] * 1800, 6) for key in SHARES]
        for name, one in stations.items()
    }
    assert spent == {"x": [30, 0, 0, 1770], "a": [20, 10, 10, 1760], "b": [1780, 0, 20, 0]}


@pytest.mark.parametrize("engine", ["simpy", "recursion"])
def test_a_finish_at_the_very_end_counts(simulate: Run, engine: str) -> None:
    found = simulate(SATURATED + station("a", 10), "--hours", 1, "--engine", engine).json
    assert found["finished_lots"] == [360]
    assert found["throughput_per_h"]["mean"] == 360


@pytest.mark.parametrize("lots", [1, 2, 7, 9])
def test_lots_that_do_not_fill_the_last_furnace_all_leave(simulate: Run, lots: int) -> None:
    text = SATURATED + station("a", exponential(100)) + station("f", 300, batch=4)
    text += station("c", exponential(100), buffer=1)
    assert simulate(text, "--lots", lots).json["finished_lots"] == [lots]
    closed = text.replace('"saturated"', '"conwip"\nwip = 5')
    assert simulate(closed, "--lots", lots).json["finished_lots"] == [lots]


def test_both_engines_write_the_same_bits(simulate: Run, tmp_path: Path) -> None:
    text = poisson(130) + station("a", '{distribution = "lognormal", mean = 100, cv = 0.6}',
                                  servers=2, transfer_s=33)  # fmt: skip
    text += station("b", '{distribution = "weibull", shape = 2, scale = 90}', servers=2, buffer=1,
                    scrap_probability=0.1, down_windows_s="[[100, 300], [250, 400]]",
                    failure=failure("operation", exponential(2000), exponential(300)))  # fmt: skip
    text += station("c", '{distribution = "gamma", mean = 70, cv = 0.5}', buffer=0,
                    calendar="{on_s = 5000, off_s = 3000, start_s = 700}")  # fmt: skip
    tables = []
    for engine in ("simpy", "recursion"):
        file = tmp_path / f"{engine}.parquet"
        simulate(text, "--lots", 200, "--replications", 2, "--seed", 5, "--engine", engine,
                 "--departures", file)  # fmt: skip
        table = pd.read_parquet(file)
        assert {table[name].dtype for name in ("start_s", "finish_s", "depart_s")} == {
            np.dtype(np.float64)
        }
        tables.append(table.sort_values(["replication", "lot", "station"], ignore_index=True))
    pd.testing.assert_frame_equal(*tables, check_exact=True)


# --- schedules -------------------------------------------------------------------------------

SCHEDULE = '[arrivals]\nkind = "schedule"\nfile = "times.csv"\n' + station("a", 3)


@pytest.mark.parametrize("engine", ["simpy", "recursion"])
@pytest.mark.parametrize(
    "text",
    ["arrive_s\n0\n10\n5\n", "time\n0\n10\n5\n", "lot,arrival_s\nA,0\nB,10\nC,5\n",
     '\ufeff"arrive_s"\r\n"0"\r\n"10"\r\n"5"\r\n\r\n'],
)  # fmt: skip
def test_a_schedule_that_is_shorter_than_asked_ends_with_its_last_lot(
    simulate: Run, tmp_path: Path, text: str, engine: str
) -> None:
    (tmp_path / "times.csv").write_text(text, encoding="utf-8")
    found = simulate(SCHEDULE, "--lots", 10, "--engine", engine).json
    assert found["finished_lots"] == [3]
    assert found["throughput_per_h"]["mean"] == pytest.approx(3600 * 3 / 13)


@pytest.mark.parametrize("engine", ["simpy", "recursion"])
def test_fewer_lots_at_the_start_than_asked(simulate: Run, engine: str) -> None:
    text = '[arrivals]\nkind = "all_at_start"\nlots = 3\n' + station("a", 5)
    found = simulate(text, "--lots", 10, "--engine", engine).json
    assert found["finished_lots"] == [3]
    assert found["throughput_per_h"]["mean"] == pytest.approx(720)


def test_an_empty_schedule_brings_nothing(simulate: Run, tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("arrive_s\n")
    found = simulate(SCHEDULE, "--hours", 2).json
    assert (found["finished_lots"], found["throughput_per_h"]["mean"]) == ([0], 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0\n10\n20\n", "needs a header row above its numbers, got 0"),
        ("arrive_s\n1,2\n3,4\n", "row 1 must have 1 cells as the header, got 2"),
        ("arrive_s\n\n3\n", "row 1: arrive_s must be a finite number, got ''"),
        ("arrive_s\n1_0\n", "row 1: arrive_s must be a finite number, got '1_0'"),
        ("arrive_s\n-5\n", "row 1: arrive_s must be at least 0, got '-5'"),
        ("due_s,made_s\n1,2\n", "needs a column arrive_s, got due_s, made_s"),
        ("", "needs a header row, the file is empty"),
    ],
)
def test_no_arrival_is_dropped_in_silence(
    simulate: Run, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "times.csv").write_text(text)
    assert f"times.csv: {words}" in simulate(SCHEDULE, "--lots", 2).one_line().replace(
        "a table ", ""
    )


# --- absurd lines ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("buffer", "99999999999999999999999"), ("servers", "1000000000"),
        ("servers", "99999999999999999999999"), ("batch", "99999999999999999999999"),
        ("transfer_s", "1e308"), ("rework", '{probability = 0.999999999999, to = "b"}'),
        ("failure", failure("operation", "1e-300", 1)), ("failure", failure("time", "1e-9", 0)),
        ("failure", failure("time", 100, "1e300")), ("failure", failure("time", 0, 1)),
        ("down_windows_s", "[[0, 1e299]]"), ("calendar", "{on_s = 1e-300, off_s = 1e-300}"),
        ("calendar", "{on_s = 1, off_s = 1, start_s = 1e300}"),
        ("calendar", "{on_s = 1e-5, off_s = 1e299}"), ("alarm", '{chart = "ewma", stop_s = 1e100}'),
        ("failure", failure("time", '{distribution = "weibull", shape = 0.001, scale = 9}', 1)),
        ("failure", failure("time", '{distribution = "gamma", mean = 9, cv = 1e-200}', 1)),
        ("failure", failure("time", '{distribution = "lognormal", mean = 9, cv = 1e200}', 1)),
        ("x" * 3000, "1"), ("x", '"' + "y" * 3000 + '"'), ("x", "[" * 5000 + "]" * 5000),
    ],
)  # fmt: skip
def test_a_line_beyond_reason_is_refused_at_once(simulate: Run, key: str, value: str) -> None:
    text = poisson(300) + station("b", 100, **{key: value})
    line = simulate(text, "--lots", 10).one_line()
    assert "station 'b'" in line or "is not TOML" in line
    assert key.strip("x") in line


@pytest.mark.parametrize("engine", ["auto", "simpy"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SATURATED + station("a", 0), "'a': service_s"),
        (SATURATED + station("a", "1e-9") + station("b", 10), "'a': service_s"),
        (SATURATED + station("a", 0, scrap_probability=1) + station("b", 9, buffer=1), "'a'"),
        ('[arrivals]\nkind = "conwip"\nwip = 2\n' + station("a", 0), "'a': service_s"),
        (poisson(1e-9) + station("a", 1), "arrivals: interarrival_s"),
        ('[arrivals]\nkind = "conwip"\nwip = 100000000000\n' + station("a", 1), "wip"),
        ('[arrivals]\nkind = "all_at_start"\n' + station("a", 1), "needs lots"),
    ],
)
def test_a_run_that_would_never_end_is_refused(
    simulate: Run, text: str, words: str, engine: str
) -> None:
    assert words in simulate(text, "--hours", 1, "--engine", engine).one_line()


def test_a_deadlock_says_who_waits_for_whom(simulate: Run) -> None:
    text = SATURATED + station("a", 10, servers=2)
    text += station("b", 10, buffer=1, rework='{probability = 0.5, to = "a"}')
    text = text.replace("servers = 2\n", "servers = 2\nbuffer = 0\n")
    line = simulate(text, "--lots", 1000, "--seed", 11).one_line()
    assert "deadlocked" in line
    assert "a for b" in line
    assert "b for a" in line


# --- periods and series that a plant wrote down itself ---------------------------------------


def test_a_machine_without_a_name_in_parquet(lacss: Run, tmp_path: Path) -> None:
    path = tmp_path / "active.parquet"
    pd.DataFrame({"machine": ["A", None], "start_s": [0, 5], "end_s": [7, 9]}).to_parquet(path)
    assert "row 2: machine must not be empty" in lacss("kpi", "bottleneck", path).one_line()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x\n1\n", "needs at least 10 values, got 1"),
        ("x\n1\n\n2\n", "row 2: x must be a finite number, got ''"),
        ("x,y\n1,2\n1\n", "row 2 must have 2 cells"),
        ("y\n1\n", "needs a column x, got y"),
    ],
)
def test_a_series_that_is_no_series(lacss: Run, tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(text)
    line = lacss("kpi", "warm-up", path, "--value", "x", "--json").one_line()
    assert "series.csv" in line
    assert words in line
