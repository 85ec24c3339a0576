"""CUSUM against R's spc, Montgomery's tables, limits, and plain simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from process_models.run_length import Scheme, design
from process_models.run_length.chain import SteadyState, quasi_stationary, steady_chain
from process_models.run_length.cusum import cusum_chain
from process_models.run_length.cusum_pair import cusum_pair

Case = Callable[[str], dict[str, Any]]
SHIFTS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4)
MONTGOMERY_9_3 = {
    4: (168, 74.2, 26.6, 13.3, 8.38, 4.75, 3.34, 2.62, 2.19, 1.71),
    5: (465, 139, 38.0, 17.0, 10.4, 5.75, 4.01, 3.11, 2.57, 2.01),
}
MONTGOMERY_9_4 = {0.25: 8.01, 0.5: 4.77, 0.75: 3.34, 1.0: 2.52, 1.25: 1.99, 1.5: 1.61}


def both_sides(
    k: float, h: float, shift: float = 0.0, *, spread: float = 1.0, start: float = 0.0,
    steady: SteadyState | None = None,
) -> float:  # fmt: skip
    return cusum_pair(k, h, shift=shift, spread=spread, start=start, steady=steady).mean()


@pytest.mark.parametrize("h", MONTGOMERY_9_3)
def test_montgomery_table_9_3(h: int) -> None:
    found = [both_sides(0.5, h, shift) for shift in SHIFTS]
    assert found == pytest.approx(MONTGOMERY_9_3[h], rel=4e-3)


@pytest.mark.parametrize("k", MONTGOMERY_9_4)
def test_montgomery_table_9_4_gives_370(k: float) -> None:
    scheme = Scheme(chart="cusum", k=k)
    assert design(scheme, 370).h == pytest.approx(MONTGOMERY_9_4[k], abs=0.01)


def test_every_figure_of_the_reference_case(case: Case) -> None:
    for table in case("V17")["cusum"]:
        k, h = table["k"], table["h"]
        one = [cusum_chain(k, h, shift=shift).mean() for shift in table["shift"]]
        two = [both_sides(k, h, shift) for shift in table["shift"]]
        fast = [both_sides(k, h, shift, start=h / 2) for shift in table["shift"]]
        assert one == pytest.approx(table["arl_one"], rel=1e-10)
        assert two == pytest.approx(table["arl_two"], rel=1e-10)
        assert fast == pytest.approx(table["fir_half_two"], rel=1e-8)


def test_a_limit_of_nothing_is_a_shewhart_chart_at_k() -> None:
    from scipy.stats import norm

    assert cusum_chain(2.0, 1e-9).mean() == pytest.approx(1 / norm.sf(2), rel=1e-6)


def test_scaling_everything_changes_nothing() -> None:
    usual = cusum_chain(0.5, 4.0, shift=1.0, start=1.0).mean()
    scaled = cusum_chain(1.0, 8.0, shift=2.0, start=2.0, spread=2.0).mean()
    assert scaled == pytest.approx(usual, rel=1e-10)


def test_a_shift_moves_the_reference_value() -> None:
    assert cusum_chain(0.5, 4.0, shift=0.3).mean() == pytest.approx(
        cusum_chain(0.2, 4.0).mean(), rel=1e-11
    )


def test_a_head_start_shortens_and_more_so_after_a_shift() -> None:
    plain, fast = (cusum_chain(0.5, 5.0, start=s).mean() for s in (0.0, 2.5))
    assert 0.9 < fast / plain < 1
    shifted, faster = (cusum_chain(0.5, 5.0, shift=1, start=s).mean() for s in (0.0, 2.5))
    assert faster / shifted < 0.7


@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("start", [0.0, 2.0])
def test_the_curve_of_both_sides_adds_up_to_the_mean(shift: float, start: float) -> None:
    pair = cusum_pair(0.5, 4.0, shift=shift, spread=1.0, start=start, steady=None)
    points = np.arange(200_000)
    assert pair.curve().at(points).sum() == pytest.approx(pair.mean(), rel=1e-9)


def test_the_curve_of_one_side_alone_when_the_other_never_signals() -> None:
    pair = cusum_pair(0.5, 4.0, shift=3.0, spread=1.0, start=0.0, steady=None)
    upper = cusum_chain(0.5, 4.0, shift=3.0)
    points = np.arange(20)
    assert pair.curve().at(points) == pytest.approx(upper.curve().at(points), abs=1e-10)
    assert pair.quantile(0.5) == upper.quantile(0.5)


def test_first_points_of_both_sides_by_hand() -> None:
    from scipy.stats import norm

    pair = cusum_pair(0.5, 2.0, shift=0.0, spread=1.0, start=0.0, steady=None)
    assert pair.curve().at(np.array([1]))[0] == pytest.approx(1 - 2 * norm.sf(2.5), rel=1e-12)


def test_conditional_steady_state_in_control_is_the_decay_of_the_curve() -> None:
    steady = cusum_pair(0.5, 4.0, shift=0.0, spread=1.0, start=0.0, steady="conditional")
    zero = cusum_pair(0.5, 4.0, shift=0.0, spread=1.0, start=0.0, steady=None)
    assert steady.mean() == pytest.approx(1 / (1 - zero.curve().ratio), rel=1e-6)


def test_conditional_steady_state_forgets_the_head_start() -> None:
    lengths = [both_sides(0.5, 4.0, 1.0, start=s, steady="conditional") for s in (0.0, 2.0)]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-10)


def test_steady_state_of_one_side_lies_between_its_extremes() -> None:
    before, after = cusum_chain(0.5, 4.0), cusum_chain(0.5, 4.0, shift=1.0)
    steady = steady_chain(before, after, "conditional").mean()
    assert cusum_chain(0.5, 4.0, shift=1.0, start=3.9).mean() < steady < after.mean()
    assert quasi_stationary(before).sum() == pytest.approx(1.0)


class TwoSums:
    """Both sums, as the definition has them."""

    def __init__(self, k: float, h: float, start: float = 0.0) -> None:
        self.k, self.h = k, h
        self.high = self.low = start

    def __call__(self, x: float) -> bool:
        self.high = max(0.0, self.high + x - self.k)
        self.low = max(0.0, self.low - x - self.k)
        return self.high > self.h or self.low > self.h


@pytest.mark.parametrize(("shift", "spread", "start"), [(0.5, 1.0, 0.0), (0.4, 1.4, 2.0)])
def test_plain_simulation_agrees(
    shift: float,
    spread: float,
    start: float,
    simulate_plainly: Callable[..., Any],
    normal_values: Callable[..., Callable[[], Iterator[float]]],
) -> None:
    """3000 charts of seed 21, within 4 standard errors."""
    values = normal_values(21, shift, spread)
    found = simulate_plainly(lambda: TwoSums(0.5, 4.0, start), values, 3000)
    assert found.agrees_with(both_sides(0.5, 4.0, shift, spread=spread, start=start))


def test_plain_simulation_of_the_steady_state_agrees(
    estimate: Callable[[np.ndarray], Any],
) -> None:
    """4000 charts of seed 8 that ran 60 points in control, shift 1; within 4 standard errors."""
    rng = np.random.default_rng(8)
    lengths = []
    while len(lengths) < 4000:
        chart = TwoSums(0.5, 3.0)
        if any(chart(x) for x in rng.standard_normal(60).tolist()):
            continue
        n = 1
        while not chart(float(rng.standard_normal()) + 1):
            n += 1
        lengths.append(n)
    found = estimate(np.array(lengths))
    assert found.agrees_with(both_sides(0.5, 3.0, 1.0, steady="conditional"))
