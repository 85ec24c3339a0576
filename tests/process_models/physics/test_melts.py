"""Which alloys separate."""

from __future__ import annotations

import math

import pytest

from process_models.errors import InputError
from process_models.physics.melts import MELTS, REFERENCE_MELT_AT_PERCENT, separates


@pytest.mark.parametrize(
    ("metal", "seen"), [("Al", True), ("In", False), ("Sn", False), ("Mg", False)]
)
def test_only_aluminium_separates(metal: str, seen: bool) -> None:
    assert separates(metal) is seen
    assert MELTS[metal].phase


def test_the_content_is_that_of_the_paper() -> None:
    assert REFERENCE_MELT_AT_PERCENT == 1.9


def test_without_metal_nothing_separates() -> None:
    assert separates("Al", 0.0) is False


@pytest.mark.parametrize(
    ("metal", "content", "said"),
    [
        ("Zn", 1.9, "metal must be one of Al, In, Sn, Mg, got 'Zn'"),
        ("Al", 101.0, "at_percent must be at most 100, got 101"),
        ("Al", -1.0, "at_percent must not be negative, got -1"),
        ("Al", math.nan, "at_percent must be finite, got nan"),
    ],
)
def test_what_cannot_be_is_refused(metal: str, content: float, said: str) -> None:
    with pytest.raises(InputError) as caught:
        separates(metal, content)
    assert str(caught.value) == said
