"""`lacss genealogy`: from a folder of records and from the store, as text, JSON and OCEL."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.cli import main
from twin.measurement import Event
from twin.settings import Settings
from twin.store import Store

Answer = tuple[int, str, str]
Command = Callable[..., Answer]
LINE = """
[line]
name = "x"
strips_per_roll = 2
sheets_per_lot = 2
[[station]]
name = "unwind"
service_s = 60
[[station]]
name = "wind"
service_s = 60
[[station]]
name = "roll"
service_s = 60
[[station]]
name = "cell_test"
service_s = 600
servers = 2
sample_every = 2
"""


@pytest.fixture
def lacss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    (tmp_path / "line.toml").write_text(LINE)

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["lacss", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def folder(lacss: Command, tmp_path: Path) -> Path:
    """Records of four lots, twice."""
    made = lacss("simulate", "line.toml", "--lots", 4, "--replications", 2, "--engine", "simpy",
                 "--records", "run")  # fmt: skip
    assert made[0] == 0, made
    return tmp_path / "run"


@pytest.fixture
def stored(tmp_path: Path) -> None:
    """A lot of a foil roll, polished in the store of this home."""
    home = tmp_path / "home"
    start = datetime(2026, 1, 5, 6, tzinfo=UTC)
    rows = [("split", "unwind", "R1", ""), ("arrive", "polish", "", ""),
            ("start", "polish", "", "server 2"), ("finish", "polish", "", "server 2")]  # fmt: skip
    events = [
        Event(occurred_at=start + timedelta(minutes=n), event=kind, station=station, lot_id="A7",
              parent_lot_id=parent, detail=detail, sequence=n)
        for n, (kind, station, parent, detail) in enumerate(rows)
    ]  # fmt: skip
    home.mkdir()
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        store.add_events(events)


def test_a_cell_as_text(lacss: Command, folder: Path) -> None:
    code, out, err = lacss("genealogy", "L00001-C1", "--records", folder)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == (
        "Cell L00001-C1 comes from foil roll FR00001 through lot L00001,"
        " rolled 1 Jan 06:02 on server 1. (simulated)"
    )
    assert "            └─ from FR00001  foil roll, 2024-01-01 06:00Z at unwind" in lines
    assert "stations that L00001-C1 passed" in out


def test_forward_only(lacss: Command, folder: Path) -> None:
    code, out, _ = lacss("genealogy", "FR00002", "--direction", "forward", "--records", folder)
    assert code == 0
    assert "2 lots" in out or "lots L00003 and L00004" in out
    assert "from" not in out
    assert "passed" not in out


def test_json_is_one_object(lacss: Command, folder: Path) -> None:
    code, out, err = lacss("genealogy", "L00001-T1", "--records", folder, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["id"], found["kind"], found["provenance"]) == ("L00001-T1", "coupon", "simulated")
    assert [one["id"] for one in found["descendants"]] == ["L00001-C1"]
    assert found["sentence"].startswith("Coupon L00001-T1 comes from foil roll FR00001")


def test_another_replication_is_chosen(lacss: Command, folder: Path) -> None:
    code, _, err = lacss("genealogy", "L00001", "--records", folder, "--replication", 2)
    assert (code, err) == (0, "")
    code, _, err = lacss("genealogy", "L00001", "--records", folder, "--replication", 3)
    assert (code, "from 1 to 2" in err) == (1, True)


@pytest.mark.parametrize("option", [(), ("--stored",)])
@pytest.mark.usefixtures("stored")
def test_what_is_stored_is_the_default(lacss: Command, option: tuple[str, ...]) -> None:
    code, out, _ = lacss("genealogy", "A7", *option, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["provenance"] == "imported"
    assert found["ancestors"] == [{"id": "R1", "kind": "foil_roll"}]
    assert [(one["station"], one["server"]) for one in found["passages"]] == [("polish", 2)]


@pytest.mark.parametrize("which", [(), ("A7",)])
@pytest.mark.usefixtures("stored")
def test_all_or_one_is_written_as_ocel(
    lacss: Command, tmp_path: Path, which: tuple[str, ...]
) -> None:
    code, out, err = lacss("genealogy", *which, "--ocel", "out/log.json", "--json")
    told = json.loads(out)["ocel"]
    log = json.loads((tmp_path / "out/log.json").read_text())
    assert code == 0
    assert (told["objects"], told["events"]) == (len(log["objects"]), len(log["events"])) == (3, 3)
    assert err == ""
    code, out, err = lacss("genealogy", *which, "--ocel", "out/log.json")
    assert (code, err) == (0, "")
    assert out.startswith("out/log.json: 3 objects, 3 events")


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(("arguments", "says"), [
    (("X",), "no lot, roll, sheet, coupon or cell has the id 'X'"),
    (("X", "--ocel", "log.json"), "has the id 'X'"),
    (("--ocel", "."), "cannot be written"),
    (("A7", "--records", "nowhere"), "nowhere: holds no records of a simulation"),
])  # fmt: skip
def test_what_is_wrong_is_one_line(
    lacss: Command, arguments: tuple[object, ...], says: str
) -> None:
    code, out, err = lacss("genealogy", *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert says in err


@pytest.mark.parametrize("arguments", [
    (), ("A7", "--direction", "up"), ("A7", "--stored", "--records", "x"),
])  # fmt: skip
def test_usage_errors_exit_2(lacss: Command, arguments: tuple[str, ...]) -> None:
    code, out, _ = lacss("genealogy", *arguments)
    assert (code, out) == (2, "")
