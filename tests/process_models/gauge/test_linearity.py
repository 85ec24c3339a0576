"""Linearity against the AIAG example, statsmodels and by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge import linearity


def test_aiag_example(cases: dict[str, Any]) -> None:
    case = cases["linearity-aiag"]
    x = [float(k) for k, row in case["data"].items() for _ in row]
    y = [value for row in case["data"].values() for value in row]
    study, expected = linearity(y, x, process_variation=6.0), case["expected"]
    assert study.slope.value == pytest.approx(expected["slope"], abs=1e-6)
    assert study.intercept.value == pytest.approx(expected["intercept"], abs=1e-6)
    assert study.slope.t == pytest.approx(expected["t_slope"], abs=1e-3)
    assert study.intercept.t == pytest.approx(expected["t_intercept"], abs=1e-3)
    assert study.s == pytest.approx(expected["s"], abs=1e-5)
    assert study.r_squared == pytest.approx(expected["r_squared"], abs=1e-3)
    assert [p.bias for p in study.references] == pytest.approx(expected["bias"], abs=1e-6)
    plain = study.to_dict()
    assert plain["percent_linearity"] == pytest.approx(13.1667, abs=1e-4)
    assert plain["linearity"] == pytest.approx(0.79)
    assert plain["percent_bias"] == pytest.approx(100 * 0.0533333 / 6, abs=1e-4)


def test_regression_agrees_with_statsmodels(rng: np.random.Generator) -> None:
    import statsmodels.api as sm

    x = np.repeat([1.0, 4.0, 9.0], 5)
    y = x + 0.2 - 0.05 * x + rng.normal(0, 0.1, 15)
    fit = sm.OLS(y - x, sm.add_constant(x)).fit()
    study = linearity(y, x, confidence=0.9)
    assert [study.intercept.value, study.slope.value] == pytest.approx(list(fit.params))
    assert [study.intercept.p, study.slope.p] == pytest.approx(list(fit.pvalues))
    assert [study.slope.limits.low, study.slope.limits.high] == pytest.approx(
        list(fit.conf_int(0.1)[1])
    )
    band = fit.get_prediction([[1.0, 4.0]]).conf_int(alpha=0.1)[0]
    assert [study.references[1].limits.low, study.references[1].limits.high] == pytest.approx(
        list(band)
    )


def test_a_single_reading_of_a_reference_has_no_test() -> None:
    study = linearity([1.1, 2.0, 3.2, 3.0], [1.0, 2.0, 3.0, 3.0])
    assert study.references[0].p is None
    assert study.references[0].sd is None
    assert study.references[2].bias == pytest.approx(0.1)
    assert study.to_dict()["linearity"] is None


@pytest.mark.parametrize(
    ("values", "references", "words"),
    [([1.0, 2, 3], [1.0, 1, 1], "at least 2 references, got 1"),
     ([1.0, 2], [1.0, 2], "at least 3 measurements"),
     ([1.0, 2, 3], [1.0, 2], "every value needs its reference"),
     ([1.0, math.nan, 3], [1.0, 2, 3], "must be finite"),
     ([1.0, 2, 3], [1.0, 2, 3], "exactly on a line")],
)  # fmt: skip
def test_bad_studies_are_named(values: list[float], references: list[float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        linearity(values, references)


@pytest.mark.parametrize("option", [{"confidence": 0.0}, {"process_variation": -1.0}])
def test_bad_options_are_named(option: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must be above 0"):
        linearity([1.0, 2, 4], [1.0, 2, 3], **option)
