"""The report of a gauge study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from process_models.gauge import GaugeStudy
from twin.reporting.chart_document import chart_figure, chart_plot, points_table
from twin.reporting.document import Cell, Document, Figure, Table
from twin.reporting.drawing.gauge import components_drawing, means_drawing
from twin.reporting.formulas import Formula, formulas_table
from twin.reporting.subjects import ChartReport, GaugeReport
from twin.reporting.wording import bounds, number, words

__all__ = ["gauge_document"]

_AIAG = "AIAG, Measurement Systems Analysis, 4th edition"
_FORMULAS = (
    Formula("Variance components", "expected mean squares of the analysis of variance", _AIAG),
    Formula("Gauge", "repeatability + reproducibility", _AIAG),
    Formula("% contribution", "100 variance / total variance", _AIAG),
    Formula("% study", "100 standard deviation / total standard deviation", _AIAG),
    Formula("% tolerance", "100 k standard deviation / tolerance", _AIAG, ("k", "tolerance")),
    Formula("Distinct categories", "sqrt(2) sd of parts / sd of gauge, rounded down", _AIAG),
    Formula("Intervals", "modified large sample", "Burdick, Borror and Montgomery 2005",
            ("confidence",)),
)  # fmt: skip
_MEANING = {
    "acceptable": "can be believed",
    "marginal": "can be believed for some purposes only",
    "unacceptable": "cannot be believed",
}


def gauge_document(report: GaugeReport) -> Document:
    """Everything about one gauge study."""
    study, about = report.study, report.about
    title = about.titled(f"{about.name}: gauge study, {study.design}")
    told = (
        f"Bars and points: estimates; lines: {100 * study.options.confidence:g} % intervals. Up to "
        "10 % is acceptable, above 30 % is not (AIAG)."
    )
    means = "Lines that run together: operators agree. Lines that cross: an interaction."
    figures = [
        Figure(title, told, lambda width: components_drawing(report, width)),
        Figure(about.titled("Means of parts"), means, lambda width: means_drawing(report, width)),
    ]
    tables = [_components_table(study), _anova_table(study)]
    plot = None
    chart = _ranges(report)
    if chart is not None:
        figures.append(chart_figure(chart))
        tables.append(points_table(chart))
        plot = chart_plot(chart)
    tables += [_measurements_table(report), formulas_table(_FORMULAS, _known(study))]
    return Document(
        title=title,
        sentence=_sentence(study, about.name),
        about=about,
        facts=_facts(study),
        figures=tuple(figures),
        tables=tuple(tables),
        plot=plot,
        notes=tuple(f"{note[:1].upper()}{note[1:]}." for note in study.notes),
    )


def _ranges(report: GaugeReport) -> ChartReport | None:
    """The ranges of the cells: whether repeatability is stable. Cells have no order in time."""
    drawn = report.drawn
    if drawn.chart is None:
        return None
    ranges = next(panel for panel in drawn.chart.panels if panel.statistic == "r")
    signals = tuple(signal for signal in drawn.chart.signals if signal.panel == "r")
    pairs = zip(drawn.operators, drawn.parts, strict=True)
    return ChartReport(
        result=replace(drawn.chart, chart="r", panels=(ranges,), signals=signals, evidence={}),
        about=report.about,
        lots=tuple(f"{operator}, {part}" for operator, part in pairs),
        x_title="Part by operator, operator after operator",
    )


def _sentence(study: GaugeStudy, name: str) -> str:
    limits, share = study.study_limits["gauge"], study.percent_study["gauge"]
    return (
        f"{name} {_MEANING[study.verdict]}: the gauge takes {number(share, 3)} % "
        f"({bounds(limits.low, limits.high)}) of the study variation, which is {study.verdict}."
    )


def _facts(study: GaugeStudy) -> dict[str, Cell]:
    kept = {None: None, True: "kept", False: "left out"}[study.interaction_kept]
    whole = study.to_dict()["ndc"]
    facts: dict[str, Cell] = {
        "Design": study.design,
        "Measurements": study.n,
        "Parts": study.parts,
        "Operators": study.operators,
        "Replicates": study.replicates,
        "Interaction": kept,
        "Distinct categories": whole,
        "Categories, interval": bounds(study.ndc_limits.low, study.ndc_limits.high),
        "Verdict": study.verdict,
        "Verdict against the tolerance": study.verdict_tolerance,
        "Tolerance": study.options.tolerance,
        "Study variation": f"{study.options.study_multiplier:g} standard deviations",
    }
    return {name: value for name, value in facts.items() if value is not None}


def _known(study: GaugeStudy) -> Mapping[str, object]:
    return {
        "k": study.options.study_multiplier,
        "tolerance": study.options.tolerance,
        "confidence": study.options.confidence,
    }


def _components_table(study: GaugeStudy) -> Table:
    headings = ("Component", "Variance", "Std deviation", "% contribution", "% study",
                "% study, low", "% study, high", "% tolerance")  # fmt: skip
    tolerance = study.percent_tolerance
    rows = [
        (
            words(name),
            value,
            math.sqrt(value),
            study.percent_contribution[name],
            study.percent_study[name],
            study.study_limits[name].low,
            study.study_limits[name].high,
            None if tolerance is None else tolerance[name],
        )
        for name, value in study.variance.items()
    ]
    widths = (0.2, *(0.8 / 7,) * 7)
    return Table.of_rows("Components", headings, rows, widths=widths)


def _anova_table(study: GaugeStudy) -> Table:
    rows = [
        (words(name), row.df, row.ss, row.ms, row.f, row.p)
        for name, row in study.anova.items()
        if row is not None
    ]
    return Table.of_rows("Analysis of variance", ("Source", "df", "SS", "MS", "F", "p"), rows)


def _measurements_table(report: GaugeReport) -> Table:
    drawn = report.drawn
    rows = [
        (part, operator, repeat, float(value))
        for part, operator, values in zip(drawn.parts, drawn.operators, drawn.values, strict=True)
        for repeat, value in enumerate(values, start=1)
        if math.isfinite(value)
    ]
    name = f"{report.about.name}, {report.about.printed_unit}".rstrip(", ")
    headings = ("Part", "Operator", "Repeat", name)
    return Table.of_rows("Measurements", headings, rows, place="excel")
