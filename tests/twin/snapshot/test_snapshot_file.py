"""Files of snapshots: read back as they were, refused by name when they are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from twin.distributions import Exponential
from twin.line import Arrivals, Failure, LineModel, StationModel
from twin.simulation import LineSimulation
from twin.snapshot import read_snapshot, write_snapshot

FAILURE = Failure("operation", Exponential(500), Exponential(60))
LINE = LineModel(
    "two",
    Arrivals("renewal", Exponential(150)),
    (
        StationModel("a", Exponential(80), failure=FAILURE),
        StationModel("b", Exponential(90), buffer=2),
        StationModel("lab", Exponential(200), sample_every=2),
    ),
)
A, B, LAB = LINE.stations


@pytest.fixture
def running() -> LineSimulation:
    simulation = LineSimulation(LINE, seed=1)
    simulation.run(until_s=5000)
    return simulation


@pytest.fixture
def file(running: LineSimulation, tmp_path: Path) -> Path:
    path = tmp_path / "state.json"
    write_snapshot(running, path)
    return path


def message(path: Path, line: LineModel = LINE) -> str:
    with pytest.raises(InputError) as caught:
        read_snapshot(path, line)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) <= 400
    assert text.startswith(str(path))
    return text.removeprefix(f"{path}: ")


def changed(path: Path, change: Callable[[dict[str, Any]], Any]) -> str:
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))
    return message(path)


def test_a_run_goes_on_from_a_file(running: LineSimulation, file: Path) -> None:
    again = read_snapshot(file, LINE)
    assert (again.now_s, again.start_s) == (5000, 5000)
    for one in (running, again):
        one.run(until_s=9000)
    ours, theirs = again.records.visit_rows, running.records.visit_rows
    np.testing.assert_array_equal(ours, theirs[-len(ours) :])
    assert len(theirs) > len(ours) > 20


def test_with_records_the_whole_run_is_there(running: LineSimulation, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    write_snapshot(running, path, with_records=True)
    again = read_snapshot(path, LINE)
    for one in (running, again):
        one.run(until_s=9000)
    ours, theirs = again.records, running.records
    np.testing.assert_array_equal(ours.visit_rows, theirs.visit_rows)
    np.testing.assert_array_equal(ours.lot_rows, theirs.lot_rows)
    assert ours.station_events == theirs.station_events
    assert ours.names == theirs.names
    assert (ours.start_s, ours.end_s) == (0, 9000)


def test_a_new_snapshot_takes_the_place_of_the_old_one(
    running: LineSimulation, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    write_snapshot(running, path, with_records=True)
    before = {one.name for one in tmp_path.iterdir()}
    running.run(until_s=6000)
    write_snapshot(running, path, with_records=True)
    assert len({one.name for one in tmp_path.iterdir()}) == len(before) == 2
    assert read_snapshot(path, LINE).now_s == 6000
    write_snapshot(running, path)
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_the_same_state_gives_the_same_file(running: LineSimulation, tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    write_snapshot(running, first)
    write_snapshot(running, second)
    assert first.read_bytes() == second.read_bytes()


def test_the_number_of_lots_does_not_make_a_snapshot_grow(tmp_path: Path) -> None:
    simulation = LineSimulation(LINE, seed=1)
    sizes = []
    for until_s in (1e5, 1e6):
        simulation.run(until_s=until_s)
        write_snapshot(simulation, tmp_path / "state.json")
        sizes.append((tmp_path / "state.json").stat().st_size)
    assert sizes[1] < 2 * sizes[0]


def test_records_that_are_gone_or_changed_are_named(
    running: LineSimulation, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    write_snapshot(running, path, with_records=True)
    (beside,) = tmp_path.glob("*.parquet")
    data = bytearray(beside.read_bytes())
    data[len(data) // 2] ^= 1
    beside.write_bytes(data)
    assert message(path) == f"its records {beside} were changed since: their hash differs"
    beside.unlink()
    assert message(path) == f"its records {beside} cannot be read: No such file or directory"


def test_a_missing_file(tmp_path: Path) -> None:
    assert message(tmp_path / "none.json") == "cannot be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert message(tmp_path) == "cannot be read: Is a directory"


def test_a_folder_is_not_replaced(running: LineSimulation, tmp_path: Path) -> None:
    for place in (Path(), tmp_path):
        for with_records in (False, True):
            with pytest.raises(InputError, match="cannot be written"):
                write_snapshot(running, place, with_records=with_records)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(running: LineSimulation, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_snapshot(running, tmp_path / "file" / "state.json")


def test_a_failed_write_leaves_the_old_file(
    running: LineSimulation, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match=r"state\.json: cannot be written: No space left"):
        write_snapshot(running, file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_file_cut_short(file: Path, share: float) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: int(share * len(data))])
    assert message(file).startswith("is damaged or cut short: no JSON at line ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "must be UTF-8, byte 0 is not"),
        (b"[1, 2]", "is not a snapshot of a line: format must be 'lacss line snapshot'"),
        (b"{}", "is not a snapshot of a line: format must be 'lacss line snapshot'"),
        (b"null", "is not a snapshot of a line: format must be 'lacss line snapshot'"),
        (b'{"a": NaN}', "is no JSON that a snapshot has: NaN is not JSON"),
        (b"[" * 100_000, "is no JSON that a snapshot has: "),
        (b'{"format": "lacss line snapshot", "schema": 1}', "clock is missing"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    assert message(path).startswith(words)


@pytest.mark.parametrize("schema", [2, 0, "1", None, True])
def test_another_version(file: Path, schema: object) -> None:
    text = changed(file, lambda state: state.update(schema=schema))
    assert text == f"schema must be 1, which this version reads, got {schema!r}"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (replace(LINE, name="three"), 'name was "two", is "three"'),
        (
            replace(LINE, stations=(A, replace(B, buffer=3), LAB)),
            "stations b buffer was 2, is 3",
        ),
        (replace(LINE, stations=LINE.stations[:2]), "stations were a, b, lab, are a, b"),
        (replace(LINE, strips_per_roll=4), "strips_per_roll was not there, is 4"),
        (
            replace(LINE, arrivals=Arrivals("renewal", Exponential(151))),
            "arrivals interarrival_s mean was 150, is 151",
        ),
    ],
)
def test_another_line_is_refused_with_where_it_differs(
    file: Path, other: LineModel, words: str
) -> None:
    assert message(file, other).startswith(f"is of another line: {words}")


def test_whole_numbers_written_as_such_are_the_same_line(file: Path) -> None:
    same = replace(LINE, arrivals=Arrivals("renewal", Exponential(150.0)))
    assert read_snapshot(file, same).now_s == 5000


@pytest.mark.parametrize(
    ("change", "section"),
    [
        (lambda state: state["clock"].update(now_s=4000), "clock"),
        (lambda state: state["events"].pop(), "events"),
        (lambda state: state["moving"].popitem(), "moving"),
        (lambda state: state["log"].update(named=0), "log"),
        (lambda state: state["parts"]["source"].update(made=7), "source"),
        (lambda state: state["parts"]["station b"].update(free=2), "station b"),
        (lambda state: state["parts"]["station a/servers 1"].update(down=None), "station a"),
        (lambda state: state["parts"]["station b/service"].update(_size=4), "station b"),
    ],
)
def test_what_was_changed_by_hand_is_named(
    file: Path, change: Callable[[dict[str, Any]], Any], section: str
) -> None:
    words = "was changed after the snapshot was written: its hash differs"
    assert changed(file, change) == f"{section} {words}"


def test_a_part_that_is_gone_is_named(file: Path) -> None:
    def without(state: dict[str, Any]) -> None:
        state["parts"] = {k: v for k, v in state["parts"].items() if not k.startswith("source")}

    assert changed(file, without) == "source is missing"
    assert changed(file, lambda state: state.update(parts=[])) == "parts must be an object, got []"
    assert changed(file, lambda state: state.pop("sha256")) == "sha256 is missing"


def test_odd_names_stay_on_one_line(file: Path) -> None:
    text = changed(file, lambda state: state["sha256"].update({"a\nb": ""}))
    assert text == "'a\\nb' is missing"
    text = changed(file, lambda state: state["parts"].update({"station\n" * 40: {}}))
    assert text.endswith(" is not signed")


def test_nesting_without_end_is_refused(file: Path) -> None:
    for depth in (200, 900, 5000):
        deep = "[" * depth + "]" * depth
        file.write_text(file.read_text().replace('"history": null', f'"history": {deep}'))
        message(file)


def test_any_flipped_bit_is_one_line_or_means_the_same(file: Path) -> None:
    """The last digit of a number may be written in two ways."""
    data = file.read_bytes()
    whole = json.loads(data)
    flipped = np.random.default_rng(1).integers(0, 8 * len(data), 150).tolist()
    refused = 0
    for bit in flipped:
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        file.write_bytes(damaged)
        try:
            assert json.loads(damaged) == whole
        except (ValueError, AssertionError):
            message(file)
            refused += 1
    assert refused > 140
