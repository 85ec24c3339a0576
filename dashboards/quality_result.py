"""A prediction on its page: the answer, the structure behind it, curves, survival, prior share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboards import models, state
from dashboards.components import Card, answer, cards, draw, numbers
from dashboards.evidence_points import ccd_points, evidence_table
from dashboards.figures import Response, prior_share_bars, response_curve, survival_curve
from dashboards.formatting import interval, level_name, number, percent, unit_name, words
from dashboards.quality_controls import WhatIf
from process_models.quality import ALLOWED, QualityModel, QualityPrediction

__all__ = ["sentence", "show_prediction"]

_POINTS = 61
_MOSTLY = 0.5


def show_prediction(model: QualityModel, chosen: WhatIf) -> None:
    """Everything about one prediction."""
    predicted = model.predict(**asdict(chosen))
    tags = ("simulated", "prior") if _mostly_prior(predicted) else ("simulated",)
    answer(sentence(predicted, chosen), *tags)
    _caution(predicted)
    cards(_cards(predicted))
    along = st.segmented_control(
        "Along", list(ALLOWED), default="sublimation_time_s", key="along", required=True,
        format_func=_input_label, bind="query-params",
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _curve(model, chosen, str(along))
    with right:
        figure = survival_curve(
            [0.0, *(hours for hours, _ in predicted.survival)],
            [1.0, *(probability for _, probability in predicted.survival)],
            state.palette(),
            title=f"Life at {number(chosen.current_ma_cm2)} mA/cm², "
            f"{number(chosen.capacity_mah_cm2)} mAh/cm²",
            longest_observed_h=model.record.longest_life_h,
        )
        draw(figure, "survival")
    draw(prior_share_bars(predicted.prior_share, state.palette()), "prior-share")
    numbers(_numbers(predicted), "prediction", label="The prediction")
    numbers(evidence_table(models.evidence()), "evidence", label="The evidence")


def sentence(predicted: QualityPrediction, chosen: WhatIf) -> str:
    """What would a cell of this recipe do, and how sure is that?"""
    ccd, life = predicted.ccd_ma_cm2, predicted.life_h
    text = (
        f"A cell of this recipe is expected to reach a CCD of "
        f"**{interval(ccd.median, ccd.low, ccd.high, 'mA/cm2')}**"
    )
    protocol = (
        f"at {number(chosen.current_ma_cm2)} mA/cm² and {number(chosen.capacity_mah_cm2)} mAh/cm²"
    )
    if life.median is None:
        alive = dict(predicted.survival).get(700.0)
        lived = f"to live beyond 700 h {protocol} with a probability of **{percent(alive)}**"
    else:
        lived = f"to live **{interval(life.median, life.low, life.high, 'h')}** {protocol}"
    return f"{text} and {lived} ({level_name(ccd.level)} intervals of one new cell)."


def _mostly_prior(predicted: QualityPrediction) -> bool:
    return bool(predicted.extrapolated) or max(predicted.prior_share.values(), default=0) > _MOSTLY


def _caution(predicted: QualityPrediction) -> None:
    believed = [n for n, share in predicted.prior_share.items() if share > _MOSTLY]
    parts = []
    if believed:
        names = " and ".join(_input_label(name).lower() for name in believed)
        parts.append(f"The effect of {names} is mostly prior: nobody has measured it yet.")
    if predicted.extrapolated:
        names = " and ".join(_input_label(name).lower() for name in predicted.extrapolated)
        parts.append(f"Beyond the evidence in {names}.")
    if parts:
        st.warning(" ".join(parts), icon=":material/explore:")


def _cards(predicted: QualityPrediction) -> list[Card]:
    named = {
        "loading_mg_cm2": ("AlCl3 deposited", "mg_cm2"),
        "enriched_layer_nm": ("Enriched layer", "nm"),
        "areal_capacity_mah_cm2": ("Areal capacity", "mah_cm2"),
        "asr_ohm_cm2": ("Resistance", "ohm_cm2"),
        "completion": ("Reaction completed", ""),
    }
    return [
        Card(
            name, percent(value) if not unit else f"{number(value)} {unit_name(unit)}", "simulated"
        )
        for key, (name, unit) in named.items()
        if (value := predicted.structure.get(key)) is not None
    ]


def _curve(model: QualityModel, chosen: WhatIf, along: str) -> None:
    low, high = ALLOWED[along]
    x = np.linspace(low, high, _POINTS)
    inputs: dict[str, Any] = {name: getattr(chosen, name) for name in ALLOWED}
    bottom, median, top = model.curve(**{**inputs, along: x}, process=chosen.process)
    _, here, _ = model.curve(**inputs, process=chosen.process)
    figure = response_curve(
        Response(x=x.tolist(), median=median.tolist(), low=bottom.tolist(), high=top.tolist(),
                 level=0.9),
        state.palette(),
        title=f"Median CCD along {_input_label(along).lower()}, the other inputs as set",
        x=_input_label(along, unit=True),
        y="CCD, mA/cm²",
        at=(inputs[along], float(np.atleast_1d(here)[0])),
        evidence=ccd_points(models.evidence(), along, process=chosen.process),
    )  # fmt: skip
    draw(figure, "response")


def _input_label(name: str, *, unit: bool = False) -> str:
    stem, _, suffix = name.rpartition("_")
    return f"{words(stem)}, {unit_name(suffix)}" if unit else words(stem)


def _numbers(predicted: QualityPrediction) -> pd.DataFrame:
    ccd, life = predicted.ccd_ma_cm2, predicted.life_h
    rows = [
        ("CCD", ccd.median, ccd.low, ccd.high, "mA/cm²"),
        ("Life", life.median, life.low, life.high, "h"),
        *((f"Alive after {hours:g} h", p, None, None, "") for hours, p in predicted.survival),
        *((words(name), value, None, None, "") for name, value in predicted.structure.items()),
    ]
    return pd.DataFrame(rows, columns=["Quantity", "Median", "Low", "High", "Unit"])
