"""MEWMA against Prabhu and Runger (1997), the EWMA, T2, and simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from process_models.run_length import Scheme, design
from process_models.run_length.ewma import ewma_chain
from process_models.run_length.mewma import length_density, mewma_chain
from process_models.run_length.shewhart import t2_law

PRABHU_RUNGER_P2 = {0.05: 7.35, 0.1: 8.64, 0.2: 9.65, 0.3: 10.08, 0.5: 10.44, 0.8: 10.58}


def scheme(**changes: Any) -> Scheme:
    return Scheme(**{"chart": "mewma", "lam": 0.1, "h": 8.64, "limits": "asymptotic", **changes})


def arl(shift: float = 0.0, spread: float = 1.0, plane: bool | None = None, **more: Any) -> float:
    return mewma_chain(scheme(**more), shift, spread, plane=plane).mean()


@pytest.mark.parametrize(("lam", "h"), PRABHU_RUNGER_P2.items())
def test_limits_that_prabhu_and_runger_give_for_200(lam: float, h: float) -> None:
    assert design(scheme(lam=lam), 200).h == pytest.approx(h, abs=0.01)


def test_run_lengths_of_runger_and_prabhu_after_a_shift() -> None:
    found = [arl(shift) for shift in (0.5, 1.0, 1.5, 2.0, 3.0)]
    assert found == pytest.approx((28.1, 10.2, 6.12, 4.41, 2.90), rel=0.01)


@pytest.mark.parametrize("variables", [2, 3, 5, 10])
def test_the_plane_and_the_radius_agree_in_control(variables: int) -> None:
    more: dict[str, Any] = {"variables": variables, "lam": 0.2, "h": 8.0 + variables}
    assert arl(plane=True, **more) == pytest.approx(arl(**more), rel=1e-6)


@pytest.mark.parametrize("shift", [0.0, 0.7, 2.0])
@pytest.mark.parametrize("limits", ["exact", "asymptotic"])
def test_one_variable_is_an_ewma(shift: float, limits: str) -> None:
    one = Scheme(chart="ewma", lam=0.1, width=2.7, limits=limits)
    expected = ewma_chain(one, shift, 1.0).mean()
    found = arl(shift, variables=1, h=2.7**2, limits=limits)
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_no_memory_is_t2(shift: float) -> None:
    more: dict[str, Any] = {"lam": 1.0, "h": 10.6, "variables": 3}
    assert arl(shift, **more) == pytest.approx(t2_law(scheme(**more), shift, 1.0).mean(), rel=1e-6)


def test_scaling_everything_changes_nothing() -> None:
    assert arl(2.0, 2.0, h=4 * 8.64) == pytest.approx(arl(1.0), rel=1e-6)


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 30])
def test_length_density_is_a_noncentral_chi(freedom: int) -> None:
    length = np.linspace(0.2, 9.0, 7)
    mean = np.array([0.0, 0.3, 2.0, 6.0])
    found = length_density(length, mean, 1.5, freedom)
    for row, m in zip(found, mean, strict=True):
        square = stats.ncx2(freedom, (m / 1.5) ** 2) if m else stats.chi2(freedom)
        expected = square.pdf((length / 1.5) ** 2) * 2 * length / 1.5**2
        assert row == pytest.approx(expected, rel=1e-8, abs=1e-14)


@pytest.mark.parametrize("limits", ["exact", "asymptotic"])
def test_simulation_agrees(limits: str, estimate: Callable[[np.ndarray], Any]) -> None:
    """6000 charts of three variables, shift 0.8 spread over them, seed 9; 4 standard errors."""
    rng = np.random.default_rng(9)
    shift = 0.8 * np.array([0.6, 0.0, -0.8])
    z, lengths = np.zeros((6000, 3)), np.zeros(6000, dtype=np.int64)
    for n in range(1, 2000):
        running = lengths == 0
        if not running.any():
            break
        z[running] = 0.75 * z[running] + 0.25 * (rng.standard_normal((running.sum(), 3)) + shift)
        growth = 1 - 0.75 ** (2 * n) if limits == "exact" else 1.0
        beyond = (z**2).sum(axis=1) > 9.0 * 0.25 / 1.75 * growth
        lengths[running & beyond] = n
    assert estimate(lengths).agrees_with(arl(0.8, variables=3, lam=0.25, h=9.0, limits=limits))
