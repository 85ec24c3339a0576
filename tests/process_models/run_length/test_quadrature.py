"""Quadrature and the setting of threads."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from process_models.run_length.quadrature import legendre, legendre_between, normal_density
from process_models.run_length.threads import one_thread


def test_ten_nodes_integrate_a_polynomial_of_degree_nineteen() -> None:
    x, weight = legendre_between(-1.0, 3.0, 10)
    assert weight @ x**19 == pytest.approx((3.0**20 - 1) / 20, rel=1e-12)


def test_kept_nodes_cannot_be_changed() -> None:
    nodes, _ = legendre(5)
    with pytest.raises(ValueError, match="read-only"):
        nodes[0] = 0.0


def test_normal_density_adds_up_to_one() -> None:
    x, weight = legendre_between(-9.0, 9.0, 80)
    assert weight @ normal_density(x) == pytest.approx(1.0, rel=1e-12)
    assert normal_density(0.0) == pytest.approx(1 / np.sqrt(2 * np.pi))


def test_linear_algebra_keeps_to_one_thread_and_gets_the_others_back() -> None:
    def blas() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = blas()
    with one_thread():
        assert set(blas()) <= {1}
    assert blas() == before
