"""Capability on its page: the answer in a sentence, indices, histogram, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboards import state
from dashboards.components import Card, answer, cards, draw, numbers
from dashboards.figures import Specified, capability_histogram, index_intervals
from dashboards.formatting import age, interval, label, number, plain, unit_name
from process_models.capability import CapabilityResult
from twin.monitoring.charting import capability_stored
from twin.store.store import StoredSeries

__all__ = ["Capability", "capability_of", "sentence", "show_capability"]

WANTED = 1.33


@dataclass(frozen=True, eq=False)
class Capability:
    """A result, the readings behind it and where they come from."""

    result: CapabilityResult
    values: NDArray[np.float64]
    provenance: str


@st.cache_resource(show_spinner="Reading and computing", max_entries=24)
def _capability(
    mark: str,  # noqa: ARG001 - key of the cache
    characteristic: str,
    station: str,
    since: datetime | None,
    confidence: float,
) -> Capability:
    return Capability(
        *capability_stored(
            state.store(), state.plan(), characteristic, station, since=since, confidence=confidence
        )
    )


def capability_of(series: StoredSeries, since: datetime | None, confidence: float) -> Capability:
    """Capability of a stored characteristic over a period.

    Raises
    ------
    InputError
        When there are too few readings, or they do not vary.
    """
    key = (series.characteristic, series.station, since, confidence)
    return _capability(state.watermark(), *key)


def sentence(result: CapabilityResult, name: str) -> str:
    """Does it meet its specification, and how sure is that?"""
    cpk = result.indices["cpk"]
    if cpk.value is None or cpk.low is None or cpk.high is None:
        return f"**{plain(name)}** has no capability index: it needs a specification limit."
    shown = interval(cpk.value, cpk.low, cpk.high)
    if not result.in_control:
        ppk = result.indices["ppk"]
        overall = interval(ppk.value, ppk.low, ppk.high)
        return (
            f"**{plain(name)} was not in control**, so no capability can be promised: over all "
            f"{result.n:,} readings Ppk was {overall}, within subgroups Cpk was {shown}."
        )
    if cpk.low >= WANTED:
        verdict = f"is capable: Cpk is {shown}, all of it above {WANTED}"
    elif cpk.high < WANTED:
        verdict = f"is not capable: Cpk is {shown}, all of it below {WANTED}"
    else:
        verdict = f"may be capable: Cpk is {shown}, which includes {WANTED}"
    return f"**{plain(name)}** {verdict}; {result.n:,} readings."


def show_capability(shown: Capability, series: StoredSeries) -> None:
    """Everything about the capability of one characteristic."""
    result, name = shown.result, label(series.characteristic)
    tags = shown.provenance.split("+")
    old = (state.now() - series.last_measured_at).total_seconds()
    stale = f"No reading for {age(old)}." if old > 24 * 3600 else ""
    answer(sentence(result, name), *tags, stale=stale)
    cards(_cards(result, series.unit, tags[0]))
    about = Specified(
        name=name,
        unit=series.unit,
        lsl=result.spec.lsl,
        usl=result.spec.usl,
        target=result.spec.target,
        simulated="simulated" in shown.provenance,
    )
    histogram, indices = st.columns([3, 2], gap="medium")
    with histogram:
        figure = capability_histogram(
            shown.values,
            about,
            state.palette(),
            mean=result.mean,
            sigma_within=result.sigma_within,
            sigma_overall=result.sigma_overall,
        )
        draw(figure, "capability-histogram")
    with indices:
        known = {
            key: (index.value, index.low, index.high)
            for key, index in result.indices.items()
            if index.value is not None and index.low is not None and index.high is not None
        }
        draw(index_intervals(known, state.palette(), wanted=WANTED), "capability-indices")
    numbers(indices_table(result), f"capability-{series.characteristic}")


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
        Card("Expected outside", f"{number(expected)} ppm", "", "From the normal curve, overall"),
    ]  # fmt: skip


def indices_table(result: CapabilityResult) -> pd.DataFrame:
    """Indices with their intervals."""
    return pd.DataFrame(
        {
            "Index": [name.capitalize() for name in result.indices],
            "Value": [index.value for index in result.indices.values()],
            "Low": [index.low for index in result.indices.values()],
            "High": [index.high for index in result.indices.values()],
        }
    )
