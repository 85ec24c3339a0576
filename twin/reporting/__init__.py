"""Reports to take along: from a result to the bytes of an Excel workbook, a PDF or an SVG.

A subject (`ChartReport`, `CapabilityReport`, `GaugeReport`) is a result with what is known about
it; `document` says what its report contains, and one writer a format writes any document. Nothing
here looks at a clock: who made a report and when is handed in, so the same inputs give the same
bytes. Pages draw the same results with Plotly, next door in `dashboards`.
"""

from __future__ import annotations

from twin.reporting.document import About, Document
from twin.reporting.reports import Report, as_document, to_excel, to_pdf, to_svg
from twin.reporting.subjects import CapabilityReport, ChartReport, GaugeReport

__all__ = [
    "About",
    "CapabilityReport",
    "ChartReport",
    "Document",
    "GaugeReport",
    "Report",
    "as_document",
    "to_excel",
    "to_pdf",
    "to_svg",
]
