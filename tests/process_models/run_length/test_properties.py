"""What every run length obeys, whatever the chart: order, symmetry, scale, consistency."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.run_length import Conditions, Scheme, design, limit_name, run_lengths, solve
from process_models.run_length.scheme import CHARTS

TWO_SIDED = {
    "shewhart": Scheme(chart="shewhart"),
    "rules": Scheme(chart="rules", rules=("beyond_limits", "we_2", "we_4")),
    "cusum": Scheme(chart="cusum", k=0.5, h=4.0),
    "ewma": Scheme(chart="ewma", lam=0.2, width=2.8),
    "asymptotic": Scheme(chart="ewma", lam=0.1, width=2.7, limits="asymptotic"),
    "t2": Scheme(chart="t2", variables=3, h=14.0),
    "mewma": Scheme(chart="mewma", variables=2, lam=0.2, h=9.65),
}
KINDS = pytest.mark.parametrize("scheme", TWO_SIDED.values(), ids=TWO_SIDED.keys())
SHIFTS = (0.0, 0.5, 1.0, 2.0, 5.0)
ADDED = ("nelson_2", "nelson_5", "we_3", "nelson_8", "westgard_r4s", "nelson_7")


def arl(scheme: Scheme, **conditions: Any) -> float:
    return solve(scheme, Conditions(**conditions)).law.mean()


def test_every_kind_of_chart_is_here() -> None:
    assert {scheme.chart for scheme in TWO_SIDED.values()} == set(CHARTS)


@KINDS
def test_a_larger_shift_is_never_seen_later(scheme: Scheme) -> None:
    lengths = run_lengths(scheme, SHIFTS, quantiles=(0.1, 0.5, 0.9))
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(lengths.arl))
    for quantiles in lengths.quantiles.values():
        assert all(later <= earlier for earlier, later in pairwise(quantiles))
    assert lengths.arl[-1] < 3


@KINDS
def test_up_and_down_are_seen_alike(scheme: Scheme) -> None:
    for shift in (0.8,):
        assert arl(scheme, shift=shift) == pytest.approx(arl(scheme, shift=-shift), rel=1e-6)


@KINDS
def test_wider_limits_run_longer(scheme: Scheme) -> None:
    name = limit_name(scheme)
    limit = getattr(scheme, name)
    wider = [replace(scheme, **{name: factor * limit}) for factor in (0.8, 1.0, 1.1)]
    for shift in (0.0, 1.0):
        lengths = [arl(one, shift=shift) for one in wider]
        assert all(longer >= shorter - 1e-9 for shorter, longer in pairwise(lengths))
    assert lengths[0] < lengths[-1]


@KINDS
def test_more_spread_signals_sooner(scheme: Scheme) -> None:
    lengths = [arl(scheme, spread=spread) for spread in (1.0, 1.5)]
    assert all(later < earlier for earlier, later in pairwise(lengths))


@KINDS
def test_quantiles_ascend_and_hold_the_median_below_the_mean_in_control(scheme: Scheme) -> None:
    law = solve(scheme, Conditions()).law
    quantiles = [law.quantile(p) for p in (0.05, 0.25, 0.5, 0.75, 0.95)]
    assert quantiles == sorted(quantiles)
    assert quantiles[2] <= law.mean()
    assert min(quantiles) >= 1


@KINDS
def test_the_curve_of_survival_falls_and_adds_up_to_the_mean(scheme: Scheme) -> None:
    for shift in (0.0, 1.0):
        law = solve(scheme, Conditions(shift=shift)).law
        curve = law.curve()
        assert curve.total() == pytest.approx(law.mean(), rel=1e-6)


@pytest.mark.parametrize("rule", ADDED)
@pytest.mark.parametrize("shift", [0.0, 0.8])
def test_a_further_rule_never_lengthens_a_run(rule: str, shift: float) -> None:
    alone = arl(Scheme(chart="rules"), shift=shift)
    both = arl(Scheme(chart="rules", rules=("beyond_limits", rule)), shift=shift)
    by_itself = arl(Scheme(chart="rules", rules=(rule,)), shift=shift)
    assert both <= min(alone, by_itself) + 1e-9


@settings(max_examples=12)
@given(st.lists(st.sampled_from(ADDED[:4]), min_size=1, max_size=3, unique=True))
def test_the_order_of_the_rules_does_not_matter(rules: list[str]) -> None:
    forth = arl(Scheme(chart="rules", rules=tuple(rules)), shift=0.5)
    back = arl(Scheme(chart="rules", rules=(*reversed(rules), rules[0])), shift=0.5)
    assert forth == pytest.approx(back, rel=1e-9)


@settings(max_examples=10)
@given(
    scale=st.floats(0.3, 3.0), h=st.floats(1.0, 5.0), k=st.floats(0.1, 1.0),
    shift=st.floats(-2.0, 2.0),
)  # fmt: skip
def test_a_cusum_knows_only_ratios_to_the_spread(
    scale: float, h: float, k: float, shift: float
) -> None:
    plain = arl(Scheme(chart="cusum", k=k, h=h), shift=shift)
    scaled = arl(Scheme(chart="cusum", k=k * scale, h=h * scale), shift=shift * scale, spread=scale)
    assert scaled == pytest.approx(plain, rel=1e-4)


@settings(max_examples=10)
@given(width=st.floats(1.5, 3.5), lam=st.floats(0.05, 1.0), shift=st.floats(0.0, 2.0))
def test_one_side_signals_no_sooner_than_two(width: float, lam: float, shift: float) -> None:
    asymptotic = Scheme(chart="ewma", lam=lam, width=width, limits="asymptotic")
    assert arl(Scheme(nsigma=width, one_sided=True), shift=shift) >= arl(
        Scheme(nsigma=width), shift=shift
    )
    assert arl(asymptotic, shift=shift) >= 1


@settings(max_examples=20)
@given(nsigma=st.floats(1.0, 3.5), shift=st.floats(-3.0, 3.0), spread=st.floats(0.8, 2.0))
def test_three_ways_to_a_shewhart_chart_agree(nsigma: float, shift: float, spread: float) -> None:
    condition = {"shift": shift, "spread": spread}
    closed = arl(Scheme(nsigma=nsigma), **condition)
    for other in (
        Scheme(chart="rules", nsigma=nsigma),
        Scheme(chart="ewma", lam=1.0, width=nsigma),
        Scheme(chart="t2", variables=1, h=nsigma**2),
    ):
        assert arl(other, **condition) == pytest.approx(closed, rel=1e-5)


@pytest.mark.parametrize("kind", ["shewhart", "cusum", "ewma", "t2"])
@pytest.mark.parametrize("wanted", [20.0, 1_000.0])
def test_a_design_gives_the_run_length_asked_for_and_grows_with_it(
    kind: str, wanted: float
) -> None:
    found = design(TWO_SIDED[kind], wanted)
    assert arl(found) == pytest.approx(wanted, rel=1e-6)
    name = limit_name(found)
    longer = design(TWO_SIDED[kind], 1.5 * wanted)
    assert getattr(longer, name) > getattr(found, name)


@pytest.mark.parametrize("kind", ["cusum", "ewma"])
def test_related_points_in_control_shorten_the_run_the_more_they_are(kind: str) -> None:
    scheme = replace(TWO_SIDED[kind], one_sided=True)
    lengths = [arl(scheme, phi=phi) for phi in (0.0, 0.4)]
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize("kind", ["cusum", "ewma"])
def test_a_head_start_or_a_steady_state_keeps_within_the_extremes(kind: str) -> None:
    scheme = TWO_SIDED[kind]
    steady = arl(scheme, shift=1.0, steady="conditional")
    assert steady < arl(scheme, shift=0.0)
    assert steady > 1
