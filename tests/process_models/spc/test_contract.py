"""What holds for every chart, written once and run over all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
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
    chart,
    evaluate,
    fit,
)
from process_models.spc.registry import find_kind

COUNTS = ("p", "np", "c", "u", "laney_p", "laney_u")
RARE = ("g", "t")
SUBGROUPS = ("xbar_r", "xbar_s", "xbar", "r", "s", "i_mr_rs")
STANDARDISED = ("cusum", "zone", "short_run")
VARIABLES = tuple(kind for kind in CHARTS if kind not in (*COUNTS, *RARE))
UNIVARIATE = tuple(kind for kind in VARIABLES if not find_kind(kind).multivariate)


@dataclass(frozen=True)
class Sample:
    data: ChartData
    options: ChartOptions


def sample(kind: str, *, scale: float = 1.0, shift: float = 0.0) -> Sample:
    """Forty points of an in-control process, the same for the same kind."""
    rng = np.random.default_rng(42)
    sizes = rng.integers(20, 60, 40).astype(np.float64)
    if kind in COUNTS:
        sizes = np.full(40, 50.0) if kind == "c" else sizes
        return Sample(
            ChartData(rng.binomial(20, 0.2, 40).astype(np.float64), sizes), ChartOptions()
        )
    if kind in RARE:
        return Sample(ChartData(1.0 + rng.geometric(0.1, 40)), ChartOptions())
    shape: tuple[int, ...] = (40, 4) if kind in SUBGROUPS else (40,)
    if find_kind(kind).multivariate:
        shape = (40, 4, 2) if kind in ("t2", "generalized_variance") else (40, 3)
    values = rng.normal(10.0, 1.0, shape)
    return Sample(ChartData(scale * values + shift), ChartOptions())


def same(a: Any, b: Any) -> bool:
    """Equal, a nan being equal to a nan."""
    return bool(json.dumps(a) == json.dumps(b))


@pytest.mark.parametrize("kind", CHARTS)
def test_inputs_stay_as_they_were(kind: str) -> None:
    given = sample(kind)
    before = given.data.values.copy()
    chart(kind, given.data, given.options)
    assert np.array_equal(before, given.data.values)


@pytest.mark.parametrize("kind", CHARTS)
def test_all_points_in_phase_one_is_the_default(kind: str) -> None:
    given = sample(kind)
    default = chart(kind, given.data, given.options).to_dict()
    named = chart(kind, given.data, replace(given.options, phase1=given.data.n)).to_dict()
    assert same(default, named)


@pytest.mark.parametrize("kind", CHARTS)
def test_frozen_limits_survive_json_and_give_the_same_chart(kind: str) -> None:
    given = sample(kind)
    options = replace(given.options, phase1=30, exclude=(4, 7))
    limits = fit(kind, given.data, options)
    thawed = FrozenLimits.from_dict(json.loads(json.dumps(limits.to_dict())))
    direct = chart(kind, given.data, options).to_dict()
    assert thawed.to_dict() == json.loads(json.dumps(limits.to_dict()))
    assert same(evaluate(thawed, given.data, given.options).to_dict(), direct)


@pytest.mark.parametrize("kind", CHARTS)
def test_later_points_do_not_move_the_limits(kind: str) -> None:
    given = sample(kind)
    shorter = ChartData(given.data.values[:35], _cut(given.data.sizes, 35))
    options = replace(given.options, phase1=30)
    assert fit(kind, given.data, options) == fit(kind, shorter, options)


@pytest.mark.parametrize("kind", CHARTS)
def test_the_json_has_the_common_keys_in_order(kind: str) -> None:
    given = sample(kind)
    printed = chart(kind, given.data, given.options).to_dict()
    assert list(printed)[:6] == ["chart", "n", "phase1", "sigma", "panels", "signals"]
    assert printed["chart"] == kind
    for panel in printed["panels"]:
        assert list(panel) == ["statistic", "points", "centre_line", "lcl", "ucl"]
        assert len(panel["points"]) == printed["n"]
        for line in ("centre_line", "lcl", "ucl"):
            assert not isinstance(panel[line], list) or len(panel[line]) == printed["n"]
    json.dumps(printed, allow_nan=False)


@pytest.mark.parametrize("kind", UNIVARIATE)
def test_shifting_the_data_shifts_the_chart(kind: str) -> None:
    moved, still = drawn(kind, shift=100.0), drawn(kind)
    assert moved.sigma == pytest.approx(still.sigma, rel=1e-9)
    assert [s.point for s in moved.signals] == [s.point for s in still.signals]
    for a, b in zip(moved.panels, still.panels, strict=True):
        follows = a.statistic in ("xbar", "individual", "ewma", "ma")
        shift = 100.0 if follows else 0.0
        for line in ("points", "centre_line", "ucl"):
            assert getattr(a, line) == pytest.approx(
                np.asarray(getattr(b, line)) + shift, rel=1e-9, abs=1e-8, nan_ok=True
            )


@pytest.mark.parametrize("kind", UNIVARIATE)
def test_scaling_the_data_scales_the_chart(kind: str) -> None:
    large, small = drawn(kind, scale=1000.0), drawn(kind)
    assert small.sigma is not None
    assert large.sigma == pytest.approx(1000 * small.sigma, rel=1e-9)
    factor = 1.0 if kind in STANDARDISED else 1000.0
    for a, b in zip(large.panels, small.panels, strict=True):
        for line in ("points", "ucl"):
            assert getattr(a, line) == pytest.approx(
                factor * np.asarray(getattr(b, line)), rel=1e-9, abs=1e-8, nan_ok=True
            )


@pytest.mark.parametrize("value", [0.1, 74.001, 1e6 / 3, -7.3])
@pytest.mark.parametrize("kind", UNIVARIATE)
def test_a_constant_series_never_signals(kind: str, value: float) -> None:
    shape = (25, 3) if kind in SUBGROUPS else (25,)
    assert chart(kind, ChartData(np.full(shape, value))).signals == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_single_values_that_are_not_finite_are_refused(bad: float) -> None:
    values = np.array([1.0, 2.0, bad, 3.0])
    with pytest.raises(InputError, match="the value of point 3 must be finite"):
        ChartData(values)


@pytest.mark.parametrize("kind", VARIABLES)
def test_infinite_values_are_refused(kind: str) -> None:
    values = sample(kind).data.values.copy()
    values[2] = np.inf
    with pytest.raises(InputError, match="must be finite"):
        ChartData(values)


def test_an_unknown_chart_is_refused_with_the_list() -> None:
    with pytest.raises(InputError, match=r"chart must be one of xbar_r, .* got 'pie'"):
        chart("pie", ChartData(np.arange(3.0)))


def drawn(kind: str, **change: float) -> ChartResult:
    given = sample(kind, **change)
    return chart(kind, given.data, given.options)


def _cut(sizes: np.ndarray | None, n: int) -> np.ndarray | None:
    return None if sizes is None else sizes[:n]
