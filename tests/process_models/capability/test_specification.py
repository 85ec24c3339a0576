"""What a specification refuses, and what a natural boundary changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from process_models.capability import capability
from process_models.capability.specification import Index, Specification
from process_models.errors import InputError

FIVE = [9.8, 10.1, 10.0, 9.9, 10.2]


def test_both_limits_have_a_width() -> None:
    assert Specification(1.0, 4.0).width == 3.0


@pytest.mark.parametrize(("lsl", "usl"), [(1.0, None), (None, 4.0)])
def test_one_limit_has_none(lsl: float | None, usl: float | None) -> None:
    assert Specification(lsl, usl).width is None


def test_a_natural_boundary_is_no_requirement() -> None:
    spec = Specification(0.0, 4.0, lsl_natural=True)
    assert (spec.lsl, spec.lower, spec.upper, spec.width) == (0.0, None, 4.0, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lsl": 2.0, "usl": 2.0}, "lsl must be below usl, got lsl 2 and usl 2"),
        ({"usl": float("inf")}, "usl must be finite, got inf"),
        ({"lsl": 0.0, "target": float("nan")}, "target must be finite, got nan"),
        ({"lsl": 1.0, "usl": 2.0, "target": 2.5}, "target must not be above usl 2, got 2.5"),
        ({"lsl": 1.0, "target": 0.5}, "target must not be below lsl 1, got 0.5"),
        ({"usl": 1.0, "lsl_natural": True}, "lsl must be given to be a natural boundary"),
        ({"lsl": 0.0, "lsl_natural": True}, "needs a limit that is no natural boundary"),
        (
            {"lsl": 0.0, "usl": 1.0, "lsl_natural": True, "usl_natural": True},
            "needs a limit that is no natural boundary",
        ),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Specification(**options)


def test_a_target_on_a_limit_is_allowed() -> None:
    assert Specification(0.0, 1.0, 0.0).target == 0.0


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            Specification(9.9, 11.0, lsl_natural=True),
            "value 1 must not lie beyond the natural boundary lsl 9.9, got 9.8",
        ),
        (
            Specification(9.0, 10.0, usl_natural=True),
            "value 2 must not lie beyond the natural boundary usl 10, got 10.1",
        ),
    ],
)
def test_values_beyond_a_natural_boundary_are_refused(spec: Specification, message: str) -> None:
    with pytest.raises(InputError, match=message):
        spec.check(np.array(FIVE))


def test_a_natural_boundary_leaves_the_indices_of_its_side_empty() -> None:
    result = capability(FIVE, lsl=0.0, usl=11.0, lsl_natural=True)
    for name in ("cp", "cpl", "pp", "ppl"):
        assert result.indices[name] == Index()
    assert result.indices["cpk"] == result.indices["cpu"]
    assert result.ppm["expected_overall"]["below_lsl"] is None
    assert result.to_dict()["natural_boundaries"] == {"lsl": True, "usl": False}


def test_an_index_prints_its_three_numbers() -> None:
    assert Index(1.0, 0.5, 1.5).to_dict() == {"value": 1.0, "low": 0.5, "high": 1.5}
