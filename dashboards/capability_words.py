"""What a capability study says, in words and tables."""

from __future__ import annotations

import pandas as pd

from dashboards.formatting import interval, number, plain
from process_models.capability import CapabilityResult

__all__ = [
    "WANTED",
    "family_name",
    "fit_sentence",
    "indices_table",
    "ranking_table",
    "sentence",
]

WANTED = 1.33
_DOUBT = 0.05


def sentence(result: CapabilityResult, name: str) -> str:
    """Does it meet its specification, and how sure is that?"""
    key = "cpk" if result.drawn is None else "ppk"
    index = result.indices[key]
    if index.value is None:
        return f"**{plain(name)}** has no capability index: it needs a specification limit."
    if index.low is None or index.high is None:
        return (
            f"**{plain(name)}** may or may not be capable: {key.capitalize()}{_family(result)} is "
            f"{number(index.value)}, and these {result.n:,} readings give it no interval."
        )
    shown = interval(index.value, index.low, index.high)
    if not result.in_control:
        return f"**{plain(name)} was not in control**, so no capability can be promised: " + (
            _not_in_control(result, shown)
        )
    said = f"{key.capitalize()}{_family(result)} is {shown}"
    if index.low >= WANTED:
        verdict = f"is capable: {said}, all of it above {WANTED}"
    elif index.high < WANTED:
        verdict = f"is not capable: {said}, all of it below {WANTED}"
    else:
        verdict = f"may be capable: {said}, which includes {WANTED}"
    return f"**{plain(name)}** {verdict}; {result.n:,} readings."


def _not_in_control(result: CapabilityResult, shown: str) -> str:
    if result.drawn is not None:
        return f"over all {result.n:,} readings Ppk{_family(result)} was {shown}."
    ppk = result.indices["ppk"]
    overall = interval(ppk.value, ppk.low, ppk.high)
    return (
        f"over all {result.n:,} readings Ppk was {overall}, within subgroups Cpk was {shown}."
    )


def _family(result: CapabilityResult) -> str:
    if result.drawn is None:
        return ""
    return f" by the {family_name(str(result.distribution['name']))} distribution"


def family_name(name: str) -> str:
    """A distribution as it is written in a sentence."""
    return {"weibull": "Weibull", "johnson": "Johnson", "boxcox": "Box-Cox"}.get(name, name)


def fit_sentence(result: CapabilityResult) -> str:
    """Which distribution, and whether the readings look like it."""
    fitted, p = result.distribution, result.distribution.get("p")
    name = family_name(str(fitted["name"]))
    chosen = f", the best of {len(fitted['ranking'])} by AICc" if "ranking" in fitted else ""
    text = f"Judged by the {name} distribution{chosen}."
    if p is None:
        return text
    doubt = (
        "the readings do not look like it, so choose another distribution or find what mixes in"
        if p < _DOUBT
        else "nothing in the readings speaks against it"
    )
    statistic = number(float(fitted["anderson_darling"]))
    return f"{text} Anderson-Darling {statistic}, p {_p(float(p))}: {doubt}."


def _p(value: float) -> str:
    return "below 0.005" if value < 0.005 else number(value)


def ranking_table(result: CapabilityResult) -> pd.DataFrame:
    """The distributions that were compared, the best first; empty when one was asked for."""
    return pd.DataFrame(
        [
            {
                "Distribution": family_name(str(row["name"])).capitalize(),
                "AICc": row["aicc"],
                "Anderson-Darling": row["anderson_darling"],
            }
            for row in result.distribution.get("ranking", ())
        ]
    )


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
