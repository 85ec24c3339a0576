"""A watched folder: each table once, whole, whatever is killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.live.folder import folder_source
from twin.live.sourcing import SourceConfig
from twin.live.sourcing.supervisor import Supervisor
from twin.monitoring.plan import reference_plan
from twin.settings import Settings
from twin.store import Store
from twin.store.quarantine import quarantined

HEAD = "measured_at,lot_id,station,characteristic,value,unit"


def rows(*values: float, lot: str = "007") -> str:
    lines = [
        f"2026-01-05T12:00:{second:02d}+00:00,{lot},roll,thickness_um,{value},um"
        for second, value in enumerate(values)
    ]
    return "\n".join([HEAD, *lines]) + "\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = tmp_path / "home"
    home.mkdir()
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def config(folder: Path, **options: Any) -> SourceConfig:
    quick = {"poll_s": 0.02, "stable_s": 0.0, **options}
    return SourceConfig(name="drop", kind="files", address=str(folder), options=quick)


def watched(
    store: Store, one: SourceConfig, until: Callable[[], bool], most_s: float = 20.0
) -> Any:
    async def both() -> Any:
        stop = asyncio.Event()
        supervisor = Supervisor(store, reference_plan(), [one], tick_s=0.05)
        running = asyncio.create_task(supervisor.run(stop))
        end = time.monotonic() + most_s
        while not until():
            assert time.monotonic() < end, "it did not come about"
            await asyncio.sleep(0.02)
        stop.set()
        return (await running)[0]

    return asyncio.run(both())


def test_a_table_is_imported_and_moved_with_its_report(store: Store, folder: Path) -> None:
    (folder / "a.csv").write_text(rows(60, 61))
    outcome = watched(store, config(folder), (folder / "done" / "a.csv").exists)
    assert list(store.measurements()["lot_id"]) == ["007", "007"]
    report = json.loads((folder / "done" / "a.csv.report.json").read_text())
    assert (report["accepted"], report["file"]) == (2, "a.csv")
    assert outcome.state.records == 2
    assert not (folder / "a.csv").exists()


def test_a_bad_table_goes_to_failed_and_the_next_is_taken(store: Store, folder: Path) -> None:
    (folder / "bad.csv").write_text("what,is,this\n1,2,3\n")
    (folder / "good.csv").write_text(rows(60))
    watched(store, config(folder), (folder / "done" / "good.csv").exists)
    report = json.loads((folder / "failed" / "bad.csv.report.json").read_text())
    assert report["error"].startswith("bad.csv: columns must be")


def test_bad_rows_are_set_aside(store: Store, folder: Path) -> None:
    (folder / "a.csv").write_text(rows(60, 61e6))
    outcome = watched(store, config(folder), (folder / "done" / "a.csv").exists)
    assert [one.row for one in quarantined(store)] == [2]
    assert (outcome.state.records, outcome.state.refused) == (1, 1)


def test_the_same_table_again_stores_nothing(store: Store, folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(rows(60, 61))
        watched(store, config(folder), (folder / "done" / name).exists)
    report = json.loads((folder / "done" / "b.csv.report.json").read_text())
    assert (report["accepted"], report["duplicates"]) == (0, 2)
    assert store.counts()["measurements"] == 2


def test_a_name_that_was_there_is_kept_apart(store: Store, folder: Path) -> None:
    for value in (60, 61):
        (folder / "a.csv").write_text(rows(value, lot=f"L{value}"))
        watched(store, config(folder), lambda: not (folder / "a.csv").exists())
    assert len(list((folder / "done").glob("*.csv"))) == 2
    assert store.counts()["measurements"] == 2


def test_a_file_that_grows_is_left_alone(store: Store, folder: Path) -> None:
    source: Any = folder_source(config(folder, stable_s=0.2))
    path = folder / "a.csv"
    for text in ("x", "xx", "xxx"):
        path.write_text(text)
        assert source._complete() == []
        time.sleep(0.05)
    time.sleep(0.25)
    assert source._complete() == [path]


def test_a_marker_says_that_a_file_is_whole(store: Store, folder: Path) -> None:
    (folder / "a.csv").write_text(rows(60))
    (folder / "b.csv").write_text(rows(61))
    (folder / "b.csv.done").touch()
    watched(store, config(folder, marker=True), (folder / "done" / "b.csv").exists)
    assert (folder / "a.csv").exists()
    assert not (folder / "b.csv.done").exists()


def test_hidden_linked_and_foreign_files_stay(store: Store, folder: Path) -> None:
    for name in (".a.csv", "~$a.xlsx", "notes.pdf"):
        (folder / name).write_text(rows(60))
    (folder / "link.csv").symlink_to(folder / "notes.pdf")
    (folder / "z.csv").write_text(rows(61))
    watched(store, config(folder), (folder / "done" / "z.csv").exists)
    assert sorted(p.name for p in folder.iterdir() if p.name != "done") == [
        ".a.csv", "link.csv", "notes.pdf", "~$a.xlsx",
    ]  # fmt: skip


def test_a_mapping_and_a_zone_count_as_for_an_import(store: Store, folder: Path) -> None:
    (folder.parent / "map.toml").write_text(
        '[columns]\nmeasured_at = "Zeit"\nvalue = "Dicke"\nlot_id = "Los"\n'
        '[values]\nstation = "roll"\ncharacteristic = "thickness_um"\nunit = "mm"\n'
    )
    (folder / "a.csv").write_text("Zeit,Los,Dicke\n2026-01-05 13:00:00,007,0.06\n")
    one = SourceConfig(
        name="drop", kind="files", address="drop", timezone="Europe/Berlin",
        options={"poll_s": 0.02, "stable_s": 0.0, "mapping": "map.toml",
                 "folder": str(folder.parent)},
    )  # fmt: skip
    watched(store, one, (folder / "done" / "a.csv").exists)
    (row,) = store.measurements().to_dict("records")
    assert (row["value"], row["lot_id"], row["measured_at"].hour) == (60.0, "007", 12)


def test_excel_keeps_its_texts(store: Store, folder: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(HEAD.split(","))
    sheet.append([datetime(2026, 1, 5, 12), "007", "roll", "thickness_um", 60.5, "um"])
    sheet.append([datetime(2026, 1, 5, 13), "NA", "roll", "thickness_um", 61, "um"])
    book.save(folder / "a.xlsx")
    one = SourceConfig(
        name="drop", kind="files", address=str(folder), timezone="UTC",
        options={"poll_s": 0.02, "stable_s": 0.0},
    )  # fmt: skip
    watched(store, one, (folder / "done" / "a.xlsx").exists)
    assert list(store.measurements()["lot_id"]) == ["007", "NA"]
    assert list(store.measurements()["value"]) == [60.5, 61.0]


def test_a_kind_that_is_none_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match="rows must be one of"):
        folder_source(config(folder, rows="numbers"))


CHILD = """
import asyncio, sys
from pathlib import Path
from twin.live.sourcing import SourceConfig
from twin.live.sourcing.supervisor import Supervisor
from twin.monitoring.plan import reference_plan
from twin.settings import Settings
from twin.store import Store
home, folder = Path(sys.argv[1]), sys.argv[2]
options = {"poll_s": 0.01, "stable_s": 0.0}
config = SourceConfig(name="drop", kind="files", address=folder, options=options)
with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
    print("ready", flush=True)
    asyncio.run(Supervisor(store, reference_plan(), [config], tick_s=0.05).run(asyncio.Event()))
"""


@pytest.mark.soak
def test_a_killed_import_leaves_all_or_nothing(
    store: Store, folder: Path, rounds: Callable[[int, int], int]
) -> None:
    """Files are dropped while the process that imports them is killed again and again."""
    values = list(range(10, 60))
    n = rounds(4, 60)
    for number in range(n):
        (folder / f"{number}.csv").write_text(rows(*values, lot=f"L{number}"))
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(store.home), str(folder)],
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.01 * (number % 13))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        held = store.measurements().groupby("lot_id").size()
        assert set(held) <= {len(values)}
    watched(store, config(folder), lambda: not list(folder.glob("*.csv")), 20.0 + 5.0 * n)
    frame = store.measurements()
    assert len(frame) == n * len(values)
    assert not frame.duplicated(["measured_at", "lot_id"]).any()
    assert len(list((folder / "done").glob("*.csv"))) == n


def test_the_check_of_the_campaign_finds_a_double_import(store: Store, folder: Path) -> None:
    """Control: without the identity of a row (here: another source), the same file counts twice."""
    (folder / "a.csv").write_text(rows(60))
    watched(store, config(folder), (folder / "done" / "a.csv").exists)
    (folder / "b.csv").write_text(
        rows(60).replace("unit\n", "unit,source\n").replace("um\n", "um,twin\n")
    )
    shutil.rmtree(folder / "done")
    watched(store, config(folder), (folder / "done" / "b.csv").exists)
    assert store.measurements().duplicated(["measured_at", "lot_id"]).any()
