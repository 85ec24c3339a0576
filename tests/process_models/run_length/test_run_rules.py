"""Run rules against Champ and Woodall (1987), closed forms, and the rules of the charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from process_models.errors import InputError
from process_models.run_length import Scheme
from process_models.run_length.run_rules import rules_chain, states_needed
from process_models.spc import ChartData, ChartOptions, chart

Case = Callable[[str], dict[str, Any]]
CHAMP_WOODALL = {
    (): 370.40, ("we_2",): 225.44, ("we_3",): 166.05, ("we_4",): 152.73,
    ("we_2", "we_3"): 132.89, ("we_2", "we_4"): 122.05, ("we_3", "we_4"): 105.78,
    ("we_2", "we_3", "we_4"): 91.75,
}  # fmt: skip


def arl(*rules: str, shift: float = 0.0, spread: float = 1.0, **more: Any) -> float:
    return rules_chain(Scheme(chart="rules", rules=rules, **more), shift, spread).mean()


@pytest.mark.parametrize(("rules", "expected"), CHAMP_WOODALL.items())
def test_table_1_of_champ_and_woodall(rules: tuple[str, ...], expected: float) -> None:
    assert arl("we_1", *rules) == pytest.approx(expected, abs=0.005)


def test_every_figure_of_the_reference_case(case: Case) -> None:
    names = {1: "beyond_limits", 2: "we_2", 3: "we_3", 4: "we_4"}
    for row in case("V18")["table"]:
        rules = [names[number] for number in row["rules"]]
        found = [arl(*rules, shift=shift) for shift in row["shift"]]
        assert found == pytest.approx(row["arl"], rel=1e-10)


@pytest.mark.parametrize(("rule", "run"), [("nelson_2", 9), ("we_4", 8), ("nelson_2:5", 5),
                                           ("westgard_10x", 10), ("aiag_2", 7)])  # fmt: skip
def test_a_run_on_one_side_is_a_run_of_equal_coins(rule: str, run: int) -> None:
    assert arl(rule) == pytest.approx(2**run - 1, rel=1e-12)


@pytest.mark.parametrize(
    ("rule", "run", "inside"), [("nelson_7", 15, True), ("nelson_8", 8, False)]
)
def test_runs_inside_and_outside_one_sigma(rule: str, run: int, inside: bool) -> None:
    p = norm.cdf(1) - norm.cdf(-1) if inside else 2 * norm.cdf(-1)
    assert arl(rule) == pytest.approx((1 - p**run) / ((1 - p) * p**run), rel=1e-11)


def test_one_point_rules_are_closed_forms() -> None:
    for shift, spread in ((0.0, 1.0), (1.0, 1.0), (0.5, 1.6), (-2.0, 0.7)):
        p = norm.cdf((-3 - shift) / spread) + norm.sf((3 - shift) / spread)
        assert arl("beyond_limits", shift=shift, spread=spread) == pytest.approx(1 / p, rel=1e-12)


def test_limits_at_other_widths_and_the_fixed_three_sigma_together() -> None:
    wide = arl("beyond_limits", nsigma=3.5)
    assert arl("beyond_limits", "nelson_1", nsigma=3.5) == pytest.approx(arl("nelson_1"))
    assert arl("beyond_limits", "nelson_1", nsigma=2.5) < arl("nelson_1") < wide


def test_westgard_opposite_sides_by_hand() -> None:
    q = norm.sf(2)
    # From no warning: L; after a high or low point: 1 + (1 - 2q) L + q M, with M of that side.
    matrix = np.array([[1 - (1 - 2 * q), -2 * q], [-(1 - 2 * q), 1 - q]])
    expected = np.linalg.solve(matrix, np.ones(2))[0]
    assert arl("westgard_r4s") == pytest.approx(expected, rel=1e-12)


def test_one_sided_rules_run_longer_in_control_and_as_long_after_a_large_rise() -> None:
    both, upper = arl("we"), arl("we", one_sided=True)
    assert upper > 1.8 * both
    assert arl("we", shift=3.0, one_sided=True) == pytest.approx(arl("we", shift=3.0), rel=1e-3)
    assert arl("we", shift=-3.0, one_sided=True) > 1e4


def test_shifts_up_and_down_are_alike() -> None:
    assert arl("nelson_5", "nelson_6", shift=0.8) == pytest.approx(
        arl("nelson_5", "nelson_6", shift=-0.8), rel=1e-12
    )


def test_all_four_rules_need_215_histories() -> None:
    assert states_needed(Scheme(chart="rules", rules=("we",))) == 215
    assert states_needed(Scheme(chart="rules", rules=("beyond_limits", "we_2"))) == 7


def test_limits_that_are_not_symmetric() -> None:
    p = norm.cdf(-2) + norm.sf(3.5)
    assert arl("beyond_limits", score_limits=(-2.0, 0.1, 3.5)) == pytest.approx(1 / p, rel=1e-12)
    runs = arl("nelson_2:2", score_limits=(-np.inf, norm.ppf(0.7), np.inf))
    below, above = 0.7, 0.3
    # After a point below: L = 1 + above M; after one above: M = 1 + below L.
    after_below = (1 + above) / (1 - above * below)
    after_above = (1 + below) / (1 - above * below)
    assert runs == pytest.approx(1 + below * after_below + above * after_above, rel=1e-12)


@pytest.mark.parametrize("rules", [("we",), ("nelson_2", "nelson_7", "nelson_8"), ("westgard",),
                                   ("aiag_5", "juran_3", "beyond_limits")])  # fmt: skip
def test_the_machine_signals_where_the_chart_does(rules: tuple[str, ...]) -> None:
    """600 values of seed 3: after every signal the chart starts anew, as the chain does."""
    from process_models.run_length.machine import SIGNAL
    from process_models.run_length.run_rules import machine_of

    scheme = Scheme(chart="rules", rules=rules)
    alphabet, machine = machine_of(scheme)
    values = np.random.default_rng(3).normal(0.3, 1.2, 600)
    start = 0
    while start < len(values):
        state, length = 0, 0
        for x in values[start:]:
            length += 1
            state = int(machine.table[state, np.searchsorted(alphabet.cuts, x)])
            if state == SIGNAL:
                break
        piece = ChartData(np.append(values[start : start + length], 0.0))
        options = ChartOptions(rules=rules, centre=0.0, sigma=1.0)
        signals = [
            s.point for s in chart("i_mr", piece, options).signals if s.panel == "individual"
        ]
        signals = [point for point in signals if point <= length]
        if state == SIGNAL:
            assert min(signals) == length
        else:
            assert signals == []
        start += length


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(InputError, match="rule must be one of"):
        arl("nelson_9")
