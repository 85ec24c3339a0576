"""The report of a quality model: what it says, what it rests on, and whether to believe it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from process_models.quality.prior_share import ALLOWED
from twin.reporting.document import Cell, Document, Figure
from twin.reporting.drawing.evidence import SHAPES
from twin.reporting.drawing.response import (
    Response,
    best_times_drawing,
    effects_drawing,
    input_title,
    response_drawing,
)
from twin.reporting.evidence_marks import EvidencePoint, evidence_points
from twin.reporting.quality_subject import QualityModelReport
from twin.reporting.quality_tables import quality_tables
from twin.reporting.wording import bounds, label, number

__all__ = ["quality_document"]

_MARKS = (
    "Line: median; bands: 50 and 90 % intervals of one new cell. Filled mark: exact value; arrow:"
    " at least (up) or at most (down); bar with ends: an interval; open mark on a dotted bar: only"
    " an order is known. A mark stands at its own other inputs."
)


def quality_document(report: QualityModelReport) -> Document:
    """Everything about one fit."""
    return Document(
        title="Quality model: CCD and life of cells",
        sentence=quality_sentence(report),
        about=report.about,
        facts=_facts(report),
        figures=(*_responses(report), *_known(report)),
        tables=quality_tables(report),
        notes=_remarks(report),
    )


def quality_sentence(report: QualityModelReport) -> str:
    """What a cell of the reference recipe does, how sure, and how much of that is prior."""
    predicted, chosen = report.predicted, report.setting
    ccd, life = predicted.ccd_ma_cm2, predicted.life_h
    alive = dict(predicted.survival).get(700.0, 0.0)
    lived = (
        f"to live beyond 700 h with a probability of {100 * alive:.1f} %"
        if life.median is None
        else f"to live {number(life.median, 3)} h ({bounds(life.low, life.high)})"
    )
    shares = ", ".join(
        f"{label(name).lower()} {100 * share:.0f} %"
        for name, share in report.model.record.prior_share.items()
    )
    warning = "" if report.model.record.converged else "NOT CONVERGED, do not rely on this fit. "
    return (
        f"{warning}A new cell of {chosen.sublimation_time_s:g} s,"
        f" {chosen.rolling_pressure_mpa:g} MPa and {chosen.thickness_um:g} µm is"
        f" expected to reach a CCD of {number(ccd.median, 3)} ({bounds(ccd.low, ccd.high)}) mA/cm²"
        f" and {lived}; 90 % intervals. Share of prior in the effects: {shares or 'not known'}."
    )


def _facts(report: QualityModelReport) -> dict[str, Cell]:
    record = report.model.record
    imported = sum(one.origin == "imported" for one in report.evidence)
    versions = ", ".join(f"{name} {value}" for name, value in sorted(record.versions.items()))
    return {
        "Evidence in the fit": f"{record.evidence_rows} statements",
        "Evidence now": f"{len(report.evidence)} statements, {imported} imported",
        "Converged": "yes" if record.converged else "; ".join(record.faults),
        "Worst r-hat": record.r_hat_max,
        "Fewest effective draws": round(record.ess_min),
        "Divergences": f"{record.divergences} of {record.draws} draws",
        "Seed": record.seed,
        "Model version": record.model_version,
        "Versions": versions,
        "Laboratories with an effect": ", ".join(record.laboratories) or "none but our own",
        "Longest life observed": f"{number(record.longest_life_h, 3)} h",
        "Up to date": f"no: {report.stale}" if report.stale else "yes",
    }


def _responses(report: QualityModelReport) -> list[Figure]:
    def one(along: str) -> Figure:
        drawn = Response(
            title=f"CCD of a new cell along {label(along).lower()}, mA/cm²",
            bands=report.bands(along), x_title=input_title(along),
            points=evidence_points(report.evidence, along, report.setting),
        )  # fmt: skip
        return Figure(drawn.title, _caption(drawn.points), partial(response_drawing, drawn))

    lived = Response(
        title=f"Probability that a new cell lives beyond {number(report.hours, 3)} h",
        bands=report.bands("sublimation_time_s", "survival"),
        x_title=input_title("sublimation_time_s"),
        points=evidence_points(
            report.evidence, "sublimation_time_s", report.setting, "survival", hours=report.hours
        ),
        low=0.0, high=1.08,
    )  # fmt: skip
    caption = (
        f"At {number(report.setting.current_ma_cm2, 3)} mA/cm² and"
        f" {number(report.setting.capacity_mah_cm2, 3)} mAh/cm². Bands: 50 and 90 % intervals of"
        " the probability. Marks at 1 lived longer, marks at 0 did not; open cases are left out."
    )
    return [*map(one, ALLOWED), Figure("Life", caption, partial(response_drawing, lived))]


def _caption(points: Sequence[EvidencePoint]) -> str:
    """How to read the marks, or that there are none."""
    if not points:
        return "No statement of the evidence gives this input; bands as above."
    shapes = {point.laboratory: SHAPES[point.shape % len(SHAPES)] for point in points}
    named = ", ".join(f"{shape}: {laboratory}" for laboratory, shape in shapes.items())
    return f"{_MARKS} Shapes: {named}."


def _known(report: QualityModelReport) -> list[Figure]:
    return [
        Figure(
            "Effects",
            "CCD relative to the reference recipe. Blue: after the evidence, median and 90 %."
            " Dashed and dotted: the prior. Where they agree, nothing was learned.",
            partial(effects_drawing, report.effects),
        ),
        Figure(
            "Best exposure",
            "Filled: after the evidence. Outlined: prior. The last bin holds draws that rise to"
            " the end of the allowed range.",
            partial(best_times_drawing, report.best_times),
        ),
    ]


def _remarks(report: QualityModelReport) -> tuple[str, ...]:
    record = report.model.record
    unused = [
        f"{one.method} on {one.test} could not be used: {one.remark}."
        for one in report.methods
        if not one.rows
    ]
    return (
        f"Hash of the evidence in the fit (SHA-256): {record.evidence_sha256}",
        *(f"NOT CONVERGED: {fault}." for fault in record.faults),
        *((f"Stale: {report.stale}.",) if report.stale else ()),
        *unused,
        *(
            ("Log score: higher is better. CRPS in units of ln value: lower is better.",)
            if report.methods
            else ("The three ways to fit were not compared for this report.",)
        ),
        "Pressure and thickness are taken at the reference where a statement does not give them.",
    )
