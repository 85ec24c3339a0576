"""Which method answers, and limits estimated from a finite Phase I."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from process_models.errors import InputError
from process_models.run_length import Conditions, Scheme, solve


@pytest.mark.parametrize(
    ("scheme", "conditions", "method"),
    [
        ({}, {}, "closed_form"),
        ({}, {"phi": 0.3}, "integral_equation"),
        ({"rules": ("we",)}, {}, "markov_chain"),
        ({"chart": "rules"}, {}, "markov_chain"),
        ({"chart": "rules", "rules": ("nelson_3",)}, {}, "integral_equation"),
        ({"chart": "rules", "rules": ("we",)}, {"phi": 0.3}, "integral_equation"),
        ({"chart": "cusum"}, {}, "integral_equation"),
        ({"chart": "cusum"}, {"phi": 0.3}, "simulation"),
        ({"chart": "cusum", "one_sided": True}, {"phi": 0.3}, "integral_equation"),
        ({"chart": "cusum", "h": 4.0, "head_start": 3.0}, {"shift": 1.0}, "simulation"),
        ({"chart": "ewma"}, {"phi": 0.3}, "integral_equation"),
        ({"chart": "mewma", "h": 8.0}, {}, "integral_equation"),
        ({"chart": "t2", "h": 8.0}, {}, "closed_form"),
        ({"chart": "t2", "h": 6.0}, {"phi": 0.3}, "simulation"),
        ({"chart": "t2", "h": 6.0}, {"estimated_from": 40}, "simulation"),
        ({"nsigma": 2.0}, {"estimated_from": 40, "steady": "conditional"}, "simulation"),
        ({}, {"estimated_from": 40}, "closed_form"),
        ({}, {"estimated_from": 40, "sigma_method": "mr_d2"}, "simulation"),
    ],
)
def test_the_most_exact_method_answers(
    scheme: dict[str, Any], conditions: dict[str, Any], method: str
) -> None:
    found = solve(Scheme(**scheme), Conditions(**conditions))
    assert found.method == method
    assert (found.standard_error is not None) == (method == "simulation")


def average_by_rectangles(size: int, shift: float) -> float:
    """Mean run length of individuals with estimated limits, summed over a fine mesh."""
    mean = np.linspace(-9, 9, 401)[:, None] / size**0.5
    sigma = np.linspace(0.1, 3.5, 4001)
    p = stats.norm.sf(mean + 3 * sigma - shift) + stats.norm.cdf(mean - 3 * sigma - shift)
    density = stats.norm.pdf(mean, scale=size**-0.5) * 2 * (size - 1) * sigma
    density = density * stats.chi2.pdf((size - 1) * sigma**2, size - 1)
    return float((density / p).sum() * (mean[1, 0] - mean[0, 0]) * (sigma[1] - sigma[0]))


@pytest.mark.parametrize(("size", "shift"), [(30, 0.0), (50, 0.0), (50, 1.0), (200, 0.0)])
def test_estimated_limits_against_a_fine_mesh(size: int, shift: float) -> None:
    found = solve(Scheme(), Conditions(shift=shift, estimated_from=size)).law.mean()
    assert found == pytest.approx(average_by_rectangles(size, shift), rel=1e-6)


@pytest.mark.parametrize("chart", ["shewhart", "rules", "cusum", "ewma"])
def test_limits_from_very_many_individuals_are_known_limits(chart: str) -> None:
    scheme = Scheme(chart=chart, rules=("we_1", "we_2") if chart == "rules" else ("beyond_limits",))
    known = solve(scheme, Conditions(shift=0.5)).law.mean()
    many = solve(scheme, Conditions(shift=0.5, estimated_from=1_000_000)).law.mean()
    assert many == pytest.approx(known, rel=1e-3)


def test_few_individuals_make_runs_longer_on_average_and_half_of_them_shorter() -> None:
    found = solve(Scheme(), Conditions(estimated_from=40)).law
    assert found.mean() > 370.4
    assert found.quantile(0.5) < 256


def test_moving_ranges_make_them_longer_still() -> None:
    lengths = [
        solve(Scheme(), Conditions(estimated_from=100, sigma_method=method)).law.mean()  # type: ignore[arg-type]
        for method in ("sd", "mr_d2")
    ]
    assert lengths[1] > 1.1 * lengths[0]


def test_too_few_individuals_have_no_average() -> None:
    with pytest.raises(InputError, match=r"estimated-from must be above 10 for these limits, or "
                       r"the average run length is infinite, got 8"):  # fmt: skip
        solve(Scheme(), Conditions(estimated_from=8))


def test_a_steady_state_changes_nothing_for_points_without_memory() -> None:
    zero = solve(Scheme(), Conditions(shift=1.0)).law.mean()
    assert solve(Scheme(), Conditions(shift=1.0, steady="conditional")).law.mean() == zero


def test_the_shift_after_a_long_time_moves_autocorrelated_data_at_once() -> None:
    late = solve(Scheme(), Conditions(shift=3.0, phi=0.8, steady="conditional")).law
    p = 1 - late.curve().head[1]
    assert p == pytest.approx(0.497, abs=0.01)  # about half of the points lie beyond 3 sigma
