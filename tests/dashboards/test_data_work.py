"""Bringing data in from the page: checked without storing, stored, refused rows mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards import chart_file, charts, data_import, data_refused, state
from dashboards.access import current_user
from process_models.errors import InputError
from process_models.spc import ChartOptions
from twin.store.quarantine import mend, quarantined
from twin.store.rows import Edge

_NONE = ChartOptions()
CSV = b"""measured_at,lot_id,station,characteristic,value,unit
2026-01-01T12:00:00+00:00,007,roll,thickness_um,60.1,um
2026-01-01T12:10:00+00:00,008,roll,thickness_um,sixty,um
2026-01-01T12:20:00+00:00,009,roll,thickness_um,60.3,um
"""


def test_a_check_stores_nothing_and_names_the_bad_row(empty: Path) -> None:
    report = data_import.check_file("a.csv", CSV, None)
    assert (report.accepted, report.quarantined) == (2, 1)
    assert report.quarantine[0][0] == 2
    assert "sixty" in report.quarantine[0][1]
    assert state.store().counts()["measurements"] == 0


def test_what_was_checked_can_be_stored_once(empty: Path) -> None:
    first = data_import.store_file("a.csv", CSV, None, current_user().name)
    assert (first.accepted, first.quarantined) == (2, 1)
    again = data_import.store_file("a.csv", CSV, None, current_user().name)
    assert (again.accepted, again.duplicates) == (0, 2)
    assert list(state.store().measurements()["lot_id"]) == ["007", "009"]


def test_a_refused_row_is_listed_with_its_reason_and_can_be_mended(empty: Path) -> None:
    data_import.store_file("a.csv", CSV, None, current_user().name)
    rows = quarantined(state.store())
    table = data_refused.refused_table(rows)
    assert list(table["Column"]) == ["value"]
    assert list(table["File"]) == ["a.csv"]
    mend(state.store(), rows[0].id, {"value": "60.2"}, current_user().name, Edge(state.plan().find))
    assert quarantined(state.store()) == []


def test_a_file_that_is_no_table_is_refused_by_its_own_name(empty: Path) -> None:
    with pytest.raises(InputError) as refusal:
        data_import.check_file("notes.csv", b"hello\nworld\n", None)
    assert str(refusal.value).startswith("notes.csv")


def test_times_without_offset_need_a_zone(empty: Path) -> None:
    naive = CSV.replace(b"+00:00", b"")
    with pytest.raises(InputError):
        data_import.check_file("a.csv", naive, None)
    assert data_import.check_file("a.csv", naive, "Europe/Berlin").accepted == 2


def test_a_name_with_folders_in_it_stays_in_its_own(empty: Path) -> None:
    assert data_import.check_file("../../a.csv", CSV, None).accepted == 2


def test_a_file_can_be_charted_without_being_stored(empty: Path) -> None:
    content = b"sample,value\n" + b"".join(b"%d,%d\n" % (i // 2, i % 5) for i in range(40))
    columns = {"value": "value", "subgroup": "sample"}
    shown = charts.of_file("rings.csv", content, "xbar_r", columns, ChartOptions(), "")
    assert shown.result.n == 20
    assert shown.stored is None
    assert state.store().counts()["measurements"] == 0


def test_a_bad_cell_of_a_charted_file_is_named_by_row_and_column(empty: Path) -> None:
    with pytest.raises(InputError, match=r"^rings.csv: row 2, column 'value'"):
        charts.of_file("rings.csv", b"value\n1\nx\n", "i_mr", {"value": "value"}, _NONE, "")


def test_columns_are_read_from_the_header() -> None:
    assert chart_file.header_of("a.csv", b'\xef\xbb\xbf"a, b",c\n1,2\n') == ["a, b", "c"]
    with pytest.raises(InputError, match="names of the columns"):
        chart_file.header_of("a.csv", b"")
