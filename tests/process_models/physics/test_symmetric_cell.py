"""Traces of the stepped test and of cycling, against what was put into them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics import CellElectrics, SimulatedTrace, ccd_trace, cycling_trace

QUIET = CellElectrics(noise_v=0.0, growth_per_h=0.0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def before(trace: SimulatedTrace) -> np.ndarray:
    assert trace.short is not None
    return np.asarray(trace.time_s < trace.short.time_s)


def test_the_first_step_at_or_above_the_ccd_shorts() -> None:
    for ccd, failed in ((0.25, 0.3), (0.3, 0.3), (2.41, 2.5), (0.01, 0.1)):
        trace = ccd_trace(ccd, rng())
        assert trace.short is not None
        assert trace.short.current_ma_cm2 == pytest.approx(failed)
        assert float(np.max(trace.current_ma_cm2)) == pytest.approx(failed)
        assert float(np.max(np.abs(trace.current_ma_cm2[before(trace)]))) <= failed + 1e-12


def test_each_step_is_two_half_cycles_of_an_hour() -> None:
    trace = ccd_trace(0.35, rng())
    assert trace.time_s[-1] == pytest.approx(4 * 2 * 3600.0)
    assert trace.cycle.max() == 4
    for cycle in range(1, 5):
        currents = trace.current_ma_cm2[trace.cycle == cycle]
        half = currents.size // 2
        assert np.all(currents[:half] == pytest.approx(0.1 * cycle))
        assert np.all(currents[half:] == pytest.approx(-0.1 * cycle))


def test_a_tenth_of_a_milliampere_gives_five_millivolts() -> None:
    trace = ccd_trace(1.0, rng(), electrics=QUIET)
    first = trace.voltage_v[(trace.cycle == 1) & (trace.current_ma_cm2 > 0)]
    assert float(first[-1]) == pytest.approx(5e-3, rel=1e-3)
    assert float(first[0]) > float(first[-1])  # the peak at the start


@pytest.mark.parametrize(("kind", "least", "most"), [("hard", 0.0, 0.25), ("soft", 0.3, 0.75)])
def test_a_short_leaves_less_voltage(kind: str, least: float, most: float) -> None:
    """Hard is under a quarter of what it was, soft is not."""
    trace = ccd_trace(0.95, rng(3), short=kind, electrics=QUIET)  # type: ignore[arg-type]
    ohm = np.abs(trace.voltage_v / trace.current_ma_cm2)
    sound, shorted = ohm[before(trace)], ohm[~before(trace)]
    assert shorted.size > 0
    assert least < float(np.median(shorted) / np.median(sound)) < most


def test_cycling_shorts_at_its_life() -> None:
    trace = cycling_trace(160.0, rng())
    assert trace.short is not None
    assert trace.short.time_s == 160.0 * 3600
    assert trace.time_s[-1] > trace.short.time_s
    assert trace.cycle[before(trace)].max() == 80  # 2 h a cycle
    assert np.all(np.abs(trace.current_ma_cm2) == 0.5)


def test_a_record_that_ends_first_is_censored() -> None:
    trace = cycling_trace(160.0, rng(), end_h=100.0)
    assert trace.short is None
    assert trace.time_s[-1] == pytest.approx(100.0 * 3600)


def test_a_record_ends_where_it_is_told() -> None:
    trace = cycling_trace(10.0, rng(), end_h=10.5)
    assert trace.short is not None
    assert trace.time_s[-1] <= 10.5 * 3600
    assert np.any(~before(trace))


def test_half_cycles_last_capacity_over_current() -> None:
    trace = cycling_trace(5.0, rng(), current_ma_cm2=1.0, capacity_mah_cm2=0.5)
    turns = np.flatnonzero(np.diff(np.sign(trace.current_ma_cm2)))
    assert np.diff(trace.time_s[turns]) == pytest.approx(1800.0)


def test_resistance_grows_as_told() -> None:
    grows = CellElectrics(noise_v=0.0, growth_per_h=0.01)
    trace = cycling_trace(200.0, rng(), end_h=100.0, electrics=grows)
    ohm = np.abs(trace.voltage_v / trace.current_ma_cm2)
    ends = np.flatnonzero(np.diff(np.sign(trace.current_ma_cm2)))
    assert ohm[ends[-1]] / ohm[ends[0]] == pytest.approx(
        (1 + 0.01 * trace.time_s[ends[-1]] / 3600) / (1 + 0.01 * trace.time_s[ends[0]] / 3600)
    )


def test_the_same_seed_gives_the_same_trace() -> None:
    first, again, other = (ccd_trace(0.55, rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(first.voltage_v, again.voltage_v)
    assert first.short == again.short
    assert not np.array_equal(first.voltage_v, other.voltage_v)


def test_noise_has_its_standard_deviation() -> None:
    """Seed 1, 12,000 readings: sd 0.2 mV within four standard errors, 2.6 %."""
    clean = cycling_trace(200.0, rng(1), end_h=100.0, electrics=CellElectrics(noise_v=0.0))
    noisy = cycling_trace(200.0, rng(1), end_h=100.0)
    spread = float(np.std((noisy.voltage_v - clean.voltage_v)[:12_000]))
    assert spread == pytest.approx(2e-4, rel=0.026 * np.sqrt(12_000 / noisy.time_s.size) + 0.02)


@settings(max_examples=25)
@given(
    life=st.floats(0.5, 100.0), current=st.floats(0.1, 3.0), capacity=st.floats(0.1, 3.0),
    kind=st.sampled_from(["soft", "hard"]), seed=st.integers(0, 100),
)  # fmt: skip
def test_any_protocol_gives_a_whole_trace(
    life: float, current: float, capacity: float, kind: str, seed: int
) -> None:
    trace = cycling_trace(
        life, rng(seed), current_ma_cm2=current, capacity_mah_cm2=capacity, short=kind  # type: ignore[arg-type]
    )  # fmt: skip
    assert trace.short is not None
    assert trace.time_s[-1] >= trace.short.time_s
    assert trace.provenance == "simulated"
    assert trace.test == "symmetric"
    assert np.all(np.diff(trace.cycle) >= 0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ccd_trace(0.0, rng()), "^ccd_ma_cm2 must be above 0, got 0"),
        (lambda: ccd_trace(1.0, rng(), step_ma_cm2=-0.1), "^step_ma_cm2 must be above 0"),
        (lambda: ccd_trace(1.0, rng(), short="odd"), "^short must be soft or hard, got 'odd'"),
        (lambda: ccd_trace(1.0, rng(), half_cycle_s=np.nan), "^half_cycle_s must be finite"),
        (lambda: cycling_trace(-1.0, rng()), "^life_h must be above 0, got -1"),
        (lambda: cycling_trace(1.0, rng(), end_h=1e-6), "^end_h must leave a reading"),
        (lambda: cycling_trace(1e9, rng()), "^sample_s must leave at most 5000000 readings"),
        (lambda: CellElectrics(asr_ohm_cm2=0.0), "^asr_ohm_cm2 must be above 0"),
        (lambda: CellElectrics(noise_v=-1.0), "^noise_v must not be negative"),
    ],
)
def test_what_no_test_can_be_is_refused(call: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        call()  # type: ignore[operator]
