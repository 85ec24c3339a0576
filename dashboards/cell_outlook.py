"""What a life test that has not ended foretells, beside its trace."""

from __future__ import annotations

import streamlit as st

from dashboards import models, state
from dashboards.components import answer, draw, guarded
from dashboards.figures import survival_curve
from dashboards.formatting import number, percent, plain
from process_models.cells import CellTrace
from process_models.quality.running_test import Survival, running_test, survival_forecast
from twin.cells.calls import CellTest

__all__ = ["outlook_sentence", "show_outlook"]

_ASKED_H = 700.0


def show_outlook(test: CellTest, trace: CellTrace) -> None:
    """The survival forecast of a symmetric cell without a short; nothing for any other test."""
    if test.test != "symmetric" or test.label.short is not None:
        return
    model = models.quality()
    if test.recipe is None or model is None:
        missing = "how its foil was made" if test.recipe is None else "a fitted quality model"
        st.caption(f"How long it will last cannot be said without {missing}.")
        return
    with guarded():
        recipe = test.recipe
        running = running_test(trace, area_cm2=test.area_cm2)
        found = survival_forecast(
            model, running, process=recipe.process,
            sublimation_time_s=recipe.sublimation_time_s,
            rolling_pressure_mpa=recipe.rolling_pressure_mpa, thickness_um=recipe.thickness_um,
        )  # fmt: skip
        answer(outlook_sentence(found, running.alive_h), "simulated", "prior")
        figure = survival_curve(
            found.hours, found.probability, state.palette(),
            title=f"If {plain(test.sample)} goes on: chance to outlive the hours (simulated)",
            longest_observed_h=model.record.longest_life_h,
        )  # fmt: skip
        draw(figure, "cell-outlook")
        st.caption(f"Basis: {found.basis}.")


def outlook_sentence(found: Survival, alive_h: float) -> str:
    """How long will it go on?"""
    chance = dict(zip(found.hours, found.probability, strict=True)).get(_ASKED_H)
    before = dict(zip(found.hours, found.before, strict=True)).get(_ASKED_H)
    return (
        f"Alive after **{number(alive_h, 4)} h**, it outlives {_ASKED_H:.0f} h with a probability "
        f"of **{percent(chance)}** (before the test {percent(before)})."
    )
