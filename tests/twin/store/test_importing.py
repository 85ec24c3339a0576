from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from process_models.errors import InputError, LacssError
from twin.monitoring.audit import AuditFilter, AuditLog
from twin.monitoring.plan import reference_plan
from twin.settings import data_folder
from twin.store import Store
from twin.store.evidence_import import evidence_files
from twin.store.importing import import_file, import_files
from twin.store.quarantine import discard, mend, quarantined
from twin.store.rows import Edge, zone

HEAD = "measured_at,lot_id,station,characteristic,value,unit"
GOOD = "2026-01-05T06:00:00Z,007,roll,thickness_um,60.1,um"
Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def write(*rows: str, head: str = HEAD, name: str = "m.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
        return path

    return write


def edge() -> Edge:
    return Edge(reference_plan().find)


def test_a_good_table(store: Store, table: Table) -> None:
    report = import_file(store, table(GOOD, GOOD.replace("06:00", "07:00")))
    assert report.to_dict() == {
        "accepted": 2, "duplicates": 0, "conflicts": 0, "quarantined": 0, "late": 0,
        "future": 0,
        "stored_total": 2, "quarantine": [], "kinds": ["measurements"],
    }  # fmt: skip
    row = store.measurements().iloc[0]
    assert (row["lot_id"], row["value"], row["provenance"]) == ("007", 60.1, "imported")


def test_the_same_file_twice_accepts_nothing(store: Store, table: Table) -> None:
    path = table(GOOD, GOOD.replace("60.1", "thick"))
    import_file(store, path)
    again = import_file(store, path)
    assert (again.accepted, again.duplicates, again.quarantined, again.stored_total) == (0, 1, 1, 1)
    assert len(quarantined(store)) == 1
    assert store.counts()["imports"] == 2


@pytest.mark.parametrize(
    ("row", "column", "rule", "value"),
    [
        (GOOD.replace("60.1", "thick"), "value", "must be a number", "thick"),
        (GOOD.replace("60.1", ""), "value", "must not be empty", ""),
        (GOOD.replace("60.1", "inf"), "value", "must be a finite number", "inf"),
        (GOOD.replace("60.1", "nan"), "value", "must be a finite number", "nan"),
        (GOOD.replace("60.1", "6_0"), "value", "must be a finite number", "6_0"),
        (GOOD.replace("60.1", "6000"), "value", "must be plausible, 5 to 400 um", "6000"),
        (GOOD[:-2], "unit", "must not be empty", ""),
        (GOOD[:-2] + "inch", "unit", "unit must be um or one that converts to it", "inch"),
        (GOOD[:-2] + "s", "unit", "unit must be one of length, such as um", "s"),
        (GOOD.replace("007", " "), "lot_id", "must not be empty", ""),
        (GOOD.replace("Z", ""), "measured_at", "needs an offset from UTC, or --timezone",
         "2026-01-05T06:00:00"),
        (GOOD.replace("2026-01-05T06:00:00Z", "yesterday"), "measured_at",
         "must be an ISO 8601 time", "yesterday"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_quarantined(
    store: Store, table: Table, row: str, column: str, rule: str, value: str
) -> None:
    report = import_file(store, table(GOOD, row))
    assert (report.accepted, report.quarantined) == (1, 1)
    assert report.quarantine[0][0] == 2
    (kept,) = quarantined(store)
    assert (kept.row, kept.column, kept.value) == (2, column, value)
    assert kept.rule == rule
    assert kept.file.endswith("m.csv")


@pytest.mark.parametrize(
    ("column", "text"),
    [("position", "1.5"), ("sequence", "x"), ("quality", "fine"), ("censoring", "left"),
     ("received_at", "soon")],
)  # fmt: skip
def test_optional_columns_have_rules_too(
    store: Store, table: Table, column: str, text: str
) -> None:
    path = table(f"{GOOD},", f"{GOOD.replace('06:00', '07:00')},{text}", head=f"{HEAD},{column}")
    assert import_file(store, path).quarantined == 1
    assert quarantined(store)[0].column == column


def test_a_row_of_another_width_is_quarantined(store: Store, table: Table) -> None:
    report = import_file(store, table(GOOD, GOOD + ",more", "x"))
    assert report.quarantine == (
        (2, "the row must have 6 values, got 7"),
        (3, "the row must have 6 values, got 1"),
    )


def test_units_are_converted_at_the_edge(store: Store, table: Table) -> None:
    import_file(store, table(GOOD.replace("60.1,um", "0.0601,mm")))
    row = store.measurements().iloc[0]
    assert (row["value"], row["unit"]) == (60.1, "um")
    assert import_file(store, table(GOOD, name="b.csv")).duplicates == 1


def test_what_the_plan_does_not_know_is_stored_as_it_is(store: Store, table: Table) -> None:
    import_file(store, table("2026-01-05T06:00Z,1,coat,wetness,1e9,parsec"))
    row = store.measurements().iloc[0]
    assert (row["characteristic"], row["value"], row["unit"]) == ("wetness", 1e9, "parsec")


def test_times_without_offset_need_a_zone(store: Store, table: Table) -> None:
    path = table(GOOD.replace("Z", ""))
    with pytest.raises(InputError, match=r"row 1: column measured_at: needs an offset"):
        import_file(store, path)
    import_file(store, path, timezone="Europe/Berlin")
    assert store.measurements()["measured_at"][0].isoformat() == "2026-01-05T05:00:00+00:00"
    with pytest.raises(InputError, match="timezone must be an IANA name"):
        zone("Mars/Base")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the table is empty"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"a\0b", "NUL bytes"),
        (HEAD.encode(), "nothing can be stored, it has no rows"),
        (b"a,a\n1,2\n", "column 'a' stands twice"),
        (b"a,b\n1,2\n", "columns must be those of measurements"),
        (f"{HEAD}\n{GOOD[:-2]}".encode(), "nothing can be stored, row 1: column unit"),
        (b"measured_at,characteristic,value,unit\n1,2,3,4\n", "column 'lot_id' is missing"),
        (b'a,"b\n1,2', "not a CSV table"),
        (b"PAR1 but not really PAR1", "not a Parquet table"),
    ],
)
def test_what_is_no_table_is_refused(
    store: Store, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        import_file(store, path)
    assert "bad.csv" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert store.counts()["imports"] == 0


def test_one_bad_file_of_several_stores_nothing(store: Store, table: Table) -> None:
    paths = [table(GOOD), table("nonsense", name="bad.csv")]
    with pytest.raises(InputError, match=r"bad\.csv"):
        import_files(store, paths)
    assert store.counts()["measurements"] == 0


def test_several_files_add_up(store: Store, table: Table) -> None:
    events = table("2026-01-05T06:00Z,L1,roll,arrive",
                   head="occurred_at,lot_id,station,event", name="e.csv")  # fmt: skip
    report = import_files(store, [table(GOOD), events])
    assert (report.accepted, report.stored_total) == (2, 2)
    assert report.kinds == ("measurements", "events")


def test_a_byte_order_mark_and_foreign_line_ends(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "dos.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}\r\n{GOOD}\r\n".encode())
    assert import_file(store, path).accepted == 1


def test_parquet_says_the_same_as_csv(store: Store, table: Table, tmp_path: Path) -> None:
    source = table(GOOD, GOOD.replace("007", "NA"))
    with source.open() as file:
        rows = list(csv.DictReader(file))
    frame = pa.table(
        {
            **{name: [row[name] for row in rows] for name in HEAD.split(",")},
            "value": [float(row["value"]) for row in rows],
            "position": pa.array([None, 2], pa.int32()),
        }
    )
    pq.write_table(frame, tmp_path / "m.parquet")
    assert import_file(store, tmp_path / "m.parquet").accepted == 2
    assert sorted(store.measurements()["lot_id"]) == ["007", "NA"]
    assert import_file(store, source).duplicates == 1, "the other one has a position"


def test_a_mapping_names_foreign_columns(store: Store, table: Table, tmp_path: Path) -> None:
    path = table("2026-01-05T06:00Z,7,0.0601", head="Zeit,Los,Dicke")
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\nmeasured_at = "Zeit"\nlot_id = "Los"\nvalue = "Dicke"\n'
        '[values]\nstation = "roll"\ncharacteristic = "thickness_um"\nunit = "mm"\n'
    )
    assert import_file(store, path, mapping=mapping).accepted == 1
    assert store.measurements()["value"][0] == 60.1


@pytest.mark.parametrize(
    ("text", "message"),
    [("[columns]\nvalue = 'x'", "column 'x' \\(value\\) is not in the table"),
     ("[columns]\nvalue = 1", "must be a table of texts"), ("[other]", "got 'other'"),
     ("nonsense", "cannot be read as TOML")],
)  # fmt: skip
def test_a_mapping_that_breaks_a_rule(
    store: Store, table: Table, tmp_path: Path, text: str, message: str
) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(text)
    with pytest.raises(InputError, match=message):
        import_file(store, table(GOOD), mapping=mapping)


def test_events_and_their_rules(store: Store, table: Table) -> None:
    head = "occurred_at,lot_id,station,event"
    rows = ("2026-01-05T06:00Z,L1,roll,arrive", "2026-01-05T06:01Z,,roll,down",
            "2026-01-05T06:02Z,L1,roll,explode", "2026-01-05T06:03Z,,roll,start")  # fmt: skip
    report = import_file(store, table(*rows, head=head))
    assert (report.accepted, report.quarantined, report.stored_total) == (2, 2, 2)
    assert [row.column for row in quarantined(store)] == ["event", "lot_id"]


def test_late_rows_are_counted(store: Store, table: Table) -> None:
    import_file(store, table(GOOD.replace("06:00", "09:00")))
    plan = replace(reference_plan(), late_after_s=60.0)
    assert import_file(store, table(GOOD, name="late.csv"), plan=plan).late == 1


def test_evidence_is_kept_whole_and_once(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "evidence.csv"
    path.write_bytes((data_folder() / "evidence.csv").read_bytes())
    first = import_file(store, path)
    assert first.accepted == first.stored_total > 10
    again = import_file(store, path)
    assert (again.accepted, again.duplicates) == (0, first.accepted)
    assert len(evidence_files(store.home)) == 1


def test_a_bad_row_of_evidence_is_set_aside(store: Store, tmp_path: Path) -> None:
    text = (data_folder() / "evidence.csv").read_text().replace("exact", "roughly", 1)
    path = tmp_path / "evidence.csv"
    path.write_text(text)
    report = import_file(store, path, kind="evidence")
    assert report.quarantined == 1
    assert "censoring" in report.quarantine[0][1]
    assert len(evidence_files(store.home)) == 1


def test_a_mended_row_is_imported(store: Store, table: Table) -> None:
    import_file(store, table(GOOD, GOOD.replace("60.1", "6o.2").replace("06:00", "07:00")))
    (row,) = quarantined(store)
    with pytest.raises(InputError, match=r"m\.csv row 2: column value: must be a number"):
        mend(store, row.id, {"value": "sixty"}, "ana", edge())
    assert mend(store, row.id, {"value": "60.2"}, "ana", edge()).accepted == 1
    assert quarantined(store) == []
    assert quarantined(store, state="mended")[0].record["value"] == "60.2"
    with pytest.raises(InputError, match="must be open, it is mended"):
        mend(store, row.id, {}, "ana", edge())
    with pytest.raises(InputError, match="it is missing"):
        mend(store, 99, {}, "ana", edge())
    with pytest.raises(InputError, match="user must not be empty"):
        mend(store, row.id, {}, " ", edge())
    assert store.measurements()["value"].tolist() == [60.1, 60.2]
    (entry,) = AuditLog(store).entries(where=AuditFilter(action="quarantine"))
    assert (entry.user, entry.action, entry.subject) == (
        "ana", "quarantine.mend", f"quarantine {row.id}",
    )  # fmt: skip
    assert json.loads(entry.old) == {"state": "open", "record": {"value": "6o.2"}}
    new = json.loads(entry.new)
    assert (new["state"], new["record"], new["row"]) == ("mended", {"value": "60.2"}, 2)
    assert (new["file"], len(new["sha256"])) == (row.file, 64)


def test_a_discarded_row_is_open_no_longer(store: Store, table: Table) -> None:
    import_file(store, table(GOOD, GOOD.replace("60.1", "thick")))
    (row,) = quarantined(store)
    with pytest.raises(InputError, match="reason must not be empty to discard row"):
        discard(store, row.id, "ana", " ")
    with pytest.raises(InputError, match="user must not be empty to discard row"):
        discard(store, row.id, "", "a line of text")
    discard(store, row.id, "ana", "a line of text")
    assert quarantined(store) == []
    assert quarantined(store, state="discarded")[0].record["value"] == "thick"
    with pytest.raises(InputError, match="must be open, it is discarded"):
        mend(store, row.id, {"value": "60"}, "ana", edge())
    with pytest.raises(InputError, match="it is missing"):
        discard(store, 99, "ana", "none")
    (entry,) = AuditLog(store).entries(where=AuditFilter(action="quarantine"))
    assert (entry.action, entry.reason) == ("quarantine.discard", "a line of text")
    assert json.loads(entry.old)["record"]["value"] == "thick"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_import_is_in_the_trail(store: Store, table: Table) -> None:
    """Who, which file by its hash, and what became of it; in the transaction of the import."""
    path = table(GOOD, GOOD.replace("60.1", "thick"))
    import_file(store, path, user="ana")
    import_file(store, path)
    first, again = AuditLog(store).entries()
    assert (first.user, first.action, first.subject) == ("ana", "import.measurements", "file m.csv")
    assert json.loads(first.new) == {
        "file": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "accepted": 1, "duplicates": 0, "conflicts": 0, "quarantined": 1, "late": 0,
    }  # fmt: skip
    assert (again.user, json.loads(again.new)["duplicates"]) == ("command line", 1)
    assert AuditLog(store).verify().intact


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_trial_writes_no_head_where_those_of_the_site_are(
    store: Store, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head of another trail among those outside would look like a chain computed anew."""
    anchor = tmp_path / "outside.head"
    monkeypatch.setenv("LACSS_AUDIT_ANCHOR", str(anchor))
    assert import_file(store, table(GOOD), trial=True).accepted == 1
    assert not anchor.exists()
    assert AuditLog(store).entries() == []
    import_file(store, table(GOOD))
    assert anchor.exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_import_that_fails_is_not_in_the_trail(
    store: Store, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("twin.store.importing._total", broken)
    with pytest.raises(OSError, match="disk full"):
        import_file(store, table(GOOD), user="ana")
    assert AuditLog(store).entries() == []
    assert store.counts()["imports"] == store.counts()["measurements"] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=60), st.integers(0, len(HEAD) + 2 * len(GOOD)))
def test_a_mutated_table_never_ends_in_a_traceback(
    store: Store, tmp_path: Path, noise: bytes, at: int
) -> None:
    content = f"{HEAD}\n{GOOD}\n{GOOD}\n".encode()
    path = tmp_path / "mutated.csv"
    path.write_bytes(content[:at] + noise + content[at + len(noise) // 2 :])
    before = store.counts()["measurements"]
    try:
        report = import_file(store, path)
    except LacssError:
        assert store.counts()["measurements"] == before
    else:
        assert store.counts()["measurements"] - before in (0, report.accepted)


def test_readings_from_the_future_are_counted(store: Store, table: Table) -> None:
    report = import_file(store, table(GOOD, GOOD.replace("2026", "9026")))
    assert report.to_dict()["future"] == 1
    assert store.measurements()["quality"].tolist() == ["good", "uncertain"]
