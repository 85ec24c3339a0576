"""The report of a capability study."""

from __future__ import annotations

import numpy as np

from process_models.capability import CapabilityResult
from twin.reporting.chart_document import chart_plot, points_table
from twin.reporting.chart_formulas import chart_formulas, chart_parameters
from twin.reporting.document import Cell, Document, Figure, Table
from twin.reporting.drawing.sixpack import sixpack_drawing
from twin.reporting.formulas import Formula, formulas_table
from twin.reporting.subjects import CapabilityReport, ChartReport
from twin.reporting.wording import bounds, number, words

__all__ = ["capability_document"]

WANTED = 1.33
_MONTGOMERY = "Montgomery, Introduction to Statistical Quality Control, ch. 8"
_INTERVAL = "chi-square and normal bounds, Bissell 1990"
_INDICES = {
    "cp": Formula("Cp", "(USL - LSL) / (6 sigma within)", _MONTGOMERY, ("sigma within",)),
    "cpl": Formula("Cpl", "(mean - LSL) / (3 sigma within)", _MONTGOMERY, ("sigma within",)),
    "cpu": Formula("Cpu", "(USL - mean) / (3 sigma within)", _MONTGOMERY, ("sigma within",)),
    "cpk": Formula("Cpk", "the lower of Cpl and Cpu", _MONTGOMERY, ("mean",)),
    "pp": Formula("Pp", "(USL - LSL) / (6 sigma overall)", "ISO 22514-2", ("sigma overall",)),
    "ppl": Formula("Ppl", "(mean - LSL) / (3 sigma overall)", "ISO 22514-2", ("sigma overall",)),
    "ppu": Formula("Ppu", "(USL - mean) / (3 sigma overall)", "ISO 22514-2", ("sigma overall",)),
    "ppk": Formula("Ppk", "the lower of Ppl and Ppu", "ISO 22514-2", ("mean",)),
    "cpm": Formula(
        "Cpm", "(USL - LSL) / (6 sqrt(sigma overall² + (mean - target)²))",
        "Chan, Cheng and Spiring 1988", ("sigma overall", "target"),
    ),
}  # fmt: skip
_BY_PERCENTILES = {
    "pp": "(USL - LSL) / (P99.865 - P0.135)",
    "ppl": "(median - LSL) / (median - P0.135)",
    "ppu": "(USL - median) / (P99.865 - median)",
}


def capability_document(report: CapabilityReport) -> Document:
    """Everything about one capability study."""
    view, about = report.view, report.about
    chart = ChartReport(result=view.chart, about=about)
    title = about.titled(f"{about.name}: capability")
    caption = (
        "Dotted blue: specification. Dashed vermilion: control limits. Histogram: solid curve "
        "overall, dashed within. Probability plot: fitted line and its "
        f"{100 * view.result.confidence:g} % band."
    )
    known = chart_parameters(view.chart, 3.0) | _known(view.result)
    formulas = (*_formulas(view.result), *chart_formulas(view.chart))
    return Document(
        title=title,
        sentence=_sentence(view.result, about.name),
        about=about,
        facts=_facts(view.result),
        figures=(Figure(title, caption, lambda width: sixpack_drawing(report, width)),),
        tables=(
            _indices_table(view.result),
            _parts_table(view.result),
            _values_table(report),
            points_table(chart),
            formulas_table(formulas, known),
        ),
        plot=chart_plot(chart),
    )


def _sentence(result: CapabilityResult, name: str) -> str:
    key = "cpk" if result.indices["cpk"].value is not None else "ppk"
    index = result.indices[key]
    told = f"{key.capitalize()} is {number(index.value, 3)} ({bounds(index.low, index.high)})"
    if not result.in_control:
        return f"{name} was not in control, so no capability can be promised: {told}."
    if index.value is None or index.low is None or index.high is None:
        return f"{name} has no capability index: {result.n:,} readings."
    if index.low >= WANTED:
        return f"{name} is capable: {told}, all of it above {WANTED}; {result.n:,} readings."
    if index.high < WANTED:
        return f"{name} is not capable: {told}, all of it below {WANTED}; {result.n:,} readings."
    return f"{name} may be capable: {told}, which includes {WANTED}; {result.n:,} readings."


def _facts(result: CapabilityResult) -> dict[str, Cell]:
    facts: dict[str, Cell] = {
        "Readings": result.n,
        "Mean": result.mean,
        "Sigma within": result.sigma_within,
        "Sigma overall": result.sigma_overall,
        "LSL": result.spec.lsl,
        "Target": result.spec.target,
        "USL": result.spec.usl,
        "Confidence of intervals": f"{100 * result.confidence:g} %",
        "Distribution": str(result.distribution.get("name", "normal")),
        "Chart in control": "yes" if result.in_control else "no",
    }
    for name in ("anderson_darling", "p"):
        value = result.distribution.get(name)
        if isinstance(value, float):
            facts["Anderson-Darling" if name != "p" else "p of the fit"] = value
    return {name: value for name, value in facts.items() if value is not None}


def _known(result: CapabilityResult) -> dict[str, object]:
    return {
        "mean": result.mean,
        "sigma within": result.sigma_within,
        "sigma overall": result.sigma_overall,
        "target": result.spec.target,
    }


def _formulas(result: CapabilityResult) -> list[Formula]:
    known = [name for name, index in result.indices.items() if index.value is not None]
    formulas = [_INDICES[name] for name in known if name in _INDICES]
    if result.drawn is not None:
        formulas = [
            Formula(words(name).replace("_", " "), _BY_PERCENTILES[name], "ISO 22514-2")
            for name in known
            if name in _BY_PERCENTILES
        ]
    confidence = Formula("Confidence intervals", f"at {100 * result.confidence:g} %", _INTERVAL)
    if result.drawn is not None:
        confidence = Formula(confidence.name, confidence.expression, "bootstrap of the fit")
    return [*formulas, confidence]


def _indices_table(result: CapabilityResult) -> Table:
    rows = [(k.capitalize(), i.value, i.low, i.high) for k, i in result.indices.items()]
    there = [row for row in rows if row[1] is not None]
    level = f"{100 * result.confidence:g} %"
    return Table.of_rows("Indices", ("Index", "Value", f"{level} low", f"{level} high"), there)


def _parts_table(result: CapabilityResult) -> Table:
    rows = [
        (words(name), parts["below_lsl"], parts["above_usl"], parts["total"])
        for name, parts in result.ppm.items()
    ]
    headings = ("Parts per million", "Below LSL", "Above USL", "Total")
    return Table.of_rows("Parts per million", headings, rows)


def _values_table(report: CapabilityReport) -> Table:
    values = report.values
    name = f"{report.about.name}, {report.about.printed_unit}".rstrip(", ")
    columns = {"Reading": np.arange(1, len(values) + 1), name: values}
    return Table("Readings", columns, place="excel")
