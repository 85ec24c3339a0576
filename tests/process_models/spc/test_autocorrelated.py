"""Residuals of a first-order autoregression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart, evaluate, fit, stream

SERIES = np.array([1.0, 2.0, 4.0, 3.0, 5.0])


def test_yule_walker_by_hand() -> None:
    result = chart("ar_residual", ChartData(SERIES))
    away = SERIES - 3.0
    phi = (2 - 1 + 0 + 0) / 10
    residuals = away[1:] - phi * away[:-1]
    assert result.extras["phi"] == pytest.approx(phi)
    assert result.sigma == pytest.approx(np.sqrt(np.mean(residuals**2)))
    panel = result.panels[0]
    assert panel.statistic == "residual"
    assert np.isnan(panel.points[0])
    assert panel.points[1:] == pytest.approx(residuals)
    assert (panel.centre_line, panel.ucl) == (0.0, pytest.approx(3 * result.sigma))


def test_phi_is_found_and_residuals_are_in_control() -> None:
    """Seed 12; 20,000 points, standard error of phi 0.004, so 0.02 is beyond four."""
    noise = np.random.default_rng(12).standard_normal(20_000)
    values = np.empty_like(noise)
    values[0] = noise[0]
    for i in range(1, len(noise)):
        values[i] = 0.8 * values[i - 1] + noise[i]
    result = chart("ar_residual", ChartData(values))
    assert result.extras["phi"] == pytest.approx(0.8, abs=0.02)
    assert len(result.signals) / len(values) == pytest.approx(0.0027, abs=0.0015)


def test_later_points_are_judged_by_phase_one() -> None:
    phase1 = chart("ar_residual", ChartData(SERIES[:4]))
    whole = chart("ar_residual", ChartData(SERIES), ChartOptions(phase1=4))
    assert whole.extras["phi"] == phase1.extras["phi"]
    assert whole.panels[0].ucl == phase1.panels[0].ucl


def test_known_parameters() -> None:
    result = chart("ar_residual", ChartData(SERIES), ChartOptions(centre=3.0, sigma=2.0))
    assert result.panels[0].ucl == 6.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"phase1": 2}, "chart ar_residual needs 3 points in Phase I, got 2"),
        ({"sigma_method": "mr_d2"}, "chart ar_residual takes no sigma-method"),
        ({"exclude": (2, 4)}, "needs two neighbouring points in Phase I, got none"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart("ar_residual", ChartData(SERIES), ChartOptions(**options))


def arma(n: int, ar: float, ma: float, seed: int = 5) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(n + 1)
    values = np.zeros(n)
    for i in range(1, n):
        values[i] = ar * values[i - 1] + noise[i] + ma * noise[i - 1]
    return values + 20.0


def test_a_moving_average_model_is_found_by_likelihood() -> None:
    data = ChartData(arma(600, 0.6, 0.4))
    result = chart("ar_residual", data, ChartOptions(order=(1, 1)))
    assert result.extras["ar"] == pytest.approx([0.6], abs=0.1)
    assert result.extras["ma"] == pytest.approx([0.4], abs=0.1)
    assert result.extras["phi"] == result.extras["ar"][0]
    assert result.sigma == pytest.approx(1.0, abs=0.07)


def test_residuals_follow_the_recursion_of_the_model() -> None:
    data = ChartData(arma(80, 0.5, 0.3))
    result = chart("ar_residual", data, ChartOptions(order=(2, 1), centre=20.0))
    (one, two), (theta,) = result.extras["ar"], result.extras["ma"]
    away, e = data.values - 20.0, result.panels[0].points
    assert np.isnan(e[:2]).all()
    assert e[2] == pytest.approx(away[2] - one * away[1] - two * away[0])
    for i in range(3, 80):
        assert e[i] == pytest.approx(
            away[i] - one * away[i - 1] - two * away[i - 2] - theta * e[i - 1]
        )


def test_a_pure_moving_average_has_a_residual_from_the_first_point() -> None:
    result = chart("ar_residual", ChartData(arma(80, 0.0, 0.5)), ChartOptions(order=(0, 1)))
    assert np.isfinite(result.panels[0].points[0])
    assert result.extras["phi"] == 0.0


def test_higher_orders_are_streamed_too() -> None:
    data = ChartData(arma(60, 0.5, 0.3))
    options = ChartOptions(order=(2, 2), exclude=(9,))
    limits = fit("ar_residual", data, options)
    fed = stream(limits)
    points = [fed.update(x).panels["residual"].value for x in data.values]
    assert np.array_equal(points, evaluate(limits, data).panels[0].points, equal_nan=True)


@pytest.mark.parametrize("order", [(0, 0), (-1, 2), (6, 5)])
def test_orders_that_are_none_are_refused(order: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="order must be p,q"):
        ChartOptions(order=order)


def test_too_few_points_for_the_order_are_refused() -> None:
    with pytest.raises(InputError, match="needs 20 points in Phase I, got 12"):
        chart("ar_residual", ChartData(np.arange(12.0)), ChartOptions(order=(2, 1)))
