"""The example is a full study, always the same, with the spread that it promises."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.gauge import crossed, example_study


def test_the_example_is_always_the_same_and_full() -> None:
    one, other = example_study(), example_study()
    assert np.array_equal(one.thickness_um, other.thickness_um)
    assert len(set(zip(one.parts, one.operators, strict=True))) == 30
    assert crossed(one.thickness_um, one.parts, one.operators).replicates == 3


def test_a_large_example_shows_its_components() -> None:
    """Seed 1: 400 sheets by 40 operators, twice; each within its interval of 99 %."""
    made = example_study(sheets=400, operators=40, times=2, seed=1)
    found = crossed(made.thickness_um, made.parts, made.operators).variance
    assert found["repeatability"] == pytest.approx(0.25, rel=0.03)
    assert found["part"] == pytest.approx(1.8**2, rel=0.2)
    assert found["operator"] == pytest.approx(0.3**2, rel=0.6)
