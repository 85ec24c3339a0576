"""A fit that did not converge says why; what the evidence spans; protocol as covariates."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from process_models.quality import EvidenceRow, QualityModel
from process_models.quality.protocol import PROTOCOL, covariates, slopes_from_normal
from process_models.quality.sampling import laboratory_effects
from process_models.quality.spans import extrapolated, longest_life_h

RowMaker = Callable[..., EvidenceRow]


@pytest.mark.parametrize(("changes", "said"), [
    ({}, ()),
    ({"r_hat_max": 1.2}, ("r-hat 1.200 is above 1.05",)),
    ({"r_hat_max": math.nan}, ("r-hat nan is above 1.05",)),
    ({"ess_min": 20.0}, ("20 effective draws are fewer than 25",)),
    ({"divergences": 2}, ("2 of 50 draws diverged, more than 2 %",)),
])  # fmt: skip
def test_faults(certain: QualityModel, changes: dict[str, float], said: tuple[str, ...]) -> None:
    record = replace(certain.record, **changes)  # type: ignore[arg-type]
    assert record.faults == said
    assert record.converged is (said == ())


def test_a_prediction_carries_the_faults_of_its_fit(certain: QualityModel) -> None:
    poor = QualityModel(certain.draws, replace(certain.record, r_hat_max=1.5))
    at = {"sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0}
    assert poor.predict(**at).to_dict()["basis"]["converged"] is False
    assert certain.predict(**at).to_dict()["basis"]["converged"] is True


def test_a_process_without_cells_is_an_extrapolation() -> None:
    assert extrapolated({}, ("bare", "lacss"), "drac", {}) == ("process",)
    assert extrapolated({}, (), "drac", {}) == ()


def test_current_and_capacity_count_for_bare_lithium_too() -> None:
    spans = {"thickness_um": (60.0, 60.0), "current_ma_cm2": (0.5, 1.0)}
    inputs = {"thickness_um": 100.0, "current_ma_cm2": 3.0}
    assert extrapolated(spans, (), "bare", inputs) == ("current_ma_cm2",)


def test_the_longest_life_is_one_that_was_seen(make_row: RowMaker) -> None:
    def life(**changes: object) -> EvidenceRow:
        return make_row(test="life", unit="h", current_ma_cm2=0.5, capacity_mah_cm2=0.5, **changes)

    seen = life(value=300.0)
    unseen = life(value=None, lower=0.0, upper=900.0, censoring="left")
    assert longest_life_h([seen, unseen]) == 300.0
    assert longest_life_h([unseen]) == 0.0


def test_the_protocol_of_the_paper_is_zero(make_row: RowMaker) -> None:
    assert covariates(make_row()) == [0.0] * len(PROTOCOL)
    usual = make_row(
        step_ma_cm2=0.1, half_cycle_s=3600.0, temperature_c=25.0, stack_pressure_mpa=6.0
    )
    assert covariates(usual) == [0.0] * len(PROTOCOL)


def test_step_and_half_cycle_are_those_of_a_ccd_test_only(make_row: RowMaker) -> None:
    life = make_row(
        test="life", unit="h", current_ma_cm2=0.5, capacity_mah_cm2=0.5, value=9.0,
        step_ma_cm2=0.2, half_cycle_s=60.0, temperature_c=35.0, stack_pressure_mpa=12.0,
    )  # fmt: skip
    assert covariates(life) == pytest.approx([0.0, 0.0, 1.0, math.log(2.0)])


def test_no_pressure_on_the_cell_is_a_number_too(make_row: RowMaker) -> None:
    assert math.isfinite(covariates(make_row(stack_pressure_mpa=0.0))[3])


def test_slopes_have_the_centre_and_spread_of_their_priors() -> None:
    middle = slopes_from_normal(np.zeros(4))
    assert middle.tolist() == [effect.centre for effect in PROTOCOL.values()]
    above = slopes_from_normal(np.ones((2, 4)))
    spread = [effect.spread for effect in PROTOCOL.values()]
    assert above - middle == pytest.approx(np.array([spread, spread]))


def test_effects_of_laboratories_share_one_scale() -> None:
    ccd, life = laboratory_effects(np.array([[1.0, -1.0, 0.5, 0.0, 0.0]]))
    assert ccd == pytest.approx(np.array([[0.2, -0.2]]))
    assert life == pytest.approx(np.array([[0.15, 0.0]]))
    wider, _ = laboratory_effects(np.array([[1.0, -1.0, 0.5, 0.0, 1.0]]))
    assert wider == pytest.approx(np.exp(0.4) * ccd)
