"""The options of every chart of a plan, and the choice among them: a multiple-choice knapsack.

The options of each chart are reduced to the lower convex hull of (false alarms, delay), and the
steepest edges of all hulls are taken first (Sinha and Zoltners 1979). What is left over is spent
on the best single change that fits. The relaxation's optimum bounds what any choice can reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial import Chebyshev

from process_models.errors import InputError
from process_models.run_length.budget_types import AssessedChart, Shift, assessed
from process_models.run_length.watched import Profile, WatchedChart, profile

__all__ = ["choose", "options"]

_STEP = 0.05
_NODES = 9
_LONGEST = 1e15
_LIMITS = {
    "shewhart": (2.0, 4.5),
    "rules": (2.0, 4.5),
    "ewma": (1.8, 4.5),
    "cusum": (2.0, 12.0),
}


def options(
    chart: WatchedChart, shifts: tuple[Shift, ...], candidates: Sequence[tuple[str, ...]]
) -> list[AssessedChart]:
    """The chart's options that are not worse than another in both respects, cheapest first.

    Parameters
    ----------
    chart : WatchedChart
        The chart as it is, itself an option; the only one where run lengths must be simulated.
    shifts : tuple of Shift
    candidates : sequence of tuple of str
        Sets of rules.
    """
    now = assessed(chart, shifts)
    kind = chart.scheme.chart
    if kind not in _LIMITS or not now.profile.exact:
        return [now]
    ruled = kind in ("shewhart", "rules")
    sets = dict.fromkeys([chart.scheme.rules, *candidates]) if ruled else [chart.scheme.rules]
    every = [now, *(option for rules in sets for option in _along(chart, rules, shifts))]
    good: list[AssessedChart] = []
    for option in sorted(every, key=lambda o: (o.false_alarms_per_week, o.weighted_delay_h)):
        if not good or option.weighted_delay_h < good[-1].weighted_delay_h:
            good.append(option)
    return good


def _along(
    chart: WatchedChart, rules: tuple[str, ...], shifts: tuple[Shift, ...]
) -> list[AssessedChart]:
    """The chart with one set of rules, at every limit, run lengths interpolated."""
    low, high = _LIMITS[chart.scheme.chart]
    angles = (2 * np.arange(_NODES) + 1) * np.pi / (2 * _NODES)
    nodes = np.round((low + high) / 2 + np.cos(angles) * (high - low) / 2, 6)
    sizes = tuple(shift.size for shift in shifts)
    known = [profile(chart.redrawn(rules, float(node)), sizes) for node in nodes]
    lengths = np.log(np.minimum([(p.arl0, *p.delays) for p in known], _LONGEST))
    fits = [Chebyshev.fit(nodes, column, _NODES - 1, domain=[low, high]) for column in lengths.T]
    limits = np.round(np.arange(low, high + _STEP / 2, _STEP), 6)
    found = np.exp([fit(limits) for fit in fits])
    return [
        assessed(
            chart.redrawn(rules, float(limit)), shifts,
            Profile(float(column[0]), tuple(column[1:].tolist()), True),
        )
        for limit, column in zip(limits, found.T, strict=True)
    ]  # fmt: skip


def choose(
    choices: Sequence[list[AssessedChart]], allowed: float
) -> tuple[list[AssessedChart], float]:
    """An option for every chart, and the delay that no choice within `allowed` can undercut.

    Raises
    ------
    InputError
        When the cheapest options cost more.
    """
    menus = [_hull(options) for options in choices]
    chosen, least = _greedy(menus, allowed)
    picked = [menu[i] for menu, i in zip(menus, chosen, strict=True)]
    _spend_rest(picked, choices, allowed)
    return picked, least


def _hull(options: list[AssessedChart]) -> list[AssessedChart]:
    """The lower convex hull of (false alarms, delay)."""
    hull: list[AssessedChart] = []
    for option in options:
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) <= _slope(hull[-2], option):
            hull.pop()
        hull.append(option)
    return hull


def _slope(first: AssessedChart, second: AssessedChart) -> float:
    """Delay saved for a false alarm more a week."""
    more = second.false_alarms_per_week - first.false_alarms_per_week
    return (first.weighted_delay_h - second.weighted_delay_h) / more if more > 0 else math.inf


def _greedy(menus: Sequence[list[AssessedChart]], allowed: float) -> tuple[list[int], float]:
    """Index of the option of every chart, and the relaxation's delay."""
    spent = math.fsum(menu[0].false_alarms_per_week for menu in menus)
    if spent > allowed:
        raise InputError(
            f"budget must be at least {spent:.4g} false alarms a week, what the widest limits "
            f"raise, got {allowed:g}"
        )
    steps = sorted(
        ((-_slope(menu[i], menu[i + 1]), c, i)
         for c, menu in enumerate(menus) for i in range(len(menu) - 1)),
    )  # fmt: skip
    chosen, stuck, least = [0] * len(menus), set[int](), None
    for slope, c, i in steps:
        more = menus[c][i + 1].false_alarms_per_week - menus[c][i].false_alarms_per_week
        if spent + more > allowed:
            if least is None:
                least = _delay(menus, chosen) + slope * (allowed - spent)
            stuck.add(c)
        elif c not in stuck:
            chosen[c], spent = i + 1, spent + more
    return chosen, _delay(menus, chosen) if least is None else least


def _spend_rest(
    picked: list[AssessedChart], choices: Sequence[list[AssessedChart]], allowed: float
) -> None:
    """Replace one option by a better one that still fits, the best first, until none is left."""
    while True:
        rest = allowed - math.fsum(option.false_alarms_per_week for option in picked)
        best, saved = None, 1e-12
        for c, now in enumerate(picked):
            for option in choices[c]:
                gain = now.weighted_delay_h - option.weighted_delay_h
                if (
                    option.false_alarms_per_week - now.false_alarms_per_week <= rest
                    and gain > saved
                ):
                    best, saved = (c, option), gain
        if best is None:
            return
        picked[best[0]] = best[1]


def _delay(menus: Sequence[list[AssessedChart]], chosen: Sequence[int]) -> float:
    return math.fsum(menu[i].weighted_delay_h for menu, i in zip(menus, chosen, strict=True))
