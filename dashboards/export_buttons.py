"""Buttons that give a report to take along: Excel, PDF, SVG.

A report is made when its button is pressed, not before. PNG is made by the camera button of the
figure itself, which draws what the reader sees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboards import state
from dashboards.access import current_user
from dashboards.capability_result import Capability
from dashboards.charts import ShownChart
from dashboards.formatting import label
from dashboards.gauge_data import GaugeData
from process_models.gauge import Cells, GaugeStudy
from process_models.spc import ChartOptions
from twin.reporting import (
    About,
    CapabilityReport,
    ChartReport,
    GaugeReport,
    Report,
    to_excel,
    to_pdf,
    to_svg,
)
from twin.store.store import StoredSeries

__all__ = ["export_buttons", "export_capability", "export_chart", "export_gauge"]


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    ending: str
    mime: str
    write: Callable[[Report], bytes]
    help: str


_FORMATS = (
    _Format(
        "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        to_excel, "Numbers, signals, formulas and a native chart",
    ),
    _Format("PDF report", "pdf", "application/pdf", to_pdf, "A4, with who made it and when"),
    _Format("SVG", "svg", "image/svg+xml", to_svg, "The drawing; PNG is under the camera above"),
)  # fmt: skip


def export_buttons(make: Callable[[], Report], name: str) -> None:
    """A row of download buttons for one report.

    Parameters
    ----------
    make : callable
        Makes the report when a button is pressed.
    name : str
        Of the files, without ending; also the key of the buttons.
    """
    with st.container(horizontal=True, gap="small"):
        for kind in _FORMATS:
            st.download_button(
                kind.name,
                partial(_written, kind, make),
                f"{name}.{kind.ending}",
                kind.mime,
                key=f"export-{name}-{kind.ending}",
                icon=":material/download:",
                help=kind.help,
                on_click="ignore",
            )


def _written(kind: _Format, make: Callable[[], Report]) -> bytes:
    return kind.write(make())


def export_chart(shown: ShownChart, key: str, options: ChartOptions | None = None) -> None:
    """The buttons of a control chart."""
    stored, labels = shown.stored, shown.labels
    source = "file" if stored is None else f"store, station {stored.station}"
    provenance = "imported" if stored is None else stored.provenance
    about = _about(labels.name, labels.unit, provenance, source)

    def make() -> Report:
        if stored is not None:
            return ChartReport.of_stored(stored, about(), options)
        return ChartReport(result=shown.result, about=about(), options=options)

    export_buttons(make, f"chart-{key}")


def export_capability(shown: Capability, series: StoredSeries) -> None:
    """The buttons of the capability study of a stored characteristic over a period."""
    source = f"store, station {series.station}"
    about = _about(label(series.characteristic), series.unit, shown.provenance, source)
    export_buttons(
        lambda: CapabilityReport(view=shown.view, values=shown.values, about=about()),
        f"capability-{series.characteristic}-{series.station}",
    )


def export_gauge(study: GaugeStudy, drawn: Cells, data: GaugeData) -> None:
    """The buttons of a gauge study."""
    source = "example" if data.provenance == "simulated" else "file"
    about = _about(data.name, data.unit, data.provenance, source)
    export_buttons(lambda: GaugeReport(study=study, drawn=drawn, about=about()), "gauge-study")


def _about(name: str, unit: str, provenance: str, source: str) -> Callable[[], About]:
    """What a report is about; asked for when it is made, by whoever looks now."""
    user, zone = current_user(), state.zone()
    return lambda: About(
        name=name, unit=unit, provenance=provenance, source=source, made_by=user.name,
        made_at=state.now(), zone=zone,
    )  # fmt: skip
