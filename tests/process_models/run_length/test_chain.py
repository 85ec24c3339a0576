"""Chains small enough to be solved on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_array

from process_models.run_length.chain import Chain, quasi_stationary, steady_chain, visits

# Two heads in a row of a coin that shows heads with probability p: states 0 or 1 heads so far.


def heads(p: float, *, sparse: bool = False) -> Chain:
    step = np.array([[1 - p, p], [1 - p, 0.0]])
    return Chain(np.array([1 - p, p]), csr_array(step) if sparse else step)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("p", [0.5, 0.1, 0.9])
def test_mean_until_two_heads_in_a_row(p: float, sparse: bool) -> None:
    assert heads(p, sparse=sparse).mean() == pytest.approx((1 + p) / p**2, rel=1e-12)


def test_curve_counts_the_sequences_without_two_heads() -> None:
    fibonacci = [1, 2, 3, 5, 8, 13, 21]
    survival = heads(0.5).curve().at(np.arange(7))
    assert survival == pytest.approx([f / 2**n for n, f in enumerate(fibonacci)])


def test_curve_decays_with_the_largest_eigenvalue() -> None:
    assert heads(0.5).curve().ratio == pytest.approx((1 + math.sqrt(5)) / 4, rel=1e-14)


def test_curve_adds_up_to_the_mean() -> None:
    assert heads(0.2).curve().total() == pytest.approx(heads(0.2).mean(), rel=1e-12)


def test_median_until_two_heads() -> None:
    assert heads(0.5).quantile(0.5) == 4  # 8 of 16 sequences of four have them


@pytest.mark.parametrize("sparse", [False, True])
def test_visits_add_up_to_the_mean_but_for_the_first_point(sparse: bool) -> None:
    chain = heads(0.5, sparse=sparse)
    assert 1 + visits(chain).sum() == pytest.approx(6.0, rel=1e-12)


@pytest.mark.parametrize("sparse", [False, True])
def test_quasi_stationary_mass_is_the_left_eigenvector(sparse: bool) -> None:
    mass = quasi_stationary(heads(0.5, sparse=sparse))
    golden = (1 + math.sqrt(5)) / 2
    assert mass == pytest.approx([golden / (1 + golden), 1 / (1 + golden)], rel=1e-10)


def test_conditional_steady_state_without_a_change_is_geometric() -> None:
    chain = heads(0.5)
    steady = steady_chain(chain, chain, "conditional")
    decay = (1 + math.sqrt(5)) / 4
    assert steady.mean() == pytest.approx(1 / (1 - decay), rel=1e-12)


@pytest.mark.parametrize("sparse", [False, True])
def test_cyclical_steady_state_averages_over_a_cycle(sparse: bool) -> None:
    chain = heads(0.5, sparse=sparse)
    steady = steady_chain(chain, chain, "cyclical")
    # A cycle of six points on average: the start once, no head 3 times, one head twice.
    from_none, from_one = 6.0, 1 + 0.5 * 6.0
    assert visits(chain) == pytest.approx([3.0, 2.0])
    assert steady.mean() == pytest.approx((4 * from_none + 2 * from_one) / 6, rel=1e-12)


def test_the_step_of_the_change_may_differ() -> None:
    chain = Chain(np.array([0.5]), np.array([[0.5]]), onset=np.array([[0.0]]))
    assert steady_chain(chain, chain, "conditional").mean() == pytest.approx(1.0)


def test_a_head_of_points_that_are_past() -> None:
    late = Chain(np.array([0.8]), np.array([[0.5]]), head=np.array([1.0, 0.9]))
    assert late.mean() == pytest.approx(1 + 0.9 + 0.8 * 2)
    assert late.curve().at(np.array([0, 1, 2, 3])).tolist() == pytest.approx([1, 0.9, 0.8, 0.4])


def test_a_chain_that_cannot_signal_runs_for_ever() -> None:
    assert math.isinf(Chain(np.array([1.0]), np.array([[1.0 - 1e-17]])).mean())


def test_large_chains_are_stepped_and_agree_with_the_solved() -> None:
    size = 1200
    step = np.diag(np.full(size - 1, 0.97), k=1)
    step[:, 0] += 0.02
    small = Chain(np.array([0.99]), np.array([[0.99]]))
    entry = np.zeros(size)
    entry[0] = 0.99
    step[-1, 0] += 0.97
    assert Chain(entry, step).mean() == pytest.approx(small.mean(), rel=1e-10)


@pytest.mark.parametrize("sparse", [False, True])
def test_late_mass_is_where_a_chain_is_that_has_run_long(sparse: bool) -> None:
    chain = heads(0.5, sparse=sparse)
    assert chain.late_mass() == pytest.approx(quasi_stationary(chain), abs=1e-12)


def test_a_chain_is_a_value_that_questions_do_not_change() -> None:
    chain = heads(0.3)
    entry, step = chain.entry.copy(), np.asarray(chain.step).copy()
    chain.mean(), chain.curve(), quasi_stationary(chain), visits(chain)
    assert (chain.entry == entry).all()
    assert (np.asarray(chain.step) == step).all()


def test_a_window_in_which_nothing_can_happen_does_not_end_the_stepping() -> None:
    """A signal at the 100th point for sure: the decay looks steady for 99 points."""
    step = np.diag(np.ones(98), k=1)
    entry = np.zeros(99)
    entry[0] = 1.0
    assert Chain(entry, csr_array(step)).mean() == pytest.approx(100)
    assert Chain(entry, step).quantile(0.5) == 100
