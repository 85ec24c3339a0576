"""Subjects to report, and a reader of workbooks that needs nothing but the standard library."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from process_models.capability import capability_sixpack
from process_models.gauge import GaugeOptions, cells, crossed, example_study
from process_models.spc import ChartData, ChartOptions, chart
from twin.reporting import About, CapabilityReport, ChartReport, GaugeReport

MADE_AT = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
FIRST_AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Sheet = dict[str, Any]


def about(provenance: str = "measured", **other: Any) -> About:
    given = {"name": "Thickness", "unit": "um", "source": "store, station roll"}
    return About(provenance=provenance, made_by="K. Meier", made_at=MADE_AT, **{**given, **other})


class Book:
    """A workbook as `sheet -> cell -> value`: text as str, numbers as float."""

    def __init__(self, content: bytes) -> None:
        self.parts = zipfile.ZipFile(io.BytesIO(content))
        strings = ElementTree.fromstring(self.parts.read("xl/sharedStrings.xml"))
        self._texts = ["".join(t.text or "" for t in s.iter(f"{_MAIN}t")) for s in strings]
        names = ElementTree.fromstring(self.parts.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        self.names = [sheet.attrib["name"] for sheet in names]

    def xml(self, name: str) -> ElementTree.Element:
        number = self.names.index(name) + 1
        return ElementTree.fromstring(self.parts.read(f"xl/worksheets/sheet{number}.xml"))

    def formulas(self) -> int:
        return sum(len(list(self.xml(name).iter(f"{_MAIN}f"))) for name in self.names)

    def rows(self, name: str) -> list[Sheet]:
        """Rows below the heading, by heading; empty cells are missing."""
        cells: dict[int, dict[str, Any]] = {}
        for cell in self.xml(name).iter(f"{_MAIN}c"):
            column = cell.attrib["r"].rstrip("0123456789")
            value = cell.find(f"{_MAIN}v")
            if value is None or value.text is None:
                continue
            text = cell.attrib.get("t") == "s"
            read = self._texts[int(value.text)] if text else float(value.text)
            cells.setdefault(int(cell.attrib["r"][len(column) :]), {})[column] = read
        heading = cells.pop(1)
        return [{str(heading.get(c, c)): v for c, v in row.items()} for row in cells.values()]

    def facts(self) -> dict[str, Any]:
        """The summary's names and values."""
        rows = [list(row.values()) for row in self.rows("Summary")]
        return {row[0]: row[1] for row in rows if len(row) == 2}


@pytest.fixture
def book() -> Callable[[bytes], Book]:
    return Book


@pytest.fixture
def made_chart() -> Callable[..., ChartReport]:
    """A chart of 60 seeded values around 60 with point 20 far out, unless told otherwise."""

    def make(
        kind: str = "i_mr",
        values: np.ndarray[Any, Any] | None = None,
        provenance: str = "measured",
        lots: Any = None,
        timed: bool = True,
        **options: Any,
    ) -> ChartReport:
        if values is None:
            values = 60 + np.random.default_rng(5).normal(size=60)
            values[19] = 66.0
        given = {"phase1": 40, "exclude": (20,), **options}
        chosen = ChartOptions(**given)
        result = chart(kind, ChartData(values), chosen)
        n = result.n
        return ChartReport(
            result=result,
            about=about(provenance),
            times=[FIRST_AT + timedelta(minutes=8 * i) for i in range(n)] if timed else (),
            lots=[f"L{i + 1:05d}" for i in range(n)] if lots is None else lots,
            lsl=55.0,
            usl=65.0,
            options=chosen,
        )

    return make


@pytest.fixture
def capability_report() -> CapabilityReport:
    """125 values in 25 subgroups, specification 56 to 64 and target 60."""
    values = np.random.default_rng(3).normal(60.0, 1.1, 125)
    labels = [str(i // 5) for i in range(125)]
    view = capability_sixpack(values, lsl=56.0, usl=64.0, target=60.0, subgroup=labels)
    return CapabilityReport(view=view, values=values, about=about())


@pytest.fixture
def gauge_report() -> GaugeReport:
    """The simulated thickness study against a tolerance of 8."""
    made = example_study()
    rows = (made.thickness_um, made.parts, made.operators)
    study = crossed(*rows, GaugeOptions(tolerance=8.0))
    return GaugeReport(study=study, drawn=cells(*rows), about=about("simulated"))
