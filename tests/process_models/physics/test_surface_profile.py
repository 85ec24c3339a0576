"""Depth profiles: Al steeper than Cl, pure at the top, bulk at depth, none for coarse powder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.surface_profile import AL_STEEPER, surface_profile

DEPTH = np.linspace(0.0, 2000.0, 401)


def test_the_skin_is_pure_and_the_deep_is_bulk() -> None:
    seen = surface_profile(DEPTH, 300.0, 100.0, 0.02)
    skin = DEPTH <= 100.0
    assert np.all(seen.aluminium[skin] == 1.0)
    assert np.all(seen.chlorine[skin] == 1.0)
    assert seen.chlorine[-1] == pytest.approx(0.02, abs=1e-4)
    assert seen.aluminium[-1] == pytest.approx(0.02, abs=1e-4)


def test_aluminium_is_the_steeper_everywhere() -> None:
    seen = surface_profile(DEPTH, 300.0, 100.0)
    beyond = DEPTH > 100.0
    assert np.all(seen.aluminium[beyond] < seen.chlorine[beyond])
    slope_al, slope_cl = (-np.log(c[30] / c[25]) for c in (seen.aluminium, seen.chlorine))
    assert slope_al / slope_cl == pytest.approx(AL_STEEPER)


@given(enriched=st.floats(1.0, 1000.0), share=st.floats(0.0, 1.0), bulk=st.floats(0.0, 1.0))
def test_contents_fall_with_depth_and_stay_shares(
    enriched: float, share: float, bulk: float
) -> None:
    seen = surface_profile(DEPTH, enriched, enriched * share, bulk)
    for content in (seen.aluminium, seen.chlorine):
        assert np.all(np.diff(content) <= 1e-12)
        assert np.all((content >= bulk - 1e-12) & (content <= 1 + 1e-12))


def test_coarse_powder_is_bulk_from_the_surface_on() -> None:
    seen = surface_profile(DEPTH, 0.0, 0.0, 0.03)
    assert np.all(seen.aluminium == 0.03)
    assert np.all(seen.chlorine == 0.03)


def test_draws_give_a_profile_each() -> None:
    seen = surface_profile(DEPTH, np.array([200.0, 300.0, 0.0]), np.array([60.0, 100.0, 0.0]))
    assert seen.aluminium.shape == (3, DEPTH.size)


def test_a_pure_layer_within_the_enriched_one_only() -> None:
    with pytest.raises(InputError, match=r"^pure_nm must not exceed enriched_nm, got 10 nm more"):
        surface_profile(DEPTH, 90.0, 100.0)
