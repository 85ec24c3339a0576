"""Evidence tables: the one that comes with the product, and the ways a file can be wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from process_models.errors import InputError
from process_models.physics import ProcessSettings
from process_models.quality import COLUMNS
from twin.evidence import combined_evidence, read_evidence, reference_evidence, write_evidence
from twin.settings import data_folder

HEADER = "id,sample,process,sublimation_time_s,test,value,unit,censoring,kind,laboratory"
GOOD = "n1,LACSS own,lacss,45,ccd,2.3,mA/cm2,exact,measured,our own"


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_the_built_in_table_has_all_82_rows_with_censoring_kind_and_place() -> None:
    rows = reference_evidence()
    assert [row.id for row in rows] == [str(n) for n in range(1, 83)]
    assert all(row.censoring and row.kind and row.where and row.source for row in rows)
    assert Counter(row.test for row in rows if row.in_regression) == {"ccd": 4, "life": 6}


def test_the_data_dictionary_names_every_column_and_recipe_key() -> None:
    text = (data_folder() / "README.md").read_text(encoding="utf-8")
    described = {name.strip() for line in text.splitlines() if line.startswith("| ")
                 for name in line.split("|")[1].split(",")}
    settings = {field.name for field in fields(ProcessSettings)}
    assert (set(COLUMNS) | settings) - described == set()


def test_the_paper_gives_no_rolling_pressure() -> None:
    assert all(row.rolling_pressure_mpa is None for row in reference_evidence())


def test_a_table_with_fewer_columns_is_read(tmp_path: Path) -> None:
    (row,) = read_evidence(write(tmp_path, GOOD))
    assert (row.sublimation_time_s, row.value, row.note) == (45.0, 2.3, "")


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    import pandas as pd

    table = pd.read_csv(data_folder() / "evidence.csv", dtype="str")
    table.to_parquet(tmp_path / "evidence.parquet")
    assert read_evidence(tmp_path / "evidence.parquet") == reference_evidence()


def test_numbers_in_parquet_may_be_numbers(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame([dict(zip(HEADER.split(","), GOOD.split(","), strict=True))])
    frame = frame.assign(value=[2.3], sublimation_time_s=[45.0], lower=[float("nan")])
    frame.to_parquet(tmp_path / "e.parquet")
    (row,) = read_evidence(tmp_path / "e.parquet")
    assert (row.value, row.lower) == (2.3, None)


@pytest.mark.parametrize(("row", "message"), [
    (GOOD.replace("2.3", "lots"), r"row 2: column value: must be a number, got 'lots'"),
    (GOOD.replace("lacss,45", "lacss,-45"), r"row 2: column sublimation_time_s: must be 0 or more"),
    (GOOD.replace("exact", "maybe"), r"row 2: column censoring: must be one of .* got 'maybe'"),
    (GOOD.replace("mA/cm2", ""), r"row 2: column unit: must be one of mA/cm2, got ''"),
    (GOOD + ",extra", r"row 2: needs 10 cells, got 11"),
    (GOOD.replace("n1", "n0"), r"row 2: column id: must be unique, got 'n0' also in row 1"),
])
def test_a_bad_row_is_named_with_file_row_column_rule_and_value(
    tmp_path: Path, row: str, message: str
) -> None:
    path = write(tmp_path, GOOD.replace("n1", "n0"), row)
    with pytest.raises(InputError, match=rf"mine\.csv: {message}"):
        read_evidence(path)


@pytest.mark.parametrize(("header", "message"), [
    ("id,sample,test", r"column 'censoring' is missing"),
    (HEADER.replace("unit", "value"), r"column 'value' must appear once, got 2"),
])
def test_a_bad_header_is_refused(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_evidence(write(tmp_path, GOOD, header=header))


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "not.parquet").write_bytes(b"not parquet")
    for name, rule in [
        ("empty.csv", "needs a header row"), ("binary.csv", "must be a UTF-8 CSV"),
        ("not.parquet", "cannot be read as Parquet"), ("none.csv", "cannot be read"),
    ]:
        with pytest.raises(InputError, match=rule):
            read_evidence(tmp_path / name)


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs at least one row, got 0"):
        read_evidence(write(tmp_path))


def test_own_rows_are_added_and_repeated_ones_count_once(tmp_path: Path) -> None:
    mine = write(tmp_path, GOOD)
    assert len(combined_evidence([mine])) == 83
    assert len(combined_evidence([mine, mine])) == 83
    assert len(combined_evidence([data_folder() / "evidence.csv"])) == 82
    assert len(combined_evidence([mine], built_in=False)) == 1


def test_no_evidence_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="at least one file"):
        combined_evidence((), built_in=False)


ORDINAL = "id,sample,process,sublimation_time_s,test,unit,censoring,kind,laboratory,reference"
LEANING = "o1,own,lacss,30,ccd,mA/cm2,ordinal,ordinal,LACSS paper,"


def test_an_ordinal_row_may_lean_on_a_built_in_sample(tmp_path: Path) -> None:
    (row,) = read_evidence(write(tmp_path, LEANING + "LACSS", header=ORDINAL))
    assert row.reference == "LACSS"
    assert len(combined_evidence([write(tmp_path, LEANING + "LACSS", header=ORDINAL)])) == 83


def test_an_ordinal_row_that_leans_on_nothing_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, LEANING + "nobody", header=ORDINAL)
    with pytest.raises(InputError, match=r"mine\.csv: row 1: column reference: must name .*nobody"):
        read_evidence(path)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = reference_evidence()
    write_evidence(tmp_path / "copy.csv", rows)
    assert read_evidence(tmp_path / "copy.csv") == rows
    with pytest.raises(InputError, match="cannot be written"):
        write_evidence(tmp_path / "no" / "folder.csv", rows)


def test_the_paper_says_between_bare_lithium_and_lacss() -> None:
    ordinal = [row for row in reference_evidence() if row.better_than]
    assert {(row.sample, row.better_than, row.reference) for row in ordinal} == {
        ("L-LACSS", "bare Li", "LACSS"), ("H-LACSS", "bare Li", "LACSS")}
