"""`lacss simulate --snapshot`, `--from`, `--work-in-process`: files, figures, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from process_models.errors import InputError
from twin.cli import build

LINE = """
[line]
name = "two"
[[crew]]
name = "fitters"
size = 1
[[station]]
name = "a"
service_s = {distribution = "exponential", mean = 100}
repair_crew = "fitters"
failure = {clock = "time", time_to_failure_s = {distribution = "exponential", mean = 3000}, \
time_to_repair_s = {distribution = "exponential", mean = 300}}
[[station]]
name = "b"
buffer = 2
transfer_s = 30
service_s = {distribution = "exponential", mean = 90}
[[station]]
name = "c"
buffer = 1
service_s = {distribution = "uniform", low = 40, high = 110}
[[station]]
name = "lab"
sample_every = 4
service_s = 500
"""
RUNNER = CliRunner()
WORK = """lot_id,station,phase,since_s,recipe
L00001,c,in_service,12,
L00002,b,in_transfer,5,
L00003,b,in_service,40,
L00004,a,queued,9,
,a,in_repair,60,
"""


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(LINE)
    return path


def simulate(*arguments: object) -> dict[str, Any]:
    result = RUNNER.invoke(build(), ["simulate", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refusal(*arguments: object) -> str:
    """The one line of an input error."""
    result = RUNNER.invoke(build(), ["simulate", *map(str, arguments)])
    assert isinstance(result.exception, InputError), result.output
    text = str(result.exception)
    assert "\n" not in text
    assert len(text) <= 400
    return text


def usage(*arguments: object) -> str:
    result = RUNNER.invoke(build(), ["simulate", *map(str, arguments)])
    assert result.exit_code == 2
    return " ".join(result.output.replace("│", " ").split())


def table(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def test_a_run_in_two_pieces_has_the_departures_of_the_whole(line: Path, tmp_path: Path) -> None:
    whole, first, second = (tmp_path / f"{name}.parquet" for name in ("whole", "1", "2"))
    state = tmp_path / "state.json"
    seed = ("--seed", 4, "--engine", "simpy")
    simulate(line, "--hours", 10, *seed, "--departures", whole)
    simulate(line, "--hours", 4, *seed, "--departures", first, "--snapshot", state)
    found = simulate(line, "--from", state, "--hours", 6, "--departures", second)
    assert found["engine"] == "simpy"
    assert found["engine_reason"] == "it goes on from a snapshot"
    parts = pd.concat([table(first), table(second)], ignore_index=True)
    pd.testing.assert_frame_equal(parts, table(whole))
    assert len(table(second)) > 300


def test_with_its_records_the_figures_are_those_of_the_whole(line: Path, tmp_path: Path) -> None:
    state, records = tmp_path / "state.json", ("--records", tmp_path / "records")
    seed = ("--seed", 4, "--engine", "simpy", "--warm-up-h", 1)
    whole = simulate(line, "--hours", 9, *seed, "--records", tmp_path / "whole")
    simulate(line, "--hours", 3, *seed, "--snapshot", state, "--snapshot-records")
    found = simulate(line, "--from", state, "--hours", 6, "--warm-up-h", 1, *records)
    differ = {key for key in whole if whole[key] != found[key]}
    assert differ == {"engine_reason"}
    for name in ("visits", "events", "lots", "genealogy"):
        ours, theirs = (
            table(tmp_path / folder / f"{name}.parquet") for folder in ("records", "whole")
        )
        pd.testing.assert_frame_equal(ours, theirs)


def test_snapshots_in_a_row_may_be_one_file(line: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    simulate(line, "--hours", 2, "--seed", 9, "--snapshot", state)
    for part in range(3):
        path = tmp_path / f"{part}.parquet"
        simulate(line, "--from", state, "--hours", 1, "--snapshot", state, "--departures", path)
    simulate(line, "--hours", 5, "--seed", 9, "--snapshot", tmp_path / "whole.json")
    clock = [json.loads(path.read_text())["clock"] for path in (state, tmp_path / "whole.json")]
    assert clock[0]["now_s"] == clock[1]["now_s"] == 18000


def test_a_snapshot_of_another_line_is_refused_with_where_it_differs(
    line: Path, tmp_path: Path
) -> None:
    state, other = tmp_path / "state.json", tmp_path / "other.toml"
    simulate(line, "--hours", 1, "--snapshot", state)
    other.write_text(LINE.replace("buffer = 2", "buffer = 5"))
    text = refusal(other, "--from", state, "--hours", 1)
    assert text == f"{state}: is of another line: stations b buffer was 2, is 5"


def test_what_was_changed_by_hand_is_one_line(line: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    simulate(line, "--hours", 1, "--snapshot", state)
    state.write_text(state.read_text().replace('"now_s": 3600', '"now_s": 3500'))
    assert "clock was changed after the snapshot was written" in refusal(
        line, "--from", state, "--hours", 1
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--snapshot", "s", "--lots", 5), "--snapshot goes with --hours, got --lots 5"),
        (
            ("--snapshot", "s", "--hours", 5, "--replications", 3),
            "--snapshot goes with one replication, got --replications 3",
        ),
        (
            ("--from", "s", "--hours", 5, "--seed", 3),
            "--from takes its random numbers from the snapshot, got --seed",
        ),
        (
            ("--from", "s", "--hours", 5, "--engine", "recursion"),
            "--from needs the engine simpy, got --engine recursion",
        ),
        (
            ("--from", "s", "--work-in-process", "w", "--hours", 5),
            "give either --from or --work-in-process",
        ),
        (("--snapshot-records", "--hours", 5), "--snapshot-records needs --snapshot"),
    ],
)
def test_options_that_do_not_go_together(
    line: Path, options: tuple[object, ...], words: str
) -> None:
    assert words in usage(line, *options)


def test_a_run_starts_from_a_list(line: Path, tmp_path: Path) -> None:
    work, departures = tmp_path / "work.csv", tmp_path / "departures.parquet"
    work.write_text(WORK)
    found = simulate(
        line, "--work-in-process", work, "--hours", 1, "--seed", 2, "--departures", departures
    )
    assert found["engine_reason"] == "it starts from work in process"
    rows = table(departures).groupby("lot")["start_s"].min()
    assert rows["L00001"] == -12
    assert rows["L00003"] == -40
    first = table(departures).query("station == 'a'").iloc[0]
    assert first["lot"] == "L00004"
    assert first["start_s"] > 0
    assert "L00005" in rows.index


def test_replications_start_from_a_list_too(line: Path, tmp_path: Path) -> None:
    work = tmp_path / "work.csv"
    work.write_text(WORK)
    options = ("--work-in-process", work, "--hours", 2, "--replications", 4, "--seed", 2)
    found = simulate(line, *options)
    assert found == simulate(line, *options, "--workers", 2)
    assert len(set(found["finished_lots"])) > 1


def test_a_list_and_a_snapshot_of_its_end(line: Path, tmp_path: Path) -> None:
    work, state = tmp_path / "work.csv", tmp_path / "state.json"
    work.write_text(WORK)
    start = ("--work-in-process", work, "--seed", 2)
    whole, second = tmp_path / "whole.parquet", tmp_path / "second.parquet"
    simulate(line, *start, "--hours", 3, "--departures", whole)
    simulate(line, *start, "--hours", 1, "--snapshot", state)
    simulate(line, "--from", state, "--hours", 2, "--departures", second)
    tail = table(whole).tail(len(table(second))).reset_index(drop=True)
    pd.testing.assert_frame_equal(table(second), tail)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("L1,z,queued,1", "row 1: lot L1: station must be one of a, b, c, lab, got 'z'"),
        ("L1,a,queued,1\nL1,b,queued,1", "lot L1: must be there once, got it again"),
        (
            "L1,a,asleep,1",
            "row 1: phase must be one of queued, in_service, blocked, in_transfer, on_hold,"
            " in_repair, down, got 'asleep'",
        ),
        ("L1,a,queued,-1", "row 1: since_s must be at least 0, got '-1'"),
        ("L1,a,queued,", "row 1: since_s must be a finite number, got ''"),
        ("L1,a,queued,inf", "row 1: since_s must be a finite number, got 'inf'"),
        (",a,queued,1", "row 1: lot_id must not be empty with phase queued, got ''"),
        (
            "L1,c,queued,1\nL2,c,queued,1\nL3,c,queued,1",
            "station 'c': has 2 places left for lots that wait or come, got 3",
        ),
        (
            "L1,c,in_service,1\nL2,c,in_service,2",
            "station 'c': has 1 servers for 1 lots each, got 2 lots in service or blocked, which"
            " need 2",
        ),
        (
            "L1,b,queued,1\n,b,down,2",
            "server of b: the station must have a failure, got phase down",
        ),
    ],
)
def test_lists_that_do_not_fit_are_refused(
    line: Path, tmp_path: Path, rows: str, message: str
) -> None:
    work = tmp_path / "work.csv"
    work.write_text(f"lot_id,station,phase,since_s\n{rows}\n")
    assert refusal(line, "--work-in-process", work, "--hours", 1) == f"{work}: {message}"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("lot_id,station,phase", "needs a column since_s, got lot_id, station, phase"),
        (
            "lot_id,station,phase,since_s,reciep",
            "column must be one of lot_id, station, phase, since_s, recipe, got 'reciep'",
        ),
    ],
)
def test_columns_are_checked(line: Path, tmp_path: Path, header: str, message: str) -> None:
    work = tmp_path / "work.csv"
    work.write_text(f"{header}\n")
    assert refusal(line, "--work-in-process", work, "--hours", 1) == f"{work}: {message}"


def test_an_empty_list_is_an_empty_line(line: Path, tmp_path: Path) -> None:
    work = tmp_path / "work.csv"
    work.write_text("lot_id,station,phase,since_s\n")
    options = (line, "--hours", 1, "--seed", 2, "--engine", "simpy")
    found = simulate(*options[:-2], "--work-in-process", work)
    plain = simulate(*options)
    assert {key for key in plain if plain[key] != found[key]} == {"engine_reason"}


def test_a_list_may_be_a_parquet_file(line: Path, tmp_path: Path) -> None:
    work = tmp_path / "work.parquet"
    pd.DataFrame(
        {
            "lot_id": ["L00001", None],
            "station": ["c", "a"],
            "phase": ["in_service", "in_repair"],
            "since_s": [12.5, 3],
        }
    ).to_parquet(work)
    assert simulate(line, "--work-in-process", work, "--hours", 1)["replications"] == 1
