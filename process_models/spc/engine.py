"""Fit, evaluate, chart: the three verbs, the same for every kind of chart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.distance import Distances
from process_models.spc.family import Drawing, Drawn, Says, estimation_mask
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory, joined, tail
from process_models.spc.options import ChartOptions
from process_models.spc.registry import find_kind
from process_models.spc.result import ChartResult, FloatArray, Signal
from process_models.spc.rules import Rule, broken_rules, parse_rules, within_scope

__all__ = ["chart", "evaluate", "fit", "judge"]

_DEFAULT = ChartOptions()


def fit(kind: str, data: ChartData, options: ChartOptions = _DEFAULT) -> FrozenLimits:
    """Phase I: estimate what the limits rest on from the first `options.phase1` points.

    Raises
    ------
    InputError
        When the kind is unknown or the data cannot give its estimates.
    """
    family = find_kind(kind)
    family.check(data, kind)
    used = estimation_mask(data.n, options)
    phase1 = data.n if options.phase1 is None else options.phase1
    excluded = tuple(sorted({int(point) for point in options.exclude}))
    parameters = {**family.fit(data, options), "points": int(used.sum())}
    if options.constants != "exact":
        parameters["constants"] = options.constants
    return FrozenLimits(kind, phase1, excluded, parameters, options.exclude_reason)


def evaluate(
    limits: FrozenLimits, data: ChartData, options: ChartOptions = _DEFAULT
) -> ChartResult:
    """Phase II: draw all points of `data` against frozen limits and judge them by the rules.

    Parameters
    ----------
    limits : FrozenLimits
    data : ChartData
        Later points, or Phase I with what followed.
    options : ChartOptions
        Widths and rules count; `phase1` says how many of these points gave the limits, by default
        as many as the limits were fitted on, and 0 for points that are all later.

    Returns
    -------
    ChartResult

    Raises
    ------
    InputError
        When the data or the rules do not suit this kind of chart.
    """
    phase1 = min(limits.phase1, data.n) if options.phase1 is None else options.phase1
    return judge(limits, data, replace(options, phase1=phase1), Memory())


def judge(
    limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory
) -> ChartResult:
    """Draw and judge the next piece of a series; `memory` carries over from the one before.

    Points are numbered from the beginning of the series, but the result holds this piece only.

    Raises
    ------
    InputError
        When the data or the rules do not suit this kind of chart.
    """
    family = find_kind(limits.kind)
    family.check(data, limits.kind)
    rules = parse_rules(options.rules)
    phase1 = limits.phase1 if options.phase1 is None else options.phase1
    drawing = family.draw(limits, data, replace(options, phase1=phase1), memory)
    found = [_signals(drawn, rules, memory) for drawn in drawing.drawn]
    first = memory.points + 1
    memory.points += data.n
    suited = _suited(rules, limits.kind, drawing)
    return ChartResult(
        chart=limits.kind,
        n=data.n,
        phase1=phase1,
        sigma=drawing.sigma,
        panels=tuple(drawn.panel for drawn in drawing.drawn),
        signals=tuple(chain.from_iterable(found)),
        excluded=tuple(point for point in limits.excluded if phase1 and point <= memory.points),
        extras={**drawing.extras, **_provenance(limits), "rules": suited},
        evidence={
            drawn.panel.statistic: partial(_numbered, drawn.says, first)
            for drawn in drawing.drawn
            if drawn.says is not None
        },
    )


def _provenance(limits: FrozenLimits) -> dict[str, str]:
    """What is not as usual about the limits."""
    told = {"exclude_reason": limits.reason, "constants": limits.parameters.get("constants", "")}
    return {name: text for name, text in told.items() if text}


def _numbered(says: Says, first: int) -> Evidence:
    return replace(says(), first=first)


def chart(kind: str, data: ChartData, options: ChartOptions = _DEFAULT) -> ChartResult:
    """Fit on the first `options.phase1` points, then evaluate all of them.

    >>> data = ChartData(np.array([9.9, 10.1, 10.0, 9.8, 10.2, 12.0]))
    >>> [s.point for s in chart("i_mr", data, ChartOptions(phase1=5)).signals]
    [6, 6]
    """
    return evaluate(fit(kind, data, options), data, options)


def _suited(rules: tuple[Rule, ...], kind: str, drawing: Drawing) -> dict[str, list[str]]:
    """Which of the asked rules each panel is judged by."""
    suited = {
        drawn.panel.statistic: [rule.name for rule in within_scope(rules, drawn.scope)]
        for drawn in drawing.drawn
    }
    if rules and not any(suited.values()):
        asked = ", ".join(rule.name for rule in rules)
        raise InputError(
            f"chart {kind} takes the rule beyond_limits only, since its points depend on those "
            f"before or are not normal, got {asked}"
        )
    return suited


def _signals(drawn: Drawn, rules: tuple[Rule, ...], memory: Memory) -> list[Signal]:
    suited = within_scope(rules, drawn.scope)
    if not suited:
        return []
    panel = drawn.panel
    beyond = drawn.beyond
    if beyond is None:
        beyond = _beyond(panel.points, panel.lcl, panel.ucl)
    flagged = _flagged(drawn, suited, beyond, memory)
    counts = [len(found) for found in flagged]
    points = np.concatenate(flagged) + memory.points
    order = np.argsort(points, kind="stable")
    names = np.repeat(np.arange(len(suited)), counts)[order]
    texts = np.array([rule.name for rule in suited], dtype=object)
    numbered = (points[order] + 1).tolist()
    return list(
        map(
            Signal._make,
            zip(repeat(panel.statistic), numbered, texts[names].tolist(), strict=False),
        )
    )


def _flagged(
    drawn: Drawn, rules: tuple[Rule, ...], beyond: NDArray[np.bool_], memory: Memory
) -> list[NDArray[np.intp]]:
    """Indices that break each rule, the last points before this piece taken into account."""
    name, longest = drawn.panel.statistic, max(rule.window for rule in rules)
    points = drawn.panel.points
    distances = Distances(points, drawn.panel.centre_line, drawn.spread)
    if longest == 1:
        return broken_rules(rules, points, distances, beyond)
    before_points, before_z = memory.recall(f"last of {name}", (points[:0], points[:0]))
    before = len(before_points)
    if not before:
        memory.keep(f"last of {name}", (tail(points, longest), distances.last(longest)))
        return broken_rules(rules, points, distances, beyond)
    points, z = joined(before_points, points), joined(before_z, distances.all())
    memory.keep(f"last of {name}", (tail(points, longest), tail(z, longest)))
    beyond = np.concatenate([np.zeros(before, dtype=np.bool_), beyond])
    flagged = broken_rules(rules, points, z, beyond)
    return [found[found >= before] - before for found in flagged]


def _beyond(
    points: FloatArray, lcl: float | FloatArray | None, ucl: float | FloatArray | None
) -> NDArray[np.bool_]:
    beyond = np.zeros(len(points), dtype=np.bool_)
    if lcl is not None:
        beyond |= points < lcl
    if ucl is not None:
        beyond |= points > ucl
    return beyond
