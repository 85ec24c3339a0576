"""Laws whose mean and quantiles are known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from process_models.run_length.law import FirstOf, Geometric, Mixture, SurvivalCurve


def test_geometric_mean_and_quantiles_are_those_of_scipy() -> None:
    law = Geometric(0.0027)
    known = stats.geom(0.0027)
    assert law.mean() == pytest.approx(known.mean())
    for p in (0.01, 0.1, 0.5, 0.9, 0.999):
        assert law.quantile(p) == known.ppf(p)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9, 0.99])
def test_curve_of_a_geometric_law_has_its_quantiles(p: float) -> None:
    law = Geometric(0.03)
    assert law.curve().quantile(p) == law.quantile(p)


def test_a_certain_signal_comes_at_the_first_point() -> None:
    assert Geometric(1.0).mean() == 1
    assert Geometric(1.0).quantile(0.5) == 1


def test_an_impossible_signal_never_comes() -> None:
    assert math.isinf(Geometric(0.0).mean())
    assert math.isinf(Geometric(0.0).quantile(0.5))


def test_curve_goes_on_geometrically_beyond_its_head() -> None:
    curve = SurvivalCurve(np.array([1.0, 0.9, 0.5]), 0.5)
    assert curve.at(np.array([0, 2, 3, 5])).tolist() == [1.0, 0.5, 0.25, 0.0625]
    assert curve.total() == pytest.approx(1.0 + 0.9 + 0.5 + 0.5)


def test_quantile_inside_the_head_and_beyond_it() -> None:
    curve = SurvivalCurve(np.array([1.0, 0.9, 0.5]), 0.5)
    assert curve.quantile(0.05) == 1
    assert curve.quantile(0.5) == 2
    assert curve.quantile(0.75) == 3
    assert curve.quantile(0.76) == 4


def test_a_curve_that_does_not_decay_has_no_end() -> None:
    curve = SurvivalCurve(np.array([1.0]), 1.0)
    assert math.isinf(curve.total())
    assert math.isinf(curve.quantile(0.5))


def test_a_curve_that_ends_at_once_beyond_its_head() -> None:
    assert SurvivalCurve(np.array([1.0, 1.0]), 0.0).quantile(0.9) == 2


def test_first_of_two_geometric_laws_is_geometric() -> None:
    law = FirstOf((Geometric(0.01), Geometric(0.02)))
    alone = Geometric(1 - 0.99 * 0.98)
    assert law.mean() == pytest.approx(alone.mean(), rel=1e-12)
    assert law.quantile(0.5) == alone.quantile(0.5)


def test_first_of_laws_with_heads_of_different_length() -> None:
    law = FirstOf((Geometric(0.5), _Fixed(3)))
    assert law.mean() == pytest.approx(1 + 0.5 + 0.25)


def test_mixture_averages_means_and_not_quantiles() -> None:
    law = Mixture((Geometric(0.5), Geometric(0.005)), np.array([0.5, 0.5]))
    assert law.mean() == pytest.approx(0.5 * 2 + 0.5 * 200)
    survival = [0.5 * 0.5**n + 0.5 * 0.995**n for n in range(2000)]
    for p in (0.3, 0.5, 0.9):
        by_hand = next(n for n, s in enumerate(survival) if s <= 1 - p + 1e-12)
        assert law.quantile(p) == by_hand


def test_curve_of_a_mixture_begins_at_one() -> None:
    law = Mixture((_Fixed(3), Geometric(0.1)), np.array([0.25, 0.75]))
    assert law.curve().at(np.array([0]))[0] == pytest.approx(1.0)


class _Fixed:
    """Signals at a fixed point."""

    def __init__(self, n: int) -> None:
        self._n = n

    def mean(self) -> float:
        return float(self._n)

    def curve(self) -> SurvivalCurve:
        return SurvivalCurve(np.array([1.0] * self._n + [0.0]), 0.0)

    def quantile(self, probability: float) -> float:
        return float(self._n)
