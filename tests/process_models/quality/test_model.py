"""Predictions from known draws: a model that is certain, so every answer is known by hand."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from process_models.errors import InputError
from process_models.quality import QualityModel, QualityPrediction

REFERENCE = {"sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0}


def predicted(model: QualityModel, **changes: object) -> QualityPrediction:
    return model.predict(**{**REFERENCE, **changes})  # type: ignore[arg-type]


def test_an_interval_is_that_of_a_new_cell(certain: QualityModel) -> None:
    ccd = predicted(certain, process="bare").ccd_ma_cm2
    low, high = np.exp(0.16 * stats.norm.ppf([0.05, 0.95]))
    assert ccd.median == pytest.approx(1.0)
    assert [ccd.low, ccd.high] == pytest.approx([low, high], rel=0.01)


def test_survival_by_hand(certain: QualityModel) -> None:
    life = dict(predicted(certain, process="bare").survival)
    assert life[160.0] == pytest.approx(0.5, abs=0.01)
    assert life[200.0] == pytest.approx(stats.norm.sf(np.log(200 / 160) / 0.2), abs=0.01)


def test_survival_reaches_700_hours_and_never_rises(certain: QualityModel) -> None:
    hours, chances = zip(*predicted(certain).survival, strict=True)
    assert max(hours) >= 700
    assert np.all(np.diff(chances) <= 0)


def test_life_beyond_every_observation_has_no_median(certain: QualityModel) -> None:
    life = predicted(certain).life_h
    assert (life.median, life.low, life.high) == (None, 700.0, None)


def test_life_within_the_observations_has_one(certain: QualityModel) -> None:
    life = predicted(certain, process="bare").life_h
    assert life.median == pytest.approx(160.0, rel=0.01)


def test_more_current_or_capacity_shortens_life(certain: QualityModel) -> None:
    slow, fast, deep = (
        dict(predicted(certain, process="bare", **test).survival)[100.0]
        for test in ({}, {"current_ma_cm2": 0.6}, {"capacity_mah_cm2": 1.0})
    )
    assert fast < slow
    assert deep < slow


def test_a_wider_level_gives_a_wider_interval(certain: QualityModel) -> None:
    half, most = (predicted(certain, level=level).ccd_ma_cm2 for level in (0.5, 0.95))
    assert half.low is not None
    assert most.low is not None
    assert most.low < half.low


@pytest.mark.parametrize(("changes", "named"), [
    ({}, ()),
    ({"sublimation_time_s": 75.0}, ("sublimation_time_s",)),
    ({"rolling_pressure_mpa": 50.0}, ("rolling_pressure_mpa",)),
    ({"thickness_um": 40.0}, ("thickness_um",)),
    ({"process": "bare", "thickness_um": 100.0}, ()),
])
def test_extrapolated_inputs_are_named(
    certain: QualityModel, changes: dict[str, object], named: tuple[str, ...]
) -> None:
    assert predicted(certain, **changes).extrapolated == named


@pytest.mark.parametrize(("changes", "message"), [
    ({"sublimation_time_s": -5.0}, r"^sublimation_time_s must not be negative, got -5$"),
    ({"thickness_um": 0.0}, r"^thickness_um must be above 0, got 0$"),
    ({"rolling_pressure_mpa": -1.0}, r"^rolling_pressure_mpa must be above 0, got -1$"),
    ({"process": "none"}, r"^process must be one of lacss"),
    ({"current_ma_cm2": 0.0}, r"^current_ma_cm2 must be above 0 and finite, got 0$"),
    ({"capacity_mah_cm2": float("inf")}, r"^capacity_mah_cm2 must be above 0 and finite, got inf$"),
    ({"level": 1.0}, r"^level must lie between 0 and 1, got 1$"),
])
def test_impossible_inputs_are_refused(
    certain: QualityModel, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        predicted(certain, **changes)


def test_the_json_has_the_agreed_keys(certain: QualityModel) -> None:
    answer = predicted(certain).to_dict()
    assert set(answer) == {"ccd_ma_cm2", "life_h", "structure", "basis"}
    assert set(answer["ccd_ma_cm2"]) == {"median", "low", "high", "level"}
    assert set(answer["life_h"]) == {"median", "low", "high", "level", "survival"}
    assert {"loading_mg_cm2", "enriched_layer_nm", "areal_capacity_mah_cm2"} <= set(
        answer["structure"])
    assert set(answer["basis"]) == {"evidence_rows", "prior_share", "extrapolated", "converged"}


def test_structure_follows_the_recipe(certain: QualityModel) -> None:
    assert predicted(certain, process="bare").structure["loading_mg_cm2"] == 0.0
    assert predicted(certain, thickness_um=150.0).structure["thickness_um"] == pytest.approx(150.0)


def lots(n: int, value: float = 40.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.full(n, value), np.full(n, 36.0), np.full(n, 60.0)


def test_lots_agree_with_the_single_prediction(certain: QualityModel) -> None:
    many = certain.predict_lots(*lots(3))
    assert many.ccd_ma_cm2.shape == many.life_h.shape == (50, 3)
    assert float(many.ccd_ma_cm2[0, 0]) == pytest.approx(
        predicted(certain).ccd_ma_cm2.median, rel=1e-6)


def test_lots_differ_by_cell_spread_and_repeat_with_the_seed(certain: QualityModel) -> None:
    first, again = (
        certain.predict_lots(*lots(200), rng=np.random.default_rng(4)) for _ in range(2))
    assert first.ccd_ma_cm2.tolist() == again.ccd_ma_cm2.tolist()
    spread = float(np.std(np.log(first.ccd_ma_cm2)))
    assert spread == pytest.approx(0.16, abs=0.005)  # 10,000 cells: four standard errors 0.0045


def test_only_the_ratio_of_the_loading_counts(certain: QualityModel) -> None:
    by_time = certain.predict_lots(*lots(1))
    weighed = certain.predict_lots(*lots(1), np.array([0.9]), reference_loading_mg_cm2=0.9)
    less = certain.predict_lots(*lots(1), np.array([0.3]), reference_loading_mg_cm2=0.9)
    assert weighed.ccd_ma_cm2 == pytest.approx(by_time.ccd_ma_cm2)
    assert less.ccd_ma_cm2[0, 0] < weighed.ccd_ma_cm2[0, 0]


def test_a_reference_loading_of_nothing_is_refused(certain: QualityModel) -> None:
    with pytest.raises(InputError, match=r"^reference_loading_mg_cm2 must be above 0, got 0"):
        certain.predict_lots(*lots(1), np.array([0.3]), reference_loading_mg_cm2=0.0)


def test_draws_are_thinned(certain: QualityModel) -> None:
    assert certain.predict_lots(*lots(2), draws=7).ccd_ma_cm2.shape == (7, 2)


def test_bare_lots_do_not_need_to_vary(certain: QualityModel) -> None:
    assert certain.predict_lots(*lots(4), process="bare").ccd_ma_cm2.shape == (50, 4)


def test_the_curve_has_low_below_median_below_high(certain: QualityModel) -> None:
    times = np.array([0.0, 20.0, 40.0])
    low, median, high = certain.curve(
        sublimation_time_s=times, rolling_pressure_mpa=36.0, thickness_um=60.0)
    assert median.shape == (3,)
    assert np.all((low <= median) & (median <= high))


def test_a_thousand_lots_and_five_hundred_draws_take_well_under_a_second(
    certain: QualityModel,
) -> None:
    wide = replace(certain, draws={k: np.tile(v, 10) for k, v in certain.draws.items()})
    started = time.perf_counter()
    wide.predict_lots(*lots(1000), rng=np.random.default_rng(0))
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(("changes", "message"), [
    ({"thickness_um": None}, r"^thickness_um is missing, and no prediction can be made without it"),
    ({"sublimation_time_s": None}, r"^sublimation_time_s is missing"),
    ({"thickness_um": 120.0, "foil_thickness_um": 100.0},
     r"^no prediction: thickness_um 120 is above the incoming foil, 100 um"),
    ({"rolling_pressure_mpa": 900.0}, r"^no prediction: rolling_pressure_mpa 900 does not go"),
    ({"laboratory": "nobody"}, r"^laboratory must be one of LACSS paper, got 'nobody'$"),
    ({"current_ma_cm2": 1e9}, r"^current_ma_cm2 must lie between 0\.0001 and 10000, got 1e\+09$"),
])  # fmt: skip
def test_no_prediction_comes_with_its_reason(
    certain: QualityModel, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        predicted(certain, **changes)


def test_a_laboratory_with_an_effect_shifts_both_tests(certain: QualityModel) -> None:
    record = replace(certain.record, laboratories=("B",))
    shifts = {"laboratory_ccd:B": np.full(50, -0.2), "laboratory_life:B": np.full(50, 0.1)}
    model = QualityModel({**certain.draws, **shifts}, record)
    ours, theirs = (predicted(model, process="bare", laboratory=lab) for lab in ("", "B"))
    assert ours.ccd_ma_cm2.median is not None
    assert theirs.ccd_ma_cm2.median == pytest.approx(ours.ccd_ma_cm2.median * np.exp(-0.2))
    assert ours.life_h.median is not None
    assert theirs.life_h.median == pytest.approx(
        ours.life_h.median * np.exp(-0.2 * 5.0 + 0.1), rel=0.01)


def test_an_interval_of_any_level_is_that_of_the_mixture(certain: QualityModel) -> None:
    ccd = predicted(certain, process="bare", level=0.9999).ccd_ma_cm2
    assert ccd.high == pytest.approx(np.exp(0.16 * stats.norm.ppf(0.99995)), rel=1e-6)
