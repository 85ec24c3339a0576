"""Many charts in one call: every one has the bits of its own stream."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import (
    BANKS,
    RULE_SETS,
    ChartData,
    ChartOptions,
    FrozenLimits,
    StreamBank,
    evaluate,
)

CHARTS_IN_BANK, POINTS = 6, 120
ALL_RULES = ("beyond_limits", *RULE_SETS, "westgard_12s", "nelson_2:5", "nelson_3:4")
SUBGROUPS = ("xbar_r", "xbar_s", "xbar", "r", "s")
COUNTS = ("p", "np", "c", "u")


def limits(kind: str) -> list[FrozenLimits]:
    centres = np.linspace(0.1, 0.4, CHARTS_IN_BANK) if kind in ("p", "np") else np.arange(3.0, 9.0)
    return [
        FrozenLimits(kind, 20, (), {"centre": float(c), "sigma": 0.5 + 0.1 * i})
        for i, c in enumerate(centres)
    ]


def feed(kind: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Values of every chart at every point; quiet, then shifted, rounded so that ties occur."""
    rng = np.random.default_rng(12)
    shift = 0.4 * (np.arange(POINTS) > 60)[:, None]
    if kind in COUNTS:
        sizes = rng.integers(30, 60, (POINTS, CHARTS_IN_BANK)).astype(float)
        p = np.linspace(0.1, 0.4, CHARTS_IN_BANK) + shift / 3
        return rng.binomial(30, p).astype(float), np.ones_like(sizes) if kind == "c" else sizes
    centre = np.arange(3.0, 9.0)
    if kind in SUBGROUPS:
        values = centre[:, None] + shift[:, None] + rng.normal(0, 0.7, (POINTS, CHARTS_IN_BANK, 4))
        values[rng.random(values.shape) < 0.2] = np.nan
        values[..., 0] = np.broadcast_to(centre, (POINTS, CHARTS_IN_BANK))
        return values, None
    return np.round(centre + shift + rng.normal(0, 0.7, (POINTS, CHARTS_IN_BANK)), 1), None


@pytest.mark.parametrize("kind", list(BANKS))
def test_a_bank_is_bit_for_bit_its_charts(kind: str) -> None:
    rules = ("beyond_limits",) if kind in ("ewma", "cusum") else ALL_RULES
    options = ChartOptions(rules=rules, phase1=0)
    values, sizes = feed(kind)
    charts = limits(kind)
    bank = StreamBank(charts, options)
    updates = [bank.update(values[i], None if sizes is None else sizes[i]) for i in range(POINTS)]
    for j, own in enumerate(charts):
        data = ChartData(values[:, j], None if sizes is None else sizes[:, j])
        whole = evaluate(own, data, options)
        for k, panel in enumerate(whole.panels):
            for line in ("points", "centre_line", "lcl", "ucl"):
                banked = np.array([getattr(update.panels[k], line)[j] for update in updates])
                alone = np.broadcast_to(getattr(panel, line), POINTS)
                assert np.array_equal(banked, alone, equal_nan=True), (panel.statistic, line)
        found = {signal for update in updates for signal in update.signals(j)}
        assert found == set(whole.signals)
    assert any(update.broken for update in updates)
    assert bank.points == POINTS


def test_every_rule_signals_somewhere_in_the_comparison() -> None:
    values, _ = feed("i_mr")
    options = ChartOptions(rules=ALL_RULES)
    bank = StreamBank(limits("i_mr"), options)
    seen = {rule for row in values for _, rule in bank.update(row).broken}
    assert {"nelson_1", "nelson_2", "nelson_5", "nelson_6", "westgard_12s", "nelson_3:4"} <= seen


def test_subgroups_feed_charts_with_a_memory() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(5.0, 1.0, (40, 2, 3))
    own = [FrozenLimits("cusum", 20, (), {"centre": 5.0, "sigma": 1.0})] * 2
    bank = StreamBank(own)
    updates = [bank.update(rows) for rows in values]
    alone = evaluate(own[0], ChartData(values[:, 1]), ChartOptions(phase1=0))
    assert [u.panels[0].points[1] for u in updates] == alone.panels[0].points.tolist()


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ((), "a bank needs charts of one kind, got none"),
        (("i_mr", "ewma"), "a bank needs charts of one kind, got ewma, i_mr"),
        (("pca",), "a bank takes charts of kind i_mr, .* got 'pca'"),
    ],
)
def test_banks_that_cannot_be(kinds: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        StreamBank([FrozenLimits(kind, 1, (), {"centre": 0.0, "sigma": 1.0}) for kind in kinds])


@pytest.mark.parametrize(
    ("kind", "values", "sizes", "message"),
    [
        ("i_mr", np.ones(2), None, "a bank of 6 charts needs so many values"),
        ("i_mr", np.array([1.0, 2, np.nan, 4, 5, 6]), None, "must be finite"),
        ("xbar_r", np.ones(6), None, "subgroups of at least 2 values"),
        ("p", np.ones(6), None, "a bank of p needs sizes"),
        ("p", np.full(6, 9.0), np.full(6, 5.0), "at most its sample size"),
        ("c", np.full(6, 0.5), None, "a whole number from 0"),
    ],
)
def test_points_that_cannot_be(
    kind: str, values: np.ndarray, sizes: np.ndarray | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        StreamBank(limits(kind)).update(values, sizes)


def test_a_bank_needs_common_constants_and_a_sigma() -> None:
    exact, rounded = limits("i_mr")[:2]
    odd = FrozenLimits("i_mr", 1, (), {**rounded.parameters, "constants": "rounded"})
    with pytest.raises(InputError, match="all have the same constants"):
        StreamBank([exact, odd])
    with pytest.raises(InputError, match="needs a sigma above 0"):
        StreamBank([FrozenLimits("cusum", 1, (), {"centre": 0.0, "sigma": 0.0})])
