"""Fitting the quality model: offered, done in the background, told when it cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import streamlit as st

from dashboards import models, state
from dashboards.components import Card, cards, guarded
from dashboards.formatting import age, plain
from dashboards.jobs import Job, jobs
from process_models.quality import FitRecord, QualityModel
from twin.quality_artifact import evidence_of, fit_and_save
from twin.settings import Settings

__all__ = ["fitted_model", "offer_fit", "show_diagnostics", "show_state"]

_USUAL_S = 45.0
_ICON = ":material/model_training:"


def fitted_model() -> QualityModel | None:
    """The stored model; None after saying why there is none, and offering to fit it."""
    model = None
    with guarded():
        model = models.quality()
    if model is not None:
        return model
    if models.is_fitted():
        _fit_button("Fit it again", "the stored model cannot be used")
    else:
        offer_fit()
    return None


def offer_fit() -> None:
    """Say that no model is fitted, and fit it in the background when told so."""
    with st.container(border=True):
        st.markdown("**No quality model is fitted yet.**")
        st.caption("Fitting it on the evidence takes about half a minute, once.")
        _fit_button("Fit the quality model")


def show_state(model: QualityModel) -> None:
    """Say loudly when the draws did not converge, and when the evidence has changed since."""
    if model.record.faults:
        told = "; ".join(model.record.faults)
        st.error(
            f"**Not converged: do not rely on this fit.** {told[:1].upper()}{told[1:]}.",
            icon=":material/error:",
        )
    why = ""
    with guarded():
        why = models.stale()
    if why:
        st.warning(f"**Stale:** {why}. What follows does not know it.", icon=":material/schedule:")
    if why or model.record.faults:
        _fit_button("Fit it again", why)


def show_diagnostics(record: FitRecord) -> None:
    """Convergence in numbers, and what the fit was made of."""
    cards(
        [
            Card(
                "Worst r-hat", f"{record.r_hat_max:.3f}",
                note="1 when the chains agree; at most 1.05",
            ),
            Card("Fewest effective draws", f"{record.ess_min:,.0f}", note="At least 100"),
            Card("Divergences", f"{record.divergences} of {record.draws}", note="At most 2 %"),
            Card("Evidence", f"{record.evidence_rows} statements"),
        ]
    )  # fmt: skip
    versions = ", ".join(f"{name} {value}" for name, value in sorted(record.versions.items()))
    verdict = "Converged" if record.converged else "Not converged"
    st.caption(
        f"{verdict}. Evidence hash {plain(record.evidence_sha256[:12])}, seed {record.seed},"
        f" model version {record.model_version}" + (f"; {plain(versions)}." if versions else ".")
    )


def _fit_button(label: str, why: str = "") -> None:
    name = f"quality fit {Settings.from_environment().home}"
    job = cast("Job[FitRecord] | None", jobs().get(name))
    if job is not None and job.running:
        _progress(name)
        return
    with guarded():
        if job is not None and job.error is not None:
            raise job.error
    if st.button(label, type="primary", icon=_ICON, help=why or None):
        jobs().start(name, _work())
        st.rerun()


@st.fragment(run_every=2)
def _progress(name: str) -> None:
    job = jobs().get(name)
    if job is None or not job.running:
        st.rerun()
    seconds = (state.now() - job.started_at).total_seconds()
    st.progress(
        min(0.95, seconds / _USUAL_S),
        f"Fitting on the evidence since {age(seconds)}; usually under a minute. You may leave"
        " this page.",
    )


def _work() -> Callable[[Callable[[float], None]], object]:
    home = Settings.from_environment().home

    def work(tell: Callable[[float], None]) -> FitRecord:
        tell(0.1)
        return fit_and_save(home, evidence_of(home))[0].record

    return work
