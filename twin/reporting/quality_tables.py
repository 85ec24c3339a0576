"""The tables of the report of a quality model."""

from __future__ import annotations

from process_models.quality.prior_share import ALLOWED
from twin.evidence_origin import Statement
from twin.reporting.document import Cell, Table
from twin.reporting.drawing.response import input_title
from twin.reporting.quality_subject import QualityModelReport
from twin.reporting.wording import number, unit_name, words

__all__ = ["quality_tables"]


def quality_tables(report: QualityModelReport) -> tuple[Table, ...]:
    """Evidence, prior and posterior, window, ways to fit."""
    return (
        _evidence(report),
        _prior_share(report),
        _optimum(report),
        _window(report),
        _methods(report),
        _rows(report),
    )


def _evidence(report: QualityModelReport) -> Table:
    rows = [_statement(one) for one in report.evidence]
    headings = ("Sample", "Test", "Exposure, s", "At, mA/cm²", "Said", "Censoring", "Laboratory",
                "Origin", "Source")  # fmt: skip
    widths = (1.2, 0.6, 1.3, 1.2, 2.2, 1.1, 1.3, 1.0, 2.0)
    return Table.of_rows("Evidence", headings, rows, widths=widths)


def _statement(one: Statement) -> tuple[Cell, ...]:
    row = one.row
    return (
        row.sample, "CCD" if row.test == "ccd" else row.test, row.sublimation_time_s,
        row.current_ma_cm2, _said(one), row.censoring, row.laboratory, one.origin,
        row.where or row.source,
    )  # fmt: skip


def _said(one: Statement) -> str:
    row, unit = one.row, unit_name(one.row.unit)
    if row.censoring == "ordinal":
        said = [f"above {row.better_than}"] if row.better_than else []
        said += [f"not above {row.reference}"] if row.reference else []
        said += [f"above {number(row.lower, 3)} {unit}"] if row.lower and not said else []
        return ", ".join(said)
    return {
        "exact": f"{number(row.value, 3)} {unit}",
        "right": f"at least {number(row.lower, 3)} {unit}",
        "left": f"at most {number(row.upper, 3)} {unit}",
    }.get(row.censoring, f"{number(row.lower, 3)} to {number(row.upper, 3)} {unit}")


def _prior_share(report: QualityModelReport) -> Table:
    record = report.model.record
    rows = [
        (input_title(name), record.prior_share.get(name), *record.spans.get(name, (None, None)))
        for name in ALLOWED
    ]
    headings = ("Input", "Share of prior (0 evidence, 1 prior)", "Evidence from", "to")
    return Table.of_rows("How much is prior", headings, rows, widths=(2, 2.4, 1, 1))


def _optimum(report: QualityModelReport) -> Table:
    record = report.model.record
    found = [("Prior", record.prior_optimum), ("After the evidence", record.optimum)]
    rows = [
        (name, o.median_s, o.low_s, o.high_s, o.p_interior, o.p_between_30_and_50_s)
        for name, o in found
        if o is not None
    ]
    headings = ("Best exposure", "Median, s", "5 %, s", "95 %, s", "P(inside the range)",
                "P(30 to 50 s)")  # fmt: skip
    return Table.of_rows("Best exposure", headings, rows, widths=(1.6, 1, 1, 1, 1.3, 1.2))


def _window(report: QualityModelReport) -> Table:
    window = report.window
    goal = window.goal
    limits = window.limits or {}
    rows: list[tuple[Cell, ...]] = [
        (input_title(name), *(limits.get(name) or (None, None)), window.optimum[name])
        for name in ALLOWED
    ]
    name = (
        f"Window: CCD {goal.ccd_min_ma_cm2:g}, life {goal.life_min_h:g} h, P {window.probability:g}"
    )
    rows += [
        ("Probability at the robust optimum", None, None, window.p_at_optimum),
        ("Share of the region inside", None, None, window.share),
    ]
    return Table.of_rows(name, ("Input", "From", "To", "Robust optimum"), rows, widths=(2, 1, 1, 1))


def _methods(report: QualityModelReport) -> Table:
    rows = [
        (words(m.method), "CCD" if m.test == "ccd" else m.test, len(m.rows), m.log_score, m.crps,
         m.remark)
        for m in report.methods
    ]  # fmt: skip
    headings = ("Way to fit", "Test", "Rows left out", "Log score", "CRPS", "Remark")
    return Table.of_rows("Three ways to fit", headings, rows, widths=(1.5, 0.6, 0.9, 0.9, 0.8, 3.4))


def _rows(report: QualityModelReport) -> Table:
    rows = [
        (row.sample, "CCD" if m.test == "ccd" else m.test, words(m.method), row.log_score, row.crps)
        for m in report.methods
        for row in m.rows
    ]
    headings = ("Row left out", "Test", "Way to fit", "Log score", "CRPS")
    return Table.of_rows("Scores row by row", headings, rows, widths=(1.6, 0.8, 1.8, 1, 1))
