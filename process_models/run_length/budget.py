"""The false-alarm budget: what all charts of a plan cost together, and how to spend it best.

Every chart costs false alarms, and gives delay: how long a shift that matters goes unseen. Which
rules and limit each chart gets, so that the sum of the delays is least while the false alarms of
all stay within what the team can answer, is a multiple-choice knapsack. It is solved
in `choice`; the relaxation's optimum comes with it, so the distance to the best plan is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from process_models.errors import InputError
from process_models.run_length.budget_types import AssessedChart, Budget, Shift, assessed
from process_models.run_length.choice import choose, options
from process_models.run_length.threads import one_thread
from process_models.run_length.watched import WatchedChart

__all__ = ["RULE_CANDIDATES", "assess", "optimise"]

RULE_CANDIDATES: tuple[tuple[str, ...], ...] = (
    ("beyond_limits",),
    ("beyond_limits", "nelson_2"),
    ("beyond_limits", "nelson_5"),
    ("beyond_limits", "nelson_2", "nelson_5"),
    ("beyond_limits", "nelson_5", "nelson_6"),
)
"""Sets of rules that an optimised plan chooses from, besides the chart's own."""

_CORRECTIONS = 8


def assess(charts: Sequence[WatchedChart], shifts: Sequence[Shift]) -> Budget:
    """False alarms a week and delays of a plan as it is.

    Parameters
    ----------
    charts : sequence of WatchedChart
    shifts : sequence of Shift

    Raises
    ------
    InputError
        When there is no chart or no shift.
    """
    if not charts or not shifts:
        raise InputError("a budget needs at least one chart and one shift")
    with one_thread():
        return _together([assessed(chart, tuple(shifts)) for chart in charts], shifts)


def optimise(
    charts: Sequence[WatchedChart],
    shifts: Sequence[Shift],
    allowed: float,
    candidates: Sequence[tuple[str, ...]] = RULE_CANDIDATES,
) -> Budget:
    """Rules and limits with the shortest delay within `allowed` false alarms a week.

    Parameters
    ----------
    charts : sequence of WatchedChart
    shifts : sequence of Shift
    allowed : float
        False alarms a week of all charts together.
    candidates : sequence of tuple of str
        Sets of rules, besides the chart's own, for charts that take rules.

    Raises
    ------
    InputError
        When even the widest limits raise more.

    Notes
    -----
    Between a few limits of each set of rules, run lengths are interpolated to find the choice; what
    is returned of the chosen charts is exact.
    """
    if not (math.isfinite(allowed) and allowed > 0):
        raise InputError(f"budget must be above 0 false alarms a week, got {allowed:g}")
    if not charts or not shifts:
        raise InputError("a budget needs at least one chart and one shift")
    with one_thread():
        return _within(charts, tuple(shifts), allowed, candidates)


def _within(
    charts: Sequence[WatchedChart],
    shifts: tuple[Shift, ...],
    allowed: float,
    candidates: Sequence[tuple[str, ...]],
) -> Budget:
    choices = [options(chart, shifts, candidates) for chart in charts]
    target = allowed
    for _ in range(_CORRECTIONS):
        picked, least = choose(choices, target)
        exact = _together(
            [assessed(choice.chart, shifts) for choice in picked], shifts, allowed, least
        )
        if exact.false_alarms_per_week <= allowed:
            return exact
        target *= 0.9999 * allowed / exact.false_alarms_per_week
    raise InputError(f"no plan was found within {allowed:g} false alarms a week")


def _together(
    charts: Sequence[AssessedChart], shifts: Sequence[Shift],
    allowed: float | None = None, least: float | None = None,
) -> Budget:  # fmt: skip
    return Budget(
        charts=tuple(charts),
        shifts=tuple(shifts),
        false_alarms_per_week=math.fsum(c.false_alarms_per_week for c in charts),
        weighted_delay_h=math.fsum(c.weighted_delay_h for c in charts),
        allowed=allowed,
        least_delay_h=least,
    )
