"""Many sets of constants against one at a time."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import (
    PRIORS,
    PROCESSES,
    LotStructure,
    ParameterDraws,
    ProcessParameters,
    ProcessSettings,
    draw_parameters,
    lot_cells,
    lot_interlock,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.draws import constants_of


def one_of(draws: ParameterDraws, k: int) -> ProcessParameters:
    return ProcessParameters(**{name: float(draws.values[name][k, 0]) for name in PRIORS})


@pytest.mark.parametrize("process", PROCESSES)
def test_draws_by_lots_is_each_draw_by_itself(process: str) -> None:
    settings = ProcessSettings(process=process)
    draws = draw_parameters(np.random.default_rng(4), 5)
    rng = np.random.default_rng(5)
    base = nominal_inputs(settings, 7)
    inputs = replace(
        base,
        exposure_s=base.exposure_s + rng.normal(0, 0.3, 7),
        foil_thickness_um=base.foil_thickness_um * rng.normal(1, 0.02, 7),
        roll_temperature_c=rng.normal(25, 1, 7),
    )
    together = lot_structure(settings, inputs, draws)
    for k in range(5):
        alone = lot_structure(settings, inputs, one_of(draws, k))
        for field in fields(LotStructure):
            if field.name != "reference_completion":
                whole = getattr(together, field.name)
                assert whole.shape == (5, 7), field.name
                assert whole[k] == pytest.approx(getattr(alone, field.name), rel=1e-10, abs=1e-12)
        assert float(together.reference_completion[k, 0]) == pytest.approx(
            alone.reference_completion
        )


def test_the_interlock_takes_draws_too() -> None:
    settings = ProcessSettings()
    draws = draw_parameters(np.random.default_rng(1), 6)
    seen = lot_interlock(settings, nominal_inputs(settings, 2), draws)
    assert seen.melts.shape == seen.could_melt.shape == (6, 2)
    assert np.all(seen.could_melt | ~seen.melts)


def test_cells_of_draws_have_one_value_a_draw_and_lot() -> None:
    settings = ProcessSettings()
    draws = draw_parameters(np.random.default_rng(2), 4)
    inputs = nominal_inputs(settings, 3)
    made = lot_structure(settings, inputs, draws)
    cells = lot_cells(settings, inputs, made, draws, np.random.default_rng(0))
    assert cells.ccd_ma_cm2.shape == cells.life_h.shape == (4, 3)
    assert np.all(cells.ccd_ma_cm2 > 0)


def test_the_same_seed_gives_the_same_draws() -> None:
    first, again = (draw_parameters(np.random.default_rng(9), 3) for _ in range(2))
    assert all(np.array_equal(first.values[name], again.values[name]) for name in PRIORS)


def test_draws_follow_the_priors() -> None:
    """Seed 0, 4000 draws: median and sd of ln m40 within four standard errors, 0.08 and 0.045."""
    logs = np.log(draw_parameters(np.random.default_rng(0), 4000).m40_mg_cm2)
    assert float(np.median(logs)) == pytest.approx(np.log(0.25), abs=0.08)
    assert float(np.std(logs)) == pytest.approx(1.0, abs=0.045)


def test_every_constant_or_none() -> None:
    draws = draw_parameters(np.random.default_rng(0), 2)
    lacking = {name: values for name, values in draws.values.items() if name != "lag_s"}
    with pytest.raises(InputError, match="lag_s is missing"):
        ParameterDraws(lacking)
    with pytest.raises(InputError, match=r"draws of lag_s must be \(2, 1\), got \(3, 1\)"):
        ParameterDraws({**draws.values, "lag_s": np.ones((3, 1))})


@pytest.mark.parametrize("count", [0, -1])
def test_no_draws_are_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"^draws must be at least 1, got {count}"):
        draw_parameters(np.random.default_rng(0), count)


def test_an_unknown_constant_is_no_attribute() -> None:
    draws = draw_parameters(np.random.default_rng(0), 1)
    with pytest.raises(AttributeError, match="wear"):
        _ = draws.wear


def test_constants_by_name() -> None:
    draws = draw_parameters(np.random.default_rng(0), 2)
    assert set(constants_of(draws)) == set(constants_of(ProcessParameters())) == set(PRIORS)
