"""What any prediction obeys, whatever the constants: order, nesting, units, evidence as text."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics import PROCESSES
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import EvidenceRow, QualityModel, QualityPrediction
from process_models.quality.prior_share import effect_variance
from process_models.quality.response import constants_from_normal

DRAWS = 60
RECIPES = st.fixed_dictionaries(
    {
        "process": st.sampled_from(PROCESSES),
        "sublimation_time_s": st.floats(0.0, 90.0),
        "rolling_pressure_mpa": st.floats(10.0, 100.0),
        "thickness_um": st.floats(30.0, 120.0),
    }
)
ROW = {
    "id": "x1", "sample": "cell", "process": "lacss", "sublimation_time_s": "40",
    "test": "ccd", "value": "2.5", "unit": "mA/cm2", "laboratory": "here",
}  # fmt: skip


@pytest.fixture
def believed(certain: QualityModel) -> QualityModel:
    """Draws of the prior, seed 11."""
    z = np.random.default_rng(11).standard_normal((len(QUALITY_PARAMETERS), DRAWS))
    return QualityModel(constants_from_normal(z), certain.record)


FIXED = settings(max_examples=25)


def everything(predicted: QualityPrediction) -> list[float]:
    ccd, life = predicted.ccd_ma_cm2, predicted.life_h
    known = [ccd.median, ccd.low, ccd.high, life.median, life.low, life.high]
    return [value for value in known if value is not None]


def test_predictions_are_ordered_finite_and_nested(believed: QualityModel) -> None:
    @FIXED
    @given(recipe=RECIPES, current=st.floats(0.05, 10.0), capacity=st.floats(0.05, 10.0))
    def check(recipe: dict[str, object], current: float, capacity: float) -> None:
        protocol = {"current_ma_cm2": current, "capacity_mah_cm2": capacity}
        levels = [
            believed.predict(**recipe, **protocol, level=level)  # type: ignore[arg-type]
            for level in (0.5, 0.8, 0.95)
        ]
        for predicted in levels:
            assert all(np.isfinite(everything(predicted)))
            assert min(everything(predicted)) > 0
            for estimate in (predicted.ccd_ma_cm2, predicted.life_h):
                known = [v for v in (estimate.low, estimate.median, estimate.high) if v is not None]
                assert known == sorted(known)
            alive = [probability for _, probability in predicted.survival]
            assert all(0 <= later <= earlier <= 1 for earlier, later in pairwise(alive))
        for narrow, wide in pairwise(levels):
            assert wide.ccd_ma_cm2.median == narrow.ccd_ma_cm2.median
            assert wide.ccd_ma_cm2.low <= narrow.ccd_ma_cm2.low
            assert wide.ccd_ma_cm2.high >= narrow.ccd_ma_cm2.high
            assert wide.survival == narrow.survival
            if wide.life_h.low is not None and narrow.life_h.low is not None:
                assert wide.life_h.low <= narrow.life_h.low

    check()


def test_more_current_or_capacity_never_lengthens_life(believed: QualityModel) -> None:
    @FIXED
    @given(
        recipe=RECIPES, current=st.floats(0.05, 5.0), capacity=st.floats(0.05, 5.0),
        more=st.floats(1.05, 2.0),
    )  # fmt: skip
    def check(recipe: dict[str, object], current: float, capacity: float, more: float) -> None:
        def survival(i: float, q: float) -> list[float]:
            predicted = believed.predict(**recipe, current_ma_cm2=i, capacity_mah_cm2=q)  # type: ignore[arg-type]
            return [probability for _, probability in predicted.survival]

        usual = survival(current, capacity)
        for harder in (survival(more * current, capacity), survival(current, more * capacity)):
            assert all(h <= u + 1e-12 for h, u in zip(harder, usual, strict=True))

    check()


def test_the_protocol_does_not_move_the_ccd(believed: QualityModel) -> None:
    recipe = {"sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0}
    one = believed.predict(**recipe, current_ma_cm2=0.5)
    other = believed.predict(**recipe, current_ma_cm2=3.0, capacity_mah_cm2=2.0)
    assert one.ccd_ma_cm2 == other.ccd_ma_cm2


def test_life_without_median_has_no_upper_end_and_a_low_one_that_was_observed(
    believed: QualityModel,
) -> None:
    longest = believed.record.longest_life_h

    @FIXED
    @given(recipe=RECIPES, current=st.floats(0.05, 3.0))
    def check(recipe: dict[str, object], current: float) -> None:
        life = believed.predict(**recipe, current_ma_cm2=current).life_h  # type: ignore[arg-type]
        if life.median is None:
            assert life.high is None
            assert life.low is not None
            assert life.low <= longest
        else:
            assert life.median <= longest * 1.05

    check()


def test_many_lots_are_each_what_they_are_alone(believed: QualityModel) -> None:
    rng = np.random.default_rng(3)
    time, pressure = rng.uniform(0, 90, 7), rng.uniform(10, 100, 7)
    thickness = rng.uniform(30, 120, 7)
    for process in PROCESSES:
        many = believed.predict_lots(time, pressure, thickness, process=process)
        for lot in range(7):
            alone = believed.predict_lots(
                time[[lot]], pressure[[lot]], thickness[[lot]], process=process
            )
            assert many.ccd_ma_cm2[:, lot] == pytest.approx(alone.ccd_ma_cm2[:, 0])
            assert many.life_h[:, lot] == pytest.approx(alone.life_h[:, 0])


def test_a_curve_passes_through_the_medians_of_its_points(believed: QualityModel) -> None:
    x = np.linspace(5, 85, 9)
    low, median, high = believed.curve(
        sublimation_time_s=x, rolling_pressure_mpa=36.0, thickness_um=60.0
    )
    one = believed.curve(sublimation_time_s=x[4], rolling_pressure_mpa=36.0, thickness_um=60.0)
    assert [low[4], median[4], high[4]] == pytest.approx([float(np.squeeze(v)) for v in one])
    assert np.all(low <= median)
    assert np.all(median <= high)
    wider = believed.curve(
        sublimation_time_s=x, rolling_pressure_mpa=36.0, thickness_um=60.0, level=0.99
    )
    assert np.all(wider[0] <= low)
    assert np.all(wider[2] >= high)


@pytest.mark.parametrize("name", ["sublimation_time_s", "rolling_pressure_mpa", "thickness_um"])
def test_draws_in_another_order_have_the_same_effect(believed: QualityModel, name: str) -> None:
    order = np.random.default_rng(0).permutation(DRAWS)
    turned = {key: values[order] for key, values in believed.draws.items()}
    assert effect_variance(turned, name) == pytest.approx(effect_variance(believed.draws, name))


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "NaN", "2,5", "1e999"])
@pytest.mark.parametrize("column", ["value", "sublimation_time_s", "thickness_um"])
def test_what_is_no_finite_number_is_refused_by_column(column: str, text: str) -> None:
    with pytest.raises(InputError, match=f"column {column}"):
        EvidenceRow.from_text({**ROW, column: text})


@pytest.mark.parametrize("text", ["nan", "-1", "x"])
@pytest.mark.parametrize("bound", ["lower", "upper"])
def test_bounds_that_bind_nothing_are_refused(bound: str, text: str) -> None:
    row = {**ROW, "value": "", "censoring": "interval", "lower": "1", "upper": "3", bound: text}
    with pytest.raises(InputError, match="column"):
        EvidenceRow.from_text(row)


def test_an_endless_upper_bound_is_a_bound() -> None:
    row = EvidenceRow.from_text(
        {**ROW, "value": "", "censoring": "right", "lower": "2", "upper": "inf"}
    )
    assert row.upper == float("inf")
    assert replace(row, note="seen twice").lower == 2.0
