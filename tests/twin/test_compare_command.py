"""`lacss compare` and `lacss sweep`: JSON, tables, usage, one line for what is wrong, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from process_models.errors import InputError
from twin.cli import build

ROOT = Path(__file__).resolve().parents[2]
LINE = """
[line]
name = "two"
[[station]]
name = "a"
service_s = {distribution = "exponential", mean = 100}
[[station]]
name = "b"
buffer = 2
service_s = {distribution = "exponential", mean = 90}
"""
RUNNER = CliRunner()
RUN = ("--hours", "10", "--replications", "5", "--engine", "simpy")


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(LINE)
    return path


def lacss(*arguments: object, code: int = 0) -> Result:
    result = RUNNER.invoke(build(), [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_compare_prints_one_object(line: Path) -> None:
    found = json.loads(
        lacss("compare", line, *RUN, "--scenario", "More: b.servers=2, b.buffer=none", "--json")
        .stdout
    )  # fmt: skip
    assert [one["name"] for one in found["scenarios"]] == ["as it is", "More"]
    assert found["scenarios"][1]["changes"] == {"b.servers": 2, "b.buffer": None}
    assert found["best"]["scenario"] == "More"
    first = found["differences"][0]
    assert (first["scenario"], first["figure"]) == ("More", "throughput_per_h")
    assert first["low"] < first["mean"] < first["high"]
    assert {"p", "p_holm", "correlation", "variance_reduction", "simultaneous", "n"} <= set(first)


def test_scenarios_of_a_file_and_of_options_come_together(line: Path, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    file.write_text('[[scenario]]\nname = "File"\nset = {"a.servers" = 2}\n')
    asked = ("--scenarios", file, "--scenario", "b.buffer=9", "--set", "b.servers=2",
             "--set", "a.servers=2")  # fmt: skip
    text = lacss("compare", line, *RUN, *asked, "--figure", "wip").stdout
    for name in ("File", "b.buffer=9", "b.servers=2, a.servers=2", "best by wip:"):
        assert name in text


def test_sweep_prints_effects(line: Path) -> None:
    asked = ("--factor", "b.servers=1,2", "--factor", "b.buffer=0,2")
    found = json.loads(lacss("sweep", line, *RUN, *asked, "--design", "factorial", "--json").stdout)
    assert [one["factors"] for one in found["effects"]] == [
        ["b.servers"],
        ["b.buffer"],
        ["b.servers", "b.buffer"],
    ]
    assert len(found["cells"]) == 4
    assert "b.servers = 2" in lacss("sweep", line, *RUN, *asked).stdout


def test_simulate_until_a_half_width(line: Path) -> None:
    asked = ("--hours", 10, "--engine", "simpy", "--until-half-width", "0.05", "--json")
    found = json.loads(lacss("simulate", line, *asked).stdout)
    assert found["stopping"]["reached"]
    assert 20 <= found["replications"] < 1000
    low, high = (found["throughput_per_h"][key] for key in ("low", "high"))
    assert (high - low) / 2 <= 0.05 * found["throughput_per_h"]["mean"]
    in_units = ("--until-half-width", "2", "--absolute", "--figure", "throughput_per_h", "--json")
    more = json.loads(lacss("simulate", line, "--hours", 10, *in_units).stdout)
    assert more["stopping"]["half_width_reached"] <= 2


def test_simulate_with_a_warm_up_from_pilots(line: Path) -> None:
    asked = ("--hours", 20, "--replications", 3, "--engine", "simpy", "--warm-up-h", "auto")
    warm_up = json.loads(lacss("simulate", line, *asked, "--json").stdout)["warm_up"]
    assert warm_up["pilots"] == 10
    assert warm_up["hours"] >= 0
    assert {"settled", "welch", "mser5", "suggested_h"} <= set(warm_up)


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "--hours", "1"),
        ("compare", "--scenario", "a.servers=2"),
        ("compare", "--hours", "1", "--lots", "2", "--scenario", "a.servers=2"),
        ("compare", "--hours", "1", "--scenario", "a.servers=2", "--engine", "magic"),
        ("sweep", "--hours", "1"),
        ("sweep", "--hours", "1", "--factor", "a.servers=1,2", "--design", "magic"),
        ("simulate", "--hours", "1", "--warm-up-h", "soon"),
        ("simulate", "--hours", "1", "--replications", "many"),
    ],
)
def test_usage_errors_exit_with_2(line: Path, arguments: tuple[str, ...]) -> None:
    command, *rest = arguments
    assert lacss(command, line, *rest, code=2).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "--scenario", "a.servers=0"), "scenario 'a.servers=0': station 'a': servers"),
        (("compare", "--scenario", "a.servers=2", "--figure", "x"), "figure must be one of"),
        (("compare", "--scenarios", "nothing.toml"), "nothing.toml: cannot be read"),
        (("compare", "--set", "nonsense"), "a change must be KEY=VALUE"),
        (("sweep", "--factor", "a"), "a factor must be KEY=VALUE,VALUE"),
        (("sweep", "--factor", "z.servers=1,2"), "z.servers: must begin with one of a, b"),
        (("simulate", "--replications", "0"), "replications must be above 0"),
        (("simulate", "--seed", "-1"), "seed must be at least 0, got -1"),
        (("simulate", "--warm-up-h", "nan"), "warm_up_h must be at least 0 and finite, got nan"),
        (("simulate", "--until-half-width", "0"), "until_half_width must be above 0"),
        (("simulate", "--workers", "0", "--replications", "9"), "workers must be at least 1"),
        (("simulate", "--departures", "/proc/none/x"), "/proc/none/x: cannot be written"),
    ],
)
def test_what_is_wrong_is_told(line: Path, arguments: tuple[str, ...], message: str) -> None:
    command, *rest = arguments
    with pytest.raises(InputError, match=message):
        lacss(command, line, "--hours", 1, *rest)


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "[line", "[line]\n", "[[station]]\nname = 3\n", "[line]\nstation = 3\n",
     "[line]\n[[station]]\nname = 'a'\nservice_s = -1\n", "[line]\n[arrivals]\nkind = 'x'\n"],
)  # fmt: skip
def test_garbage_is_refused_by_name(line: Path, text: str) -> None:
    line.write_text(text)
    for command in (("simulate",), ("compare", "--set", "a.servers=2")):
        with pytest.raises(InputError, match=r"line\.toml"):
            lacss(command[0], line, "--hours", 1, *command[1:])


def children(pid: int) -> list[int]:
    """Processes that a process started."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
def test_ended_in_the_middle_it_leaves_nothing_behind(
    line: Path, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "departures.parquet"
    with subprocess.Popen(
        [sys.executable, "-c", "from twin.cli import main; main()", "simulate", line, "--hours",
         "500", "--replications", "2000", "--engine", "simpy", "--workers", "2",
         "--departures", out, "--json"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as run:  # fmt: skip
        until = time.monotonic() + 60
        while len(children(run.pid)) < 3 and time.monotonic() < until:  # two and loky's tracker
            time.sleep(0.05)
        workers = children(run.pid)
        time.sleep(2.0)  # an interpreter that is interrupted while it starts tells of it at length
        if how == signal.SIGINT:
            os.killpg(run.pid, how)  # as a terminal does: everybody hears it
        else:
            run.kill()
        stderr = run.communicate(timeout=60)[1]
    assert workers
    assert run.returncode in ((1, 130) if how == signal.SIGINT else (-9,))
    assert "Traceback" not in stderr
    assert how == signal.SIGKILL or len(stderr.splitlines()) <= 1
    assert list(tmp_path.iterdir()) == [line]
    until = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, workers))
