"""Stages: a process that was changed on purpose has limits of its own after each change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.arrays import FloatArray
from process_models.spc.change_point import ChangePoint
from process_models.spc.data import ChartData, PointError
from process_models.spc.engine import chart
from process_models.spc.family import collapse
from process_models.spc.options import ChartOptions
from process_models.spc.result import ChartResult, Panel, Signal

__all__ = ["chart_stages"]


@dataclass(frozen=True, eq=False)
class _Stage:
    name: str
    start: int
    result: ChartResult


def chart_stages(
    kind: str, data: ChartData, stages: Sequence[str], options: ChartOptions | None = None
) -> ChartResult:
    """A chart whose limits, rules and moving ranges begin anew with every stage.

    Parameters
    ----------
    kind : str
    data : ChartData
    stages : sequence of n str
        Stage of every point; a stage lasts while neighbours have the same.
    options : ChartOptions, optional
        `phase1` counts the first points of every stage, `exclude` the points of the whole chart.

    Returns
    -------
    ChartResult
        Lines vary by stage; `sigma` is that of the last stage and `extras["stages"]` tells those
        of all. Signals are dated within their stage.

    Raises
    ------
    InputError
        When the stages are not one a point, or a stage cannot give its limits.

    >>> data = ChartData(np.array([1.0, 2.0, 1.0, 8.0, 9.0, 8.0]))
    >>> chart_stages("i_mr", data, ["old"] * 3 + ["new"] * 3).panels[0].centre_line.round(2)
    array([1.33, 1.33, 1.33, 8.33, 8.33, 8.33])
    """
    given = options or ChartOptions()
    if len(stages) != data.n:
        raise InputError(f"stages must be {data.n}, one a point, got {len(stages)}")
    for point in given.exclude:
        if point > data.n:
            raise InputError(f"an excluded point must be from 1 to {data.n}, got {point}")
    drawn, start = [], 0
    for name, members in groupby(stages):
        end = start + sum(1 for _ in members)
        drawn.append(_Stage(name, start, _one(kind, data, name, (start, end), given)))
        start = end
    return _together(drawn)


def _one(
    kind: str, data: ChartData, name: str, reach: tuple[int, int], options: ChartOptions
) -> ChartResult:
    start, end = reach
    phase1 = None if options.phase1 is None else min(options.phase1, end - start)
    exclude = tuple(point - start for point in options.exclude if start < point <= end)
    own = replace(options, phase1=phase1, exclude=exclude)
    try:
        return chart(kind, data.between(start, end), own)
    except PointError as error:
        raise PointError(f"stage {name!r}: {error}", error.point + start) from error
    except InputError as error:
        raise InputError(f"stage {name!r}: {error}") from error


def _together(stages: list[_Stage]) -> ChartResult:
    first, last = stages[0].result, stages[-1].result
    panels = tuple(
        _joined(parts) for parts in zip(*(stage.result.panels for stage in stages), strict=True)
    )
    order = {panel.statistic: i for i, panel in enumerate(panels)}
    dated = [pair for stage in stages for pair in _dated(stage)]
    dated.sort(key=lambda pair: (order[pair[0].panel], pair[0].point))
    return ChartResult(
        chart=first.chart,
        n=sum(stage.result.n for stage in stages),
        phase1=sum(stage.result.phase1 for stage in stages),
        sigma=last.sigma,
        panels=panels,
        signals=tuple(signal for signal, _ in dated),
        excluded=tuple(p + stage.start for stage in stages for p in stage.result.excluded),
        extras=_extras(stages),
        dated=tuple(since for _, since in dated),
    )


def _joined(panels: tuple[Panel, ...]) -> Panel:
    def line(name: str) -> float | FloatArray | None:
        pieces = [(getattr(panel, name), len(panel.points)) for panel in panels]
        if any(piece is None for piece, _ in pieces):
            return None
        return collapse(np.concatenate([np.broadcast_to(piece, n) for piece, n in pieces]))

    points = np.concatenate([panel.points for panel in panels])
    lines = (line(name) for name in ("centre_line", "lcl", "ucl"))
    return Panel(panels[0].statistic, points, *lines)


def _dated(stage: _Stage) -> list[tuple[Signal, ChangePoint | None]]:
    def moved(since: ChangePoint | None) -> ChangePoint | None:
        if since is None:
            return None
        ends = (since.point, since.low, since.high)
        return ChangePoint(*(end + stage.start for end in ends))

    return [
        (Signal(signal.panel, signal.point + stage.start, signal.rule), moved(since))
        for signal, since in zip(stage.result.signals, stage.result.since(), strict=True)
    ]


def _extras(stages: list[_Stage]) -> dict[str, Any]:
    """What all stages share, what goes on from point to point, and what is of each stage."""
    whole: dict[str, Any] = {}
    kept: list[dict[str, Any]] = [{} for _ in stages]
    for name, value in stages[0].result.extras.items():
        values = [stage.result.extras[name] for stage in stages]
        if name == "signal_details":
            whole[name] = _numbered(stages, values)
        elif isinstance(value, np.ndarray) and len(value) == stages[0].result.n:
            whole[name] = np.concatenate(values)
        elif all(_equal(value, other) for other in values):
            whole[name] = value
        else:
            for own, other in zip(kept, values, strict=True):
                own[name] = other
    whole["stages"] = [
        {
            "stage": stage.name,
            "first": stage.start + 1,
            "last": stage.start + stage.result.n,
            "phase1": stage.result.phase1,
            "sigma": stage.result.sigma,
            **own,
        }
        for stage, own in zip(stages, kept, strict=True)
    ]
    return whole


def _numbered(stages: list[_Stage], details: list[Mapping[int, Any]]) -> dict[int, Any]:
    pairs = zip(stages, details, strict=True)
    return {point + stage.start: told for stage, own in pairs for point, told in own.items()}


def _equal(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(np.asarray(a), np.asarray(b))
    return a == b
