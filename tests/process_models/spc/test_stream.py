"""Points that come one by one give what they give together, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import (
    CHARTS,
    ChartData,
    ChartOptions,
    ChartResult,
    FrozenLimits,
    evaluate,
    fit,
    stream,
)
from process_models.spc.registry import find_kind

COUNTS = ("p", "np", "c", "u", "laney_p", "laney_u")
SUBGROUPS = ("xbar_r", "xbar_s", "xbar", "r", "s", "i_mr_rs")
RAGGED = (*SUBGROUPS, "cusum", "ewma", "ma", "zone")
LIMITS_ONLY = ("ma", "zone", "ewma", "cusum", "g", "t")


@dataclass(frozen=True)
class Series:
    data: ChartData
    options: ChartOptions


def series(kind: str, n: int = 90, *, ragged: bool = False) -> Series:
    """A series that goes out of control at two thirds, so that every panel has signals."""
    rng = np.random.default_rng(7)
    late = np.arange(n) >= 2 * n // 3
    rules = () if find_kind(kind).multivariate or kind in LIMITS_ONLY else ("nelson", "westgard")
    options = ChartOptions(phase1=50, exclude=(3,), rules=("beyond_limits", *rules))
    if kind in COUNTS:
        sizes = np.full(n, 50.0) if kind == "c" else rng.integers(40, 60, n).astype(np.float64)
        return Series(ChartData(rng.binomial(40, 0.2 + 0.2 * late).astype(float), sizes), options)
    if kind in ("g", "t"):
        return Series(ChartData(1.0 + rng.geometric(np.where(late, 0.01, 0.2))), options)
    if find_kind(kind).multivariate:
        shape: tuple[int, ...] = (n, 5, 3) if kind in ("t2", "generalized_variance") else (n, 4)
        scale = np.where(late, 3.0, 1.0).reshape((n,) + (1,) * (len(shape) - 1))
        return Series(ChartData(scale * rng.normal(10.0, 1.0, shape)), options)
    shape = (n, 11) if ragged or kind in SUBGROUPS else (n,)
    values = rng.normal(10.0, 1.0, shape) * np.where(late, 1.2, 1.0).reshape(
        (n, *shape[1:])[:1] + (1,) * (len(shape) - 1)
    )
    if ragged:
        values[rng.random(shape) < 0.3] = np.nan
        values[:, 0] = 10.0
    parts = tuple("abc"[i % 3] for i in range(n)) if kind == "short_run" else None
    return Series(ChartData(values, parts=parts), options)


def piece(data: ChartData, start: int, end: int) -> ChartData:
    sizes = None if data.sizes is None else data.sizes[start:end]
    parts = None if data.parts is None else data.parts[start:end]
    return ChartData(data.values[start:end], sizes, data.variables, parts)


def lines(panel: Any, n: int) -> list[Any]:
    return [
        None if line is None else np.broadcast_to(line, n)
        for line in (panel.points, panel.centre_line, panel.lcl, panel.ucl)
    ]


def bits(arrays: list[Any]) -> list[Any]:
    return [
        None if a is None else np.ascontiguousarray(a, dtype=np.float64).tobytes() for a in arrays
    ]


def by_point(result: ChartResult) -> list[tuple[Any, ...]]:
    order = {panel.statistic: i for i, panel in enumerate(result.panels)}
    dated = zip(result.signals, result.since(), strict=True)
    return sorted(((s.point, order[s.panel], s, since) for s, since in dated), key=lambda s: s[:2])


CASES = [(kind, False) for kind in CHARTS] + [(kind, True) for kind in RAGGED]


@pytest.mark.parametrize(("kind", "ragged"), CASES)
def test_point_by_point_is_bit_for_bit_the_whole(kind: str, ragged: bool) -> None:
    given = series(kind, ragged=ragged)
    limits = fit(kind, given.data, given.options)
    whole = evaluate(limits, given.data, replace(given.options, phase1=50))
    fed = stream(limits, replace(given.options, phase1=50))
    updates = []
    for i in range(given.data.n):
        data = piece(given.data, i, i + 1)
        updates.append(
            fed.update(
                data.values[0],
                size=None if data.sizes is None else float(data.sizes[0]),
                part=None if data.parts is None else data.parts[0],
            )
        )
    assert [u.point for u in updates] == list(range(1, given.data.n + 1))
    for panel in whole.panels:
        points = [update.panels[panel.statistic] for update in updates]
        columns = ("value", "centre_line", "lcl", "ucl")
        fed_lines = [[getattr(point, name) for point in points] for name in columns]
        together = [None if None in line else np.array(line) for line in fed_lines]
        assert bits(together) == bits(lines(panel, given.data.n))
    signals = [(s, since) for u in updates for s, since in zip(u.signals, u.since, strict=True)]
    assert signals == [(s, since) for _, _, s, since in by_point(whole)]
    assert whole.signals


@pytest.mark.parametrize("kind", CHARTS)
def test_pieces_of_any_length_give_the_same(kind: str) -> None:
    given = series(kind)
    limits = fit(kind, given.data, given.options)
    whole = evaluate(limits, given.data, replace(given.options, phase1=50))
    fed = stream(limits, replace(given.options, phase1=50))
    cuts = [0, 1, 8, 31, 32, 77, given.data.n]
    pieces = [fed.extend(piece(given.data, a, b)) for a, b in pairwise(cuts)]
    found = sorted((p for result in pieces for p in by_point(result)), key=lambda s: s[:2])
    assert found == by_point(whole)
    assert fed.points == given.data.n


@pytest.mark.parametrize("kind", CHARTS)
def test_memory_does_not_grow(kind: str) -> None:
    given = series(kind)
    fed = stream(fit(kind, given.data, given.options), given.options)
    sizes = []
    for _ in range(16):
        fed.extend(given.data)
        kept = [said.amounts.size for said in fed._said.values()]
        kept += [_size(value) for value in fed._memory._kept.values()]
        sizes.append(sum(kept))
    assert sizes[-1] == sizes[-2]


def _size(value: Any) -> int:
    if isinstance(value, tuple | list):
        return sum(_size(v) for v in value)
    return int(np.size(value))


def test_a_refused_point_leaves_the_stream_as_it_was() -> None:
    limits = FrozenLimits("p", 20, (), {"centre": 0.1})
    fed = stream(limits)
    fed.update(3, size=50)
    with pytest.raises(InputError, match="at most its sample size"):
        fed.update(60, size=50)
    assert fed.points == 1


def test_points_of_a_stream_are_later_than_phase_one_by_default() -> None:
    data = series("t2_individuals").data
    limits = fit("t2_individuals", data, ChartOptions())
    point = stream(limits).update(data.values[0]).panels["t2_individuals"]
    assert point.ucl == evaluate(limits, data, ChartOptions(phase1=0)).panels[0].ucl


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="chart must be one of"):
        stream(FrozenLimits("pie", 1, (), {}))
