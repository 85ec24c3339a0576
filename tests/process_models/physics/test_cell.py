"""Laws of CCD and life, and cells of lots when the constants are true."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import (
    CellTests,
    ProcessParameters,
    ProcessSettings,
    lot_cells,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.cell import handling_effect, ln_ccd, ln_life_h

CONSTANTS = asdict(ProcessParameters())


def test_without_deposit_it_is_bare_lithium() -> None:
    assert float(ln_ccd(0.0, 1.0, 0.0, 0.0, CONSTANTS)) == pytest.approx(0.0)


def test_ccd_by_hand() -> None:
    constants = {
        **CONSTANTS,
        "coverage_gain": 1.0,
        "coverage_scale": 0.5,
        "resistance_loss": 0.2,
        "resistance_power": 2.0,
    }
    expected = (1 - np.exp(-2.0)) - 0.2
    assert float(ln_ccd(1.0, 1.0, 0.0, 0.0, constants)) == pytest.approx(expected)


def test_an_interior_optimum_depends_on_the_loss() -> None:
    x = np.linspace(0.1, 3.0, 200)
    with_loss = ln_ccd(x, 1.0, 0.0, 0.0, CONSTANTS)
    without = ln_ccd(x, 1.0, 0.0, 0.0, {**CONSTANTS, "resistance_loss": 0.0})
    assert 0 < int(np.argmax(with_loss)) < 199
    assert int(np.argmax(without)) == 199


def test_unreacted_deposit_lowers_ccd() -> None:
    assert ln_ccd(1.0, 0.2, 0.0, 0.0, CONSTANTS) < ln_ccd(1.0, 1.0, 0.0, 0.0, CONSTANTS)


def test_pressure_and_thickness_effects_vanish_at_the_reference() -> None:
    assert handling_effect(0.0, 3.0, 2.0) == 0.0
    assert handling_effect(2.0, 3.0, 1.0) == 10.0


def test_the_s_n_law_without_its_cap() -> None:
    constants = {**CONSTANTS, "life_cap_h": 1e12, "sn_exponent": 5.0}
    life = np.exp(ln_life_h(np.log(2.5), np.array([0.5, 1.0]), 0.5, constants))
    assert life == pytest.approx([160 * 2.5**5, 160 * 1.25**5], rel=1e-6)


def test_the_cap_limits_life_at_low_current() -> None:
    life = float(np.exp(ln_life_h(np.log(2.5), 0.01, 0.5, CONSTANTS)))
    assert life == pytest.approx(CONSTANTS["life_cap_h"], rel=1e-6)


def test_deeper_cycles_shorten_life() -> None:
    half, full = (float(np.exp(ln_life_h(0.0, 0.5, q, CONSTANTS))) for q in (0.5, 1.0))
    assert full == pytest.approx(half / np.sqrt(2.0))


def cells(process: str, seed: int = 0, h2o_ppm: float = 0.05, **quiet: float) -> CellTests:
    settings = ProcessSettings(process=process)
    inputs = replace(nominal_inputs(settings, 2), h2o_ppm=np.full(2, h2o_ppm))
    parameters = ProcessParameters(**quiet)
    made = lot_structure(settings, inputs, parameters)
    return lot_cells(settings, inputs, made, parameters, np.random.default_rng(seed))


QUIET = {"ccd_spread": 1e-9, "life_spread": 1e-9}


def test_cells_of_every_process_without_spread() -> None:
    assert cells("bare", **QUIET).ccd_ma_cm2 == pytest.approx(1.0)
    assert cells("coarse_powder", **QUIET).ccd_ma_cm2 == pytest.approx(1.0)
    assert cells("lacss", **QUIET).ccd_ma_cm2 == pytest.approx(2.58, abs=0.01)
    assert np.all(cells("drac", **QUIET).ccd_ma_cm2 < 1.0)


def test_moisture_lowers_ccd_and_life() -> None:
    dry, wet = cells("lacss", **QUIET), cells("lacss", h2o_ppm=2.1, **QUIET)
    assert np.all(wet.ccd_ma_cm2 < dry.ccd_ma_cm2 * 0.5)
    assert np.all(wet.life_h < dry.life_h)


def test_the_same_seed_gives_the_same_cells() -> None:
    assert cells("lacss", seed=5).ccd_ma_cm2.tolist() == cells("lacss", seed=5).ccd_ma_cm2.tolist()


def test_cells_differ_by_the_spread() -> None:
    """Seed 2, 4000 cells: sd of ln CCD is 0.16 within four standard errors, 0.007."""
    settings, parameters = ProcessSettings(), ProcessParameters()
    inputs = nominal_inputs(settings, 4000)
    made = lot_structure(settings, inputs, parameters)
    drawn = lot_cells(settings, inputs, made, parameters, np.random.default_rng(2))
    assert float(np.std(np.log(drawn.ccd_ma_cm2))) == pytest.approx(0.16, abs=0.0075)


def test_a_current_of_nothing_is_refused() -> None:
    settings, parameters = ProcessSettings(), ProcessParameters()
    inputs = nominal_inputs(settings)
    made = lot_structure(settings, inputs, parameters)
    with pytest.raises(InputError, match=r"^current_ma_cm2 must be above 0, got 0"):
        lot_cells(settings, inputs, made, parameters, np.random.default_rng(0), current_ma_cm2=0.0)
