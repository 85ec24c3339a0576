"""Stages: every one is the chart of its own points, put side by side."""

from __future__ import annotations

import json

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import CHARTS, ChartData, ChartOptions, chart, chart_stages
from process_models.spc.registry import find_kind

COUNTS = ("p", "np", "c", "u", "laney_p", "laney_u")
SUBGROUPS = ("xbar_r", "xbar_s", "xbar", "r", "s", "i_mr_rs")


def sample(kind: str, n: int = 60) -> ChartData:
    rng = np.random.default_rng(3)
    later = np.arange(n) >= n // 2
    if kind in COUNTS:
        counts = rng.binomial(50, np.where(later, 0.4, 0.1)).astype(float)
        return ChartData(counts, np.full(n, 50.0))
    if kind in ("g", "t"):
        return ChartData(1.0 + rng.geometric(np.where(later, 0.05, 0.3)))
    if find_kind(kind).multivariate:
        shape: tuple[int, ...] = (n, 4, 2) if kind in ("t2", "generalized_variance") else (n, 3)
    else:
        shape = (n, 4) if kind in SUBGROUPS else (n,)
    return ChartData(
        rng.normal(10.0, 1.0, shape) + 5 * later.reshape((n,) + (1,) * (len(shape) - 1))
    )


@pytest.mark.parametrize("kind", CHARTS)
def test_a_stage_is_the_chart_of_its_own_points(kind: str) -> None:
    data = sample(kind)
    options = ChartOptions(nsigma=2.0, exclude=(2, 33))
    whole = chart_stages(kind, data, ["before"] * 30 + ["after"] * 30, options)
    halves = (
        chart(kind, data.between(0, 30), ChartOptions(nsigma=2.0, exclude=(2,))),
        chart(kind, data.between(30, 60), ChartOptions(nsigma=2.0, exclude=(3,))),
    )
    for i, panel in enumerate(whole.panels):
        for line in ("points", "centre_line", "lcl", "ucl"):
            parts = [getattr(half.panels[i], line) for half in halves]
            if parts[0] is None:
                assert getattr(panel, line) is None
                continue
            expected = np.concatenate([np.broadcast_to(part, 30) for part in parts])
            assert np.array_equal(
                np.broadcast_to(getattr(panel, line), 60), expected, equal_nan=True
            )
    late = [(s.panel, s.point - 30, s.rule) for s in whole.signals if s.point > 30]
    assert late == [(s.panel, s.point, s.rule) for s in halves[1].signals]
    assert [s["sigma"] for s in whole.extras["stages"]] == [half.sigma for half in halves]
    assert whole.excluded == (2, 33)
    json.dumps(whole.to_dict(), allow_nan=False)


def test_a_stage_begins_without_the_past() -> None:
    data = ChartData(np.array([1.0, 2.0, 1.0, 9.0, 8.0, 9.0]))
    result = chart_stages("i_mr", data, ["a"] * 3 + ["b"] * 3)
    ranges = result.panels[1].points
    assert np.isnan(ranges[[0, 3]]).all()
    assert result.signals == ()
    assert [(s["stage"], s["first"], s["last"]) for s in result.extras["stages"]] == [
        ("a", 1, 3), ("b", 4, 6),
    ]  # fmt: skip


def test_a_label_that_comes_back_is_a_stage_of_its_own() -> None:
    data = ChartData(np.array([1.0, 2.0, 5.0, 6.0, 1.0, 2.0]))
    result = chart_stages("i_mr", data, list("aabbaa"))
    assert [s["stage"] for s in result.extras["stages"]] == ["a", "b", "a"]


def test_signals_are_dated_within_their_stage() -> None:
    values = np.concatenate([np.tile([9.0, 11.0], 10), [30.0], np.tile([19.0, 21.0], 10), [35.0]])
    result = chart_stages("i_mr", ChartData(values), ["a"] * 21 + ["b"] * 21)
    dates = {s.point: since for s, since in zip(result.signals, result.since(), strict=True)}
    assert dates[21] is not None
    assert dates[42] is not None
    assert dates[21].point == 21
    assert dates[42].point == 42
    assert dates[42].low > 21


def test_phase_one_counts_in_every_stage() -> None:
    data = ChartData(np.array([1.0, 3.0, 50.0, 7.0, 9.0, 60.0]))
    result = chart_stages("i_mr", data, list("aaabbb"), ChartOptions(phase1=2))
    assert result.panels[0].centre_line.tolist() == [2.0] * 3 + [8.0] * 3
    assert result.phase1 == 4


def test_one_stage_is_the_plain_chart() -> None:
    data = sample("cusum")
    plain = chart("cusum", data).to_dict()
    staged = chart_stages("cusum", data, ["x"] * data.n).to_dict()
    assert staged.pop("stages")[0]["last"] == data.n
    assert staged == plain


@pytest.mark.parametrize(
    ("stages", "options", "message"),
    [
        (["a"] * 3, ChartOptions(), "stages must be 4, one a point, got 3"),
        (["a", "a", "a", "b"], ChartOptions(), "stage 'b': sigma by mr_d2 needs two neighbouring"),
        (["a"] * 4, ChartOptions(exclude=(5,)), "an excluded point must be from 1 to 4, got 5"),
    ],
)
def test_refusals(stages: list[str], options: ChartOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart_stages("i_mr", ChartData(np.arange(4.0)), stages, options)
