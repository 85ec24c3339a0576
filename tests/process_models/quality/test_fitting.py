"""The fit on the paper's evidence reproduces what it was given, and knows what it was not.

All statistical statements are about one fit, seed 0, 600 draws; the bounds stand in each test.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import EvidenceRow, QualityModel, fit
from process_models.quality.design import build_design
from process_models.quality.protocol import PROTOCOL
from process_models.quality.response import constants_from_normal
from process_models.quality.rows_likelihood import Effects, design_arrays, log_likelihood

RowMaker = Callable[..., EvidenceRow]
REFERENCE = {"sublimation_time_s": 40.0, "rolling_pressure_mpa": 36.0, "thickness_um": 60.0}


def effects(laboratory: object = (0.0,)) -> Effects:
    shifts = np.array(laboratory, dtype=float)
    return Effects(shifts, 0.0 * shifts, np.zeros(len(PROTOCOL)), np.zeros(0))


def survival(model: QualityModel, hours: float, **changes: object) -> float:
    return dict(model.predict(**{**REFERENCE, **changes}).survival)[hours]  # type: ignore[arg-type]


def test_the_likelihood_of_one_exact_row_by_hand(make_row: RowMaker) -> None:
    constants = constants_from_normal(np.zeros(len(QUALITY_PARAMETERS)))
    bare = build_design([make_row(process="bare", value=1.0)])
    got = log_likelihood(design_arrays(bare), constants, effects())
    assert got[0] == pytest.approx(-np.log(0.16) - 0.5 * np.log(2 * np.pi))


def test_a_laboratory_effect_shifts_the_mean(make_row: RowMaker) -> None:
    constants = constants_from_normal(np.zeros(len(QUALITY_PARAMETERS)))
    design = build_design([make_row(process="bare", value=np.exp(0.3), laboratory="B")])
    shifted = log_likelihood(design_arrays(design), constants, effects([0.0, 0.3]))
    assert shifted[0] == pytest.approx(-np.log(0.16) - 0.5 * np.log(2 * np.pi))


def test_chains_have_mixed(fitted: QualityModel) -> None:
    assert fitted.record.r_hat_max < 1.05
    assert fitted.record.ess_min > 100
    assert fitted.record.divergences <= 12  # 2 % of the draws


def test_bare_lithium(fitted: QualityModel) -> None:
    bare = fitted.predict(**{**REFERENCE, "process": "bare", "sublimation_time_s": 0.0})
    assert bare.ccd_ma_cm2.median == pytest.approx(1.0, abs=0.1)
    assert bare.life_h.median == pytest.approx(160.0, rel=0.25)
    assert bare.life_h.low is not None
    assert bare.life_h.high is not None
    assert bare.life_h.low < 160.0 < bare.life_h.high


def test_bare_lithium_dies_within_ten_hours_at_twice_the_current(fitted: QualityModel) -> None:
    assert survival(fitted, 10.0, process="bare", current_ma_cm2=1.0) < 0.2


def test_lacss(fitted: QualityModel) -> None:
    ccd = fitted.predict(**REFERENCE).ccd_ma_cm2
    assert ccd.median == pytest.approx(2.45, abs=0.15)
    assert survival(fitted, 700.0) > 0.8
    assert survival(fitted, 400.0, current_ma_cm2=1.0) > 0.8


@pytest.mark.parametrize("time_s", [20.0, 60.0])
def test_less_and_more_exposure_lie_between(fitted: QualityModel, time_s: float) -> None:
    best = fitted.predict(**REFERENCE).ccd_ma_cm2.median
    other = fitted.predict(**{**REFERENCE, "sublimation_time_s": time_s}).ccd_ma_cm2.median
    assert best is not None
    assert other is not None
    assert 1.1 < other < best


def test_the_s_n_exponent_is_about_five(fitted: QualityModel) -> None:
    assert 4.5 < float(np.median(fitted.draws["sn_exponent"])) < 7.0


def test_pressure_and_thickness_are_all_prior_today(fitted: QualityModel) -> None:
    """600 draws: a ratio of variances that is one stays above 0.85 (four standard errors)."""
    assert fitted.record.prior_share["rolling_pressure_mpa"] > 0.85
    assert fitted.record.prior_share["thickness_um"] > 0.85
    assert fitted.record.prior_share["sublimation_time_s"] < 0.6


def test_evidence_at_other_settings_takes_the_prior_away(
    evidence: list[EvidenceRow], make_row: RowMaker
) -> None:
    more = [
        make_row(id=f"n{i}", rolling_pressure_mpa=p, thickness_um=h, value=v, laboratory="own")
        for i, (p, h, v) in enumerate([
            (15.0, 60.0, 2.0), (80.0, 60.0, 2.2), (36.0, 35.0, 2.1), (36.0, 110.0, 1.9),
            (15.0, 60.0, 2.1), (80.0, 60.0, 2.1), (36.0, 35.0, 2.0), (36.0, 110.0, 1.8)])
    ]
    wider = fit([*evidence, *more], seed=0, draws=300, warmup=300)
    assert wider.record.evidence_rows == 18
    assert wider.record.prior_share["rolling_pressure_mpa"] < 0.6
    assert wider.record.prior_share["thickness_um"] < 0.6
    assert wider.predict(**{**REFERENCE, "thickness_um": 40.0}).extrapolated == ()


def test_the_same_seed_gives_the_same_model(make_row: RowMaker) -> None:
    rows = [make_row(step_ma_cm2=0.1)]
    first, again = (fit(rows, seed=3, draws=20, warmup=20) for _ in range(2))
    for name, values in first.draws.items():
        assert values.tolist() == again.draws[name].tolist()


def test_nothing_to_learn_from_is_refused(make_row: RowMaker) -> None:
    with pytest.raises(InputError, match="at least one row"):
        fit([make_row(process="")])


def test_too_few_draws_are_refused(make_row: RowMaker) -> None:
    with pytest.raises(InputError, match="draws must be at least 2"):
        fit([make_row()], draws=1)
