"""The fitted quality model and the evidence behind it, read once and again when they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from process_models.quality import EvidenceRow, QualityModel
from twin import quality_artifact
from twin.evidence import combined_evidence
from twin.settings import Settings

__all__ = ["evidence", "fit_quality", "quality"]


@st.cache_resource(show_spinner="Reading the quality model", max_entries=4)
def _load(home: str, changed: float) -> QualityModel | None:  # noqa: ARG001 - key of the cache
    return quality_artifact.load(Path(home))


def quality() -> QualityModel | None:
    """The stored model, or None when nobody has fitted one here."""
    home = Settings.from_environment().home
    manifest = home / "quality" / "manifest.json"
    return _load(str(home), manifest.stat().st_mtime) if manifest.exists() else None


def fit_quality(tell: Callable[[str], None]) -> None:
    """Fit on the evidence and store the model; `tell` hears how far it is."""
    quality_artifact.load_or_fit(Settings.from_environment().home, progress=tell)


@st.cache_data(show_spinner=False)
def evidence() -> Sequence[EvidenceRow]:
    """The evidence that comes with the product."""
    return combined_evidence()
