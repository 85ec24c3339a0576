"""Maximum likelihood by statsmodels: by hand, laws, and where there is no maximum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.quality.censored import Censored
from process_models.quality.max_likelihood import CensoredRegression, fit_maximum_likelihood

HOURS = np.array([160.0, 190.0, 272.0, 474.0, 700.0, 700.0])
UPPER = np.array([160.0, 190.0, 272.0, 474.0, math.inf, math.inf])


def test_without_censoring_it_is_the_mean_and_spread_of_the_logarithms() -> None:
    values = HOURS[:4]
    fit = fit_maximum_likelihood(values, values, {})
    y = np.log(values)
    assert fit.parameters["intercept"] == pytest.approx(y.mean())
    assert fit.scale == pytest.approx(y.std(), rel=1e-6)
    assert fit.standard_errors["intercept"] == pytest.approx(y.std() / 2.0, rel=1e-4)
    assert fit.standard_errors["ln_scale"] == pytest.approx(1.0 / math.sqrt(8.0), rel=1e-4)
    assert fit.observations == 4


def test_survivors_raise_the_median() -> None:
    dropped = fit_maximum_likelihood(HOURS[:4], HOURS[:4], {})
    kept = fit_maximum_likelihood(HOURS, UPPER, {})
    assert kept.quantile([[1.0]], 0.5)[0] > 1.3 * dropped.quantile([[1.0]], 0.5)[0]


@pytest.mark.parametrize("law", ["lognormal", "weibull", "loglogistic"])
def test_other_units_of_time_move_the_intercept_alone(law: str) -> None:
    hours = fit_maximum_likelihood(HOURS, UPPER, {}, law)
    seconds = fit_maximum_likelihood(3600 * HOURS, 3600 * UPPER, {}, law)
    shift = seconds.parameters["intercept"] - hours.parameters["intercept"]
    assert shift == pytest.approx(math.log(3600.0), rel=1e-6)
    assert seconds.scale == pytest.approx(hours.scale, rel=1e-5)
    assert seconds.standard_errors == pytest.approx(hours.standard_errors, rel=1e-3)


def test_the_model_is_one_of_statsmodels() -> None:
    model = CensoredRegression(Censored.of(HOURS, UPPER), np.ones((6, 1)), "weibull", ["const"])
    at = np.array([6.0, -0.3])
    ahead, behind = (model.loglike(at + np.array([s, 0.0])) for s in (1e-5, -1e-5))
    assert model.score(at)[0] == pytest.approx((ahead - behind) / 2e-5, rel=1e-6)
    result = model.fit(start_params=at, method="bfgs", disp=0)
    assert "const" in str(result.summary())
    assert result.llf == pytest.approx(fit_maximum_likelihood(HOURS, UPPER, {}, "weibull")
                                       .log_likelihood, abs=1e-6)  # fmt: skip


def test_the_log_score_of_its_own_data_is_the_likelihood() -> None:
    fit = fit_maximum_likelihood(HOURS, UPPER, {})
    scores = fit.log_score(Censored.of(HOURS, UPPER), np.ones((6, 1)))
    assert scores.sum() - np.log(HOURS[:4]).sum() == pytest.approx(fit.log_likelihood)


@pytest.mark.parametrize(("lower", "upper", "columns", "message"), [
    (HOURS, [math.inf] * 6, {}, "has no maximum on 6 observations"),
    ([0.0] * 3 + [5.0] * 3, [1.0] * 3 + [math.inf] * 3, {"x": [1.0] * 3 + [2.0] * 3},
     "has no maximum"),
    (HOURS[:2], HOURS[:2], {"x": [1.0, 2.0]}, "needs more observations than its 3 parameters"),
    (HOURS, UPPER, {"x": [1.0] * 6}, "columns intercept, x must not depend on one another"),
    (HOURS, UPPER, {"x": [1.0, 2.0, math.nan, 4.0, 5.0, 6.0]}, "row 3: column x must be finite"),
    (-HOURS, -HOURS, {}, "row 1: a value of the lognormal law must be above 0"),
])  # fmt: skip
def test_where_there_is_no_answer_it_says_so(
    lower: object, upper: object, columns: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        fit_maximum_likelihood(lower, upper, columns)  # type: ignore[arg-type]
