"""Answers of the quality model, kept until the model changes; the pages ask here."""

from __future__ import annotations

import streamlit as st

from process_models.physics import PRIORS
from process_models.physics.chain import ChainStep, run_chain
from process_models.quality import QualityModel
from process_models.quality.bands import Bands, Outcome, Surface, bands_along, surface_over
from process_models.quality.effects import BestTimes, Effect, best_time_shares, effects
from process_models.quality.paired import PairedDifference, compare_settings
from process_models.quality.setting import CellSetting

__all__ = ["bands", "best_times", "chain", "difference", "effects_of", "surface"]

_CHAIN_DRAWS = 500


def _fitted(model: QualityModel) -> str:
    record = model.record
    return f"{record.evidence_sha256} {record.seed} {record.draws} {record.r_hat_max}"


def bands(
    model: QualityModel, setting: CellSetting, along: str, outcome: Outcome, hours: float
) -> Bands:
    """One outcome along one input."""
    return _bands(_fitted(model), setting, along, outcome, hours, model)


def surface(
    model: QualityModel,
    setting: CellSetting,
    across: tuple[str, str],
    outcome: Outcome,
    hours: float,
) -> Surface:
    """One outcome over two inputs."""
    return _surface(_fitted(model), setting, across, outcome, hours, model)


def effects_of(model: QualityModel) -> tuple[Effect, ...]:
    """The effect of every input, before and after the evidence."""
    return _effects(_fitted(model), model)


def best_times(model: QualityModel) -> BestTimes:
    """The best exposure, before and after the evidence."""
    return _best_times(_fitted(model), model)


def difference(
    model: QualityModel, a: CellSetting, b: CellSetting, hours: float
) -> PairedDifference:
    """Recipe A against recipe B."""
    return compare_settings(model.draws, a, b, hours=hours)


def chain(model: QualityModel, setting: CellSetting) -> tuple[ChainStep, ...]:
    """From foil to cell, step by step, with what was learned of its constants."""
    return _chain(_fitted(model), setting, model)


@st.cache_data(show_spinner="Asking the model", max_entries=64)
def _bands(
    fitted: str,  # noqa: ARG001 - key of the cache
    setting: CellSetting,
    along: str,
    outcome: Outcome,
    hours: float,
    _model: QualityModel,
) -> Bands:
    return bands_along(_model.draws, setting, along, outcome, hours=hours)


@st.cache_data(show_spinner="Drawing the map", max_entries=32)
def _surface(
    fitted: str,  # noqa: ARG001 - key of the cache
    setting: CellSetting,
    across: tuple[str, str],
    outcome: Outcome,
    hours: float,
    _model: QualityModel,
) -> Surface:
    return surface_over(_model.draws, setting, across, outcome, hours=hours)


@st.cache_data(show_spinner="Holding prior against posterior", max_entries=4)
def _effects(fitted: str, _model: QualityModel) -> tuple[Effect, ...]:  # noqa: ARG001 - key
    return effects(_model.draws, _model.record.prior_share)


@st.cache_data(show_spinner=False, max_entries=4)
def _best_times(fitted: str, _model: QualityModel) -> BestTimes:  # noqa: ARG001 - key
    return best_time_shares(_model.draws)


@st.cache_data(show_spinner="From foil to cell", max_entries=32)
def _chain(
    fitted: str,  # noqa: ARG001 - key of the cache
    setting: CellSetting,
    _model: QualityModel,
) -> tuple[ChainStep, ...]:
    known = {name: values for name, values in _model.draws.items() if name in PRIORS}
    return run_chain(setting.recipe, _CHAIN_DRAWS, posterior=known)
