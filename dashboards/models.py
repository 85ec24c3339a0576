"""The fitted quality model and the evidence behind it, read once and again when they change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from process_models.quality import QualityModel
from twin import quality_artifact
from twin.evidence_origin import Statement, statements
from twin.settings import Settings
from twin.store.evidence_import import evidence_files

__all__ = ["evidence", "is_fitted", "quality", "stale"]


def _manifest() -> Path:
    return Settings.from_environment().home / "quality" / "manifest.json"


@st.cache_resource(show_spinner="Reading the quality model", max_entries=4)
def _load(home: str, changed: float) -> QualityModel | None:  # noqa: ARG001 - key of the cache
    return quality_artifact.load(Path(home))


def is_fitted() -> bool:
    """Whether a model is stored here, readable or not."""
    return _manifest().exists()


def quality() -> QualityModel | None:
    """The stored model, or None when nobody has fitted one here."""
    path = _manifest()
    return _load(str(path.parents[1]), path.stat().st_mtime) if path.exists() else None


def evidence() -> Sequence[Statement]:
    """The statements of the evidence as it is now, cited and imported."""
    return _evidence(*_key())


def stale() -> str:
    """Why the stored model is out of date, in a few words; empty when it is not."""
    return _stale(*_key())


def _key() -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """The home, and everything in it upon which the evidence hangs."""
    home = Settings.from_environment().home
    there = [path for path in (_manifest(), *evidence_files(home)) if path.exists()]
    states = [(path.name, path.stat()) for path in there]
    return str(home), tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


@st.cache_data(show_spinner=False, max_entries=8)
def _evidence(home: str, changed: object) -> Sequence[Statement]:  # noqa: ARG001 - key
    return statements(Path(home))


@st.cache_data(show_spinner=False, max_entries=8)
def _stale(home: str, changed: object) -> str:  # noqa: ARG001 - key of the cache
    return quality_artifact.stale(Path(home))
