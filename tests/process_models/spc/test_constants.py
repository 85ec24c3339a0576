"""Constants against published quadrature, closed forms and each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import (
    ChartData,
    ChartOptions,
    FrozenLimits,
    c4,
    chart,
    d2,
    d3,
    evaluate,
    fit,
    shewhart_factors,
)
from process_models.spc.constants import (
    EXACT,
    MEDIAN_MOVING_RANGE,
    ROUNDED,
    at_sizes,
    constants_called,
)

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


def test_rounded_constants_are_those_of_printed_tables() -> None:
    assert [ROUNDED.d2(n) for n in (2, 3, 4, 5)] == [1.128, 1.693, 2.059, 2.326]
    assert [ROUNDED.d3(n) for n in (2, 3, 4, 5)] == [0.853, 0.888, 0.880, 0.864]
    assert [ROUNDED.c4(n) for n in (2, 3, 4, 5)] == [0.7979, 0.8862, 0.9213, 0.9400]
    assert ROUNDED.median_moving_range == 0.954
    assert EXACT.d2(5) == d2(5)


def test_a_chart_with_rounded_constants_is_that_of_the_tables() -> None:
    """Mean moving range 2: sigma 2 / 1.128, range limit (1.128 + 3 x 0.853) sigma."""
    data = ChartData(np.array([10.0, 12.0, 10.0, 12.0]))
    limits = fit("i_mr", data, ChartOptions(constants="rounded"))
    result = evaluate(FrozenLimits.from_dict(limits.to_dict()), data)
    assert result.sigma == 2 / 1.128
    assert result.panels[0].ucl == pytest.approx(11 + 3 * 2 / 1.128, rel=1e-12)
    assert result.panels[1].ucl == pytest.approx((1.128 + 3 * 0.853) * 2 / 1.128, rel=1e-12)
    assert result.extras["constants"] == "rounded"


@pytest.mark.parametrize("kind", ["xbar_r", "xbar_s", "i_mr_rs", "i_mr", "laney_u", "short_run"])
def test_every_kind_with_constants_has_the_switch(kind: str) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(9.0, 1.0, (20, 4) if kind in ("xbar_r", "xbar_s", "i_mr_rs") else 20)
    counts = ChartData(rng.poisson(9.0, 20).astype(float), np.ones(20))
    data = counts if kind == "laney_u" else ChartData(values)
    exact, rounded = (chart(kind, data, ChartOptions(constants=c)) for c in ("exact", "rounded"))
    assert exact.panels[0].ucl != rounded.panels[0].ucl or kind == "short_run"
    assert exact.panels[0].ucl == pytest.approx(rounded.panels[0].ucl, rel=2e-3)


def test_unknown_constants_are_refused() -> None:
    with pytest.raises(InputError, match="constants must be one of exact, rounded"):
        ChartOptions(constants="printed")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="constants must be one of exact, rounded"):
        constants_called("printed")
