"""Cells and steps that rules can tell apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.run_length import Scheme
from process_models.run_length.alphabet import FALL, FIRST, RISE, alphabet_of, rule_machine
from process_models.run_length.machine import SIGNAL
from process_models.run_length.pieces import NODES, NextValue, cut_axis, first_value, moves


def test_cells_are_cut_where_a_rule_looks() -> None:
    alphabet, rules = alphabet_of(Scheme(chart="rules", rules=("we",), nsigma=2.5))
    assert alphabet.cuts.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert len(rules) == 4
    wider, _ = alphabet_of(Scheme(chart="rules", rules=("beyond_limits",), nsigma=2.5))
    assert wider.cuts.tolist() == [-2.5, 0, 2.5]


def test_a_limit_that_is_not_there_cuts_nothing() -> None:
    scheme = Scheme(chart="rules", score_limits=(-math.inf, 0.2, 2.0))
    assert alphabet_of(scheme)[0].cuts.tolist() == [0.2, 2.0]


@pytest.mark.parametrize(
    ("rules", "moving_range", "ordered"),
    [(("we",), False, False), (("nelson_3",), False, True), (("aiag_4",), False, True),
     (("beyond_limits",), True, True)],
)  # fmt: skip
def test_steps_matter_only_to_some(
    rules: tuple[str, ...], moving_range: bool, ordered: bool
) -> None:
    alphabet, _ = alphabet_of(Scheme(chart="rules", rules=rules, moving_range=moving_range))
    assert alphabet.ordered is ordered
    assert alphabet.steps == (5 if ordered else 1)


def test_middles_lie_in_their_cells() -> None:
    alphabet, _ = alphabet_of(Scheme(chart="rules", rules=("nelson",)))
    assert np.searchsorted(alphabet.cuts, alphabet.middles).tolist() == list(
        range(len(alphabet.cuts) + 1)
    )


def test_alternation_is_counted_in_points() -> None:
    scheme = Scheme(chart="rules", rules=("nelson_4:5",))
    alphabet, rules = alphabet_of(scheme)
    machine = rule_machine(scheme, alphabet, rules)
    state, ups_and_downs = 0, [FIRST, RISE, FALL, RISE, FALL]
    for n, step in enumerate(ups_and_downs, start=1):
        state = int(machine.table[state, step])
        assert (state == SIGNAL) == (n == 5)


def test_alternation_of_two_points_means_nothing() -> None:
    scheme = Scheme(chart="rules", rules=("nelson_4:2",))
    with pytest.raises(InputError, match="needs at least 3 of them, got 2"):
        rule_machine(scheme, *alphabet_of(scheme))


def test_pieces_cover_their_cells_and_are_not_too_wide() -> None:
    alphabet, _ = alphabet_of(Scheme(chart="rules", moving_range=True))
    pieces = cut_axis(alphabet, np.array([1, 2]), 9.0, 0.8)
    assert pieces.low[0] == -3
    assert pieces.high[-1] == 3
    assert pieces.low[1:] == pytest.approx(pieces.high[:-1])
    assert (pieces.high - pieces.low).max() <= 0.8 + 1e-9
    bends = [3 - alphabet.far, alphabet.far - 3]
    assert all(np.abs(pieces.low - bend).min() < 1e-9 for bend in bends)


def test_steps_share_out_where_the_next_value_goes() -> None:
    alphabet, _ = alphabet_of(Scheme(chart="rules", rules=("beyond_limits", "nelson_3")))
    pieces = cut_axis(alphabet, np.arange(4), 9.0, 1.0)
    blocks = moves(pieces, alphabet, NextValue(0.3, 0.4, 0.9))
    assert blocks.sum(axis=(0, 3, 4)) == pytest.approx(1.0, abs=1e-6)
    up = blocks[RISE].sum(axis=(2, 3))
    x = pieces.nodes()
    from scipy.stats import norm

    assert up == pytest.approx(norm.sf(x, 0.3 + 0.4 * x, 0.9), abs=1e-6)


def test_the_first_value_is_integrated_as_its_polynomials_are() -> None:
    alphabet, _ = alphabet_of(Scheme(chart="rules"))
    pieces = cut_axis(alphabet, np.arange(4), 9.0, 1.0)
    mass = first_value(pieces, NextValue(0.5, 0.0, 1.2))
    assert mass.shape == (len(pieces.cell), NODES)
    x = pieces.nodes()
    assert (mass * x).sum() == pytest.approx(0.5, abs=1e-7)
    assert (mass * (x - 0.5) ** 2).sum() == pytest.approx(1.44, abs=1e-6)
