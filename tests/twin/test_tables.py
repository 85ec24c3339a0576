"""Tables from CSV and Parquet: what is kept, and how every bad cell is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from process_models.errors import InputError
from twin.tables import read_table


@pytest.fixture
def written(tmp_path: Path):
    def write(content: str | bytes, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_text_stays_text_and_numbers_are_numbers(written) -> None:
    table = read_table(written("lot_id,value\n007,1.5\nNA, 2e-3 \n"))
    assert table.texts("lot_id") == ["007", "NA"]
    assert table.numbers("value").tolist() == [1.5, 0.002]
    assert table.rows == 2


def test_byte_order_mark_line_ends_and_quotes(written) -> None:
    table = read_table(written(b'\xef\xbb\xbf"a b",c\r\n"x, y",1\r\n\r\n'))
    assert list(table.columns) == ["a b", "c"]
    assert table.texts("a b") == ["x, y"]
    assert table.rows == 1


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("", "must not be empty, got nothing"),
        ("abc", "must be a finite number, got 'abc'"),
        ("1,5", "must be a finite number, got '1,5'"),
        ("inf", "must be a finite number, got 'inf'"),
        ("nan", "must be a finite number, got 'nan'"),
        ("1_000", "must be a finite number, got '1_000'"),
    ],
)
def test_a_bad_number_names_file_row_column_rule_and_value(written, cell: str, rule: str) -> None:
    path = written(f'id,value\na,1\nb,"{cell}"\n')
    with pytest.raises(InputError) as caught:
        read_table(path).numbers("value")
    assert str(caught.value) == f"{path}: row 2, column 'value': {rule}"


def test_gaps_are_allowed_only_where_asked(written) -> None:
    table = read_table(written("a,b\n1,\n2,x\n"))
    with pytest.raises(InputError, match="row 1, column 'b': must not be empty"):
        table.numbers("b")
    with pytest.raises(InputError, match="row 2, column 'b': must be a finite number, got 'x'"):
        table.numbers("b", gaps=True)
    gapped = read_table(written("a,b\n1,\n2,3\n")).numbers("b", gaps=True)
    assert np.isnan(gapped[0])
    assert gapped[1] == 3.0


def test_empty_labels_are_named(written) -> None:
    with pytest.raises(InputError, match="row 2, column 'a': must not be empty, got nothing"):
        read_table(written("a,b\nx,1\n ,2\n")).texts("a")


def test_a_blank_line_inside_is_a_row_without_values(written) -> None:
    table = read_table(written("a\n1\n\n2\n"))
    assert table.rows == 3
    with pytest.raises(InputError, match="row 2, column 'a': must not be empty"):
        table.numbers("a")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a table needs a header row, the file is empty"),
        (b"\n\n", "a table needs a header row, got none"),
        (b"a,a\n1,2\n", "column 'a' must be there once, got it twice"),
        (b"a,,c\n1,2,3\n", "column 2 must have a name in the header, got nothing"),
        (b"a,b\n1,2\n3\n", "row 2 must have 2 cells as the header, got 1"),
        (b"a,b\n1,2,3\n", "row 1 must have 2 cells as the header, got 3"),
        (b"a,b\n\xff\xfe,2\n", "a CSV file must be UTF-8 text"),
        (b"a\0b\n1\n", "is not a CSV table"),
        (b'a,b\n"open,2\n', "is not a CSV table"),
        (b"PAR1 not really", "cannot be read as Parquet"),
    ],
)
def test_what_is_not_a_table_is_refused_in_one_line(written, content: bytes, message: str) -> None:
    path = written(content)
    with pytest.raises(InputError, match=message) as caught:
        read_table(path).numbers("a")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_table(tmp_path)


def test_a_missing_column_is_named_with_those_that_are_there(written) -> None:
    with pytest.raises(InputError, match="there is no column 'c'; columns are a, b"):
        read_table(written("a,b\n1,2\n")).numbers("c")


def test_a_table_without_rows_has_columns(written) -> None:
    table = read_table(written("a,b\n"))
    assert (table.rows, table.numbers("a").tolist(), table.texts("b")) == (0, [], [])


def test_parquet_is_read_by_what_it_is_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "table.dat"
    pq.write_table(pa.table({"id": ["007", "8"], "value": [1.5, 2.0], "n": [3, 4]}), path)
    table = read_table(path)
    assert table.texts("id") == ["007", "8"]
    assert table.numbers("value").tolist() == [1.5, 2.0]
    assert table.texts("n") == ["3", "4"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([1.0, None]), "row 2, column 'x': must not be empty, got nothing"),
        (pa.array([1.0, float("nan")]), "row 2, column 'x': must not be empty, got nothing"),
        (pa.array([1.0, float("inf")]), "row 2, column 'x': must be a finite number, got inf"),
        (pa.array(["1", "b"]), "row 2, column 'x': must be a finite number, got 'b'"),
        (pa.array([True, False]), "row 1, column 'x': must be a finite number, got True"),
    ],
)
def test_bad_parquet_cells_are_named(tmp_path: Path, column: pa.Array, message: str) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"x": column}), path)
    with pytest.raises(InputError, match=message):
        read_table(path).numbers("x")


def test_a_flipped_bit_in_parquet_is_found(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    content = pa.table({"x": np.arange(1000.0)})
    pq.write_table(
        content, path, compression="none", use_dictionary=False, write_page_checksum=True
    )
    damaged = bytearray(path.read_bytes())
    damaged[2000] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_table(path)


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([2**62], pa.timestamp("us", tz="UTC")),
        pa.array([1], pa.timestamp("s", tz="No/Zone")),
    ],
)
def test_parquet_cells_that_are_no_times_are_refused(tmp_path: Path, cells: pa.Array) -> None:
    pq.write_table(pa.table({"at": cells}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_table(tmp_path / "t.parquet")
