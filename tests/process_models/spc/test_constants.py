"""Constants against published quadrature, closed forms and each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import c4, d2, d3, shewhart_factors
from process_models.spc.constants import MEDIAN_MOVING_RANGE, at_sizes

Case = Callable[[str], dict[str, Any]]


def test_every_factor_of_the_reference_table(case: Case) -> None:
    table = case("V01")
    for at, n in enumerate(table["parameters"]["n"]):
        factors = shewhart_factors(n)
        for name, column in table["expected"].items():
            assert factors[name] == pytest.approx(column[at], rel=1e-8, abs=1e-8), (name, n)


def test_two_values_have_closed_forms() -> None:
    assert d2(2) == pytest.approx(2 / math.sqrt(math.pi), rel=1e-12)
    assert d3(2) == pytest.approx(math.sqrt(2 - 4 / math.pi), rel=1e-11)
    assert c4(2) == pytest.approx(math.sqrt(2 / math.pi), rel=1e-14)


def test_three_values_have_a_closed_form() -> None:
    assert d2(3) == pytest.approx(3 / math.sqrt(math.pi), rel=1e-12)


def test_large_subgroups_are_not_cut_off_at_the_printed_tables() -> None:
    assert d2(100) == pytest.approx(5.015187272, rel=1e-8)
    assert d2(1000) == pytest.approx(6.482871538, rel=1e-8)


def test_c4_does_not_jump_where_the_series_takes_over() -> None:
    exact = math.sqrt(2 / 1000) * math.exp(math.lgamma(500.5) - math.lgamma(500))
    assert c4(1001) == pytest.approx(exact, rel=1e-11)
    assert c4(1000) < c4(1001) < c4(10**6) < 1


def test_median_moving_range_is_the_median_of_a_folded_normal() -> None:
    from scipy.special import ndtri

    assert pytest.approx(math.sqrt(2) * ndtri(0.75), rel=1e-15) == MEDIAN_MOVING_RANGE


def test_at_sizes_has_no_value_for_a_single_observation() -> None:
    found = at_sizes(d2, np.array([2, 1, 5, 2]))
    assert math.isnan(found[1])
    assert found[[0, 2, 3]].tolist() == [d2(2), d2(5), d2(2)]


@pytest.mark.parametrize("constant", [d2, d3, c4])
def test_a_subgroup_of_one_has_no_constant(constant: Callable[[int], float]) -> None:
    with pytest.raises(InputError, match="a subgroup size must be at least 2, got 1"):
        constant(1)
