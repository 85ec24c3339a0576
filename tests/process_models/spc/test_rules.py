"""Run rules: the convention by example, and both engines against a naive reading of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.spc import (
    RULE_SETS,
    RULES,
    ChartData,
    ChartOptions,
    chart,
    rules_compiled,
    rules_numpy,
)
from process_models.spc.distance import Distances
from process_models.spc.result import FloatArray
from process_models.spc.rules import Rule, about_spread, broken_rules, parse_rules, within_scope

Case = Callable[[str], dict[str, Any]]
PATTERNED = tuple(rule for rule in parse_rules(RULES) if rule.pattern != "limits")


def naive_trend(x: list[float], i: int, count: int) -> bool:
    window = x[i - count + 1 : i + 1]
    if i + 1 < count:
        return False
    pairs = list(pairwise(window))
    return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)


def naive_alternation(x: list[float], i: int, count: int) -> bool:
    if i + 1 < count:
        return False
    window = x[i - count + 1 : i + 1]
    steps = [b - a for a, b in pairwise(window)]
    return all(a < 0 < b or b < 0 < a for a, b in pairwise(steps))


def naive_zone(z: list[float], i: int, rule: Rule) -> bool:
    window = z[max(0, i - rule.window + 1) : i + 1]
    return any(
        side * z[i] > rule.zone and sum(side * v > rule.zone for v in window) >= rule.count
        for side in (1, -1)
    )


def naive_row(z: list[float], i: int, rule: Rule) -> bool:
    window = z[i - rule.count + 1 : i + 1]
    if i + 1 < rule.count:
        return False
    if rule.pattern == "inside":
        return all(abs(v) < rule.zone for v in window)
    if rule.pattern == "outside":
        return all(abs(v) > rule.zone for v in window)
    return all(v > 0 for v in window) or all(v < 0 for v in window)


def naive(rule: Rule, x: list[float], z: list[float]) -> list[int]:
    """One point at a time, straight from the words."""
    found = []
    for i in range(len(z)):
        if rule.pattern == "trend":
            hit = naive_trend(x, i, rule.count)
        elif rule.pattern == "alternate":
            hit = naive_alternation(x, i, rule.count)
        elif rule.pattern == "zone":
            hit = naive_zone(z, i, rule)
        elif rule.pattern == "opposite":
            pair = z[i - 1 : i + 1] if i else []
            hit = bool(pair) and max(pair) > rule.zone and min(pair) < -rule.zone
        else:
            hit = naive_row(z, i, rule)
        if hit:
            found.append(i)
    return found


grid = st.one_of(
    st.sampled_from([-3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.5]),
    st.floats(-4, 4, allow_nan=False),
)
one_sided = st.floats(0, 4)
series = st.one_of(
    st.lists(grid, min_size=1, max_size=60),
    st.lists(one_sided, min_size=1, max_size=40),
    st.lists(st.floats(-0.9, 0.9), min_size=15, max_size=40),
    st.lists(st.floats(-4, 4), min_size=6, max_size=30).map(sorted),
)


@settings(max_examples=150, deadline=None)
@given(series)
def test_numpy_reads_every_rule_as_its_words_say(values: list[float]) -> None:
    z = np.array(values)
    found = rules_numpy.broken(PATTERNED, z, z)
    for rule, points in zip(PATTERNED, found, strict=True):
        assert points.tolist() == naive(rule, values, values), rule


@settings(max_examples=40, deadline=None)
@given(series)
def test_the_compiled_pass_agrees_with_numpy(values: list[float]) -> None:
    z = np.array(values)
    compiled = rules_compiled.broken(PATTERNED, z, z)
    for rule, a, b in zip(PATTERNED, compiled, rules_numpy.broken(PATTERNED, z, z), strict=True):
        assert a.tolist() == b.tolist(), rule


def test_long_series_take_the_compiled_pass_with_the_same_answers() -> None:
    """Seed 11; every value is compared, so no interval."""
    z = np.random.default_rng(11).standard_normal(60_000)
    z[[5, 77, 59_999]] = np.nan
    beyond = np.abs(z) > 3
    rules = parse_rules(["beyond_limits", "nelson", "westgard"])
    found = broken_rules(rules, z, z, beyond)
    patterned = [rule for rule in rules if rule.pattern != "limits"]
    assert found[0].tolist() == np.flatnonzero(beyond).tolist()
    for a, b in zip(found[1:], rules_numpy.broken(patterned, z, z), strict=True):
        assert a.tolist() == b.tolist()


def test_distances_made_in_the_compiled_pass_are_the_same() -> None:
    """Straight lines, varying lines and no spread; seed 13."""
    points = np.random.default_rng(13).normal(5.0, 2.0, 60_000).round(1)
    patterned = [rule for rule in parse_rules(["nelson", "westgard"]) if rule.pattern != "limits"]
    for centre, spread in ((5.0, 2.0), (5.0, 0.0), (np.full(60_000, 5.0), 2.0), (5.0, None)):
        away = Distances(points, centre, spread)
        found = rules_compiled.broken(patterned, points, away)
        for a, b in zip(found, rules_numpy.broken(patterned, points, away), strict=True):
            assert a.tolist() == b.tolist()
        assert np.array_equal(away.last(7), away.all()[-7:], equal_nan=True)


def test_many_signals_outgrow_the_first_room_for_them() -> None:
    points = np.full(60_000, 9.0)
    (rule,) = parse_rules(["nelson_1"])
    (found,) = rules_compiled.broken([rule], points, Distances(points, 0.0, 1.0))
    assert found.tolist() == list(range(60_000))


def test_the_kernel_carries_what_it_remembers_from_piece_to_piece() -> None:
    from process_models.spc import rules_kernel as kernel

    rules = parse_rules(["nelson"])
    z = np.random.default_rng(5).standard_normal(400)
    codes = np.array([getattr(kernel, rule.pattern.upper()) for rule in rules])
    counts, windows = np.array([r.count for r in rules]), np.array([r.window for r in rules])
    zones = np.array([rule.zone for rule in rules])

    def run(pieces: list[FloatArray]) -> list[tuple[int, int]]:
        up, down = np.zeros(8, dtype=np.uint64), np.zeros(8, dtype=np.uint64)
        last, found, before = np.full(3, np.nan), [], 0
        for piece in pieces:
            hits, masks = kernel.advance(
                piece, piece, 0.0, 1.0, codes, counts, windows, zones, up, down, last
            )
            found += zip((hits + before).tolist(), masks.tolist(), strict=True)
            before += len(piece)
        return found

    assert run([z]) == run([z[:1], z[1:17], z[17:200], z[200:]])


def test_reference_series_of_the_eight_nelson_rules(case: Case) -> None:
    demo = case("V13")
    known = ChartOptions(centre=0.0, sigma=1.0, rules=("nelson", "we_4"))
    result = chart("i_mr", ChartData(np.array(demo["data"]["x"])), known)
    for short, points in demo["expected"].items():
        rule = "we_4" if short == "WE4_8run" else f"nelson_{short[1:]}"
        found = [s.point for s in result.signals if s.panel == "individual" and s.rule == rule]
        assert found == points, rule


@pytest.mark.parametrize(
    ("rule", "values", "points"),
    [
        ("westgard_22s", [2.1, 2.2, -2.1, 2.1], [2]),
        ("westgard_r4s", [2.1, -2.2, 0.0, 2.1], [2]),
        ("westgard_41s", [1.1, 1.2, 1.3, 1.4, 1.5], [4, 5]),
        ("westgard_10x", [0.1] * 11, [10, 11]),
        ("westgard_12s", [0.0, 2.1], [2]),
        ("aiag_2", [0.1] * 8, [7, 8]),
        ("juran_4", [0.1] * 9, [9]),
        ("nelson_2:7", [0.1] * 7, [7]),
        ("nelson_2", [0.1] * 4 + [0.0] + [0.1] * 8, []),
        ("nelson_5", [2.1, 2.2], [2]),
        ("nelson_5:3", [2.1, 2.2, 0.0, 2.3], [4]),
        ("nelson_3", [1, 2, 3, 4, 5, 6, 6], [6]),
        ("nelson_1", [3.0, 3.0001, -3.0001], [2, 3]),
    ],
)
def test_rules_by_hand(rule: str, values: list[float], points: list[int]) -> None:
    z = np.array(values, dtype=np.float64)
    (found,) = broken_rules(parse_rules([rule]), z, z, np.zeros(len(z), dtype=np.bool_))
    assert (found + 1).tolist() == points


def test_a_point_without_value_breaks_every_pattern() -> None:
    z = np.array([0.1] * 5 + [np.nan] + [0.1] * 8)
    (found,) = broken_rules(parse_rules(["nelson_2"]), z, z, np.zeros(len(z), dtype=np.bool_))
    assert found.size == 0


def test_sets_unfold_in_order_and_each_rule_stays_once() -> None:
    names = [rule.name for rule in parse_rules(["nelson_2", "nelson", "beyond_limits"])]
    assert names[0] == "nelson_2"
    assert sorted(names) == sorted(["beyond_limits", *RULE_SETS["nelson"]])


def test_westgard_s_warning_is_not_in_its_set() -> None:
    assert "westgard_12s" in RULES
    assert "westgard_12s" not in RULE_SETS["westgard"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nelson_9", "rule must be one of beyond_limits, nelson, .* got 'nelson_9'"),
        ("", "rule must be one of"),
        ("beyond_limits:5", "rule beyond_limits has no K to change"),
        ("nelson_2:x", "K of rule nelson_2 must be a whole number from 2 to 60, got 'x'"),
        ("nelson_2:99", "K of rule nelson_2"),
    ],
)
def test_unknown_rules_are_refused_by_name(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_rules([name])


def test_scopes_keep_only_what_makes_sense_there() -> None:
    rules = parse_rules(["beyond_limits", "nelson", "westgard_12s"])
    names = {scope: {r.name for r in within_scope(rules, scope)} for scope in ("runs", "single")}
    assert names["runs"] == {"beyond_limits", "nelson_1", "nelson_2", "nelson_3", "nelson_4"}
    assert names["single"] == {"beyond_limits", "nelson_1"}
    assert {r.name for r in within_scope(rules, "limits")} == {"beyond_limits"}
    assert within_scope(rules, "all") == rules


def test_the_k_of_one_point_is_its_standard_errors() -> None:
    (rule,) = parse_rules(["nelson_1:3.5"])
    assert (rule.name, rule.zone, rule.count) == ("nelson_1:3.5", 3.5, 1)
    values = np.array([0.0, 3.2, 3.6])
    options = ChartOptions(centre=0.0, sigma=1.0, rules=("nelson_1", "nelson_1:3.5"))
    found = chart("i_mr", ChartData(values), options).signals
    assert [(s.point, s.rule) for s in found if s.panel == "individual"] == [
        (2, "nelson_1"),
        (3, "nelson_1"),
        (3, "nelson_1:3.5"),
    ]
    assert within_scope([rule], "single") == (rule,)


@pytest.mark.parametrize("text", ["nelson_1:x", "nelson_1:0.1", "nelson_1:99", "we_1:nan"])
def test_a_width_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"must be a number of sigma from 0\.5 to 10"):
        parse_rules([text])


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("beyond_limits", "major"), ("nelson_1", "major"), ("we_1", "major"),
        ("nelson_1:3.5", "major"), ("nelson_5", "major"), ("westgard_22s", "major"),
        ("westgard_r4s", "major"), ("westgard_12s", "info"), ("nelson_2", "minor"),
        ("nelson_2:7", "minor"), ("nelson_6", "minor"), ("nelson_7", "minor"), ("juran_6", "minor"),
    ],
)  # fmt: skip
def test_every_rule_has_a_severity(name: str, severity: str) -> None:
    assert parse_rules([name])[0].severity == severity


def test_rules_about_spread_are_known() -> None:
    assert [name for name in RULES if about_spread(name)] == [
        "nelson_7", "nelson_8", "aiag_7", "aiag_8", "juran_6",
    ]  # fmt: skip
    assert about_spread("nelson_7:12")
