"""The scikit-learn estimator: its contract, and what it does in pipelines and searches."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from process_models.errors import InputError
from process_models.quality.estimator import CensoredLifeRegressor, censored_target


def lives(n: int = 300, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """ln life = 5 - x0 + 0.5 x1 + 0.3 normal, followed for 200 h."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 2))
    hours = np.exp(5.0 - x[:, 0] + 0.5 * x[:, 1] + 0.3 * rng.standard_normal(n))
    words = np.where(hours > 200.0, "right", "exact")
    return x, censored_target(np.minimum(hours, 200.0), words)


def test_the_contract_of_scikit_learn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(CensoredLifeRegressor(), on_fail=None)
    failed = [r["check_name"] for r in results if r["status"] not in ("passed", "skipped")]
    assert failed == []


def test_what_is_censored_does_not_pull_the_estimate_down() -> None:
    """300 lives of which a third outlived the test; standard error of a slope about 0.025."""
    x, y = lives()
    model = CensoredLifeRegressor().fit(x, y)
    assert model.converged_
    assert model.coef_ == pytest.approx([-1.0, 0.5], abs=0.1)
    assert model.scale_ == pytest.approx(0.3, abs=0.06)
    naive = CensoredLifeRegressor().fit(x, np.minimum(y["upper"], 200.0))
    assert abs(naive.coef_[0]) < 0.9


@pytest.mark.parametrize("law", ["lognormal", "weibull", "loglogistic"])
def test_median_quantiles_and_survival_agree(law: str) -> None:
    x, y = lives(60)
    model = CensoredLifeRegressor(law).fit(x, y)
    median = model.predict(x)
    assert median == pytest.approx(model.predict_quantile(x, 0.5))
    for row in range(3):
        at = model.predict_survival(x[[row]], float(median[row]))
        assert at[0] == pytest.approx(0.5)
    assert np.all(model.predict_survival(x, 100.0) > model.predict_survival(x, 200.0))


def test_two_columns_or_a_structured_target_say_the_same() -> None:
    x, y = lives(50)
    one = CensoredLifeRegressor().fit(x, y)
    two = CensoredLifeRegressor().fit(x, np.column_stack([y["lower"], y["upper"]]))
    assert one.coef_.tolist() == two.coef_.tolist()


def test_pipeline_search_and_cross_validation() -> None:
    x, y = lives(80)
    line = make_pipeline(StandardScaler(), CensoredLifeRegressor())
    scores = cross_val_score(line, x, y, cv=4)
    assert scores.shape == (4,)
    assert np.all(np.isfinite(scores))
    search = GridSearchCV(
        line, {"censoredliferegressor__law": ["lognormal", "weibull"],
               "censoredliferegressor__alpha": [1e-6, 10.0]}, cv=3)  # fmt: skip
    search.fit(x, y)
    assert search.best_params_["censoredliferegressor__alpha"] == 1e-6


def test_scaling_the_lives_scales_the_prediction() -> None:
    x, y = lives(60)
    scaled = censored_target(10.0 * y["lower"], upper=10.0 * y["upper"])
    ratio = CensoredLifeRegressor().fit(x, scaled).predict(x) / CensoredLifeRegressor().fit(
        x, y
    ).predict(x)
    assert ratio == pytest.approx(np.full(60, 10.0), rel=1e-5)


def test_a_better_model_has_the_better_scores() -> None:
    x, y = lives(200)
    good, poor = (CensoredLifeRegressor(alpha=a).fit(x[:100], y[:100]) for a in (1e-6, 100.0))
    assert good.score(x[100:], y[100:]) > poor.score(x[100:], y[100:])
    assert good.crps(x[100:130], y[100:130]) < poor.crps(x[100:130], y[100:130])


def test_nothing_but_survivors_has_no_maximum_and_says_so() -> None:
    y = censored_target([100.0, 200.0, 300.0, 400.0], ["right"] * 4)
    model = CensoredLifeRegressor(alpha=0.0).fit([[1.0], [2.0], [3.0], [4.0]], y)
    assert not model.converged_


@pytest.mark.parametrize(("make", "message"), [
    (lambda: censored_target([1.0, 2.0], ["exact", "above"]), "row 2: censoring must be exact"),
    (lambda: CensoredLifeRegressor("gamma").fit([[1.0]] * 3, [1.0, 2.0, 3.0]), "law must be one"),
    (lambda: CensoredLifeRegressor(alpha=-1.0).fit([[1.0]] * 3, [1.0, 2.0, 3.0]), "alpha must be"),
    (lambda: CensoredLifeRegressor().fit([[1.0]] * 3, [1.0, -2.0, 3.0]), "row 2: a value of the"),
    (lambda: CensoredLifeRegressor().fit(
        [[1.0]] * 2, np.zeros(2, dtype=[("a", float), ("b", float)])), "fields lower and upper"),
    (lambda: CensoredLifeRegressor().fit([[1.0], [2.0]], [1.0, 2.0]).predict_quantile(
        [[1.0]], 1.0), "probability must lie between"),
])  # fmt: skip
def test_what_is_impossible_is_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]


def test_an_unfitted_model_does_not_predict() -> None:
    with pytest.raises(NotFittedError):
        CensoredLifeRegressor().predict([[1.0]])
