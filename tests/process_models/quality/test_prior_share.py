"""Share of prior: what evidence has not touched is all prior."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.quality.prior_share import (
    ALLOWED,
    effect_variance,
    prior_constants,
    prior_share,
)


def test_the_prior_itself_is_all_prior() -> None:
    assert prior_share(prior_constants()) == dict.fromkeys(ALLOWED, 1.0)


def test_certain_constants_leave_no_prior() -> None:
    certain = {name: np.full(10, np.median(v)) for name, v in prior_constants().items()}
    assert prior_share(certain) == dict.fromkeys(ALLOWED, pytest.approx(0.0, abs=1e-12))


def test_halving_an_effect_quarters_its_share() -> None:
    halved = dict(prior_constants())
    for name in ("pressure_slope", "pressure_curvature"):
        halved[name] = halved[name] / 2
    share = prior_share(halved)
    assert share["rolling_pressure_mpa"] == pytest.approx(0.25)
    assert share["thickness_um"] == 1.0


def test_an_input_without_effect_has_no_variance() -> None:
    flat = dict(prior_constants())
    for name in ("thickness_slope", "thickness_curvature"):
        flat[name] = np.zeros_like(flat[name])
    assert effect_variance(flat, "thickness_um") == pytest.approx(0.0, abs=1e-20)
