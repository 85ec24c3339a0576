"""Trends, alternation, moving ranges and autocorrelation, whose states include the last value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.run_length import Scheme
from process_models.run_length.last_value import last_value_chain
from process_models.run_length.run_rules import rules_chain
from process_models.spc.rules import broken_rules, parse_rules


def arl(
    *rules: str, shift: float = 0.0, spread: float = 1.0, phi: float = 0.0, **more: Any
) -> float:
    return last_value_chain(Scheme(chart="rules", rules=rules, **more), shift, spread, phi).mean()


def test_three_points_rising_or_falling_is_known_in_closed_form() -> None:
    """P(N > n) = 2 E(n) / n!, with E the zigzag numbers, whose series is sec + tan."""
    assert arl("nelson_3:3") == pytest.approx(2 * (1 / math.cos(1) + math.tan(1)) - 2, rel=1e-9)


def test_three_points_alternating_is_known_in_closed_form() -> None:
    """P(N > n) = 2 / n!: only the sequence that rises all the way, or falls."""
    assert arl("nelson_4:3") == pytest.approx(2 * math.e - 2, rel=1e-9)


@pytest.mark.parametrize(
    ("rule", "shift", "spread"), [("nelson_3", 1.5, 1.0), ("nelson_4", 0, 2.5)]
)
def test_order_does_not_depend_on_mean_or_spread(rule: str, shift: float, spread: float) -> None:
    assert arl(rule, shift=shift, spread=spread) == pytest.approx(arl(rule), rel=1e-6)


@pytest.mark.parametrize("rules", [("beyond_limits",), ("we",), ("beyond_limits", "nelson_2")])
def test_without_order_the_last_value_does_not_matter(rules: tuple[str, ...]) -> None:
    for shift in (0.0, 1.2):
        plain = rules_chain(Scheme(chart="rules", rules=rules), shift, 1.0).mean()
        assert arl(*rules, shift=shift) == pytest.approx(plain, rel=1e-11)


def test_autocorrelated_individuals_against_a_fine_quadrature() -> None:
    """L(x) = 1 + integral of L(y) f(y | x) between the limits, at 400 midpoints."""
    phi, delta = 0.6, 0.5
    y = -3 + 6 * (np.arange(3000) + 0.5) / 3000
    sd = math.sqrt(1 - phi**2)
    kernel = np.exp(-0.5 * ((y - delta - phi * (y[:, None] - delta)) / sd) ** 2)
    kernel *= (6 / 3000) / (sd * math.sqrt(2 * math.pi))
    lengths = np.linalg.solve(np.eye(3000) - kernel, np.ones(3000))
    first = np.exp(-0.5 * (y - delta) ** 2) / math.sqrt(2 * math.pi) * (6 / 3000)
    assert arl("beyond_limits", shift=delta, phi=phi) == pytest.approx(
        1 + first @ lengths, rel=1e-5
    )


def test_autocorrelation_makes_individuals_signal_less_often() -> None:
    assert arl("beyond_limits", phi=0.9) > arl("beyond_limits", phi=0.5) > arl("beyond_limits")
    assert arl("beyond_limits", phi=-0.5) == pytest.approx(arl("beyond_limits", phi=0.5), rel=1e-6)


def test_autocorrelation_makes_run_rules_signal_far_more_often() -> None:
    assert arl("nelson_2", phi=0.5) < arl("nelson_2") / 8


def flagged(rules: tuple[str, ...], values: np.ndarray, nsigma: float) -> np.ndarray:
    """First point of every row at which the rules of the charts signal; 0 where none does."""
    rows, columns = values.shape
    series = np.column_stack([values, np.full(rows, np.nan)]).reshape(-1)
    hits = np.zeros(len(series), dtype=bool)
    with np.errstate(invalid="ignore"):
        beyond = np.abs(series) > nsigma
    for found in broken_rules(parse_rules(rules), series, series, beyond):
        hits[found] = True
    hits = hits.reshape(rows, columns + 1)
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0)


def autocorrelated(seed: int, rows: int, columns: int, phi: float) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((rows, columns))
    for column in range(1, columns):
        noise[:, column] *= math.sqrt(1 - phi**2)
        noise[:, column] += phi * noise[:, column - 1]
    return noise


@pytest.mark.parametrize(
    ("rules", "shift", "phi", "columns"),
    [
        (("nelson_3",), 0.0, 0.0, 500),
        (("beyond_limits", "nelson_3", "nelson_4"), 0.8, 0.0, 300),
        (("we",), 0.3, 0.5, 200),
        (("westgard", "nelson_8"), 0.7, -0.3, 200),
        (("nelson_3", "nelson_7"), 0.5, 0.4, 300),
        (("nelson",), 0.0, 0.0, 200),
    ],
)
def test_share_that_signals_in_time_agrees_with_the_rules_of_the_charts(
    rules: tuple[str, ...], shift: float, phi: float, columns: int
) -> None:
    """4000 series of seed 11; the share that signalled within 4 binomial standard errors."""
    chain = last_value_chain(Scheme(chart="rules", rules=rules), shift, 1.0, phi)
    lengths = flagged(rules, autocorrelated(11, 4000, columns, phi) + shift, 3.0)
    for by in (columns // 5, columns):
        expected = 1 - chain.curve().at(np.array([by]))[0]
        share = float(((lengths > 0) & (lengths <= by)).mean())
        assert share == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 4000))


def test_moving_range_alone_is_crowders_equation(
    estimate: Callable[[np.ndarray], Any],
) -> None:
    """Individuals and moving ranges at three sigma; 20,000 charts of seed 5, 4 standard errors."""
    scheme = Scheme(chart="rules", moving_range=True)
    found = last_value_chain(scheme, 0.0, 1.0).mean()
    far = 2 / math.sqrt(math.pi) + 3 * math.sqrt(2 - 4 / math.pi)
    values = np.random.default_rng(5).standard_normal((20_000, 1400))
    beyond = np.abs(values) > 3
    beyond[:, 1:] |= np.abs(np.diff(values, axis=1)) > far
    lengths = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1, 1400)
    assert beyond.any(axis=1).mean() > 0.9999
    assert estimate(lengths).agrees_with(found)


def test_finer_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from process_models.run_length import last_value

    usual = arl("beyond_limits", "nelson_2", "nelson_3", moving_range=True)
    monkeypatch.setattr(last_value, "_WIDEST", 0.5)
    assert arl("beyond_limits", "nelson_2", "nelson_3", moving_range=True) == pytest.approx(
        usual, rel=1e-7
    )
