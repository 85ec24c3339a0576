"""Features and the response that sampler and prediction share."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality.response import constants_from_normal, features, median_ln_ccd

CONSTANTS = constants_from_normal(np.zeros(len(QUALITY_PARAMETERS)))


def ccd(process: str, time_s: float = 40.0, pressure: float = 36.0, h: float = 60.0) -> float:
    return float(np.exp(median_ln_ccd(features(process, time_s, pressure, h), CONSTANTS)))


def test_bare_ignores_exposure_pressure_and_thickness() -> None:
    assert ccd("bare") == ccd("bare", 90.0, 10.0, 120.0) == pytest.approx(1.0)


def test_coarse_powder_gains_nothing_from_exposure() -> None:
    assert ccd("coarse_powder", 10.0) == ccd("coarse_powder", 60.0) == pytest.approx(1.0)


def test_drac_is_worse_than_wound() -> None:
    assert ccd("drac") < ccd("lacss")


def test_no_exposure_is_bare_lithium() -> None:
    assert ccd("lacss", 0.0) == pytest.approx(ccd("bare"))


def test_weighed_loading_replaces_the_exposure_law() -> None:
    cell = features("lacss", np.array([20.0, 60.0]), 36.0, 60.0)
    same = median_ln_ccd(cell, CONSTANTS, exposure=np.ones(2))
    assert same[0] == same[1]


def test_inputs_broadcast() -> None:
    assert features("lacss", np.zeros((3, 1)), np.full(2, 36.0), 60.0).time_s.shape == (3, 2)


def test_numpy_and_jax_agree() -> None:
    import jax.numpy as jnp

    cell = features("lacss", np.array([0.0, 20.0, 60.0]), 30.0, 70.0)
    there = np.asarray(median_ln_ccd(cell, CONSTANTS, jnp))
    assert there == pytest.approx(median_ln_ccd(cell, CONSTANTS), rel=1e-5, abs=1e-6)
