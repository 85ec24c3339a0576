"""Closed forms against scipy and the reference case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from process_models.run_length import Scheme
from process_models.run_length.shewhart import noncentral_tail, shewhart_law, t2_law


def test_every_figure_of_the_reference_case(case: Callable[[str], dict[str, Any]]) -> None:
    expected = case("V17")["shewhart3"]
    found = [shewhart_law(Scheme(), shift, 1.0).mean() for shift in expected["shift"]]
    assert found == pytest.approx(expected["arl"], rel=1e-10)


@pytest.mark.parametrize(("shift", "spread"), [(0.0, 1.0), (1.3, 1.0), (-0.4, 2.0), (0.0, 0.5)])
@pytest.mark.parametrize("one_sided", [False, True])
def test_signal_probability_is_a_normal_tail(shift: float, spread: float, one_sided: bool) -> None:
    p = stats.norm.sf((2.7 - shift) / spread)
    p += 0 if one_sided else stats.norm.cdf((-2.7 - shift) / spread)
    law = shewhart_law(Scheme(nsigma=2.7, one_sided=one_sided), shift, spread)
    assert law.signal_probability == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize("freedom", [1, 2, 5, 12])
@pytest.mark.parametrize("noncentrality", [0.0, 0.04, 1.0, 9.0, 100.0])
def test_noncentral_tail_is_that_of_scipy(freedom: int, noncentrality: float) -> None:
    x = freedom + noncentrality + 3
    known = stats.ncx2.sf(x, freedom, noncentrality) if noncentrality else stats.chi2.sf(x, freedom)
    assert noncentral_tail(x, freedom, noncentrality) == pytest.approx(known, rel=1e-9)


def test_t2_of_one_variable_is_a_two_sided_shewhart_chart() -> None:
    for shift, spread in ((0.0, 1.0), (1.5, 1.0), (0.5, 1.4)):
        t2 = t2_law(Scheme(chart="t2", variables=1, h=9.0), shift, spread).mean()
        assert t2 == pytest.approx(shewhart_law(Scheme(), shift, spread).mean(), rel=1e-10)


def test_t2_in_control_is_the_reciprocal_of_alpha() -> None:
    scheme = Scheme(chart="t2", variables=4, h=float(stats.chi2.isf(0.005, 4)))
    assert t2_law(scheme, 0.0, 1.0).mean() == pytest.approx(200, rel=1e-10)
