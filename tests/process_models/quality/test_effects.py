"""Effects before and after the evidence, and the difference of two recipes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import ALLOWED
from process_models.quality.effects import best_time_shares, effect_of, effects
from process_models.quality.optimum import optimum
from process_models.quality.paired import compare_settings
from process_models.quality.prior_share import prior_constants, prior_share
from process_models.quality.response import constants_from_normal
from process_models.quality.setting import CellSetting

REFERENCE = {"sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0}
DRAWS = {
    name: np.asarray(values)
    for name, values in constants_from_normal(
        np.random.default_rng(8).standard_normal((len(QUALITY_PARAMETERS), 200))
    ).items()
}
A, B = CellSetting(), CellSetting(sublimation_time_s=20.0, rolling_pressure_mpa=60.0)


@pytest.mark.parametrize("name", ALLOWED)
def test_at_the_reference_there_is_no_effect(name: str) -> None:
    """Points chosen so that the reference is one of them: 0, 10 ... 90 s and so on."""
    points = {"sublimation_time_s": 10, "rolling_pressure_mpa": 46, "thickness_um": 4}[name]
    bands = effect_of(DRAWS, name, points=points)
    here = int(np.argmin(np.abs(bands.x - REFERENCE[name])))
    assert bands.x[here] == pytest.approx(REFERENCE[name])
    assert bands.low90[here] == pytest.approx(1.0)
    assert bands.high90[here] == pytest.approx(1.0)


def test_draws_of_the_prior_have_learned_nothing() -> None:
    before = prior_constants()
    for effect in effects(before, prior_share(before)):
        assert effect.prior_share == pytest.approx(1.0)
        assert effect.posterior.middle == pytest.approx(effect.prior.middle, rel=0.06)


def test_a_single_draw_is_known_for_certain() -> None:
    one = {name: values[:1] for name, values in DRAWS.items()}
    for effect in effects(one, {}):
        assert effect.prior_share is None
        assert effect.posterior.high90 == pytest.approx(effect.posterior.low90)
        assert np.all(effect.prior.high90 - effect.prior.low90 >= -1e-12)


def test_an_unknown_input_is_refused() -> None:
    with pytest.raises(InputError, match="input must be one of"):
        effect_of(DRAWS, "colour")


def test_the_shares_of_the_best_times_add_up_and_agree_with_the_summary() -> None:
    found = best_time_shares(DRAWS, bin_s=10.0)
    assert found.edges_s.tolist() == [10.0 * k for k in range(10)]
    assert found.prior.sum() == pytest.approx(1.0)
    assert found.posterior.sum() == pytest.approx(1.0)
    told = optimum(DRAWS)
    assert found.posterior[3:5].sum() == pytest.approx(told.p_between_30_and_50_s, abs=0.03)


def test_a_bin_without_width_is_refused() -> None:
    with pytest.raises(InputError, match="bin_s must be above 0"):
        best_time_shares(DRAWS, bin_s=0.0)


def test_a_recipe_does_not_differ_from_itself() -> None:
    same = compare_settings(DRAWS, A, A)
    assert (same.ccd_ma_cm2.low, same.ccd_ma_cm2.median, same.ccd_ma_cm2.high) == (0, 0, 0)
    assert (same.ccd_ratio.low, same.ccd_ratio.high) == (1, 1)
    assert same.survival_a == same.survival_b
    assert same.p_ccd_higher == 0.5
    assert same.p_cell_higher == pytest.approx(0.5)


def test_there_and_back_is_the_same_difference() -> None:
    there, back = compare_settings(DRAWS, A, B), compare_settings(DRAWS, B, A)
    assert there.ccd_ma_cm2.low == pytest.approx(-(back.ccd_ma_cm2.high or 0.0))
    assert there.survival.median == pytest.approx(-(back.survival.median or 0.0))
    assert there.p_ccd_higher == pytest.approx(1 - back.p_ccd_higher)
    assert there.p_cell_higher == pytest.approx(1 - back.p_cell_higher)
    assert (there.survival_a, there.survival_b) == (back.survival_b, back.survival_a)


def test_what_the_recipes_share_cancels() -> None:
    """The level of CCD is common, so the paired ratio is far narrower than either CCD."""
    scattered = {**DRAWS, "ccd0_ma_cm2": np.exp(np.linspace(-2, 2, 200))}
    calm = {**DRAWS, "ccd0_ma_cm2": np.ones(200)}
    ratios = [compare_settings(one, A, B).ccd_ratio for one in (scattered, calm)]
    assert ratios[0].low == pytest.approx(ratios[1].low)
    assert ratios[0].high == pytest.approx(ratios[1].high)


def test_by_hand_with_one_draw() -> None:
    """CCD follows the pressure by its law alone; a cell wins with Phi(gap / (sqrt 2 spread))."""
    one = {name: values[:1] for name, values in DRAWS.items()}
    harder = CellSetting(rolling_pressure_mpa=72.0)
    found = compare_settings(one, A, harder)
    x = math.log(2.0)
    slope, curve = (float(one[f"pressure_{part}"][0]) for part in ("slope", "curvature"))
    from process_models.physics.cell import handling_effect

    gap = float(handling_effect(x, slope, curve))
    assert found.ccd_ratio.median == pytest.approx(math.exp(gap))
    z = gap / (math.sqrt(2.0) * float(one["ccd_spread"][0]))
    assert found.p_cell_higher == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2.0)))


def test_the_difference_of_survival_is_that_of_the_predictions_and_in_its_interval() -> None:
    for hours in (10.0, 400.0, 3000.0):
        found = compare_settings(DRAWS, A, B, hours=hours)
        alive = found.survival
        assert alive.median == pytest.approx(found.survival_b - found.survival_a)
        assert alive.low is not None
        assert alive.high is not None
        assert alive.low <= (alive.median or 0.0) <= alive.high


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_recipe_that_physics_forbids_is_named(letter: str) -> None:
    pair = {"a": A, "b": B, letter.lower(): CellSetting(thickness_um=120.0)}
    with pytest.raises(InputError, match=f"recipe {letter}: no prediction, because thickness_um"):
        compare_settings(DRAWS, pair["a"], pair["b"])


@pytest.mark.parametrize(
    ("hours", "level", "message"),
    [(0.0, 0.9, "hours"), (math.inf, 0.9, "hours"), (1.0, 1.0, "level"), (1.0, 0.0, "level")],
)
def test_nonsense_is_refused(hours: float, level: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare_settings(DRAWS, A, B, hours=hours, level=level)
