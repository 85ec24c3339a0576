"""What a recipe may say, and parameters drawn from the priors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import PROCESSES, ProcessParameters, ProcessSettings


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("sublimation_time_s", -1.0, "must not be negative"),
        ("thickness_um", 0.0, "must be above 0"),
        ("rolling_pressure_mpa", 0.0, "must be above 0"),
        ("rolling_pressure_mpa", 1e9, "must be at most"),
        ("foil_thickness_um", -3.0, "must be above 0"),
        ("chamber_temperature_c", 181.0, "below the melting point"),
        ("vapour_g_l", -0.1, "must not be negative"),
        ("winding_turns", 0.0, "at least 1"),
        ("thickness_um", math.nan, "must be finite"),
        ("thickness_um", math.inf, "must be finite"),
        ("thickness_um", "60", "must be a number"),
        ("thickness_um", True, "must be a number"),
    ],
)
def test_impossible_values_are_refused_by_name_rule_and_value(
    name: str, value: object, rule: str
) -> None:
    with pytest.raises(InputError, match=f"^{name} .*{rule}.*got"):
        ProcessSettings(**{name: value})


def test_an_unknown_process_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="lacss, drac, bare, coarse_powder, got 'x'"):
        ProcessSettings(process="x")


@pytest.mark.parametrize("process", PROCESSES)
def test_only_some_processes_deposit_and_wind(process: str) -> None:
    settings = ProcessSettings(process=process)
    assert settings.exposed is (process != "bare")
    assert settings.wound is (process in ("lacss", "coarse_powder"))


def test_the_same_seed_draws_the_same_parameters() -> None:
    first = ProcessParameters.draw(np.random.default_rng(3))
    again = ProcessParameters.draw(np.random.default_rng(3))
    other = ProcessParameters.draw(np.random.default_rng(4))
    assert first == again
    assert first != other


def test_draws_have_the_prior_median() -> None:
    """Seed 1, 2000 draws: the median of m40 lies within four standard errors, 0.25 +- 11 %."""
    rng = np.random.default_rng(1)
    m40 = [ProcessParameters.draw(rng).m40_mg_cm2 for _ in range(2000)]
    assert float(np.median(m40)) == pytest.approx(0.25, rel=0.11)
