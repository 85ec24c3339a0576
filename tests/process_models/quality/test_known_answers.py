"""Published fits of censored lives: SAS LIFEREG, R survreg and a stack-pressure series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from process_models.quality.censored import Censored
from process_models.quality.estimator import CensoredLifeRegressor, censored_target
from process_models.quality.max_likelihood import CensoredFit, fit_maximum_likelihood

# Kalbfleisch and Prentice 1980, p. 5: motorettes at 170, 190 and 220 C, hours
MOTORS = """
    1764 2772 3444 3542 3780 4860 5196 5448 5448 5448
    408 408 1344 1344 1440 1680 1680 1680 1680 1680
    408 408 504 504 504 528 528 528 528 528"""
MOTOR_HOURS = np.array(MOTORS.split(), dtype=float)
MOTOR_FAILED = np.array([7 * [1] + 3 * [0], 5 * [1] + 5 * [0], 5 * [1] + 5 * [0]]).ravel() == 1
MOTOR_Z = 1000.0 / (273.2 + np.repeat([170.0, 190.0, 220.0], 10))
# Nelson 1982, turbine wheels inspected once: days, new cracks since the inspection before, of 167
CRACK_DAYS = (186.0, 606.0, 902.0, 1077.0, 1209.0, 1377.0, 1592.0, 1932.0)
CRACKS = (5, 16, 12, 18, 18, 2, 6, 17, 73)
# Edmunson 1979, ovarian cancer: days, died, treatment, performance score
PATIENTS = """
    59 1 1 1 115 1 1 1 156 1 1 2 421 0 2 1 431 1 1 1 448 0 1 2
    464 1 2 2 475 1 2 2 477 0 1 1 563 1 2 2 638 1 1 2 744 0 2 1
    769 0 2 2 770 0 2 1 803 0 1 1 855 0 1 2 1040 0 1 2 1106 0 1 1
    1129 0 2 1 1206 0 2 1 1227 0 2 2 268 1 1 2 329 1 1 1 353 1 2 2
    365 1 2 1 377 0 2 1"""
OVARIAN = np.array(PATIENTS.split(), dtype=int).reshape(-1, 4)
# Doux et al. 2020, Adv. Energy Mater. 10, 1903253: life of Li|Li6PS5Cl|Li against stack pressure
DOUX_MPA = np.array([75.0, 25.0, 20.0, 15.0, 10.0, 5.0])
DOUX_LOWER = np.array([0.0, 48.0, 190.0, 272.0, 474.0, 1000.0])
DOUX_UPPER = np.array([0.01, 48.0, 190.0, 272.0, 474.0, math.inf])


def motors(law: str) -> CensoredFit:
    upper = np.where(MOTOR_FAILED, MOTOR_HOURS, np.inf)
    return fit_maximum_likelihood(MOTOR_HOURS, upper, {"z": MOTOR_Z}, law)


def ovarian(law: str) -> CensoredFit:
    days, died, treatment, score = OVARIAN.T
    upper = np.where(died == 1, days, np.inf)
    return fit_maximum_likelihood(days, upper, {"score": score, "treatment": treatment}, law)


def test_weibull_motors_as_in_the_manual_of_lifereg() -> None:
    """SAS/STAT 9.2, example 48.1: estimates, and ln likelihood of the logarithms."""
    fit = motors("weibull")
    assert fit.parameters["intercept"] == pytest.approx(-11.8912, abs=5e-4)
    assert fit.parameters["z"] == pytest.approx(9.0383, abs=5e-4)
    assert fit.scale == pytest.approx(0.3613, abs=5e-5)
    jacobian = np.log(MOTOR_HOURS[MOTOR_FAILED]).sum()
    assert fit.log_likelihood + jacobian == pytest.approx(-22.95148315, abs=1e-6)


def test_lognormal_motors_as_in_r() -> None:
    """survival, tests/r_sas.Rout.save: estimates, standard errors, likelihood, quantiles."""
    fit = motors("lognormal")
    values = [fit.parameters[name] for name in ("intercept", "z", "ln_scale")]
    errors = [fit.standard_errors[name] for name in ("intercept", "z", "ln_scale")]
    assert values == pytest.approx([-10.471, 8.322, -0.504], abs=6e-4)
    assert errors == pytest.approx([2.772, 1.284, 0.183], abs=6e-4)
    assert fit.log_likelihood == pytest.approx(-145.9, abs=0.05)
    at = [[1.0, 1000.0 / (273.2 + c)] for c in (130.0, 150.0)]
    assert fit.quantile(at, 0.1) == pytest.approx([12033.185, 4536.877], rel=1e-5)
    assert fit.quantile(at, 0.5) == pytest.approx([26095.677, 9838.864], rel=1e-5)
    assert fit.quantile(at, 0.9) == pytest.approx([56592.20, 21336.98], rel=1e-5)


def test_interval_censored_cracks_as_in_r() -> None:
    """survival, tests/r_sas.Rout.save: everything is left-, interval- or right-censored."""
    lower = np.repeat([0.0, *CRACK_DAYS], CRACKS)
    upper = np.repeat([*CRACK_DAYS, math.inf], CRACKS)
    fit = fit_maximum_likelihood(lower, upper, {}, "weibull")
    assert fit.parameters["intercept"] == pytest.approx(7.6880, abs=5e-5)
    assert fit.parameters["ln_scale"] == pytest.approx(-0.3953, abs=5e-5)
    assert fit.standard_errors["intercept"] == pytest.approx(0.0744, abs=5e-5)
    assert fit.standard_errors["ln_scale"] == pytest.approx(0.0987, abs=5e-5)
    assert fit.log_likelihood == pytest.approx(-309.6, abs=0.05)
    shares = (0.01, 0.1, 0.5, 0.8)
    quantiles = [float(fit.quantile([[1.0]], p)[0]) for p in shares]
    assert quantiles == pytest.approx([98.47183, 479.31737, 1704.71015, 3006.43572], rel=1e-5)


def test_ovarian_weibull_as_in_the_documentation_of_survreg() -> None:
    fit = ovarian("weibull")
    values = [fit.parameters[name] for name in ("intercept", "score", "treatment")]
    assert values == pytest.approx([6.8967, -0.3850, 0.5286], abs=5e-5)
    assert fit.scale == pytest.approx(0.884, abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-97.1, abs=0.05)
    assert fit.aic == pytest.approx(2 * 4 - 2 * fit.log_likelihood)


def test_a_normal_law_of_the_logarithm_is_the_lognormal_law() -> None:
    upper = np.where(MOTOR_FAILED, MOTOR_HOURS, np.inf)
    plain = fit_maximum_likelihood(np.log(MOTOR_HOURS), np.log(upper), {"z": MOTOR_Z}, "normal")
    assert plain.parameters == pytest.approx(motors("lognormal").parameters, rel=1e-5)


def test_left_censoring_is_right_censoring_in_a_mirror() -> None:
    y, z = np.log(MOTOR_HOURS), {"z": MOTOR_Z}
    right = fit_maximum_likelihood(y, np.where(MOTOR_FAILED, y, np.inf), z, "normal")
    left = fit_maximum_likelihood(np.where(MOTOR_FAILED, -y, -np.inf), -y, z, "normal")
    assert left.parameters["z"] == pytest.approx(-right.parameters["z"], rel=1e-5)
    assert left.scale == pytest.approx(right.scale, rel=1e-5)


def test_the_estimator_of_scikit_learn_finds_the_same() -> None:
    life = censored_target(MOTOR_HOURS, np.where(MOTOR_FAILED, "exact", "right"))
    model = CensoredLifeRegressor("weibull", alpha=0.0).fit(MOTOR_Z[:, None], life)
    fit = motors("weibull")
    assert model.coef_[0] == pytest.approx(fit.parameters["z"], rel=1e-4)
    assert model.intercept_ == pytest.approx(fit.parameters["intercept"], rel=1e-4)
    assert model.scale_ == pytest.approx(fit.scale, rel=1e-4)


def test_stack_pressure_series_with_all_three_kinds_of_censoring() -> None:
    """Against a direct minimisation with scipy.stats, and what the paper says in words."""
    ln_p = np.log(DOUX_MPA)
    fit = fit_maximum_likelihood(DOUX_LOWER, DOUX_UPPER, {"ln_pressure": ln_p}, "lognormal")

    def loss(p: np.ndarray) -> float:
        mean, sd = p[0] + p[1] * ln_p, math.exp(p[2])
        exact = stats.norm.logpdf(np.log(DOUX_UPPER[1:5]), mean[1:5], sd).sum()
        left = stats.norm.logcdf(math.log(0.01), mean[0], sd)
        return -float(exact + left + stats.norm.logsf(math.log(1000.0), mean[5], sd))

    found = optimize.minimize(loss, [14.0, -4.0, 0.0], method="Nelder-Mead", options={
        "xatol": 1e-9, "fatol": 1e-12, "maxiter": 9000, "maxfev": 9000})  # fmt: skip
    assert list(fit.parameters.values()) == pytest.approx(found.x, rel=1e-3)
    assert fit.parameters["ln_pressure"] < -2.0
    at = np.column_stack([np.ones(6), ln_p])
    median = fit.quantile(at, 0.5)
    assert np.all(np.diff(median) > 0)
    observed = Censored.of(DOUX_LOWER, DOUX_UPPER)
    assert np.all(np.isfinite(fit.log_score(observed, at)))


def test_leaving_the_censored_ends_out_would_flatten_the_series() -> None:
    """What dropping censored rows does: the slope between 10 and 25 MPa only."""
    whole = fit_maximum_likelihood(DOUX_LOWER, DOUX_UPPER, {"x": np.log(DOUX_MPA)})
    inner = slice(1, 5)
    part = fit_maximum_likelihood(
        DOUX_LOWER[inner], DOUX_UPPER[inner], {"x": np.log(DOUX_MPA[inner])}
    )
    assert whole.parameters["x"] < 1.5 * part.parameters["x"]
