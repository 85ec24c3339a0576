"""The answer of an experiment on its page: the sentence, the figure, the numbers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import answer, draw, numbers
from dashboards.experiment_words import FIGURES, amount
from dashboards.figures.experiments import Change, change_intervals, half_normal_points, tornado
from dashboards.formatting import level_name, number, plain
from twin.experiments.comparison import Comparison
from twin.experiments.paired import holm
from twin.experiments.sweep import Effect, Sweep

__all__ = ["compared_sentence", "comparison_table", "show_comparison", "show_sweep",
           "sweep_sentence"]  # fmt: skip


def show_comparison(made: Comparison, figure: str) -> None:
    """Which scenario is best, by how much, and everything else that differs."""
    made, words = replace(made, figure=figure), FIGURES[figure]
    answer(compared_sentence(made), "simulated")
    level = level_name(made.confidence)
    st.caption(
        f"{made.replications} replications of every line with the same random numbers; paired "
        f"{level} intervals. As it is: {number(_mean(made, 0) * words.scale)} "
        f"{'%' if figure == 'yield' else words.unit}."
    )
    changes = [
        _scaled(Change(scenario.name, one.mean, one.low, one.high), words.scale)
        for scenario, one in zip(made.scenarios[1:], made.differences(figure), strict=True)
        if one.mean is not None and one.low is not None and one.high is not None
    ]
    title = f"{words.label}: each scenario less the line as it is"
    drawn = change_intervals(
        changes, state.palette(), title=title, unit=words.unit, better=words.better
    )
    draw(drawn, "differences")
    numbers(comparison_table(made), "experiment", label="All figures")


def compared_sentence(made: Comparison) -> str:
    """Which change is best, and by how much?"""
    best, words = made.best(), FIGURES[made.figure]
    names = [scenario.name for scenario in made.scenarios]
    winner = names.index(best["scenario"])
    alike = [name for name in best["not_told_apart_from"] if name != names[0]]
    if winner == 0 or names[0] in best["not_told_apart_from"]:
        return (
            f"**No scenario surely changes {words.label.lower()} for the better**: "
            f"{_gain(made, max(1, winner))}."
        )
    if not alike:
        rest = "; better than every other" if len(names) > 2 else ""
        return f"**{_gain(made, winner)}**{rest}."
    others = ", ".join(plain(name) for name in alike[:3])
    more = f" and {len(alike) - 3} more" if len(alike) > 3 else ""
    return f"**{_gain(made, winner)}**, not told apart from {others}{more}."


def _gain(made: Comparison, line: int) -> str:
    one = made.differences(made.figure)[line - 1]
    name = plain(made.scenarios[line].name)
    if one.mean is None or one.low is None or one.high is None:
        return f"{name}: not known"
    return f"{name} gives {amount(one.mean, one.low, one.high, made.figure)}"


def _mean(made: Comparison, line: int) -> float:
    mean = made.estimates(line)[made.figure].mean
    return float("nan") if mean is None else mean


def comparison_table(made: Comparison) -> pd.DataFrame:
    """A row a scenario and figure: its mean, the paired difference and how sure it is."""
    rows = []
    for figure in made.figures:
        found = made.differences(figure)
        adjusted = holm([one.p for one in found])
        for line, one in enumerate(found, start=1):
            rows.append(
                {
                    "Scenario": made.scenarios[line].name,
                    "Figure": figure,
                    "As it is": made.estimates(0)[figure].mean,
                    "Mean": made.estimates(line)[figure].mean,
                    "Difference": one.mean,
                    "99 % low": one.low,
                    "99 % high": one.high,
                    "p (Holm)": adjusted[line - 1],
                    "Correlation": one.correlation,
                    "Variance reduced by": one.variance_reduction,
                }
            )
    return pd.DataFrame(rows)


def show_sweep(made: Sweep) -> None:
    """Which factor matters most, and how all of them act."""
    words = FIGURES[made.figure]
    answer(sweep_sentence(made), "simulated")
    st.caption(
        f"{made.replications} replications of {len(made.cells)} lines with the same random "
        f"numbers; {level_name(made.confidence)} intervals."
    )
    changes = [_change(made, effect) for effect in made.effects if effect.low is not None]
    title, palette = f"{words.label}: what each factor changes", state.palette()
    style = {"title": title, "unit": words.unit}
    if made.base is not None:
        draw(tornado(changes, palette, better=words.better, **style), "tornado")
    else:
        draw(change_intervals(changes, palette, better=words.better, **style), "effects")
        if any(change.half_normal is not None for change in changes):
            sizes = f"{words.label}: sizes of the effects"
            draw(half_normal_points(changes, palette, title=sizes, unit=words.unit), "half-normal")
    numbers(pd.DataFrame([one.to_dict() for one in made.effects]), "effects-table")
    cells = pd.DataFrame(made.cells, columns=["Line", made.figure])
    numbers(cells, "lines", label="Every line")


def sweep_sentence(made: Sweep) -> str:
    """Which factor changes the figure most?"""
    known = [one for one in made.effects if one.mean is not None]
    first = max(known, key=lambda one: abs(one.mean or 0.0), default=None)
    words = FIGURES[made.figure]
    if first is None or first.mean is None or first.low is None or first.high is None:
        return f"Nothing is known about {words.label.lower()}."
    told = amount(first.mean, first.low, first.high, made.figure)
    if first.low <= 0 <= first.high:
        most = f"most: {plain(first.level)}, {told}"
        return f"**No factor surely changes {words.label.lower()}**; {most}."
    return f"**{plain(first.level)} changes {words.label.lower()} most: {told}**."


def _change(made: Sweep, effect: Effect) -> Change:
    name = effect.level.split(" = ")[-1] if made.base is not None else effect.level
    change = Change(
        name,
        effect.mean or 0.0,
        effect.low or 0.0,
        effect.high or 0.0,
        group=" with ".join(effect.factors),
        half_normal=effect.half_normal,
    )
    return _scaled(change, FIGURES[made.figure].scale)


def _scaled(change: Change, scale: float) -> Change:
    """The change in the unit in which it is shown."""
    return replace(
        change, mean=change.mean * scale, low=change.low * scale, high=change.high * scale
    )
