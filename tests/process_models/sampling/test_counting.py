"""Counts in a sample, with and without memory of the lot."""

from __future__ import annotations

import pytest

from process_models.errors import InputError
from process_models.sampling import Counting


def test_a_lot_size_alone_means_without_replacement() -> None:
    assert Counting.of(None, 100).distribution == "hypergeometric"
    assert Counting.of(None, None).distribution == "binomial"
    assert Counting.of("binomial", 100).lot_size == 100


def test_drawing_without_replacement_by_hand() -> None:
    """4 items, 2 bad, draw 2: none bad in 1 of 6 ways, one in 4, both in 1."""
    counting = Counting("hypergeometric", 4)
    assert list(counting.chances(2, 2, 0.5)) == pytest.approx([1 / 6, 4 / 6, 1 / 6])
    assert list(counting.chances(1, 1, 0.5, drawn=2, found=2)) == pytest.approx([1, 0])
    assert list(counting.chances(1, 1, 0.5, drawn=2, found=3)) == [0, 0]
    assert counting.at_most(1, 2, 0.5) == pytest.approx(5 / 6)


@pytest.mark.parametrize("distribution", ["binomial", "poisson"])
def test_chances_add_up(distribution: str) -> None:
    counting = Counting(distribution)
    assert counting.chances(3, 10, 0.1).sum() == pytest.approx(counting.at_most(3, 10, 0.1))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("normal",), "distribution must be one of"), (("hypergeometric",), "needs a lot-size"),
     (("binomial", 0), "lot-size must be at least 1")],
)  # fmt: skip
def test_bad_distributions_are_named(arguments: tuple[str, int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Counting(*arguments)
