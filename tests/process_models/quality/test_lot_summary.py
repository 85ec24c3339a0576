"""Summaries of many lots agree with those of one, and with all draws."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import QualityModel
from process_models.quality.lot_summary import TOLERANCE, summarise_lots
from process_models.quality.response import constants_from_normal


@pytest.fixture
def believed(certain: QualityModel) -> QualityModel:
    """A narrow cloud of draws around the prior medians, seed 11."""
    z = 0.3 * np.random.default_rng(11).standard_normal((len(QUALITY_PARAMETERS), 50))
    return QualityModel(constants_from_normal(z), certain.record)


def line(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(40.0, 1.0, n), rng.normal(36.0, 1.0, n), rng.normal(60.0, 1.0, n)


def test_few_lots_are_each_what_predict_says(believed: QualityModel) -> None:
    time, pressure, thickness = line(5)
    many = summarise_lots(believed, time, pressure, thickness, hours=(100.0, 700.0), level=0.8)
    assert many.interpolation_error == 0.0
    for k in range(5):
        one = believed.predict(
            sublimation_time_s=time[k], rolling_pressure_mpa=pressure[k],
            thickness_um=thickness[k], level=0.8,
        )  # fmt: skip
        ccd = one.ccd_ma_cm2
        got = (many.ccd_low[k], many.ccd_median[k], many.ccd_high[k])
        assert got == pytest.approx((ccd.low, ccd.median, ccd.high), rel=1e-6)
        alive = dict(one.survival)
        assert many.survival[k] == pytest.approx([alive[100.0], alive[700.0]], abs=1e-9)


def test_many_lots_are_interpolated_within_the_tolerance(believed: QualityModel) -> None:
    lots = line(3000)
    many = summarise_lots(believed, *lots)
    assert 0.0 < many.interpolation_error <= TOLERANCE
    chosen = slice(0, 3000, 37)
    few = summarise_lots(believed, *(column[chosen] for column in lots))
    assert np.log(many.ccd_low[chosen]) == pytest.approx(np.log(few.ccd_low), abs=TOLERANCE)
    assert np.log(many.ccd_median[chosen]) == pytest.approx(np.log(few.ccd_median), abs=TOLERANCE)
    assert many.survival[chosen] == pytest.approx(few.survival, abs=TOLERANCE)


def test_inputs_that_do_not_vary_need_no_grid(believed: QualityModel) -> None:
    n = 1000
    many = summarise_lots(believed, np.linspace(20.0, 60.0, n), np.full(n, 36.0), np.full(n, 60.0))
    assert many.interpolation_error <= TOLERANCE
    still = summarise_lots(believed, np.full(n, 40.0), 36.0, 60.0)
    assert np.ptp(still.ccd_median) == 0.0


def test_bare_lithium_is_the_same_everywhere(believed: QualityModel) -> None:
    many = summarise_lots(believed, *line(500), process="bare")
    assert np.ptp(many.ccd_median) == pytest.approx(0.0, abs=1e-9)


def test_no_lots_have_no_summary(believed: QualityModel) -> None:
    assert summarise_lots(believed, [], [], []).ccd_median.shape == (0,)


@pytest.mark.parametrize(("changes", "message"), [
    ({"sublimation_time_s": [40.0, -1.0]}, "lot 2: sublimation_time_s must be 0 or more, got -1"),
    ({"rolling_pressure_mpa": [0.0, 36.0]}, "lot 1: rolling_pressure_mpa must be above 0, got 0"),
    ({"thickness_um": [60.0, np.nan]}, "lot 2: thickness_um must be above 0, got nan"),
    ({"thickness_um": [60.0] * 3}, "inputs of lots must have one length"),
    ({"hours": (0.0,)}, "hours must be above 0 and finite"),
    ({"hours": ()}, "hours must be above 0 and finite"),
    ({"level": 1.0}, "level must lie between 0 and 1"),
])  # fmt: skip
def test_what_is_impossible_is_refused(
    believed: QualityModel, changes: dict[str, object], message: str
) -> None:
    plain: dict[str, object] = {
        "sublimation_time_s": [40.0, 41.0], "rolling_pressure_mpa": [36.0, 36.0],
        "thickness_um": [60.0, 60.0],
    }  # fmt: skip
    with pytest.raises(InputError, match=message):
        summarise_lots(believed, **{**plain, **changes})  # type: ignore[arg-type]
