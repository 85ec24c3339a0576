"""Tables as plants really send them: odd files, odd cells, odd clocks; stored right or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from twin.store import Store
from twin.store.importing import import_file
from twin.store.quarantine import quarantined
from twin.store.tables import read_table
from twin.store.units import convert

# What is tested here lies above the database.
DATABASES = ("sqlite",)

HEAD = "measured_at,lot_id,station,characteristic,value,unit"
GOOD = "2026-01-05T06:00:00Z,007,roll,thickness_um,60.1,um"
COLUMNS = {
    "measured_at": ["2026-01-05T06:00:00Z"], "lot_id": ["007"], "station": ["roll"],
    "characteristic": ["thickness_um"], "value": [60.1], "unit": ["um"],
}  # fmt: skip
Import = Callable[..., Any]


@pytest.fixture
def imported(store: Store, tmp_path: Path) -> Import:
    """Import a text as CSV, or columns as Parquet."""

    def take(content: str | dict[str, Any], **options: Any) -> Any:
        path = tmp_path / "table"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            pq.write_table(pa.table(content), path)
        return import_file(store, path, **options)

    return take


def test_blank_lines_are_no_rows_but_count_as_lines(imported: Import, store: Store) -> None:
    report = imported(f"\n{HEAD}\n{GOOD}\n\n\n{GOOD},7\n{GOOD.replace('60.1', 'thick')}\n\n")
    assert (report.accepted, report.quarantined) == (1, 2)
    assert [row.row for row in quarantined(store)] == [4, 5]


def test_a_cell_may_hold_a_line_break_a_comma_and_quotes(imported: Import, store: Store) -> None:
    imported(f"{HEAD}\r\n{GOOD.replace('007', chr(34) + '0,0' + chr(10) + '7' + chr(34) * 3)}\r\n")
    assert store.measurements()["lot_id"].tolist() == ['0,0\n7"']


@pytest.mark.parametrize("lot", ["NA", "nan", "null", "None", "007", "1e5", "TRUE", "ÄÖ-µ"])
def test_an_id_is_text_and_stays_what_it_is(imported: Import, store: Store, lot: str) -> None:
    imported(f"{HEAD}\n{GOOD.replace('007', lot)}\n")
    assert store.measurements()["lot_id"].tolist() == [lot]


@pytest.mark.parametrize("year", ["0001", "1677", "2262", "9998"])
def test_years_far_away_come_back(imported: Import, store: Store, year: str) -> None:
    imported(f"{HEAD}\n{GOOD.replace('2026', year)}\n")
    assert store.measurements()["measured_at"].iloc[0].year == int(year)


@pytest.mark.parametrize("number", ["1_0", "1.5", "nan", "inf", "1e400", "10 000", "0x10"])
def test_a_sequence_is_a_whole_number(imported: Import, number: str) -> None:
    with pytest.raises(InputError, match="column sequence: must be a whole number"):
        imported(f"{HEAD},sequence\n{GOOD},{number}\n")


def test_a_mapped_column_goes_before_one_of_the_same_name(
    imported: Import, store: Store, tmp_path: Path
) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nvalue = "thickness"\nstation = "value"\n')
    head = HEAD.replace("station", "old")
    imported(f"{head},thickness\n{GOOD.replace('60.1', 'roll')},59.5\n", mapping=mapping)
    assert store.measurements()[["station", "value"]].iloc[0].tolist() == ["roll", 59.5]


def test_a_mapping_uses_a_column_once(imported: Import, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nlot_id = "x"\nsubgroup = "x"\n')
    with pytest.raises(InputError, match=r"\[columns\] must name each column once, got 'x' twice"):
        imported(f"{HEAD}\n{GOOD}\n", mapping=mapping)


@pytest.mark.parametrize(
    ("local", "hour_utc"),
    [
        ("2026-03-29T01:59:59", 0),  # the clock jumps from 2 to 3
        ("2026-03-29T03:00:00", 1),
        ("2026-10-25T01:59:59", 23),  # 2 to 3 comes twice: the first is meant
        ("2026-10-25T02:30:00", 0),
        ("2026-10-25T03:00:00", 2),
        ("2026-07-01T12:00:00", 10),
    ],
)
def test_local_times_around_the_changes_of_the_clock(
    imported: Import, store: Store, local: str, hour_utc: int
) -> None:
    imported(f"{HEAD}\n{GOOD.replace('2026-01-05T06:00:00Z', local)}\n", timezone="Europe/Berlin")
    assert store.measurements()["measured_at"].iloc[0].hour == hour_utc


@pytest.mark.parametrize("zone", ["UTC", "+05:30", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_times_are_the_moment_that_they_are(
    imported: Import, store: Store, zone: str, unit: str
) -> None:
    moment = datetime(2026, 1, 5, 6, tzinfo=UTC)
    at = pa.array([moment], pa.timestamp(unit, tz=zone))
    imported({**COLUMNS, "measured_at": at})
    assert store.measurements()["measured_at"].tolist() == [moment]


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("measured_at", pa.array([1], pa.timestamp("us", tz="Mars/Phobos")), "not a Parquet table"),
        ("measured_at", pa.array([2**62], pa.timestamp("us", tz="UTC")), "not a Parquet table"),
        ("measured_at", pa.array([date(2026, 1, 5)]), "needs an offset"),
        ("measured_at", pa.array([2**62], pa.duration("us")), "must be an ISO 8601 time"),
        ("measured_at", pa.array([None], pa.string()), "must not be empty"),
        ("value", pa.array([[60.1]]), "must be a number"),
        ("value", pa.array([True]), "must be a number"),
        ("value", pa.array([float("nan")]), "must be a finite number"),
        ("value", pa.array([b"60.1"]), "must be a number"),
        ("lot_id", pa.array([None], pa.string()), "column lot_id: must not be empty"),
        ("unit", pa.array([{"a": 1}]), "unit must be"),
    ],
)
def test_parquet_of_the_wrong_type_is_refused_in_one_line(
    imported: Import, store: Store, column: str, cells: pa.Array, says: str
) -> None:
    with pytest.raises(InputError, match=says) as error:
        imported({**COLUMNS, column: cells})
    assert "\n" not in str(error.value)
    assert store.counts()["measurements"] == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(b"PAR1".__add__)))
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(content)
    try:
        table = read_table(path)
    except InputError as error:
        said = str(error)
    else:
        said = "a table" if len(table.rows) == len(table.numbers) else "rows\nwithout numbers"
    assert len(said.splitlines()) == 1


@given(
    value=st.floats(1e-6, 1e6),
    units=st.sampled_from([("mm", "um"), ("K", "C"), ("F", "C"), ("bar", "MPa"), ("%", "ppm")]),
)
def test_units_there_and_back(value: float, units: tuple[str, str]) -> None:
    unit, own = units
    back = convert(convert(value, unit, own), own, unit)
    assert abs(back - value) <= 1e-9 * max(abs(value), 300)
