"""Any subject to any format."""

from __future__ import annotations

from typing import TypeAlias

from twin.reporting.document import Document
from twin.reporting.subjects import CapabilityReport, ChartReport, GaugeReport

__all__ = ["Report", "as_document", "to_excel", "to_pdf", "to_svg"]

Report: TypeAlias = ChartReport | CapabilityReport | GaugeReport


def as_document(report: Report) -> Document:
    """What the report of a subject contains."""
    if isinstance(report, ChartReport):
        from twin.reporting.chart_document import chart_document

        return chart_document(report)
    if isinstance(report, CapabilityReport):
        from twin.reporting.capability_document import capability_document

        return capability_document(report)
    from twin.reporting.gauge_document import gauge_document

    return gauge_document(report)


def to_excel(report: Report) -> bytes:
    """An Excel workbook: summary, every number, signals, formulas, a native chart.

    Raises
    ------
    InputError
        When a sheet cannot hold the rows.
    """
    from twin.reporting.excel import excel

    return excel(as_document(report))


def to_pdf(report: Report, *, compress: bool = True) -> bytes:
    """A PDF report on A4 with the drawing as vectors.

    Parameters
    ----------
    compress : bool
        Whether page contents are compressed.
    """
    from twin.reporting.pdf import pdf

    return pdf(as_document(report), compress=compress)


def to_svg(report: Report) -> bytes:
    """The first drawing of the report as SVG."""
    from twin.reporting.svg import svg

    return svg(as_document(report))
