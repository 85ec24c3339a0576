"""Importing evidence: good rows are kept, bad ones set aside, mended and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from process_models.errors import InputError
from twin.evidence import read_evidence
from twin.settings import Settings
from twin.store import Store
from twin.store.evidence_import import evidence_files, known_evidence
from twin.store.importing import ImportReport, import_file
from twin.store.quarantine import mend, quarantined
from twin.store.rows import Edge

HEADER = (
    "id,sample,test,process,sublimation_time_s,unit,censoring,value,lower,reference,kind,laboratory"
)
GOOD = "n1,A,ccd,lacss,40,mA/cm2,exact,2.3,,,measured,ours"
ORDER = "n2,B,ccd,lacss,60,mA/cm2,ordinal,,,A,ordinal,ours"
BAD = "n3,C,ccd,lacss,40,mA/cm2,exact,-1,,,measured,ours"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = tmp_path / "home"
    home.mkdir()
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as found:
        yield found


def brought(store: Store, path: Path, *rows: str) -> ImportReport:
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return import_file(store, path)


def kept(store: Store) -> list[str]:
    return [row.id for path in evidence_files(store.home) for row in read_evidence(path)]


def test_good_rows_are_kept_and_bad_ones_set_aside(store: Store, tmp_path: Path) -> None:
    report = brought(store, tmp_path / "new.csv", GOOD, BAD, ORDER)
    assert (report.accepted, report.quarantined, report.stored_total) == (2, 1, 2)
    assert report.quarantine[0][0] == 2
    assert "column value: must not be negative, got -1" in report.quarantine[0][1]
    assert kept(store) == ["n1", "n2"]
    [row] = quarantined(store)
    assert (row.kind, row.row, row.column, row.value) == ("evidence", 2, "value", "-1")


def test_twice_is_once(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path / "new.csv", GOOD, ORDER)
    again = brought(store, tmp_path / "new.csv", GOOD, ORDER)
    assert (again.accepted, again.duplicates, again.conflicts) == (0, 2, 0)
    other = brought(store, tmp_path / "other.csv", GOOD.replace("2.3", "2.4"))
    assert (other.accepted, other.conflicts) == (0, 1)


def test_a_comparison_may_be_with_evidence_that_came_before(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path / "first.csv", GOOD)
    assert brought(store, tmp_path / "second.csv", ORDER).accepted == 1
    assert {"n1", "n2"} <= {row.id for row in known_evidence(store.home)}


def test_a_comparison_with_a_refused_row_is_refused_too(store: Store, tmp_path: Path) -> None:
    bad = GOOD.replace("2.3", "-1")
    other = GOOD.replace("n1,A", "n9,Z")
    report = brought(store, tmp_path / "new.csv", bad, ORDER, other)
    assert (report.accepted, report.quarantined) == (1, 2)
    assert [number for number, _ in report.quarantine] == [1, 2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((BAD,), "nothing can be stored, row 1: column value"),
        ((), "nothing can be stored, it has no rows"),
        ((f"{GOOD},9",), "nothing can be stored, row 1"),
    ],
)
def test_nothing_good_is_an_error_and_stores_nothing(
    store: Store, tmp_path: Path, rows: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        brought(store, tmp_path / "new.csv", *rows)
    assert kept(store) == []
    assert quarantined(store) == []


def test_another_table_is_named(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("id,sample,test,censoring,kind,colour\n1,A,ccd,exact,measured,red\n")
    with pytest.raises(InputError, match="column 'colour' is unknown to evidence"):
        import_file(store, path)
    path.write_text("id,sample,test,censoring\n1,A,ccd,exact\n")
    with pytest.raises(InputError, match="column 'kind' is missing, needed for evidence"):
        import_file(store, path)


def test_one_id_twice_in_a_table_is_kept_once(store: Store, tmp_path: Path) -> None:
    report = brought(store, tmp_path / "new.csv", GOOD, GOOD.replace("2.3", "2.5"))
    assert (report.accepted, report.quarantined) == (1, 1)
    assert "must be unique, got 'n1' again" in report.quarantine[0][1]


def test_a_mended_row_joins_its_file(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path / "new.csv", GOOD, BAD)
    [row] = quarantined(store)
    edge = Edge(lambda *_: None, None)
    with pytest.raises(InputError, match="row 2: column value: must not be negative"):
        mend(store, row.id, {"value": "-2"}, user="eva", edge=edge)
    receipt = mend(store, row.id, {"value": "2.1"}, user="eva", edge=edge)
    assert receipt.accepted == 1
    assert kept(store) == ["n1", "n3"]
    assert quarantined(store) == []
