"""The window on its page: the answer, the map, limits, and the next cells to test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import answer, draw, guarded, numbers
from dashboards.figures.window import experiment_bars, window_map
from dashboards.formatting import number, percent, unit_name, words
from dashboards.jobs import Job, jobs
from dashboards.window_controls import Asked
from process_models.quality import QualityModel
from process_models.quality.next_experiment import Experiment, next_experiments
from process_models.quality.window import INPUTS, ProcessWindow, process_window

__all__ = ["sentence", "show_next", "show_window"]

_CELLS = 3


@st.cache_data(show_spinner="Working out the window", max_entries=16)
def _window(fitted: str, asked: Asked, _model: QualityModel) -> ProcessWindow:  # noqa: ARG001
    return process_window(
        _model, asked.goal, probability=asked.probability, variation=asked.variation
    )


def show_window(model: QualityModel, asked: Asked) -> None:
    """The answer in a sentence, the map at one thickness, and the limits."""
    window = _window(model.record.evidence_sha256, asked, model)
    answer(sentence(window), "simulated", *(["prior"] if _believed(window) else []))
    if believed := _believed(window):
        st.warning(
            f"{_effects_are(believed)} mostly prior: nobody has measured it. The window is as "
            "good as that belief.",
            icon=":material/explore:",
        )
    thicknesses = [float(value) for value in window.axes["thickness_um"]]
    best = min(range(len(thicknesses)),
               key=lambda n: abs(thicknesses[n] - window.optimum["thickness_um"]))  # fmt: skip
    chosen = st.segmented_control(
        "Thickness, µm", thicknesses, default=thicknesses[best], format_func=number,
        key="layer", required=True,
    )  # fmt: skip
    layer = thicknesses.index(float(chosen)) if chosen is not None else best
    draw(window_map(window, layer, state.palette()), "window-map")
    numbers(_limits(window), "window-limits", label="Limits and robust optimum")


def sentence(window: ProcessWindow) -> str:
    """Where may we run?"""
    if window.limits is None:
        return (
            f"**Nowhere** is the probability {number(window.probability)}: at the best point, "
            f"{_point(window)}, it is **{window.p_at_optimum:.2f}** with the line's variation."
        )
    parts = [
        f"**{number(low)} to {number(high)} {unit_name(name.rsplit('_', 1)[1])}**"
        for name, (low, high) in window.limits.items()
    ]
    return (
        f"Run at {parts[0]}, {parts[1]} and {parts[2]}: there a new cell meets the goal with a "
        f"probability of at least {number(window.probability)}. The robust optimum is "
        f"{_point(window)}, with **{window.p_at_optimum:.2f}**; {percent(window.share)} of the "
        "allowed region is inside."
    )


def _point(window: ProcessWindow) -> str:
    return ", ".join(
        f"{number(value)} {unit_name(name.rsplit('_', 1)[1])}"
        for name, value in window.optimum.items()
    )


def _believed(window: ProcessWindow) -> str:
    names = [name for name in INPUTS if window.prior_share.get(name, 0.0) > 0.5]
    return " and ".join(words(name.rsplit("_", 1)[0]).lower() for name in names)


def _effects_are(names: str) -> str:
    several = " and " in names
    return f"The effects of {names} are" if several else f"The effect of {names} is"


def _limits(window: ProcessWindow) -> pd.DataFrame:
    rows = [
        (words(name), *(window.limits[name] if window.limits else (None, None)),
         window.optimum[name], window.prior_share.get(name))
        for name in INPUTS
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Input", "Low", "High", "Robust optimum", "Share of prior"])


def show_next(model: QualityModel, asked: Asked) -> None:
    """The next cells: worked out in the background when asked for, shown when done."""
    st.subheader("What to test next", anchor=False)
    by_hour = st.toggle("Rank by what an hour on the cycler narrows", key="by_hour")
    name = f"next {model.record.evidence_sha256} {asked} {by_hour}"
    job = cast("Job[tuple[Experiment, ...]] | None", jobs().get(name))
    if job is None:
        if st.button("Find the next cells", type="primary", icon=":material/biotech:"):
            jobs().start(name, _work(model, asked, by_hour))
            st.rerun()
        st.caption("Simulates the result of 90 possible cells; takes some seconds.")
        return
    _show_job(name)


@st.fragment(run_every=2)
def _show_job(name: str) -> None:
    job = cast("Job[tuple[Experiment, ...]] | None", jobs().get(name))
    if job is None or job.running:
        st.progress(0.0 if job is None else job.share, "Simulating results")
        return
    with guarded():
        if job.error is not None:
            raise job.error
        if job.result is not None:
            _show_experiments(job.result)


def _work(
    model: QualityModel, asked: Asked, by_hour: bool
) -> Callable[[Callable[[float], None]], object]:
    def work(tell: Callable[[float], None]) -> tuple[Experiment, ...]:
        tell(0.1)
        return next_experiments(
            model, asked.goal, probability=asked.probability, cells=_CELLS, by_hour=by_hour
        )

    return work


def _show_experiments(found: Sequence[Experiment]) -> None:
    first = found[0]
    answer(
        f"Test a **{first.candidate.name}** next: its result is expected to narrow the window by "
        f"**{percent(first.narrowing)}** for about {number(first.cost_h)} h on a cycler.",
        "simulated",
    )
    draw(experiment_bars(found, state.palette()), "next-cells")
    numbers(
        pd.DataFrame(
            [
                (one.candidate.name, f"{'> ' if result.censored else ''}{number(result.value)}",
                 result.window_share)
                for one in found
                for result in one.results
            ],
            columns=["Cell", "If its result were", "Share of the region inside afterwards"],
        ),
        "next-results",
        label="What a result would do",
    )  # fmt: skip
