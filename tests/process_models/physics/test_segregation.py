"""Segregation against the integrated rate equation, and the layers that follow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from process_models.physics.segregation import (
    REFERENCE_STRAIN,
    segregated_share,
    surface_layers,
)


def test_closed_form_agrees_with_the_rate_equation() -> None:
    def rate(strain: float, x: np.ndarray) -> np.ndarray:
        return (1 - x) / 0.8 * 2.0**0.2 * np.exp(-strain / 5.0)

    solved = solve_ivp(rate, (0, 3.0), [0.0], rtol=1e-10, atol=1e-12)
    share = segregated_share(3.0, 0.8, 5.0, rate_ratio=2.0, rate_exponent=0.2)
    assert float(share) == pytest.approx(float(solved.y[0, -1]), rel=1e-6)


def test_nothing_segregates_without_strain() -> None:
    assert float(segregated_share(0.0, 1.0, 5.0)) == 0.0


def test_more_strain_segregates_more_and_never_everything() -> None:
    share = segregated_share(np.array([0.5, 1.0, REFERENCE_STRAIN, 8.0]), 1.0, 5.0)
    assert np.all(np.diff(share) > 0)
    assert share[-1] < 1


def test_layers_of_the_reference_recipe() -> None:
    layers = surface_layers(1.0, 1.07, 1.0, 300.0, 100.0)
    assert (float(layers.enriched_nm), float(layers.pure_nm)) == (300.0, 100.0)


def test_layers_hold_no_more_product_than_there_is() -> None:
    layers = surface_layers(1.0, 0.1, 1.0, 300.0, 100.0)
    assert float(layers.pure_nm) == pytest.approx(50.0)
    assert float(layers.enriched_nm) == pytest.approx(100.0)
