"""A gauge study on its page: the answer in a sentence, the figures, the numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import Card, answer, cards, draw, numbers
from dashboards.figures import ChartLabels
from dashboards.formatting import interval, number, plain, unit_name, words
from dashboards.gauge_data import GaugeData
from dashboards.gauge_figures import by_operator, by_part, components, range_chart
from process_models.gauge import Cells, GaugeStudy
from process_models.gauge.study import distinct_categories

__all__ = ["anova_table", "components_table", "sentence", "show_study"]

_MEANING = {
    "acceptable": "can be believed",
    "marginal": "can be believed for some purposes only",
    "unacceptable": "cannot be believed",
}


def sentence(study: GaugeStudy, name: str) -> str:
    """Can the measurement be believed, by how much, and how sure is that?"""
    limits, ndc = study.study_limits["gauge"], study.ndc_limits
    share = interval(study.percent_study["gauge"], limits.low, limits.high)
    told = distinct_categories(study.ndc_real)
    said = (
        f"**{plain(name)} {_MEANING[study.verdict]}**: the gauge takes {share} % of the study "
        f"variation and tells {'any number of' if told is None else told} "
        f"({number(ndc.low, 2)} to {number(ndc.high, 2)}) categories of parts apart, which is "
        f"{study.verdict}{_left_open(study)}."
    )
    found, around = study.percent_tolerance, study.tolerance_limits
    if found is None or around is None:
        return said
    taken = interval(found["gauge"], around["gauge"].low, around["gauge"].high)
    return f"{said} It takes {taken} % of the tolerance: {study.verdict_tolerance}."


def _left_open(study: GaugeStudy) -> str:
    best, worst = study.verdict_limits
    return "" if best == worst else f", though the intervals leave {best} to {worst} open"


def show_study(study: GaugeStudy, drawn: Cells, data: GaugeData) -> None:
    """Everything about one study."""
    simulated = data.provenance == "simulated"
    answer(sentence(study, data.name), data.provenance)
    st.caption(
        f"{study.n:,} measurements, {study.parts} parts, {study.operators} operators. "
        f"Intervals at {study.options.confidence:.0%}. Acceptable is up to 10 % and at least 5 "
        "categories, not acceptable above 30 % (AIAG)."
    )
    for note in study.notes:
        st.caption(f":material/info: {plain(note[:1].upper() + note[1:])}.")
    cards(_cards(study, data))
    labels = ChartLabels(name=data.name, unit=data.unit, simulated=simulated)
    left, right = st.columns(2, gap="medium")
    with left:
        draw(components(study, state.palette(), simulated=simulated), "gauge-components")
        draw(by_part(drawn, labels, state.palette()), "gauge-by-part")
    with right:
        ranges = range_chart(drawn, labels, state.palette())
        if ranges is not None:
            draw(ranges, "gauge-ranges")
        draw(by_operator(drawn, labels, state.palette()), "gauge-by-operator")
    numbers(components_table(study), "gauge-components", label="Components")
    numbers(anova_table(study), "gauge-anova", label="Analysis of variance")
    numbers(_rows(data), "gauge-measurements", label="The measurements")


def _cards(study: GaugeStudy, data: GaugeData) -> list[Card]:
    unit = unit_name(data.unit)
    meanings = {
        "repeatability": "Standard deviation of one operator on one part",
        "reproducibility": "Standard deviation between operators",
        "gauge": "Standard deviation of both together",
        "part": "Standard deviation between parts",
    }
    deviation = study.to_dict()["study"]["standard_deviation"]
    return [
        Card(words(name), f"{number(deviation[name])} {unit}".rstrip(), data.provenance, meaning)
        for name, meaning in meanings.items()
    ]


def components_table(study: GaugeStudy) -> pd.DataFrame:
    """Variances and what they are in percent, with their intervals."""
    limits, tolerance = study.study_limits, study.percent_tolerance
    rows = [
        {
            "Component": words(name),
            "Variance": value,
            "Variance, low": study.components.limits[name].low,
            "Variance, high": study.components.limits[name].high,
            "% contribution": study.percent_contribution[name],
            "% study": study.percent_study[name],
            "% study, low": limits[name].low,
            "% study, high": limits[name].high,
            "% tolerance": None if tolerance is None else tolerance[name],
        }
        for name, value in study.variance.items()
    ]
    return pd.DataFrame(rows)


def anova_table(study: GaugeStudy) -> pd.DataFrame:
    """The analysis of variance."""
    rows = [
        {"Source": words(name), "df": r.df, "SS": r.ss, "MS": r.ms, "F": r.f, "p": r.p}
        for name, r in study.anova.items()
        if r is not None
    ]
    return pd.DataFrame(rows)


def _rows(data: GaugeData) -> pd.DataFrame:
    columns = {"part": data.parts, "operator": data.operators, **data.factors}
    return pd.DataFrame({**columns, data.name: data.values})
