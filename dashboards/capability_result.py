"""Capability on its page: the answer in a sentence, indices, histogram, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboards import state
from dashboards.capability_words import (
    WANTED,
    family_name,
    fit_sentence,
    indices_table,
    ranking_table,
    sentence,
)
from dashboards.components import Card, answer, cards, draw, numbers
from dashboards.figures import Specified, capability_histogram, index_intervals
from dashboards.figures.sixpack import capability_sixpack_figure
from dashboards.formatting import age, label, number, unit_name
from process_models.capability import CapabilityResult, CapabilitySixpack
from twin.monitoring.stored_capability import sixpack_stored
from twin.store.store import StoredSeries

__all__ = ["Capability", "capability_of", "show_capability"]

_PARTS = ("Histogram and indices", "Six panels")


@dataclass(frozen=True, eq=False)
class Capability:
    """The six panels of a study, the readings behind them and where they come from."""

    view: CapabilitySixpack
    values: NDArray[np.float64]
    provenance: str

    @property
    def result(self) -> CapabilityResult:
        """The study itself."""
        return self.view.result


@st.cache_resource(show_spinner="Reading and computing", max_entries=24)
def _capability(
    mark: str,  # noqa: ARG001 - key of the cache
    characteristic: str,
    station: str,
    since: datetime | None,
    confidence: float,
    distribution: str,
) -> Capability:
    return Capability(
        *sixpack_stored(
            state.store(),
            state.plan(),
            characteristic,
            station,
            since=since,
            confidence=confidence,
            distribution=distribution,
        )
    )


def capability_of(
    series: StoredSeries, since: datetime | None, confidence: float, distribution: str = "normal"
) -> Capability:
    """Capability of a stored characteristic over a period.

    Raises
    ------
    InputError
        When there are too few readings, they do not vary, or the distribution does not suit them.
    """
    key = (series.characteristic, series.station, since, confidence, distribution)
    return _capability(state.watermark(), *key)


def show_capability(shown: Capability, series: StoredSeries) -> None:
    """Everything about the capability of one characteristic."""
    result, name = shown.result, label(series.characteristic)
    tags = shown.provenance.split("+")
    old = (state.now() - series.last_measured_at).total_seconds()
    stale = f"No reading for {age(old)}." if old > 24 * 3600 else ""
    answer(sentence(result, name), *tags, stale=stale)
    st.caption(fit_sentence(result))
    cards(_cards(result, series.unit, tags[0]))
    spec = result.spec
    about = Specified(
        name=name, unit=series.unit, lsl=spec.lsl, usl=spec.usl, target=spec.target,
        simulated="simulated" in shown.provenance,
    )  # fmt: skip
    part = st.segmented_control(
        "Figures", _PARTS, default=_PARTS[0], key="figures", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if part == _PARTS[0]:
        _histogram_and_indices(shown, about)
    else:
        draw(capability_sixpack_figure(shown.view, about, state.palette()), "capability-sixpack")
    numbers(indices_table(result), f"capability-{series.characteristic}")
    ranking = ranking_table(result)
    if not ranking.empty:
        numbers(ranking, f"fits-{series.characteristic}", label="Distributions compared")


def _histogram_and_indices(shown: Capability, about: Specified) -> None:
    result = shown.result
    histogram, indices = st.columns([3, 2], gap="medium")
    with histogram:
        family = family_name(str(result.distribution["name"]))
        drawn = capability_histogram(shown.view.histogram, about, state.palette(), family=family)
        draw(drawn, "capability-histogram")
    with indices:
        known = {
            key: (index.value, index.low, index.high)
            for key, index in result.indices.items()
            if index.value is not None and index.low is not None and index.high is not None
        }
        draw(index_intervals(known, state.palette(), wanted=WANTED), "capability-indices")


def _cards(result: CapabilityResult, unit: str, provenance: str) -> list[Card]:
    observed = result.ppm["observed"].get("total")
    expected = result.ppm["expected_overall"].get("total")
    return [
        Card("Mean", f"{number(result.mean, 4)} {unit_name(unit)}", provenance),
        Card("Sigma within", f"{number(result.sigma_within)} {unit_name(unit)}", provenance,
             "Spread within subgroups, or from the moving range"),
        Card("Sigma overall", f"{number(result.sigma_overall)} {unit_name(unit)}", provenance,
             "Spread of all readings"),
        Card("Seen outside", f"{number(observed)} ppm", provenance),
        Card("Expected outside", f"{number(expected)} ppm", "", "From the fitted curve, overall"),
    ]  # fmt: skip
