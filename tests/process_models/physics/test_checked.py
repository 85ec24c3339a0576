"""Numbers from outside: what passes, and the one line that the others get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.checked import above_zero, finite, kelvin, not_negative, share


@pytest.mark.parametrize("rule", [finite, not_negative, above_zero, share, kelvin])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, None, "x", [1.0, "y"], [[1.0], [1, 2]]])
def test_what_is_no_finite_number_is_refused(rule: Callable[..., Any], bad: Any) -> None:
    with pytest.raises(InputError, match=r"^depth_nm must be (finite|a number)"):
        rule("depth_nm", bad)


@pytest.mark.parametrize(
    ("rule", "bad", "said"),
    [
        (not_negative, -0.5, "x must not be negative, got -0.5"),
        (above_zero, 0.0, "x must be above 0, got 0"),
        (share, 1.5, "x must lie between 0 and 1, got 1.5"),
        (kelvin, -300.0, "x must be above absolute zero, got -300"),
        (not_negative, [1.0, 2.0, -3.0], "x must not be negative, got -3 at 3"),
        (finite, [[1.0, np.nan]], "x must be finite, got nan at 2"),
    ],
)
def test_the_message_names_the_argument_the_rule_and_the_value(
    rule: Callable[..., Any], bad: Any, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        rule("x", bad)
    assert str(caught.value) == said


@pytest.mark.parametrize("rule", [finite, not_negative, share])
def test_bounds_belong_to_what_is_allowed(rule: Callable[..., Any]) -> None:
    assert rule("x", [0, 1]).tolist() == [0.0, 1.0]
    assert rule("x", 0).dtype == np.float64


def test_without_end_only_where_asked() -> None:
    assert float(not_negative("lithium_um", np.inf, infinite=True)) == np.inf
    with pytest.raises(InputError, match="finite"):
        not_negative("lithium_um", np.inf)
    with pytest.raises(InputError, match="not be negative, got nan"):
        not_negative("lithium_um", np.nan, infinite=True)


def test_an_empty_array_passes() -> None:
    assert share("x", []).size == 0


def test_kelvin_by_hand() -> None:
    assert kelvin("t", [0.0, 26.85]).tolist() == pytest.approx([273.15, 300.0])
