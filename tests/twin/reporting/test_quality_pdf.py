"""The report of a quality model: what the PDF says, evidence as it is, and where it is written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import EvidenceRow, FitRecord, QualityModel
from process_models.quality.comparison import MethodScore
from process_models.quality.leave_one_out import RowScore
from process_models.quality.optimum import optimum, prior_optimum
from process_models.quality.response import constants_from_normal
from twin import quality_artifact
from twin.evidence_origin import Statement, statements
from twin.quality_evidence import gather
from twin.reporting.document import About
from twin.reporting.drawing.evidence import draw_marks
from twin.reporting.drawing.pen import Pen
from twin.reporting.drawing.plane import Plane
from twin.reporting.evidence_marks import EvidencePoint
from twin.reporting.quality_document import quality_document, quality_sentence
from twin.reporting.quality_pdf import (
    about_model,
    check_target,
    quality_pdf,
    quality_subject,
    save_quality_pdf,
)
from twin.reporting.quality_subject import QualityModelReport
from twin.reporting.wording import number

HASH = "0123456789abcdef" * 4
ABOUT = About(
    name="Quality model", provenance="simulated+prior", source="stored fit",
    made_at=datetime(2026, 3, 5, 7, 30, tzinfo=UTC), made_by="K. Meier",
)  # fmt: skip
METHODS = (
    MethodScore("bayes", "ccd", (RowScore("42", "bare Li", "ccd", -1.2345, 0.3210),), "joint"),
    MethodScore("scikit_learn", "life", (), "no maximum on 3 rows"),
)
IMPORTED = EvidenceRow(
    id="x1", sample="C<1>", process="lacss", sublimation_time_s=50.0, test="ccd", lower=2.8,
    upper=float("inf"), unit="mA/cm2", censoring="right", laboratory="our lab", source="c1.csv",
    step_ma_cm2=0.1,
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> QualityModel:
    """150 draws of the prior, seed 6, said to be a fit."""
    z = np.random.default_rng(6).standard_normal((len(QUALITY_PARAMETERS), 150))
    draws = constants_from_normal(z)
    record = FitRecord(
        evidence_rows=10, evidence_sha256=HASH, seed=7, draws=150, warmup=1, r_hat_max=1.012,
        ess_min=149.0, divergences=2, longest_life_h=700.0, versions={"numpyro": "9.8.7"},
        spans={"sublimation_time_s": (0.0, 60.0)}, optimum=optimum(draws),
        prior_optimum=prior_optimum(),
        prior_share={"sublimation_time_s": 0.2, "rolling_pressure_mpa": 1.0, "thickness_um": 0.94},
    )  # fmt: skip
    return QualityModel(draws, record)


@pytest.fixture(scope="module")
def report(model: QualityModel, tmp_path_factory: pytest.TempPathFactory) -> QualityModelReport:
    cited = statements(tmp_path_factory.mktemp("none"))
    evidence = (*cited, Statement(IMPORTED, "imported"))
    return QualityModelReport(model=model, evidence=evidence, about=ABOUT, methods=METHODS)


@pytest.fixture(scope="module")
def text(report: QualityModelReport) -> str:
    return text_of(quality_pdf(report, compress=False))


def text_of(content: bytes) -> str:
    """All text that is shown, in the order of the operators."""
    shown = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", content)
    joined = re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8)]), b" ".join(shown))
    return " ".join(re.sub(r"\\(.)", r"\1", joined.decode("cp1252")).split())


def test_it_tells_hash_versions_date_and_diagnostics(text: str) -> None:
    assert HASH in text
    for told in ("numpyro 9.8.7", "Made 2026-03-05 07:30 UTC by K. Meier", "1.012", "149",
                 "2 of 150 draws", "11 statements, 1 imported"):  # fmt: skip
        assert told in text


def test_the_sentence_has_the_numbers_of_the_prediction(
    report: QualityModelReport, text: str
) -> None:
    ccd = report.predicted.ccd_ma_cm2
    interval = f"{number(ccd.low, 3)} to {number(ccd.high, 3)}"
    assert f"CCD of {number(ccd.median, 3)} ({interval}) mA/cm²" in text
    assert "sublimation time 20 %, rolling pressure 100 %, thickness 94 %" in text
    assert quality_sentence(report).startswith("A new cell of 40 s, 36 MPa and 60 µm")


def test_the_evidence_is_listed_with_its_censoring_and_origin(text: str) -> None:
    for told in (
        "2.50 mA/cm²", "at least 700 h", "at most 10.0 h", "above bare Li, not above",
        "at least 2.80 mA/cm²", "ordinal", "our lab", "imported", "cited", "c1.csv",
    ):  # fmt: skip
        assert told in text


def test_prior_optimum_window_and_scores_are_in_it(report: QualityModelReport, text: str) -> None:
    for title in ("How much is prior", "Best exposure", "Window: CCD 2, life 400 h, P 0.8",
                  "Three ways to fit", "Scores row by row"):  # fmt: skip
        assert title in text
    assert f"{report.window.p_at_optimum:.4f}".rstrip("0") in text
    assert "-1.234" in text or "-1.235" in text
    assert "no maximum on 3 rows" in text


def test_every_figure_names_its_axes(text: str) -> None:
    for axis in (
        "Sublimation time, s", "Rolling pressure, MPa", "Thickness, µm",
        "Best sublimation time, s", "CCD of a new cell along thickness, mA/cm²",
    ):  # fmt: skip
        assert axis in text


def test_laboratories_are_told_apart_by_named_shapes(text: str) -> None:
    assert "Shapes: circle: LACSS paper, square: our lab." in text


def test_what_is_wrong_is_said(model: QualityModel, report: QualityModelReport) -> None:
    bad = QualityModel(model.draws, replace(model.record, r_hat_max=1.4))
    told = replace_report(report, model=bad, stale="the evidence changed", methods=())
    content = text_of(quality_pdf(told, compress=False))
    assert "NOT CONVERGED, do not rely on this fit" in content
    assert "r-hat 1.400 is above 1.05" in content
    assert "Stale: the evidence changed." in content
    assert "The three ways to fit were not compared for this report." in content
    assert "Scores row by row" not in content


def replace_report(report: QualityModelReport, **changes: Any) -> QualityModelReport:
    kept = {name: getattr(report, name) for name in ("model", "evidence", "about", "methods")}
    return QualityModelReport(**{**kept, **changes})


def test_a_fit_without_optimum_or_evidence_has_a_report_too(model: QualityModel) -> None:
    bare = replace(model.record, optimum=None, prior_optimum=None, prior_share={}, spans={})
    lone = QualityModelReport(model=QualityModel(model.draws, bare), evidence=(), about=ABOUT)
    content = text_of(quality_pdf(lone, compress=False))
    assert "Share of prior in the effects: not known" in content
    assert "No statement of the evidence gives this input" in content


def test_the_same_report_is_the_same_bytes(report: QualityModelReport) -> None:
    assert quality_pdf(report) == quality_pdf(report)


def test_no_drawing_reaches_beyond_its_frame(report: QualityModelReport) -> None:
    """Everything lies within the width asked for; nothing is cut off by the page."""
    for figure in quality_document(report).figures:
        left, bottom, right, top = figure.draw(480.0).getBounds()
        assert left >= -1
        assert bottom >= -1
        assert right <= 481
        assert top <= 200


def test_marks_differ_by_laboratory_and_are_filled_only_where_exact() -> None:
    plane = Plane(0, 0, 100, 100, (0, 10), (0, 10))
    points = [
        EvidencePoint(k, 5, censoring, "", 4.0, 6.0, f"lab {k}", shape=k)
        for k, censoring in enumerate(["exact", "interval", "right", "left"])
    ]
    kinds = []
    for point in points:
        pen = Pen(100, 100)
        draw_marks(pen, plane, [points[0], point])
        shapes = [type(shape).__name__ for shape in pen.drawing.contents]
        kinds.append(shapes[-1])
    assert kinds == ["Circle", "Polygon", "Polygon", "Polygon"]


def test_the_subject_is_made_from_what_is_stored(tmp_path: Path, model: QualityModel) -> None:
    quality_artifact.save(tmp_path, model, gather(tmp_path))
    about = about_model(tmp_path)
    found = quality_subject(tmp_path, model, METHODS, about)
    assert about.provenance == "simulated+prior"
    assert found.stale == ""
    assert {one.origin for one in found.evidence} == {"cited"}
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.csv").write_text(
        "id,sample,process,test,value,unit,censoring,kind,step_ma_cm2\n"
        "n1,N,bare,ccd,1.1,mA/cm2,exact,measured,0.1\n"
    )
    assert about_model(tmp_path).provenance == "simulated+prior+imported"
    found = quality_subject(tmp_path, model, METHODS, about)
    assert found.stale == "the evidence changed since it was fitted"
    assert [one.row.sample for one in found.evidence if one.origin == "imported"] == ["N"]


def test_it_is_written_and_written_over(tmp_path: Path, report: QualityModelReport) -> None:
    path = tmp_path / "report.pdf"
    path.write_text("old")
    save_quality_pdf(report, path)
    assert path.read_bytes().startswith(b"%PDF-")


def test_a_place_where_nothing_can_be_written_is_refused_in_one_line(
    tmp_path: Path, report: QualityModelReport
) -> None:
    with pytest.raises(InputError, match="--pdf: must be a file, got the folder"):
        check_target(tmp_path)
    with pytest.raises(InputError, match=r"--pdf: the folder of .* is missing"):
        check_target(tmp_path / "no" / "x.pdf")
    with pytest.raises(InputError, match=r"--pdf: .* cannot be written: No such file"):
        save_quality_pdf(report, tmp_path / "no" / "x.pdf")
    check_target(tmp_path / "x.pdf")
