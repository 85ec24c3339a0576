"""Bands along one input and maps over two: answers by hand, agreement with predictions, laws."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import ALLOWED, FitRecord, QualityModel
from process_models.quality.bands import (
    OUTCOMES,
    Outcome,
    bands_along,
    surface_over,
    thinned,
)
from process_models.quality.response import constants_from_normal
from process_models.quality.setting import CellSetting

CENTRE = {n: np.asarray([v]) for n, v in constants_from_normal(
    np.zeros(len(QUALITY_PARAMETERS))).items()}  # fmt: skip
SETTING = CellSetting()


@pytest.fixture(scope="module")
def model() -> QualityModel:
    """150 draws of the prior, seed 5."""
    z = np.random.default_rng(5).standard_normal((len(QUALITY_PARAMETERS), 150))
    record = FitRecord(
        evidence_rows=0, evidence_sha256="0", seed=0, draws=150, warmup=1, r_hat_max=1.0,
        ess_min=150.0, divergences=0, longest_life_h=1e9, spans={}, prior_share={},
    )  # fmt: skip
    return QualityModel(constants_from_normal(z), record)


def test_one_draw_is_a_plain_log_normal_cell() -> None:
    """Then the band is the median times exp(+-1.6449 spread), everywhere."""
    bands = bands_along(CENTRE, SETTING, "sublimation_time_s", points=4)
    spread = float(CENTRE["ccd_spread"][0])
    z90, z50 = NormalDist().inv_cdf(0.95), NormalDist().inv_cdf(0.75)
    assert bands.high90 / bands.middle == pytest.approx(math.exp(z90 * spread))
    assert bands.middle / bands.low50 == pytest.approx(math.exp(z50 * spread))


@pytest.mark.parametrize("name", ALLOWED)
def test_at_the_setting_the_band_is_the_prediction(model: QualityModel, name: str) -> None:
    """The curve passes through the numbers of the sentence above it."""
    low, _ = ALLOWED[name]
    setting = replace(SETTING, **{name: low})  # type: ignore[arg-type]
    bands = bands_along(model.draws, setting, name, points=2)
    predicted = model.predict(**{n: getattr(setting, n) for n in ALLOWED}).ccd_ma_cm2
    assert bands.x[0] == low
    assert [bands.low90[0], bands.middle[0], bands.high90[0]] == pytest.approx(
        [predicted.low, predicted.median, predicted.high]
    )


def test_the_life_and_survival_of_a_band_are_those_of_the_prediction(model: QualityModel) -> None:
    setting = CellSetting(sublimation_time_s=90.0)
    predicted = model.predict(**{n: getattr(setting, n) for n in ALLOWED})
    life = bands_along(model.draws, setting, "sublimation_time_s", "life_h", points=2)
    assert life.middle[-1] == pytest.approx(predicted.life_h.median)
    for hours in (100.0, 700.0):
        alive = bands_along(
            model.draws, setting, "sublimation_time_s", "survival", hours=hours, points=2
        )
        assert alive.middle[-1] == pytest.approx(dict(predicted.survival)[hours])


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_quantiles_are_in_order(model: QualityModel, outcome: Outcome) -> None:
    bands = bands_along(model.draws, SETTING, "rolling_pressure_mpa", outcome, points=7)
    rows = [bands.low90, bands.low50, bands.high50, bands.high90]
    assert np.all(np.diff(rows, axis=0) >= -1e-12)
    assert np.all((bands.low90 <= bands.middle + 1e-12) & (bands.middle <= bands.high90 + 1e-12))
    if outcome == "survival":
        assert np.all((bands.low90 >= 0) & (bands.high90 <= 1))


def test_longer_lives_are_rarer(model: QualityModel) -> None:
    found = [
        bands_along(model.draws, SETTING, "thickness_um", "survival", hours=h, points=5).middle
        for h in (50.0, 500.0, 5000.0)
    ]
    assert np.all(np.diff(found, axis=0)[:, :3] <= 0)


def test_where_physics_forbids_there_is_nothing(model: QualityModel) -> None:
    """A foil of 100 um is never rolled to more."""
    bands = bands_along(model.draws, SETTING, "thickness_um", points=10)
    assert np.array_equal(np.isnan(bands.middle), bands.x > 100.0)
    assert np.array_equal(np.isnan(bands.low90), np.isnan(bands.middle))
    thick = CellSetting(foil_thickness_um=200.0)
    assert not np.isnan(bands_along(model.draws, thick, "thickness_um", points=10).middle).any()


def test_bare_lithium_does_not_know_the_exposure(model: QualityModel) -> None:
    bare = bands_along(model.draws, CellSetting(process="bare"), "sublimation_time_s", points=5)
    assert bare.middle == pytest.approx(np.full(5, bare.middle[0]))


def test_a_map_is_made_of_the_curves_along_its_rows(model: QualityModel) -> None:
    found = surface_over(
        model.draws, SETTING, ("sublimation_time_s", "rolling_pressure_mpa"), points=5
    )
    for row, pressure in enumerate(found.y):
        along = bands_along(
            model.draws, CellSetting(rolling_pressure_mpa=pressure), "sublimation_time_s", points=5
        )
        assert found.middle[row] == pytest.approx(along.middle)
        assert found.width[row] == pytest.approx(along.high90 - along.low90)


def test_a_map_is_empty_where_no_foil_can_be_rolled_so(model: QualityModel) -> None:
    found = surface_over(model.draws, SETTING, ("rolling_pressure_mpa", "thickness_um"), points=4)
    assert np.isnan(found.middle[found.y > 100.0]).all()
    assert not np.isnan(found.width[found.y <= 100.0][:, 1:]).any()
    assert np.isnan(found.middle[0, 0]), "no foil is rolled to 30 um by 10 MPa"


def test_thinned_draws_stay_together() -> None:
    kept = thinned({"a": np.arange(10.0), "b": np.arange(10.0) * 2}, 4)
    assert kept["a"].tolist() == [0, 3, 6, 9]
    assert (kept["b"] == 2 * kept["a"]).all()
    assert len(thinned({"a": np.arange(3.0)}, 9)["a"]) == 3


def test_the_draws_are_left_as_they_are(model: QualityModel) -> None:
    before = {name: values.copy() for name, values in model.draws.items()}
    bands_along(model.draws, SETTING, "thickness_um", "survival", points=3)
    assert all(np.array_equal(before[name], model.draws[name]) for name in before)


@pytest.mark.parametrize(
    ("along", "outcome", "hours", "message"),
    [
        ("speed", "ccd_ma_cm2", 400.0, "input must be one of .*'speed'"),
        ("thickness_um", "beauty", 400.0, "outcome must be one of .*'beauty'"),
        ("thickness_um", "survival", 0.0, "hours must be above 0"),
        ("thickness_um", "survival", math.nan, "hours must be above 0"),
    ],
)
def test_nonsense_is_refused(along: str, outcome: Outcome, hours: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        bands_along(CENTRE, SETTING, along, outcome, hours=hours)


def test_a_map_needs_two_inputs() -> None:
    with pytest.raises(InputError, match="needs two inputs, got thickness_um twice"):
        surface_over(CENTRE, SETTING, ("thickness_um", "thickness_um"))
