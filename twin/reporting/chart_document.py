"""The report of a control chart."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np

from process_models.spc import Panel
from process_models.spc.rules import about_spread
from twin.reporting.chart_formulas import chart_formulas, chart_parameters
from twin.reporting.document import Cell, Document, Figure, Plot, Table
from twin.reporting.drawing.control import axis_title, control_drawing, drawn_points, panel_range
from twin.reporting.formulas import formulas_table
from twin.reporting.subjects import ChartReport
from twin.reporting.wording import chart_name, minute, number, rule_meaning, rule_name

__all__ = ["chart_document", "chart_figure", "chart_plot", "points_table"]

_SIGNAL_HEADINGS = (
    "Point", "Time (UTC)", "Lot", "Panel", "Value", "Rule", "Meaning", "Since point",
    "Since, earliest", "Since, latest",
)  # fmt: skip
_POINT_HEADINGS = ("Point", "Time (UTC)", "Lot", "Panel", "Value", "Rules", "Change began at point")
_POINT_WIDTHS = (0.08, 0.16, 0.16, 0.2, 0.1, 0.14, 0.16)


def chart_document(report: ChartReport) -> Document:
    """Everything about one chart."""
    result, about = report.result, report.about
    nsigma = None if report.options is None else report.options.nsigma
    known = chart_parameters(result, nsigma)
    return Document(
        title=about.titled(f"{about.name}: {chart_name(result.chart)}"),
        sentence=_sentence(report),
        about=about,
        facts=_facts(report),
        figures=(chart_figure(report),),
        tables=(
            _limits_table(report),
            points_table(report),
            _signals_table(report),
            _signals_by_point(report),
            formulas_table(chart_formulas(result), known),
        ),
        plot=chart_plot(report),
    )


def chart_figure(report: ChartReport) -> Figure:
    """The drawing of a chart with a caption that tells its marks."""
    result = report.result
    parts = ["Grey: centre line. Dashed vermilion: control limits."]
    if result.signals:
        parts.append("Diamonds: signals, with the short names of their rules.")
    if result.excluded:
        parts.append("Hollow: left out of the limits.")
    if report.change(result.panels[0].statistic) is not None:
        parts.append("Light band: where the change began that the newest signal has found.")
    drawn = len(drawn_points(report, result.panels[0]))
    if drawn < result.n:
        parts.append(
            f"Drawn are {drawn:,} of {result.n:,} points (MinMaxLTTB, every signalled point among "
            "them); rules were worked out on all."
        )
    title = report.about.titled(f"{report.about.name}: {chart_name(result.chart)}")
    return Figure(title, " ".join(parts), lambda width: control_drawing(report, width))


def points_table(report: ChartReport) -> Table:
    """Every point of every panel with its limits, its signals and whether it was excluded."""
    result = report.result
    columns: dict[str, Any] = {"Point": np.arange(1, result.n + 1)}
    if report.times:
        columns["Time (UTC)"] = list(report.times)
    if report.lots:
        columns["Lot"] = [str(lot) for lot in report.lots]
    for panel in result.panels:
        name = axis_title(report, panel)
        columns[name] = panel.points
        lines = (("centre line", panel.centre_line), ("LCL", panel.lcl), ("UCL", panel.ucl))
        for line, value in lines:
            if value is not None:
                columns[f"{name}: {line}"] = np.broadcast_to(np.asarray(value, float), result.n)
    rules: list[list[str]] = [[] for _ in range(result.n)]
    for signal in result.signals:
        rules[signal.point - 1].append(f"{signal.panel}: {signal.rule}")
    columns["Signals"] = [", ".join(broken) for broken in rules]
    excluded = set(result.excluded)
    columns["Excluded"] = ["yes" if p in excluded else "" for p in range(1, result.n + 1)]
    first = result.panels[0]
    columns[_signalled(report)] = _signalled_values(report, first)
    return Table("Points", columns, place="excel")


def chart_plot(report: ChartReport) -> Plot:
    """The first panel, for Excel to draw."""
    first = report.result.panels[0]
    name = axis_title(report, first)
    lines: Mapping[str, tuple[Any, str]] = {
        f"{name}: centre line": (first.centre_line, "centre"),
        f"{name}: LCL": (first.lcl, "control"),
        f"{name}: UCL": (first.ucl, "control"),
    }
    series = {name: "points"}
    series |= {column: role for column, (value, role) in lines.items() if value is not None}
    series[_signalled(report)] = "signals"
    about = report.about
    title = about.titled(f"{about.name}: {chart_name(report.result.chart)}")
    low, high = panel_range(report, first)
    return Plot(title, "Points", "Point", report.x_title, name, series, low, high)


def _signalled(report: ChartReport) -> str:
    return f"{axis_title(report, report.result.panels[0])}: signalled"


def _signalled_values(report: ChartReport, panel: Panel) -> np.ndarray[Any, Any]:
    at = np.array([s.point - 1 for s in report.result.signals if s.panel == panel.statistic], int)
    values = np.full(report.result.n, np.nan)
    values[at] = panel.points[at]
    return values


def _sentence(report: ChartReport) -> str:
    result, name = report.result, report.about.name
    if not result.signals:
        return f"{name} is in control: no signal on {result.n:,} points; {_limits_text(report)}."
    points = sorted({signal.point for signal in result.signals})
    newest = points[-1]
    when = f" ({minute(report.times[newest - 1], report.about.zone)})" if report.times else ""
    state = "signals at its newest point," if newest == result.n else "signalled last at point"
    many = f"{len(points):,} of {result.n:,} points signal"
    return f"{name} {state} {newest:,}{when}; {many}; {_limits_text(report)}."


def _limits_text(report: ChartReport) -> str:
    if report.limits_version is not None:
        return f"limits frozen, version {report.limits_version}"
    stages = report.result.extras.get("stages")
    if stages:
        return f"limits of each of {len(stages)} stages"
    phase1 = report.result.phase1 or report.result.n
    return f"limits from the first {phase1:,} points, not frozen"


def _facts(report: ChartReport) -> dict[str, Cell]:
    result, about = report.result, report.about
    facts: dict[str, Cell] = {
        "Chart": chart_name(result.chart),
        "Points": result.n,
        "Phase I points": result.phase1,
        "Points with a signal": len({s.point for s in result.signals}),
        "Left out of the limits": ", ".join(map(str, result.excluded)) or "none",
        "Limits": _limits_text(report),
    }
    if result.sigma is not None:
        facts["Sigma of an observation"] = result.sigma
    if report.times:
        first, last = min(report.times), max(report.times)
        facts["Period"] = f"{minute(first, about.zone)} to {minute(last, about.zone)}"
    specified = {"LSL": report.lsl, "USL": report.usl}
    return facts | {name: value for name, value in specified.items() if value is not None}


def _limits_table(report: ChartReport) -> Table:
    rows = [
        (axis_title(report, p), *(_level(line) for line in (p.lcl, p.centre_line, p.ucl)))
        for p in report.result.panels
    ]
    return Table.of_rows("Limits", ("Panel", "LCL", "Centre line", "UCL"), rows)


def _level(value: Any) -> Cell:
    if value is None or not isinstance(value, np.ndarray):
        return None if value is None else float(value)
    finite = value[np.isfinite(value)]
    if not finite.size:
        return None
    return f"{number(float(finite.min()))} to {number(float(finite.max()))}"


def _signals_table(report: ChartReport) -> Table:
    result = report.result
    names = {p.statistic: (axis_title(report, p), p.points) for p in result.panels}
    rows: list[tuple[Cell, ...]] = []
    for signal, since in zip(result.signals, report.since, strict=True):
        name, values = names[signal.panel]
        at = signal.point - 1
        dated = (None,) * 3 if since is None else (since.point, since.low, since.high)
        rows.append(
            (
                signal.point,
                report.times[at] if report.times else None,
                str(report.lots[at]) if report.lots else "",
                name,
                float(values[at]),
                rule_name(signal.rule),
                rule_meaning(signal.rule),
                *dated,
            )
        )
    return Table.of_rows("Signals", _SIGNAL_HEADINGS, rows, place="excel")


def _signals_by_point(report: ChartReport) -> Table:
    signals = report.result.signals
    order = sorted(range(len(signals)), key=lambda i: (signals[i].point, signals[i].panel))
    names = {p.statistic: (axis_title(report, p), p.points) for p in report.result.panels}
    rows: list[tuple[Cell, ...]] = []
    for (point, panel), same in groupby(order, lambda i: (signals[i].point, signals[i].panel)):
        numbers = list(same)
        numbers.sort(key=lambda i: about_spread(signals[i].rule))
        dated = [c for i in numbers if (c := report.since[i]) is not None]
        name, values = names[panel]
        rows.append(
            (
                point,
                report.times[point - 1] if report.times else None,
                str(report.lots[point - 1]) if report.lots else "",
                name,
                float(values[point - 1]),
                " ".join(dict.fromkeys(rule_name(signals[i].rule) for i in numbers)),
                f"{dated[0].point} ({dated[0].low} to {dated[0].high})" if dated else "",
            )
        )
    return Table.of_rows("Signals", _POINT_HEADINGS, rows, place="pdf", widths=_POINT_WIDTHS)
