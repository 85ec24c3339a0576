"""One chart's run lengths on the page: the answer, the figures of merit, the curve, the table."""

from __future__ import annotations

import pandas as pd

from dashboards import state
from dashboards.components import Card, answer, cards, draw, numbers
from dashboards.figures.run_length import run_length_curve
from dashboards.formatting import number
from dashboards.run_lengths import QUANTILES
from process_models.run_length import limit_name
from process_models.run_length.operating import OperatingCurve

__all__ = ["hours", "run_lengths_table", "sentence", "show_curve"]

_SHIFT = 1.0
_LIMIT_NAMES = {"nsigma": "Limits, sigma", "h": "Limit h", "width": "Limit L"}
_METHODS = {
    "closed_form": "Exact, in closed form",
    "markov_chain": "Exact, by a Markov chain",
    "integral_equation": "Exact, by an integral equation",
    "simulation": "Simulated",
}


def show_curve(curve: OperatingCurve) -> None:
    """Everything about one chart."""
    answer(sentence(curve))
    cards(_cards(curve))
    draw(run_length_curve(curve, state.palette()), "run-lengths")
    numbers(run_lengths_table(curve), "run-lengths", label="Run lengths at every shift")


def sentence(curve: OperatingCurve) -> str:
    """How many false alarms, and how fast?"""
    position = curve.shifts.index(_SHIFT)
    arl, half = curve.lengths.arl[position], curve.lengths.quantiles["0.5"][position]
    week = curve.false_alarms_per_week
    return (
        f"**{number(week)} false alarms a week** are to be expected: one every "
        f"{number(curve.arl0)} points. A shift of {_SHIFT:g} sigma is seen after "
        f"{number(arl)} points, **{hours(curve.delay_h(_SHIFT))}**, on average; half of such "
        f"shifts within {number(half)}."
    )


def hours(delay_h: float) -> str:
    """A delay in the unit that a shift lead would use."""
    if delay_h < 1:
        return f"{number(60 * delay_h)} min"
    return f"{number(delay_h)} h" if delay_h < 48 else f"{number(delay_h / 24)} days"


def _cards(curve: OperatingCurve) -> list[Card]:
    error = curve.lengths.standard_error
    method = _METHODS[curve.lengths.method]
    note = method if error is None else f"{method}, standard error {number(error[0])}"
    first, last = (curve.lengths.quantiles[f"{p:g}"][0] for p in (QUANTILES[0], QUANTILES[-1]))
    return [
        Card(_LIMIT_NAMES[limit_name(curve.scheme)], number(curve.limit, 4)),
        Card("ARL in control", number(curve.arl0), "", note),
        Card("False alarms a week", number(curve.false_alarms_per_week)),
        Card("80 % of runs, points", f"{number(first)} to {number(last)}", "",
             "Points until the first false alarm: a tenth of the runs is shorter, a tenth longer"),
        Card("Delay at 1 sigma", hours(curve.delay_h(1.0))),
        Card("Delay at 2 sigma", hours(curve.delay_h(2.0))),
    ]  # fmt: skip


def run_lengths_table(curve: OperatingCurve) -> pd.DataFrame:
    """Average and quantiles of the run length at every shift."""
    table = pd.DataFrame(
        {
            "Shift, sigma": curve.shifts,
            "ARL, points": curve.lengths.arl,
            "ARL, h": [arl * curve.interval_h for arl in curve.lengths.arl],
        }
    )
    for name, lengths in curve.lengths.quantiles.items():
        table[f"{float(name):.0%} quantile, points"] = lengths
    if curve.lengths.standard_error is not None:
        table["Standard error of the ARL"] = curve.lengths.standard_error
    return table
