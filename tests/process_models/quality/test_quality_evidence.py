"""Rules of an evidence row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from process_models.errors import InputError
from process_models.quality import COLUMNS, EvidenceRow

RowMaker = Callable[..., EvidenceRow]


@pytest.mark.parametrize(("changes", "message"), [
    ({"censoring": "about"}, "column censoring: must be one of exact, left, right, interval"),
    ({"kind": "guess"}, "column kind: must be one of"),
    ({"process": "magic"}, "column process: must be one of"),
    ({"id": ""}, "column id: must not be empty"),
    ({"sublimation_time_s": -1.0}, "column sublimation_time_s: must be 0 or more, got -1"),
    ({"thickness_um": 0.0}, "column thickness_um: must be above 0, got 0"),
    ({"lower": 3.0, "upper": 2.0}, "column lower: must not exceed upper 2, got 3"),
    ({"lower": 2.6}, "column value: must not be below lower 2.6, got 2.5"),
    ({"upper": 2.4}, "column value: must not exceed upper 2.4, got 2.5"),
    ({"value": None}, "column value: an exact row needs it"),
    ({"value": None, "censoring": "right"}, "column lower: a right row needs it"),
    ({"value": None, "censoring": "left"}, "column upper: a left row needs it"),
    ({"value": None, "censoring": "interval", "lower": 1.0}, "column upper: an interval row"),
    ({"unit": "A/m2"}, "column unit: must be one of mA/cm2, got 'A/m2'"),
    ({"sublimation_time_s": None}, "column sublimation_time_s: a ccd row of a coated process"),
    ({"test": "life", "unit": "h", "value": 100.0}, "column current_ma_cm2: a life row needs it"),
    ({"value": 0.0}, "column value: must be above 0, got 0"),
    ({"value": -1.0}, "column value: must not be negative"),
    ({"value": None, "censoring": "ordinal", "lower": 1.0}, "column reference: an ordinal row"),
    ({"reference": "other"}, "column reference: belongs to ordinal rows only, got 'other'"),
    ({"better_than": "other"}, "column better_than: belongs to ordinal rows only, got 'other'"),
    ({"value": None, "censoring": "ordinal", "reference": "a", "better_than": "a"},
     "column better_than: must name another sample than reference, got 'a'"),
    ({"value": None, "censoring": "ordinal", "better_than": "cell"},
     "column better_than: must name another sample, got 'cell'"),
    ({"value": None, "censoring": "interval", "lower": 2.0, "upper": 2.0},
     "column lower: must be below upper of an interval, got 2"),
    ({"value": None, "censoring": "left", "upper": 0.0}, "column upper: must be above 0, got 0"),
    ({"half_cycle_s": 0.0}, "column half_cycle_s: must be above 0, got 0"),
    ({"area_cm2": -1.0}, "column area_cm2: must be above 0, got -1"),
    ({"cumulative_capacity_mah_cm2": -1.0}, "column cumulative_capacity_mah_cm2: must be 0 or"),
    ({"temperature_c": -300.0}, "column temperature_c: must be above -273.15 and finite, got -300"),
    ({"source_sha256": "abc"}, "column source_sha256: must be 64 hexadecimal digits, got 'abc'"),
    ({"ccd_failed_at_ma_cm2": 2.5, "ccd_last_survived_ma_cm2": 2.5},
     "column ccd_last_survived_ma_cm2: must be below ccd_failed_at_ma_cm2 2.5, got 2.5"),
    ({"ccd_failed_at_ma_cm2": 2.4}, "column value: must not exceed ccd_failed_at_ma_cm2 2.4"),
    ({"ccd_last_survived_ma_cm2": 2.6}, "column value: must not be below ccd_last_survived_ma_cm2"),
    ({"value": None, "lower": 2.4, "censoring": "right", "ccd_failed_at_ma_cm2": 2.5},
     "column ccd_failed_at_ma_cm2: must be empty in a right row, which did not fail, got 2.5"),
    ({"test": "life", "unit": "h", "value": 9.0, "current_ma_cm2": 1.0, "capacity_mah_cm2": 1.0,
      "ccd_failed_at_ma_cm2": 2.5}, "column ccd_failed_at_ma_cm2: belongs to test ccd only"),
    ({"value": 1e300}, "column value: must be 0 or between 1e-12 and 1e\\+12, got 1e\\+300"),
])
def test_a_broken_rule_names_column_rule_and_value(
    make_row: RowMaker, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        make_row(**changes)


def test_only_cell_tests_of_known_processes_enter_the_regression(make_row: RowMaker) -> None:
    assert make_row().in_regression
    assert not make_row(process="").in_regression
    assert not make_row(test="lsv", unit="mA/cm2").in_regression


def test_bare_lithium_needs_no_exposure(make_row: RowMaker) -> None:
    assert make_row(process="bare", sublimation_time_s=None).in_regression


def test_text_becomes_a_row_and_empty_cells_are_not_given() -> None:
    row = EvidenceRow.from_text({
        "id": "7", "sample": "s", "test": "life", "process": "lacss", "sublimation_time_s": "40",
        "lower": "700", "upper": "inf", "unit": "h", "censoring": "right", "value": " ",
        "current_ma_cm2": "0.5", "capacity_mah_cm2": "0.5", "kind": "measured",
    })
    assert row.lower == 700.0
    assert row.upper == float("inf")
    assert row.value is None


@pytest.mark.parametrize(("column", "text", "message"), [
    ("value", "2,5", "column value: must be a number, got '2,5'"),
    ("value", "nan", "column value: must be finite, got 'nan'"),
    ("lower", "-inf", "column lower: must be finite"),
    ("colour", "red", "column 'colour' is unknown"),
])
def test_text_that_is_no_number_is_refused(column: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        EvidenceRow.from_text({"id": "1", "sample": "s", "test": "ccd", column: text})


def test_columns_stand_in_the_order_of_the_table() -> None:
    assert COLUMNS[:3] == ("id", "sample", "process")
    assert COLUMNS[-1] == "note"
