"""Residuals of a first-order autoregression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart

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
