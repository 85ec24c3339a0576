"""Records, stored events and a folder of tables tell the same; foreign events are understood."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from process_models.errors import InputError
from twin.event_table import events as events_of
from twin.genealogy import genealogy_of_events
from twin.genealogy.from_tables import genealogy_of_folder
from twin.records import to_parquet, visits

if TYPE_CHECKING:
    from conftest import Run

    from twin.genealogy import Genealogy


def told(tree: Genealogy) -> set[tuple[object, ...]]:
    """Edges, to the microsecond that a stored time keeps."""
    return {(e.parent, e.child, e.kind, e.station, round(e.time_s, 5)) for e in tree.edges()}


def went(tree: Genealogy) -> set[tuple[object, ...]]:
    return {(p.lot, p.station, p.server, round(p.start_s, 5)) for p in tree.passages.every()}


def test_stored_events_tell_the_same_as_the_records(run: Run) -> None:
    stored = genealogy_of_events(run.events(), run.line)
    assert told(stored) == told(run.tree)
    assert went(stored) == went(run.tree)
    assert stored.provenance == "simulated"


def write(run: Run, folder: Path, replications: int = 1) -> None:
    tables = {"visits": visits(run.records), "events": events_of(run.records),
              "genealogy": run.tree.to_frame()}  # fmt: skip
    if replications > 1:
        numbers = range(1, replications + 1)
        tables = {
            name: pd.concat([one.assign(replication=n) for n in numbers], ignore_index=True)
            for name, one in tables.items()
        }
    to_parquet(tables, folder)


@pytest.mark.parametrize("replications", [1, 2])
def test_a_folder_tells_the_same_as_the_records(
    run: Run, tmp_path: Path, replications: int
) -> None:
    write(run, tmp_path, replications)
    read = genealogy_of_folder(tmp_path, replications)
    assert told(read) == told(run.tree)
    assert went(read) == went(run.tree)


def test_a_furnace_run_holds_the_lots_that_were_exposed_together(run: Run) -> None:
    (passage,) = (one for one in run.tree.passed("L00004") if one.station == "sublimation")
    assert run.tree.passages.together(passage) == ("L00003", "L00004")


def test_folders_that_hold_no_run_are_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"genealogy.parquet is missing"):
        genealogy_of_folder(tmp_path)
    write(run, tmp_path)
    with pytest.raises(InputError, match="holds one replication, got replication 2"):
        genealogy_of_folder(tmp_path, 2)
    write(run, tmp_path, 2)
    with pytest.raises(InputError, match="replication must be from 1 to 2, got 3"):
        genealogy_of_folder(tmp_path, 3)
    pd.DataFrame({"parent": ["A"]}).to_parquet(tmp_path / "genealogy.parquet")
    with pytest.raises(InputError, match="needs a column child, got parent"):
        genealogy_of_folder(tmp_path)


def foreign(*rows: tuple[int, str, str, str, str, str]) -> pd.DataFrame:
    """Minute, station, event, lot, parent, detail."""
    columns = ["minute", "station", "event", "lot_id", "parent_lot_id", "detail"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], "str"))
    start = pd.Timestamp("2026-01-05T06:00:00Z")
    at = start + pd.to_timedelta(frame["minute"].to_numpy(dtype=np.int64), unit="min")
    return frame.assign(occurred_at=at, provenance="imported")


def test_a_site_may_report_rolls_sheets_and_coupons_of_its_own(run: Run) -> None:
    events = foreign(
        (0, "unwind", "split", "A", "FOIL7", ""), (0, "unwind", "split", "B", "FOIL7", ""),
        (1, "polish", "start", "A", "", "server 2"), (2, "polish", "finish", "A", "", "server 2"),
        (5, "wind", "merge", "W1", "A", ""), (5, "wind", "merge", "W1", "B", ""),
        (6, "roll", "start", "W1", "", "server 3"), (9, "roll", "finish", "W1", "", "server 3"),
        (9, "roll", "split", "P1", "W1", ""), (9, "roll", "split", "P2", "W1", ""),
        (10, "inspect", "split", "K", "P1", ""), (10, "inspect", "split", "K", "P2", ""),
        (10, "cell_test", "arrive", "K", "", ""), (11, "cell_test", "start", "K", "", "server 9"),
    )  # fmt: skip
    tree = genealogy_of_events(events, run.line)
    assert tree.ancestors("K-C1") == ("K", "P1", "P2", "W1", "A", "B", "FOIL7")
    kinds = [tree.kind(one) for one in ("FOIL7", "A", "W1", "P2", "K", "K-C1")]
    assert kinds == ["foil_roll", "lot", "wound_roll", "sheet", "coupon", "cell"]
    assert [(p.station, p.server) for p in tree.passed("K-C1")] == [
        ("polish", 2), ("roll", 3), ("cell_test", 9),
    ]  # fmt: skip
    assert tree.provenance == "imported"


def test_a_maintenance_tells_its_name_and_server(run: Run) -> None:
    events = foreign(
        (0, "roll", "start", "A", "", "server 1"), (1, "roll", "finish", "A", "", "server 1"),
        (2, "roll", "maintenance_end", "", "", "server 1; regrind"),
        (3, "roll", "start", "B", "", "server 1"), (4, "roll", "start", "C", "", ""),
        (5, "roll", "maintenance_end", "", "", "regrind"),
    )  # fmt: skip
    known = genealogy_of_events(events, run.line).passages
    campaign = known.campaign(known.of("B")[0])
    assert (campaign.service, campaign.lots) == ("regrind", ("B", "C"))
    assert known.services["server"].tolist() == [1, 0]


def test_a_coupon_that_still_waits_for_its_test_is_a_coupon(run: Run) -> None:
    events = foreign(
        (0, "inspect", "finish", "A", "", ""), (0, "inspect", "split", "A-T1", "A", ""),
        (0, "cell_test", "arrive", "A-T1", "", ""),
    )  # fmt: skip
    tree = genealogy_of_events(events, run.line)
    assert tree.kind("A-T1") == "coupon"
    assert tree.descendants("A") == ("A-T1",)


def test_the_same_split_reported_twice_is_one(run: Run) -> None:
    twice = foreign(*[(0, "unwind", "split", "A", "F", "")] * 2)
    assert len(genealogy_of_events(twice, run.line).edges()) == 1


def test_no_events_are_an_empty_graph(run: Run) -> None:
    assert genealogy_of_events(run.events().iloc[:0], run.line).things() == ()
