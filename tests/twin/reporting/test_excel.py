"""Workbooks: numbers stay numbers, text stays text, every number of the result is there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from twin.reporting import as_document, to_excel
from twin.reporting.document import Document, Table
from twin.reporting.excel import MOST_ROWS, excel

DIGITS = 1e-15  # a workbook keeps sixteen significant digits


def test_points_carry_every_number_of_the_chart(made_chart: Any, book: Any) -> None:
    report = made_chart()
    rows = book(to_excel(report)).rows("Points")
    single, moving = report.result.panels
    assert [row["Point"] for row in rows] == list(range(1, 61))
    values = [row["Single values, µm"] for row in rows]
    assert values == pytest.approx(single.points.tolist(), rel=DIGITS)
    levels = {"UCL": single.ucl, "LCL": single.lcl, "centre line": single.centre_line}
    for line, level in levels.items():
        assert [row[f"Single values, µm: {line}"] for row in rows] == pytest.approx([level] * 60)
    assert "Moving range, µm" not in rows[0], "the first moving range does not exist"
    ranges = [row["Moving range, µm"] for row in rows[1:]]
    assert ranges == pytest.approx(moving.points[1:].tolist(), rel=DIGITS)


def test_excluded_and_signalled_points_are_marked(made_chart: Any, book: Any) -> None:
    rows = book(to_excel(made_chart())).rows("Points")
    assert [row["Point"] for row in rows if row.get("Excluded")] == [20.0]
    assert rows[19]["Signals"].startswith("individual: beyond_limits")
    assert rows[19]["Single values, µm: signalled"] == 66.0
    assert "Single values, µm: signalled" not in rows[0]


def test_a_lot_that_looks_like_a_formula_stays_text(made_chart: Any, book: Any) -> None:
    odd = ["=1+1", "+SUM(A1)", "@cmd", "-2", "007", "NA", "https://a.b", "{=1}", "<b>&", "批号"]
    report = made_chart(lots=odd * 6)
    opened = book(to_excel(report))
    assert opened.formulas() == 0
    assert [row["Lot"] for row in opened.rows("Points")[:10]] == odd
    assert not any("rels" in name and "worksheets" in name and b"https://a.b" in
                   opened.parts.read(name) for name in opened.parts.namelist())  # fmt: skip


def test_signals_have_a_row_each_with_rule_and_since(made_chart: Any, book: Any) -> None:
    report = made_chart(rules=("beyond_limits", "nelson"))
    rows = book(to_excel(report)).rows("Signals")
    assert len(rows) == len(report.result.signals)
    first, signal, since = rows[0], report.result.signals[0], report.since[0]
    assert (first["Point"], first["Lot"]) == (signal.point, f"L{signal.point:05d}")
    assert since is not None
    assert [first[k] for k in ("Since point", "Since, earliest", "Since, latest")] == [
        since.point, since.low, since.high,
    ]  # fmt: skip


def test_times_are_dates_in_utc(made_chart: Any, book: Any) -> None:
    row = book(to_excel(made_chart())).rows("Points")[0]
    days_since_1900 = 46083 + 6 / 24  # 2 March 2026, 06:00
    assert row["Time (UTC)"] == pytest.approx(days_since_1900)


def test_the_summary_tells_provenance_who_and_when(made_chart: Any, book: Any) -> None:
    facts = book(to_excel(made_chart(provenance="measured+simulated"))).facts()
    assert facts["Provenance"] == "measured+simulated"
    assert facts["Made by"] == "K. Meier"
    assert facts["Data"] == "store, station roll"
    assert facts["Left out of the limits"] == "20"
    assert isinstance(facts["Made at (UTC)"], float)


def test_formulas_are_named_with_parameters_and_source(made_chart: Any, book: Any) -> None:
    report = made_chart(rules=("nelson_2",))
    rows = {row["Formula"]: row for row in book(to_excel(report)).rows("Formulas")}
    assert "Montgomery" in rows["Limits of single values"]["Source"]
    assert "L = 3" in rows["Limits of single values"]["Parameters"]
    assert rows["Rule nelson_2"]["Expression"] == "nine points on one side of the centre line"
    assert rows["Sigma by mr_d2"]["Expression"] == "mean moving range / d2(2)"


def test_the_native_chart_plots_points_limits_and_signals(made_chart: Any, book: Any) -> None:
    opened = book(to_excel(made_chart()))
    drawn = opened.parts.read("xl/charts/chart1.xml").decode()
    assert drawn.count("<c:ser>") == 5
    assert "D55E00" in drawn
    assert "diamond" in drawn
    assert "Points!$A$2:$A$61" in drawn


@pytest.mark.parametrize("kind", ["ewma", "ma"])
def test_limits_that_vary_have_a_value_a_point(kind: str, made_chart: Any, book: Any) -> None:
    report = made_chart(kind)
    rows = book(to_excel(report)).rows("Points")
    column = next(name for name in rows[0] if name.endswith("UCL"))
    assert [row[column] for row in rows] == pytest.approx(report.result.panels[0].ucl)


def test_a_capability_workbook_has_indices_parts_and_readings(
    capability_report: Any, book: Any
) -> None:
    opened = book(to_excel(capability_report))
    cpk = capability_report.view.result.indices["cpk"]
    rows = {row["Index"]: row for row in opened.rows("Indices")}
    found = [rows["Cpk"][k] for k in ("Value", "95 % low", "95 % high")]
    assert found == pytest.approx([cpk.value, cpk.low, cpk.high], rel=DIGITS)
    read = [row["Thickness, µm"] for row in opened.rows("Readings")]
    assert read == pytest.approx(capability_report.values.tolist(), rel=DIGITS)
    assert {row["Formula"] for row in opened.rows("Formulas")} >= {"Cp", "Cpk", "Pp", "Cpm"}


def test_a_gauge_workbook_has_components_anova_and_measurements(
    gauge_report: Any, book: Any
) -> None:
    opened = book(to_excel(gauge_report))
    study = gauge_report.study
    rows = {row["Component"]: row for row in opened.rows("Components")}
    told = rows["Gauge"]["Variance"], rows["Gauge"]["% study"], rows["Part"]["Std deviation"]
    assert told == pytest.approx(
        (
            study.variance["gauge"],
            study.percent_study["gauge"],
            math.sqrt(study.variance["part"]),
        ),
        rel=DIGITS,
    )
    assert opened.rows("Analysis of variance")[0]["df"] == study.parts - 1
    assert len(opened.rows("Measurements")) == study.n


def test_the_same_inputs_give_the_same_bytes(made_chart: Any) -> None:
    assert to_excel(made_chart()) == to_excel(made_chart())


def test_a_control_chart_of_points_without_times_or_lots(made_chart: Any, book: Any) -> None:
    row = book(to_excel(made_chart(timed=False, lots=()))).rows("Points")[0]
    assert "Lot" not in row
    assert "Time (UTC)" not in row


def test_more_rows_than_a_sheet_holds_are_refused(made_chart: Any) -> None:
    base = as_document(made_chart())
    long = Table("Points", {"Point": np.zeros(MOST_ROWS + 1)})
    document = Document(
        title="t", sentence="s", about=base.about, facts={}, tables=(long,)
    )
    with pytest.raises(InputError, match="an Excel sheet holds at most 1,048,575 rows"):
        excel(document)
