"""A prediction on its page: the answer, what to be careful about, the structure behind it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import models, state
from dashboards.components import Card, answer, cards, draw, numbers
from dashboards.figures import survival_curve
from dashboards.formatting import interval, level_name, number, percent, plain, unit_name, words
from process_models.quality import QualityModel, QualityPrediction
from process_models.quality.setting import CellSetting

__all__ = ["caution", "input_label", "sentence", "show_life", "show_prediction"]

_MOSTLY = 0.5


def show_prediction(model: QualityModel, chosen: CellSetting) -> QualityPrediction | None:
    """The answer with its interval; None, and the reason in one line, where physics forbids."""
    reasons = chosen.reasons()
    if reasons:
        st.error(f"**No prediction**, because {plain(reasons[0])}.", icon=":material/block:")
        return None
    predicted = model.predict(
        sublimation_time_s=chosen.sublimation_time_s,
        rolling_pressure_mpa=chosen.rolling_pressure_mpa,
        thickness_um=chosen.thickness_um,
        process=chosen.process,
        current_ma_cm2=chosen.current_ma_cm2,
        capacity_mah_cm2=chosen.capacity_mah_cm2,
    )
    tags = ["simulated"] + ["prior"] * _mostly_prior(predicted) + ["imported"] * _on_imported()
    answer(sentence(predicted, chosen), *tags)
    if told := caution(predicted):
        st.warning(told, icon=":material/explore:")
    cards(_cards(predicted))
    return predicted


def sentence(predicted: QualityPrediction, chosen: CellSetting) -> str:
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
    known = [
        f"{_bare_label(name)} {percent(share)}" for name, share in predicted.prior_share.items()
    ]
    told = f" Share of prior in the effects: {', '.join(known)}." if known else ""
    return f"{text} and {lived} ({level_name(ccd.level)} intervals of one new cell).{told}"


def caution(predicted: QualityPrediction) -> str:
    """Which effects are hardly measured, and where the recipe leaves the evidence."""
    believed = [n for n, share in predicted.prior_share.items() if share > _MOSTLY]
    parts = []
    if believed:
        one = len(believed) == 1
        effect, verb, them = ("effect", "is", "it") if one else ("effects", "are", "them")
        names = " and ".join(_bare_label(name) for name in believed)
        little = f"the evidence says little about {them}"
        parts.append(f"The {effect} of {names} {verb} mostly prior: {little}.")
    if predicted.extrapolated:
        names = " and ".join(_bare_label(name) for name in predicted.extrapolated)
        parts.append(f"This recipe lies beyond the evidence in {names}.")
    return " ".join(parts)


def show_life(model: QualityModel, chosen: CellSetting, predicted: QualityPrediction) -> None:
    """The survival curve of a new cell, and the prediction in numbers."""
    figure = survival_curve(
        [0.0, *(hours for hours, _ in predicted.survival)],
        [1.0, *(probability for _, probability in predicted.survival)],
        state.palette(),
        title=f"Life at {number(chosen.current_ma_cm2)} mA/cm², "
        f"{number(chosen.capacity_mah_cm2)} mAh/cm² (simulated)",
        longest_observed_h=model.record.longest_life_h,
    )
    draw(figure, "survival")
    numbers(_numbers(predicted), "prediction", label="The prediction")


def input_label(name: str, *, unit: bool = False) -> str:
    """An input as people write it, with its unit when asked for.

    Examples
    --------
    >>> input_label("thickness_um", unit=True)
    'Thickness, µm'
    """
    stem, _, suffix = name.rpartition("_")
    for ending in ("_ma", "_mah"):
        if stem.endswith(ending):
            stem, suffix = stem.removesuffix(ending), f"{ending[1:]}_{suffix}"
    if not stem:
        return words(name)
    return f"{words(stem)}, {unit_name(suffix)}" if unit else words(stem)


def _bare_label(name: str) -> str:
    return input_label(name).lower()


def _on_imported() -> bool:
    """Whether imported evidence is behind the fit."""
    return not models.stale() and any(one.origin == "imported" for one in models.evidence())


def _mostly_prior(predicted: QualityPrediction) -> bool:
    return bool(predicted.extrapolated) or max(predicted.prior_share.values(), default=0) > _MOSTLY


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


def _numbers(predicted: QualityPrediction) -> pd.DataFrame:
    ccd, life = predicted.ccd_ma_cm2, predicted.life_h
    rows = [
        ("CCD", ccd.median, ccd.low, ccd.high, "mA/cm²"),
        ("Life", life.median, life.low, life.high, "h"),
        *((f"Alive after {hours:g} h", p, None, None, "") for hours, p in predicted.survival),
        *((words(name), value, None, None, "") for name, value in predicted.structure.items()),
    ]
    return pd.DataFrame(rows, columns=["Quantity", "Median", "Low", "High", "Unit"])
