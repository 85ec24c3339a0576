"""Full cells against the figures of the paper and against limits known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.cell_constants import (
    CELL_PRIORS,
    draw_cell_constants,
    median_cell_constants,
)
from process_models.physics.full_cell import (
    areal_capacity_at_rate_mah_cm2,
    cycle_hours,
    gitt_polarisation_v,
    gitt_trace,
    rate_capacity_mah_g,
    retention,
)

C = median_cell_constants()
LAW = (C["rate_capacity_mah_g"], C["rate_time_h"], C["rate_exponent"])


@pytest.mark.parametrize(("rate", "paper"), [(0.1, 172.9), (0.5, 147.5), (2.0, 97.2)])
def test_rates_that_the_law_was_told(rate: float, paper: float) -> None:
    assert float(rate_capacity_mah_g(rate, *LAW)) == pytest.approx(paper, rel=0.005)


@pytest.mark.parametrize(("rate", "paper"), [(0.2, 161.6), (1.0, 129.7)])
def test_rates_that_it_had_to_find(rate: float, paper: float) -> None:
    assert float(rate_capacity_mah_g(rate, *LAW)) == pytest.approx(paper, rel=0.04)


def test_the_first_discharge_is_told_apart() -> None:
    first = float(rate_capacity_mah_g(0.05, *LAW)) * (1 + C["first_cycle_excess"])
    assert first == pytest.approx(200.9, rel=0.01)


def test_slow_gives_everything_and_fast_falls_as_the_rate_to_the_n() -> None:
    assert float(rate_capacity_mah_g(1e-9, 200.0, 0.2, 0.8)) == pytest.approx(200.0, rel=1e-5)
    fast = rate_capacity_mah_g(np.array([1e5, 2e5]), 200.0, 0.2, 0.8)
    assert float(fast[0] / fast[1]) == pytest.approx(2**0.8, rel=1e-3)


@given(
    rate=st.floats(0.01, 50.0), time=st.floats(0.01, 2.0), n=st.floats(0.3, 2.0),
    more=st.floats(1.0, 5.0),
)  # fmt: skip
def test_faster_is_never_more(rate: float, time: float, n: float, more: float) -> None:
    slow, fast = rate_capacity_mah_g(np.array([rate, rate * more]), 180.0, time, n)
    assert 0 <= fast <= slow * (1 + 1e-9) <= 180.0 * (1 + 1e-8)


def test_three_quarters_of_the_loading_at_half_c() -> None:
    capacity = areal_capacity_at_rate_mah_cm2(1.78, 147.5, 200.9)
    assert float(capacity) == pytest.approx(1.30, abs=0.01)


def test_retention_of_the_paper() -> None:
    assert 1.30 * float(retention(300, C["fade_in_300"])) == pytest.approx(1.20, abs=0.001)
    assert float(retention(300, 0.077, 0.5)) == float(retention(300, 0.077, 1.0))


def test_a_growing_film_fades_early() -> None:
    assert float(retention(75, 0.08, 0.5)) == pytest.approx(0.96)
    assert float(retention(75, 0.08, 1.0)) == pytest.approx(0.98)
    assert float(retention(1e9, 0.08)) == 0.0


def test_a_cycle_of_the_paper_takes_two_hours() -> None:
    assert float(cycle_hours(0.5, 0.5)) == 2.0
    assert float(cycle_hours(1.30, 0.89)) == pytest.approx(2.92, abs=0.01)


def test_gitt_polarisation_by_hand() -> None:
    """Small current: ohmic and charge-transfer resistance add, RT/F over i0 at 30 C."""
    total = float(gitt_polarisation_v(0.001, 30.0, 1.11))
    thermal = 8.314462618 * 303.15 / 96485.33212
    assert total == pytest.approx(1e-6 * 30.0 + 0.001 * thermal / 1.11, rel=1e-6)


def test_lacss_polarises_less_than_bare() -> None:
    lacss, bare = gitt_polarisation_v(0.0535, 30.0, np.array([1.11, 0.69]))
    assert lacss < bare


def test_the_gitt_pulses_and_rests() -> None:
    trace = gitt_trace(0.05, np.random.default_rng(0), noise_v=0.0, depth=0.1)
    assert trace.provenance == "simulated"
    assert trace.time_s[-1] == pytest.approx(24 * 1800.0)  # 0.1 of 20 h in pulses of 5 min
    on = trace.current_ma_cm2 < 0
    assert np.mean(on) == pytest.approx(300 / 1800)
    assert trace.current_ma_cm2[on] == pytest.approx(-0.0535)
    assert np.all(trace.current_ma_cm2[~on] == 0)


def test_a_rest_takes_the_polarisation_off() -> None:
    polarised = gitt_trace(0.05, np.random.default_rng(0), noise_v=0.0, depth=0.1)
    none = gitt_trace(0.0, np.random.default_rng(0), noise_v=0.0, depth=0.1)
    lost = none.voltage_v - polarised.voltage_v
    on = polarised.current_ma_cm2 < 0
    assert lost[on] == pytest.approx(0.05)
    assert float(np.min(lost)) < 0.05 * np.exp(-4)


@pytest.mark.parametrize("depth", [0.0, 1e-4])
def test_a_gitt_of_nothing_is_refused(depth: float) -> None:
    with pytest.raises(InputError, match=r"^depth must leave at least one pulse"):
        gitt_trace(0.05, np.random.default_rng(0), depth=depth)


def test_constants_of_cells_have_sources_and_draws() -> None:
    assert all(prior.source for prior in CELL_PRIORS.values())
    draws = draw_cell_constants(np.random.default_rng(0), 7)
    assert set(draws) == set(CELL_PRIORS) == set(C)
    assert all(values.shape == (7, 1) for values in draws.values())
    assert np.all((draws["fade_exponent"] >= 0.5) & (draws["fade_exponent"] <= 1.0))
    with pytest.raises(InputError, match=r"^draws must be at least 1, got 0"):
        draw_cell_constants(np.random.default_rng(0), 0)
