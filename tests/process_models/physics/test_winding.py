"""Strain, spacing and completion."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.physics.winding import (
    completion,
    encapsulated_share,
    plane_spacing_um,
    total_strain,
)


def test_ten_turns_of_100_to_60_um() -> None:
    assert float(total_strain(10, 100.0, 60.0)) == pytest.approx(np.log(1000 / 60))


def test_strain_is_never_negative() -> None:
    assert float(total_strain(1, 100.0, 120.0)) == 0.0


def test_planes_lie_six_micrometres_apart() -> None:
    assert float(plane_spacing_um(10, 60.0)) == 6.0


@pytest.mark.parametrize(("turns", "share"), [(1, 0.1), (2, 0.5), (10, 0.9)])
def test_inner_faces(turns: int, share: float) -> None:
    assert float(encapsulated_share(turns)) == pytest.approx(share)


def test_completion_by_hand() -> None:
    assert float(completion(2, 1.0, 1.0, 0.5)) == pytest.approx(1 - np.exp(-0.75))


def test_completion_rises_with_turns_and_strain_and_stays_below_one() -> None:
    by_turns = completion(np.array([1, 2, 5, 20]), 2.0, 1.2, 0.5)
    by_strain = completion(10, np.array([0.0, 1.0, 3.0]), 1.2, 0.5)
    assert np.all(np.diff(by_turns) > 0)
    assert np.all(np.diff(by_strain) > 0)
    assert np.max(by_turns) < 1
