"""What each input does: an outcome along one input with the evidence upon it, and over two."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards import models, quality_answers, state
from dashboards.components import draw, numbers
from dashboards.evidence_points import evidence_table
from dashboards.figures import Response, response_curve
from dashboards.figures.quality_surface import surface_map
from dashboards.formatting import number
from dashboards.quality_result import input_label
from process_models.quality import ALLOWED, QualityModel
from process_models.quality.bands import OUTCOMES, Bands, Outcome
from process_models.quality.setting import CellSetting
from twin.reporting.evidence_marks import evidence_points, other_protocols

__all__ = ["show_response", "show_surface"]

_NAMES: dict[Outcome, str] = {"ccd_ma_cm2": "CCD", "life_h": "Life", "survival": "P(life)"}
_MARKS = (
    "The other inputs of the curve are as set, those of a mark its own. Filled mark: exact value."
    " Arrow up: at least; arrow down: at most. Bar with ends: between two values. Open mark on a"
    " dotted bar: only an order is known. One shape for each laboratory."
)


def show_response(model: QualityModel, chosen: CellSetting, hours: float) -> Outcome:
    """Along one input; returns the outcome that was asked for."""
    along = st.segmented_control(
        "Along", list(ALLOWED), default="sublimation_time_s", key="along", required=True,
        format_func=input_label, bind="query-params",
    )  # fmt: skip
    outcome = st.segmented_control(
        "Outcome", OUTCOMES, default="ccd_ma_cm2", key="outcome", required=True,
        format_func=lambda name: _NAMES.get(name, name), bind="query-params",
    )  # fmt: skip
    _curve(model, chosen, (str(along), outcome), hours)
    return outcome


def _curve(
    model: QualityModel, chosen: CellSetting, asked: tuple[str, Outcome], hours: float
) -> None:
    along, outcome = asked
    bands = quality_answers.bands(model, chosen, along, outcome, hours)
    evidence = models.evidence()
    points = evidence_points(evidence, along, chosen, outcome, hours=hours)
    here = getattr(chosen, along)
    near = min(range(len(bands.x)), key=lambda n: abs(bands.x[n] - here))
    value = _known(bands.middle.tolist())[near]
    figure = response_curve(
        _response(bands, model.record.longest_life_h if outcome == "life_h" else None),
        state.palette(),
        title=f"{_what(outcome, hours)} along {input_label(along).lower()} (simulated)",
        x=input_label(along, unit=True),
        y=_axis(outcome, hours),
        at=None if outcome == "life_h" else (here, value),
        evidence=points,
        beyond=model.record.longest_life_h if outcome == "life_h" else None,
    )
    if outcome == "survival":
        figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%")
    draw(figure, "response")
    st.caption(_note(points, along, outcome, other_protocols(evidence, chosen)))
    numbers(_table(bands, along), "response", label="The curve")
    numbers(evidence_table(evidence), "evidence", label="The evidence")


def _note(points: Sequence[object], along: str, outcome: Outcome, others: int) -> str:
    if not points:
        return (
            f"No statement of the evidence says anything here: none gives its"
            f" {input_label(along).lower()} with this process and outcome."
        )
    left_out = others and outcome != "ccd_ma_cm2"
    told = f" {others} life tests ran under another current or capacity and are not drawn."
    return _MARKS + (told if left_out else "")


def _response(bands: Bands, longest: float | None) -> Response:
    """The bands as they are drawn; no median life beyond every observation."""
    median = _known(bands.middle.tolist())
    if longest is not None:
        median = [None if value is None or value > longest else value for value in median]
    low, high, inner_low, inner_high = (
        _known(part.tolist()) for part in (bands.low90, bands.high90, bands.low50, bands.high50)
    )
    return Response(
        x=bands.x.tolist(), median=median, low=low, high=high, level=0.9, inner_low=inner_low,
        inner_high=inner_high,
    )  # fmt: skip


def _known(values: list[float]) -> list[float | None]:
    return [value if value == value else None for value in values]


def _what(outcome: Outcome, hours: float) -> str:
    return {
        "ccd_ma_cm2": "CCD of a new cell",
        "life_h": "Life of a new cell",
        "survival": f"P(life beyond {number(hours)} h)",
    }[outcome]


def _axis(outcome: Outcome, hours: float) -> str:
    return {
        "ccd_ma_cm2": "CCD, mA/cm²",
        "life_h": "Life, h",
        "survival": f"P(life beyond {number(hours)} h)",
    }[outcome]


def _table(bands: Bands, along: str) -> pd.DataFrame:
    columns = {
        input_label(along, unit=True): bands.x, "5 %": bands.low90, "25 %": bands.low50,
        "Middle": bands.middle, "75 %": bands.high50, "95 %": bands.high90,
    }  # fmt: skip
    return pd.DataFrame(columns)


def show_surface(model: QualityModel, chosen: CellSetting, outcome: Outcome, hours: float) -> None:
    """Over two inputs: the middle, and beside it the width of the 90 % interval."""
    left_out = st.segmented_control(
        "Over two inputs, at the set", list(ALLOWED), default="thickness_um", key="fixed",
        required=True, format_func=input_label, bind="query-params",
    )  # fmt: skip
    first, second = (name for name in ALLOWED if name != left_out)
    found = quality_answers.surface(model, chosen, (first, second), outcome, hours)
    columns = st.columns(2, gap="medium")
    what = _what(outcome, hours)
    unit = {"ccd_ma_cm2": ", mA/cm²", "life_h": ", h", "survival": ""}[outcome]
    titles = {
        "middle": f"{what}{unit}, middle (simulated)",
        "width": f"Width of its 90 % interval{unit} (simulated)",
    }
    for column, (part, title) in zip(columns, titles.items(), strict=True):
        with column:
            figure = surface_map(
                found, state.palette(), what=part, title=title,
                x=input_label(first, unit=True), y=input_label(second, unit=True),
                at=(getattr(chosen, first), getattr(chosen, second)),
            )  # fmt: skip
            draw(figure, f"surface-{part}")
