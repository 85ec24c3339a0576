"""The report of the model: three ways to fit, compared in the background, and the PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user
from dashboards.components import guarded, numbers
from dashboards.formatting import age, words
from dashboards.jobs import Job, jobs
from process_models.quality import QualityModel
from process_models.quality.comparison import MethodScore, compare
from twin.quality_artifact import evidence_of
from twin.reporting.quality_pdf import about_model, quality_pdf, quality_subject
from twin.settings import Settings

__all__ = ["show_report"]

_USUAL_S = 60.0


def show_report(model: QualityModel) -> None:
    """The comparison when it was made, else the offer; the PDF with or without it."""
    name = f"quality methods {Settings.from_environment().home} {model.record.evidence_sha256}"
    job = cast("Job[tuple[MethodScore, ...]] | None", jobs().get(name))
    methods: tuple[MethodScore, ...] = ()
    if job is not None and job.running:
        _progress(name)
    elif job is not None and job.result is not None:
        methods = job.result
        _show_methods(methods)
    else:
        with guarded():
            if job is not None and job.error is not None:
                raise job.error
        _offer(name)
    _pdf_button(model, methods)


def _offer(name: str) -> None:
    st.caption(
        "The Bayesian model can be compared with maximum likelihood (statsmodels) and a"
        " scikit-learn estimator, each scored on rows left out of its fit; takes about a minute."
    )
    if st.button("Compare three ways to fit", icon=":material/balance:"):
        jobs().start(name, _work())
        st.rerun()


def _work() -> Callable[[Callable[[float], None]], object]:
    home = Settings.from_environment().home

    def work(tell: Callable[[float], None]) -> tuple[MethodScore, ...]:
        tell(0.1)
        return tuple(compare(evidence_of(home).rows))

    return work


@st.fragment(run_every=2)
def _progress(name: str) -> None:
    job = jobs().get(name)
    if job is None or not job.running:
        st.rerun()
    seconds = (state.now() - job.started_at).total_seconds()
    st.progress(
        min(0.95, seconds / _USUAL_S),
        f"Fitting once without each row, since {age(seconds)}; about a minute. You may leave this"
        " page.",
    )


def _show_methods(methods: tuple[MethodScore, ...]) -> None:
    st.markdown("**Three ways to fit, each scored on rows that it had not seen**")
    st.dataframe(
        pd.DataFrame(
            [
                (_test(m), words(m.method), len(m.rows), m.log_score, m.crps, m.remark)
                for m in methods
            ],
            columns=["Test", "Way to fit", "Rows", "Log score", "CRPS", "Remark"],
        ),
        hide_index=True,
    )
    st.caption("Log score: higher is better. CRPS in units of ln value: lower is better.")
    rows = [
        (row.id, row.sample, _test(m), words(m.method), row.log_score, row.crps)
        for m in methods
        for row in m.rows
    ]
    columns = ["Row", "Sample", "Test", "Way to fit", "Log score", "CRPS"]
    numbers(pd.DataFrame(rows, columns=columns), "left-out", label="Row by row")


def _test(method: MethodScore) -> str:
    return "CCD" if method.test == "ccd" else "Life"


def _pdf_button(model: QualityModel, methods: tuple[MethodScore, ...]) -> None:
    home, user, zone = Settings.from_environment().home, current_user(), state.zone()

    def make() -> bytes:
        about = replace(about_model(home), made_by=user.name, made_at=state.now(), zone=zone)
        return quality_pdf(quality_subject(home, model, methods, about))

    st.download_button(
        "Model report as PDF", make, "quality-model.pdf", "application/pdf", key="model-pdf",
        icon=":material/download:", on_click="ignore",
        help="With the comparison above, once it was made",
    )  # fmt: skip
