"""Charts with a memory against a straight reading of their formulas, on any series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.spc import ChartData, ChartOptions, chart
from process_models.spc.mcusum import shrunken_sums

values = st.lists(st.floats(-50, 50), min_size=1, max_size=40)
KNOWN = {"centre": 1.0, "sigma": 2.0}


@settings(max_examples=60, deadline=None)
@given(values, st.floats(0.05, 1.0))
def test_ewma_is_a_weighted_sum_of_all_that_was(series: list[float], lam: float) -> None:
    panel = chart("ewma", ChartData(np.array(series)), ChartOptions(lam=lam, **KNOWN)).panels[0]
    for i in range(len(series)):
        weights = [lam * (1 - lam) ** (i - j) for j in range(i + 1)]
        z = sum(w * x for w, x in zip(weights, series, strict=False)) + (1 - lam) ** (i + 1)
        assert panel.points[i] == pytest.approx(z, abs=1e-9)
        reach = 3 * 2.0 * math.sqrt(sum(w * w for w in weights))
        upper = np.broadcast_to(panel.ucl, len(series))[i]
        assert upper == pytest.approx(1 + reach, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(values, st.floats(0, 2), st.floats(0, 3))
def test_cusum_is_the_largest_sum_of_any_recent_stretch(
    series: list[float], k: float, head_start: float
) -> None:
    """C+(i) is the maximum over starts of the sum of z - k since then, the head start included."""
    options = ChartOptions(k=k, head_start=head_start, **KNOWN)
    result = chart("cusum", ChartData(np.array(series)), options)
    for panel, sign in zip(result.panels, (1, -1), strict=True):
        steps = [sign * (x - 1) / 2 - k for x in series]
        for i in range(len(series)):
            later = [sum(steps[j : i + 1]) for j in range(1, i + 1)]
            best = max([0.0, head_start + sum(steps[: i + 1]), *later])
            assert panel.points[i] == pytest.approx(best, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(values)
def test_since_when_counts_back_to_the_last_zero(series: list[float]) -> None:
    result = chart("cusum", ChartData(np.array(series)), ChartOptions(**KNOWN))
    sums, since = result.panels[0].points, result.extras["n_plus"]
    for i, count in enumerate(since.tolist()):
        assert np.all(sums[i - count + 1 : i + 1] > 0)
        assert i - count < 0 or sums[i - count] == 0


@settings(max_examples=40, deadline=None)
@given(values, st.integers(2, 9))
def test_moving_averages_are_means_of_windows(series: list[float], span: int) -> None:
    options = ChartOptions(span=span, **KNOWN)
    panel = chart("ma", ChartData(np.array(series)), options).panels[0]
    for i in range(len(series)):
        window = series[max(0, i - span + 1) : i + 1]
        assert panel.points[i] == pytest.approx(np.mean(window), abs=1e-9)
        upper = np.broadcast_to(panel.ucl, len(series))[i]
        assert upper == pytest.approx(1 + 6 / math.sqrt(len(window)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_zone_scores_never_fall_on_one_side(series: list[float]) -> None:
    data = ChartData(np.array(series))
    scores = chart("zone", data, ChartOptions(centre=0.0, sigma=1.0)).panels[0].points
    for i in range(1, len(series)):
        if np.sign(series[i]) * np.sign(series[i - 1]) > 0:
            assert scores[i] >= scores[i - 1]
        else:
            assert scores[i] in (0.0, 2.0, 4.0, 8.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40), st.floats(0.1, 1))
def test_mcusum_of_one_variable_never_exceeds_the_sum_of_its_lengths(
    series: list[float], k: float
) -> None:
    lengths = shrunken_sums(np.array(series)[:, None], k)[0]
    assert np.all(lengths >= 0)
    assert np.all(lengths <= np.cumsum(np.abs(series)) + 1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.floats(-9, 9), min_size=4, max_size=4), min_size=2, max_size=20),
    st.sampled_from(["xbar_r", "xbar_s"]),
)
def test_subgroup_statistics_are_those_of_numpy(rows: list[list[float]], kind: str) -> None:
    table = np.array(rows)
    mean, spread = chart(kind, ChartData(table), ChartOptions(**KNOWN)).panels
    assert mean.points == pytest.approx(table.mean(axis=1), abs=1e-12)
    own = np.ptp(table, axis=1) if kind == "xbar_r" else table.std(axis=1, ddof=1)
    assert spread.points == pytest.approx(own, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(20, 60)), min_size=1, max_size=30))
def test_counts_signal_exactly_outside_their_limits(rows: list[tuple[int, int]]) -> None:
    counts, sizes = np.array(rows, dtype=np.float64).T
    result = chart("p", ChartData(counts, sizes), ChartOptions(nsigma=1.0))
    p = counts.sum() / sizes.sum()
    reach = np.sqrt(p * (1 - p) / sizes)
    share = counts / sizes
    outside = {
        i + 1
        for i in range(len(rows))
        if share[i] > min(1.0, p + reach[i]) or share[i] < max(0.0, p - reach[i])
    }
    assert {s.point for s in result.signals} == outside
