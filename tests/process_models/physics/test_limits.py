"""Reasons why a recipe gives no prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.physics import (
    PROCESSES,
    ParameterDraws,
    ProcessParameters,
    ProcessSettings,
    draw_parameters,
    limits,
)

LACSS = ProcessSettings()


@pytest.mark.parametrize("time_s", [20.0, 40.0, 60.0])
@pytest.mark.parametrize("process", PROCESSES)
def test_the_recipes_of_the_paper_can_be_made(process: str, time_s: float) -> None:
    assert limits(ProcessSettings(process=process, sublimation_time_s=time_s)) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"thickness_um": 120.0}, "thickness_um 120 is above the incoming foil, 100 um"),
        ({"thickness_um": 1.0}, "thickness_um 1 is below 2% of the incoming foil"),
        ({"rolling_pressure_mpa": 1500.0}, "42 times stronger than the 36 MPa"),
        ({"rolling_pressure_mpa": 1.0}, "36 times weaker than the 36 MPa"),
        ({"vapour_g_l": 8.0}, "vapour_g_l 8 is more than one atmosphere of Al2Cl6 holds at 178 C"),
        ({"chamber_temperature_c": 180.4}, "the foil would melt: it would reach 181.2 C"),
        ({"foil_thickness_um": 1.0, "thickness_um": 0.995}, "more AlCl3 than lithium: 0.25 mg/cm2"),
    ],
)
def test_each_reason_is_one_line_that_says_why(change: dict[str, float], reason: str) -> None:
    found = limits(replace(LACSS, **change))
    assert any(reason in one for one in found), found
    assert all("\n" not in one for one in found)


def test_reasons_add_up() -> None:
    found = limits(replace(LACSS, vapour_g_l=50.0, thickness_um=120.0))
    assert len(found) >= 3  # thickness, vapour, melting


def test_without_exposure_the_vapour_does_not_matter() -> None:
    assert limits(replace(LACSS, process="bare", vapour_g_l=50.0)) == ()
    assert limits(replace(LACSS, sublimation_time_s=0.0, vapour_g_l=50.0)) == ()


def test_a_foil_that_is_not_rolled_asks_for_no_pressure() -> None:
    assert limits(replace(LACSS, thickness_um=100.0, rolling_pressure_mpa=1500.0)) == ()


def test_other_constants_judge_otherwise() -> None:
    heavy = ProcessParameters(m40_mg_cm2=3.0)
    assert limits(LACSS, heavy)[0].startswith("the foil would melt")


def test_with_draws_the_majority_judges() -> None:
    draws = draw_parameters(np.random.default_rng(0), 200)
    assert limits(LACSS, draws) == ()
    heavy = ParameterDraws({**draws.values, "m40_mg_cm2": draws.m40_mg_cm2 * 20})
    assert limits(LACSS, heavy)[0].startswith("the foil would melt")


@settings(max_examples=60)
@given(
    process=st.sampled_from(PROCESSES), foil=st.floats(1.0, 1000.0), share=st.floats(0.01, 1.5),
    time=st.floats(0.0, 1e4), chamber=st.floats(20.0, 180.4), vapour=st.floats(0.0, 50.0),
    pressure=st.floats(0.1, 2000.0),
)  # fmt: skip
def test_any_recipe_that_can_be_written_is_judged(
    process: str, foil: float, share: float, time: float, chamber: float, vapour: float,
    pressure: float,
) -> None:  # fmt: skip
    found = limits(ProcessSettings(
        process=process, foil_thickness_um=foil, thickness_um=foil * share,
        sublimation_time_s=time, chamber_temperature_c=chamber, vapour_g_l=vapour,
        rolling_pressure_mpa=pressure))  # fmt: skip
    assert isinstance(found, tuple)
    assert all(len(one) < 300 and "\n" not in one for one in found)
    if share > 1.0001:
        assert any("above the incoming foil" in one for one in found)
