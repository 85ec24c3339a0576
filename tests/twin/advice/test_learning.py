"""What a line shows of a loop, and what following the advice would bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from process_models.physics import ProcessSettings
from process_models.run_to_run import Controller
from twin.advice.benefit import benefit_of, best_controller, p_stable
from twin.advice.learning import Effect, Wander, learn_effect, learn_wander
from twin.advice.loops import LOOPS, gain_draws, window_of
from twin.monitoring.plan import reference_plan

STEADY = Controller(target=0.0, reference=0.0, gain=1.0, weight=0.3, largest_move=1.0)
SURE = Effect(1.0, 0.1, 0.5)


def test_settings_that_never_moved_teach_nothing() -> None:
    prior = np.random.default_rng(1).normal(2.0, 0.5, 500)
    found = learn_effect(prior, np.full(50, 36.0), np.random.default_rng(2).normal(60, 1, 50))
    assert found.prior_share == 1.0
    assert found.mean == pytest.approx(float(prior.mean()))


def test_few_lots_teach_nothing() -> None:
    prior = np.array([1.0, 2.0, 3.0])
    assert learn_effect(prior, np.arange(5.0), np.arange(5.0)).prior_share == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_the_line_outvotes_a_wrong_prior(seed: int) -> None:
    """True effect -1.5 under noise of 1 and a slow drift; prior -0.5 +- 0.4."""
    rng = np.random.default_rng(seed)
    moved = rng.normal(0.0, 1.0, 400)
    came = 60 - 1.5 * moved + rng.normal(0, 1.0, 400) + 0.01 * np.arange(400.0)
    found = learn_effect(rng.normal(-0.5, 0.4, 400), moved, came)
    assert found.mean == pytest.approx(-1.5, abs=4 * found.sd + 0.1)
    assert found.prior_share < 0.2


def test_a_steady_drift_is_told() -> None:
    found = learn_wander(np.arange(101.0) * 0.25)
    assert found.drift == pytest.approx(0.25)
    assert found.step_sd == pytest.approx(0.0, abs=1e-9)


def test_one_lot_has_no_wander() -> None:
    assert learn_wander(np.array([1.0])) == Wander(0.0, 0.0, 0.0, 0.0)


def test_drift_is_worth_following_and_pure_noise_is_not() -> None:
    drifting = Wander(0.05, 0.3, 0.05, 0.01)
    quiet = Wander(0.0, 1.0, 0.0, 0.0)
    assert benefit_of(STEADY, SURE, drifting, 1).less_deviation.low > 0
    assert benefit_of(STEADY, SURE, quiet, 1).less_deviation.mean < 0


def test_control_a_loop_of_the_wrong_sign_does_harm() -> None:
    wrong = replace(STEADY, gain=-1.0)
    found = benefit_of(wrong, SURE, Wander(0.05, 0.3, 0.05, 0.01), 1)
    assert found.less_deviation.mean < 0
    assert found.p_better < 0.2


def test_the_best_of_the_tried_is_no_worse_than_any() -> None:
    wander = Wander(0.1, 0.5, 0.02, 0.01)
    chosen, best = best_controller(STEADY, SURE, wander, 2)
    for weight in (0.1, 0.5):
        tried = benefit_of(replace(chosen, weight=weight), SURE, wander, 2)
        assert tried.less_deviation.mean <= best.less_deviation.mean + 1e-12


def test_a_doubtful_direction_is_hardly_stable() -> None:
    assert p_stable(STEADY, SURE, 1) == 1.0
    assert p_stable(STEADY, Effect(1.0, 2.0, 1.0), 1) < 0.8


def test_longer_exposure_deposits_more_and_more_pressure_rolls_thinner() -> None:
    settings = ProcessSettings()
    exposure = gain_draws(LOOPS["exposure"], settings, 0.25)
    pressure = gain_draws(LOOPS["pressure"], settings, 60.0)
    assert np.all(exposure > 0)
    assert np.all(pressure < 0)
    # d ln m / dt = n/(t - lag): about 0.75/37.5 of what the line weighs
    assert np.median(exposure) == pytest.approx(0.25 * 0.02, rel=0.15)
    assert np.std(np.log(-pressure)) > 0.3


def test_the_window_is_the_specification_where_there_is_one() -> None:
    settings, plan = ProcessSettings(), reference_plan()
    assert window_of(LOOPS["exposure"], settings, plan) == (38.8, 41.2)
    low, high = window_of(LOOPS["pressure"], settings, plan)
    assert (low, high) == pytest.approx((36 * 0.92, 36 * 1.08))
