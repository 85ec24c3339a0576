"""MSER-5."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from process_models.errors import InputError
from twin.warm_up import mser5

CASE = json.loads((Path(__file__).parents[1] / "cases" / "line.json").read_text())["cases"][
    "mser5-0"
]


def test_the_exact_case() -> None:
    p = CASE["parameters"]
    t = np.arange(p["n"])
    series = p["base"] - p["amp"] * np.exp(-t / p["tau"])
    series = series + p["a1"] * np.sin(p["w1"] * t) + p["a2"] * np.cos(p["w2"] * t)
    assert mser5(series).to_dict() == pytest.approx(CASE["expected"], abs=1e-9)


def test_a_steady_series_loses_nothing_and_the_offset_does_not_matter() -> None:
    series = np.tile([1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.5], 20)
    assert mser5(series).truncation_batches == mser5(series + 1e6).truncation_batches


def test_at_most_half_is_left_out() -> None:
    assert mser5(np.arange(1000.0)).truncation_batches <= 100


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0] * 9, "at least 10 values, got 9"),
        ([1.0] * 9 + [float("inf")], "row 10: value must be"),
    ],
)
def test_series_that_cannot_be_used(values: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        mser5(values)
