"""The guard against autocorrelation: test by hand and by statsmodels, run length simulated."""

from __future__ import annotations

import json

import numpy as np
import pytest

from process_models.autocorrelation import SIGNIFICANT, guard, ljung_box
from process_models.spc import ChartData, ChartOptions, chart


def autoregression(n: int, phi: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(n)
    values = np.empty(n)
    values[0] = noise[0] / np.sqrt(1 - phi * phi)
    for i in range(1, n):
        values[i] = phi * values[i - 1] + noise[i]
    return values


def test_autocorrelation_by_hand() -> None:
    """Deviations -1, 1, -1, 1: r1 = -3/4; Q = 4 * 6 * (9/16) / 3 = 4.5."""
    found, statistic, _ = ljung_box(np.array([1.0, 3.0, 1.0, 3.0]))
    assert found == (-0.75,)
    assert statistic == pytest.approx(4.5)


def test_statistic_and_p_value_are_those_of_statsmodels() -> None:
    from statsmodels.stats.diagnostic import acorr_ljungbox

    values = autoregression(80, 0.3)
    _, statistic, p_value = ljung_box(values)
    theirs = acorr_ljungbox(values, lags=[10])
    assert statistic == pytest.approx(float(theirs["lb_stat"].iloc[0]), rel=1e-9)
    assert p_value == pytest.approx(float(theirs["lb_pvalue"].iloc[0]), rel=1e-9)


def test_pairs_with_an_excluded_point_do_not_count() -> None:
    values = np.array([1.0, 3.0, 1.0, 3.0, 900.0])
    assert ljung_box(values, np.array([True] * 4 + [False]))[0] == (-0.75,)


def test_independent_points_pass_without_a_run_length() -> None:
    values = np.random.default_rng(4).standard_normal(200)
    found = guard(chart("i_mr", ChartData(values)))
    assert found is not None
    assert not found.significant
    assert (found.promised_arl, found.true_arl) == (None, None)


def test_the_true_run_length_is_what_the_naive_chart_does() -> None:
    """Limits of a long autoregression on fresh ones: 3000 series, seed 9, 4 standard errors."""
    phi, rng = 0.6, np.random.default_rng(9)
    result = chart("i_mr", ChartData(autoregression(20_000, phi)))
    found = guard(result)
    assert found is not None
    assert found.promised_arl == pytest.approx(370.4, abs=0.1)
    assert found.phi == pytest.approx(phi, abs=0.02)
    assert found.spread == pytest.approx(1 / np.sqrt(1 - phi), rel=0.03)
    state = rng.standard_normal(3000) / np.sqrt(1 - phi * phi)
    lengths, running = np.zeros(3000), np.ones(3000, dtype=bool)
    low, high = float(result.panels[0].lcl), float(result.panels[0].ucl)
    for _ in range(5000):
        lengths += running
        running &= (state >= low) & (state <= high)
        state = phi * state + rng.standard_normal(3000)
        if not running.any():
            break
    error = lengths.std() / np.sqrt(3000)
    assert found.true_arl == pytest.approx(lengths.mean(), abs=4 * error + 0.05 * lengths.mean())


@pytest.mark.parametrize("kind", ["xbar_r", "ewma", "cusum", "i_mr_rs"])
def test_means_and_charts_with_a_memory_have_a_guard(kind: str) -> None:
    rows = autoregression(300, 0.8)[:, None] + 0.5 * np.random.default_rng(2).standard_normal(
        (300, 3)
    )
    values = rows if kind in ("xbar_r", "i_mr_rs") else rows[:, 0]
    found = guard(chart(kind, ChartData(values)))
    assert found is not None
    assert found.significant
    assert found.true_arl is not None
    assert found.promised_arl is not None
    assert found.true_arl < found.promised_arl
    json.dumps(found.to_dict(), allow_nan=False)


def test_only_phase_one_without_excluded_points_counts() -> None:
    rng = np.random.default_rng(6)
    values = np.concatenate([rng.standard_normal(100), autoregression(100, 0.9)])
    values[49] = 1e6
    options = ChartOptions(phase1=100, exclude=(50,))
    found = guard(chart("i_mr", ChartData(values), options), options)
    assert found is not None
    assert found.p_value > SIGNIFICANT


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("i_mr", ChartData(np.arange(10.0))),
        ("i_mr", ChartData(np.full(50, 3.0))),
        ("c", ChartData(np.arange(50.0))),
        ("ar_residual", ChartData(autoregression(50, 0.5))),
        ("r", ChartData(np.random.default_rng(1).standard_normal((30, 3)))),
    ],
)
def test_other_charts_and_short_series_have_none(kind: str, data: ChartData) -> None:
    assert guard(chart(kind, data)) is None
