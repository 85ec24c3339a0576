"""Acceptance over grids, the window, its limits and its robust optimum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from process_models.errors import InputError
from process_models.quality import QualityModel
from process_models.quality.acceptance import Goal, acceptance, acceptance_of_draws, parts_of
from process_models.quality.window import INPUTS, LineVariation, process_window

STILL = LineVariation(0.0, 0.0, 0.0)
REFERENCE = {"sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0}


def point(model: QualityModel, goal: Goal, **change: float) -> float:
    axes = [[value] for value in {**REFERENCE, **change}.values()]
    return float(acceptance(parts_of(model, goal.process, *axes), goal)[0, 0, 0])


def test_one_point_by_hand(certain: QualityModel) -> None:
    """All draws alike: P is the product of two normal tails about the medians."""
    goal = Goal(ccd_min_ma_cm2=2.0, life_min_h=1500.0, current_ma_cm2=1.0)
    lots = certain.predict_lots(
        np.array([40.0]), np.array([36.0]), np.array([60.0]), current_ma_cm2=1.0
    )
    ccd, life = math.log(lots.ccd_ma_cm2[0, 0]), math.log(lots.life_h[0, 0])
    spread = {name: certain.draws[name][0] for name in ("ccd_spread", "life_spread")}
    expected = ndtr((ccd - math.log(2.0)) / spread["ccd_spread"])
    expected *= ndtr((life - math.log(1500.0)) / spread["life_spread"])
    assert point(certain, goal) == pytest.approx(float(expected), rel=1e-9)


def test_the_kernel_agrees_with_simulated_cells(fitted: QualityModel) -> None:
    """600 draws times 200 cells each, seed 4: within 0.5 per cent points (four standard errors)."""
    goal = Goal(2.2, 500.0, current_ma_cm2=1.0, capacity_mah_cm2=0.7)
    rng = np.random.default_rng(4)
    same = [np.full(200, value) for value in (45.0, 30.0, 70.0)]
    lots = fitted.predict_lots(*same, rng=rng, current_ma_cm2=1.0, capacity_mah_cm2=0.7)
    share = np.mean((lots.ccd_ma_cm2 >= 2.2) & (lots.life_h >= 500.0))
    exact = point(
        fitted, goal, sublimation_time_s=45.0, rolling_pressure_mpa=30.0, thickness_um=70.0
    )
    assert exact == pytest.approx(share, abs=0.005)


def test_the_mean_is_the_mean_of_the_draws(fitted: QualityModel) -> None:
    parts = parts_of(fitted, "lacss", [0.0, 40.0], [20.0, 36.0], [50.0])
    goal = Goal()
    np.testing.assert_allclose(
        acceptance(parts, goal), acceptance_of_draws(parts, goal).mean(axis=-1), rtol=1e-12
    )


@given(
    low=st.floats(0.0, 3.0), more=st.floats(0.0, 2.0), hours=st.floats(0.0, 900.0),
    longer=st.floats(0.0, 900.0),
)  # fmt: skip
def test_asking_for_more_is_never_likelier(
    low: float, more: float, hours: float, longer: float
) -> None:
    parts = parts_of(_plain(), "lacss", [20.0, 40.0], [36.0], [60.0])
    asked = acceptance(parts, Goal(low, hours))
    assert np.all(acceptance(parts, Goal(low + more, hours + longer)) <= asked + 1e-12)


def _plain() -> QualityModel:
    from process_models.physics.priors import QUALITY_PARAMETERS
    from process_models.quality import FitRecord
    from process_models.quality.response import constants_from_normal

    z = np.random.default_rng(1).standard_normal((len(QUALITY_PARAMETERS), 40))
    record = FitRecord(
        evidence_rows=1, evidence_sha256="0", seed=0, draws=40, warmup=1, r_hat_max=1.0,
        ess_min=40.0, divergences=0, longest_life_h=1.0, spans={}, prior_share={},
    )  # fmt: skip
    return QualityModel(constants_from_normal(z), record)


def test_nothing_asked_is_always_met(fitted: QualityModel) -> None:
    window = process_window(fitted, Goal(0.0, 0.0), shape=(5, 4, 3))
    assert window.share == 1.0
    assert window.limits == {
        "sublimation_time_s": (0.0, 90.0), "rolling_pressure_mpa": (10.0, 100.0),
        "thickness_um": (30.0, 120.0),
    }  # fmt: skip


def test_the_impossible_has_no_limits(fitted: QualityModel) -> None:
    window = process_window(fitted, Goal(50.0, 0.0), shape=(5, 4, 3))
    assert (window.share, window.limits) == (0.0, None)
    assert window.to_dict()["limits"] is None


def test_every_point_within_the_limits_is_inside(fitted: QualityModel) -> None:
    window = process_window(fitted, Goal(1.8, 300.0), probability=0.7, shape=(31, 21, 5))
    assert window.limits is not None
    inside = np.ones(window.p.shape, dtype=bool)
    for place, name in enumerate(INPUTS):
        low, high = window.limits[name]
        axis = window.axes[name]
        assert low <= window.optimum[name] <= high
        keep = (axis >= low) & (axis <= high)
        inside &= keep.reshape([-1 if n == place else 1 for n in range(3)])
    assert np.all(window.robust_p[inside] >= 0.7)


def test_a_line_that_does_not_vary_changes_nothing(fitted: QualityModel) -> None:
    window = process_window(fitted, Goal(), variation=STILL, shape=(9, 7, 3))
    np.testing.assert_allclose(window.robust_p, window.p, rtol=1e-12)


def test_variation_lowers_the_peak_and_keeps_the_mean_of_a_straight_map(
    fitted: QualityModel,
) -> None:
    still = process_window(fitted, Goal(), variation=STILL, shape=(31, 21, 5))
    wide = process_window(fitted, Goal(), variation=LineVariation(10, 10, 8), shape=(31, 21, 5))
    assert wide.p_at_optimum < still.p_at_optimum
    from process_models.quality.window import _weights

    axis = np.linspace(0.0, 100.0, 101)
    np.testing.assert_allclose((_weights(axis, 3.0) @ axis)[20:80], axis[20:80], atol=1e-9)
    np.testing.assert_allclose((_weights(axis, 3.0) @ axis**2)[50], 2500 + 9, rtol=2e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Goal(-1.0), "ccd_min_ma_cm2 must be at least 0 and finite, got -1"),
        (lambda: Goal(life_min_h=math.inf), "life_min_h must be at least 0 and finite, got inf"),
        (lambda: Goal(current_ma_cm2=0.0), "current_ma_cm2 must be above 0"),
        (lambda: Goal(process="odd"), "process"),
        (lambda: LineVariation(thickness_um=-1.0), "variation of thickness_um must be at least 0"),
        (lambda: process_window(_plain(), Goal(), probability=1.0), "must lie between 0 and 1"),
        (lambda: process_window(_plain(), Goal(), shape=(0, 1, 1)), "at least one point"),
    ],
)
def test_what_makes_no_sense_is_named(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
