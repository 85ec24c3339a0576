"""How much is known: each effect and the best exposure, prior against posterior."""

from __future__ import annotations

import streamlit as st

from dashboards import quality_answers, state
from dashboards.components import answer, draw
from dashboards.figures import prior_share_bars
from dashboards.figures.quality_known import best_time_bars, effect_curve
from dashboards.formatting import interval, percent
from dashboards.quality_result import input_label
from process_models.quality import Optimum, QualityModel

__all__ = ["optimum_sentence", "show_known"]


def show_known(model: QualityModel) -> None:
    """Prior against posterior for each input, then for the best exposure."""
    effects = quality_answers.effects_of(model)
    for column, effect in zip(st.columns(len(effects), gap="small"), effects, strict=True):
        with column:
            label = input_label(effect.name)
            figure = effect_curve(
                effect, state.palette(), name=label, x=input_label(effect.name, unit=True)
            )
            draw(figure, f"effect-{effect.name}")
    st.caption(
        "CCD relative to the reference recipe. Blue band and line: after the evidence, 90 % and"
        " median; dashed and dotted: before it. Where they agree, nothing was learned."
    )
    if model.record.prior_share:
        draw(prior_share_bars(model.record.prior_share, state.palette()), "prior-share")
    after, before = model.record.optimum, model.record.prior_optimum
    if after is None or before is None:
        st.caption("The best exposure was not recorded with this fit.")
        return
    answer(optimum_sentence(after, before), "simulated", "prior")
    figure = best_time_bars(
        quality_answers.best_times(model), state.palette(),
        title="Best exposure, before and after the evidence (simulated)",
    )  # fmt: skip
    draw(figure, "best-time")


def optimum_sentence(after: Optimum, before: Optimum) -> str:
    """Where is the best exposure, and how much of that was believed before?"""
    return (
        f"The best exposure is **{interval(after.median_s, after.low_s, after.high_s, 's')}**."
        f" P(it lies inside the range, not at an end) is **{percent(after.p_interior)}**"
        f" (prior {percent(before.p_interior)}), P(30 to 50 s)"
        f" **{percent(after.p_between_30_and_50_s)}**"
        f" (prior {percent(before.p_between_30_and_50_s)})."
    )
