"""A life test that is still running."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from process_models.cells import CellTrace
from process_models.errors import InputError
from process_models.quality import QualityModel
from process_models.quality.running_test import running_test, survival_forecast

RECIPE: dict[str, Any] = {
    "sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0,
}  # fmt: skip


def life_trace(cycles: int, loss_per_h: float = 0.0, current: float = 1.0) -> CellTrace:
    """50 ohm cm2 that fall by a share an hour; half-cycles of one hour, simulated."""
    n = np.arange(cycles * 120)
    amps = current * np.where(n // 60 % 2 == 0, 1.0, -1.0)
    return CellTrace(60.0 * n, amps, 0.05 * amps * (1 - loss_per_h * n / 60))


def test_what_a_trace_says() -> None:
    test = running_test(life_trace(30, 0.001), area_cm2=2.0)
    assert test.alive_h == pytest.approx(60 - 1 / 60)
    assert (test.current_ma_cm2, test.half_cycles) == (0.5, 60)
    assert test.capacity_mah_cm2 == pytest.approx(0.5)
    assert test.loss_per_h == pytest.approx(0.001, rel=0.01)
    assert test.lost == pytest.approx(0.059, abs=0.002)
    assert test.resistance_ohm_cm2 == pytest.approx(50 * 2 * (1 - 0.058), rel=0.01)


def test_a_steady_cell_is_only_conditioned_on_being_alive(certain: QualityModel) -> None:
    """All draws alike: S(t | t0) = S(t)/S(t0) of one log-normal law."""
    test = running_test(life_trace(150), area_cm2=1.0)
    found = survival_forecast(certain, test, **RECIPE, hours=(100.0, 400.0, 1000.0))
    lots = certain.predict_lots(
        np.array([40.0]), np.array([36.0]), np.array([60.0]), current_ma_cm2=1.0,
        capacity_mah_cm2=test.capacity_mah_cm2,
    )  # fmt: skip
    median, sd = np.log(lots.life_h[0, 0]), certain.draws["life_spread"][0]

    def alive(hours: float) -> float:
        return float(ndtr((median - np.log(hours)) / sd))

    assert found.probability[0] == 1.0
    for place, hours in ((1, 400.0), (2, 1000.0)):
        expected = alive(hours) / alive(test.alive_h)
        assert found.probability[place] == pytest.approx(expected, rel=1e-9)
        assert found.before[place] == pytest.approx(alive(hours), rel=1e-9)
    assert found.by_trend == (1.0, 1.0, 1.0)


def test_having_lived_long_makes_living_on_likelier(fitted: QualityModel) -> None:
    hours = (600.0,)
    early, late = (
        survival_forecast(fitted, running_test(life_trace(n), area_cm2=1.0), **RECIPE, hours=hours)
        for n in (10, 250)
    )
    assert early.before[0] == pytest.approx(late.before[0])
    assert early.before[0] <= early.probability[0] < late.probability[0]


def test_a_falling_resistance_shortens_it(fitted: QualityModel) -> None:
    steady, falling = (
        survival_forecast(fitted, running_test(life_trace(60, loss), area_cm2=1.0), **RECIPE)
        for loss in (0.0, 0.001)
    )
    assert falling.by_trend[-1] < 0.1
    assert all(a <= b for a, b in zip(falling.probability, steady.probability, strict=True))
    assert falling.median_h is not None
    assert 120 < falling.median_h < 700


def test_survival_never_rises(fitted: QualityModel) -> None:
    found = survival_forecast(fitted, running_test(life_trace(40, 5e-4), area_cm2=1.0), **RECIPE)
    assert np.all(np.diff(found.probability) <= 1e-12)
    assert found.to_dict()["survival"][0]["hours"] == found.hours[0]
    assert "assumed" in found.to_dict()["basis"]


def test_few_half_cycles_have_no_trend() -> None:
    test = running_test(life_trace(2, 0.01), area_cm2=1.0)
    assert (test.loss_per_h, test.lost, test.half_cycles) == (0.0, 0.0, 4)


def test_a_shorted_cell_is_not_running() -> None:
    trace = life_trace(10)
    volts = np.where(trace.test_time_s >= 3600 * 9.5, 0.1, 1.0) * trace.voltage_v
    shorted = CellTrace(trace.test_time_s, trace.current_ma, volts)
    with pytest.raises(InputError, match=r"shorted already, at 9.5 h: voltage_fall"):
        running_test(shorted, area_cm2=1.0)


@pytest.mark.parametrize(
    ("trace", "area_cm2", "message"),
    [
        (life_trace(3), 0.0, "area_cm2 must be above 0"),
        (CellTrace(np.arange(9) * 60.0, np.zeros(9), np.zeros(9)), 1.0, "has ended, got none"),
    ],
)
def test_refusals(trace: CellTrace, area_cm2: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        running_test(trace, area_cm2=area_cm2)
