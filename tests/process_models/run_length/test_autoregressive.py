"""Charts of autocorrelated data: independence as the limit, and plain simulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from process_models.run_length import Scheme
from process_models.run_length.autoregressive import autoregressive_chain
from process_models.run_length.cusum import cusum_chain
from process_models.run_length.ewma import ewma_chain

CUSUM = Scheme(chart="cusum", k=0.5, h=4.0, one_sided=True, head_start=1.0)


def ewma(**changes: Any) -> Scheme:
    return Scheme(**{"chart": "ewma", "lam": 0.2, "width": 2.6, **changes})


@pytest.mark.parametrize("one_sided", [False, True])
@pytest.mark.parametrize("limits", ["exact", "asymptotic"])
@pytest.mark.parametrize(("shift", "spread"), [(0.0, 1.0), (0.8, 1.3)])
def test_ewma_without_autocorrelation(
    one_sided: bool, limits: str, shift: float, spread: float
) -> None:
    scheme = ewma(one_sided=one_sided, limits=limits)
    expected = ewma_chain(scheme, shift, spread).mean()
    assert autoregressive_chain(scheme, shift, spread, 0.0).mean() == pytest.approx(
        expected, rel=1e-6
    )


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_cusum_without_autocorrelation(shift: float) -> None:
    expected = cusum_chain(0.5, 4.0, shift=shift, start=1.0).mean()
    assert autoregressive_chain(CUSUM, shift, 1.0, 0.0).mean() == pytest.approx(expected, rel=1e-7)


def test_positive_autocorrelation_shortens_the_run_in_control() -> None:
    lengths = [autoregressive_chain(ewma(), 0.0, 1.0, phi).mean() for phi in (-0.4, 0.0, 0.4, 0.8)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[2] < lengths[1] / 3


class Average:
    """An EWMA as the definition has it."""

    def __init__(self, limits: str) -> None:
        self.z, self.n, self.limits = 0.0, 0, limits

    def __call__(self, x: float) -> bool:
        self.n += 1
        self.z = 0.8 * self.z + 0.2 * x
        growth = 1 - 0.8 ** (2 * self.n) if self.limits == "exact" else 1.0
        return abs(self.z) > 2.6 * math.sqrt(0.2 / 1.8 * growth)


class UpperSum:
    def __init__(self) -> None:
        self.total = 1.0

    def __call__(self, x: float) -> bool:
        self.total = max(0.0, self.total + x - 0.5)
        return self.total > 4.0


@pytest.mark.parametrize("limits", ["exact", "asymptotic"])
@pytest.mark.parametrize(("shift", "phi"), [(0.0, 0.5), (1.0, 0.7), (0.5, -0.4)])
def test_plain_simulation_of_an_ewma(
    limits: str,
    shift: float,
    phi: float,
    simulate_plainly: Callable[..., Any],
    normal_values: Callable[..., Callable[[], Iterator[float]]],
) -> None:
    """2000 charts of seed 31, within 4 standard errors."""
    chain = autoregressive_chain(ewma(limits=limits), shift, 1.0, phi)
    values = normal_values(31, shift, 1.0, phi)
    assert simulate_plainly(lambda: Average(limits), values, 2000).agrees_with(chain.mean())


def test_plain_simulation_of_a_cusum(
    simulate_plainly: Callable[..., Any],
    normal_values: Callable[..., Callable[[], Iterator[float]]],
) -> None:
    """2000 charts of seed 32 with spread 1.2, within 4 standard errors."""
    chain = autoregressive_chain(CUSUM, 0.4, 1.2, 0.6)
    values = normal_values(32, 0.4, 1.2, 0.6)
    assert simulate_plainly(UpperSum, values, 2000).agrees_with(chain.mean())
