"""Priors are transforms of standard normals."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from process_models.physics.priors import PRIORS, QUALITY_PARAMETERS, Prior
from process_models.physics.recipe_parameters import ProcessParameters


def test_the_median_is_the_centre() -> None:
    for name, prior in PRIORS.items():
        assert float(prior.value(0.0)) == pytest.approx(prior.centre), name


def test_lognormal_by_hand() -> None:
    assert float(Prior("lognormal", 2.0, 0.5, "").value(2.0)) == pytest.approx(2 * np.e)


def test_bounds_cut() -> None:
    prior = Prior("normal", 2.5, 1.25, "", low=0.0, high=6.0)
    assert prior.value(np.array([-5.0, 5.0])).tolist() == [0.0, 6.0]


def test_every_parameter_has_a_prior_and_a_source() -> None:
    assert [field.name for field in fields(ProcessParameters)] == list(PRIORS)
    assert all(prior.source for prior in PRIORS.values())


def test_the_regression_updates_only_known_parameters() -> None:
    assert set(QUALITY_PARAMETERS) <= set(PRIORS)
    assert len(set(QUALITY_PARAMETERS)) == len(QUALITY_PARAMETERS)
