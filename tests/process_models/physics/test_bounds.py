"""Upper bounds of the deposit, and that nothing exceeds them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.physics import (
    ProcessParameters,
    ProcessSettings,
    draw_parameters,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.bounds import deposit_bounds
from process_models.physics.deposition import deposit_mg_cm2
from process_models.physics.vapour import temperature_factor

TIMES = st.floats(0.0, 1e5)


@pytest.mark.parametrize(("time_s", "bound"), [(20.0, 6.0), (40.0, 8.5), (60.0, 10.4)])
def test_diffusion_brings_no_more(time_s: float, bound: float) -> None:
    assert float(deposit_bounds(time_s, 3.6).diffusion_mg_cm2) == pytest.approx(bound, abs=0.05)


def test_kinetic_theory_brings_seventeen_grams_a_second() -> None:
    struck = float(deposit_bounds(1.0, 3.6).hertz_knudsen_mg_cm2)
    assert struck == pytest.approx(1.7e4, rel=0.01)
    # by hand: c sqrt(RT/2 pi M) with 3.6 kg/m3, 451.15 K, 0.26668 kg/mol; 1 kg/m2 is 100 mg/cm2
    assert struck == pytest.approx(360 * np.sqrt(8.314462618 * 451.15 / 2 / np.pi / 0.26668),
                                   rel=1e-4)  # fmt: skip


def test_diffusion_binds_at_any_exposure_that_is_made() -> None:
    bounds = deposit_bounds(np.array([1.0, 20.0, 60.0]), 3.6)
    assert bounds.least_mg_cm2.tolist() == bounds.diffusion_mg_cm2.tolist()


def test_nothing_lands_without_time_or_vapour() -> None:
    assert float(deposit_bounds(0.0, 3.6).least_mg_cm2) == 0.0
    assert float(deposit_bounds(40.0, 0.0).least_mg_cm2) == 0.0


@given(
    time_s=TIMES, m40=st.floats(0.0, 1e4), lag=st.floats(0.0, 30.0), n=st.floats(0.3, 2.0),
    vapour=st.floats(0.0, 20.0), temperature=st.floats(20.0, 180.0), sticking=st.floats(0.0, 5.0),
)  # fmt: skip
def test_no_deposit_exceeds_what_can_have_landed(
    time_s: float, m40: float, lag: float, n: float, vapour: float, temperature: float,
    sticking: float,
) -> None:  # fmt: skip
    deposit = float(deposit_mg_cm2(time_s, m40, lag, n, vapour, temperature, sticking))
    there = vapour * float(temperature_factor(temperature))
    bounds = deposit_bounds(time_s, there, temperature)
    assert 0 <= deposit <= float(bounds.hertz_knudsen_mg_cm2) * (1 + 1e-12)
    assert deposit <= float(bounds.diffusion_mg_cm2) * (1 + 1e-12)


def test_lots_with_an_absurd_constant_stop_at_the_bound() -> None:
    recipe = ProcessSettings()
    made = lot_structure(recipe, nominal_inputs(recipe), ProcessParameters(m40_mg_cm2=1e3))
    assert float(made.loading_mg_cm2[0]) == pytest.approx(8.48, abs=0.01)


def test_the_bound_hardly_ever_binds_under_the_prior() -> None:
    """Seed 0, 4000 draws: ln(8.48/0.25) is 3.5 sd, so 0.02 % of draws; at most 8 are seen."""
    recipe = ProcessSettings()
    draws = draw_parameters(np.random.default_rng(0), 4000)
    loading = lot_structure(recipe, nominal_inputs(recipe), draws).loading_mg_cm2
    assert int(np.sum(loading > 8.47)) <= 8
