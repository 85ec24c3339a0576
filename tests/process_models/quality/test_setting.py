"""A recipe with its cell test: what can be asked, and what physics forbids."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.quality.setting import CellSetting, possible


def test_the_reference_is_possible() -> None:
    setting = CellSetting()
    assert setting.reasons() == ()
    assert (setting.recipe.sublimation_time_s, setting.recipe.foil_thickness_um) == (40.0, 100.0)


def test_bare_lithium_has_no_exposure() -> None:
    assert CellSetting(process="bare").recipe.sublimation_time_s == 0.0


def test_rolling_only_makes_thinner() -> None:
    (reason,) = CellSetting(thickness_um=120.0).reasons()
    assert "above the incoming foil, 100 um" in reason
    assert CellSetting(thickness_um=120.0, foil_thickness_um=150.0).reasons() == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [("current_ma_cm2", 0.0), ("capacity_mah_cm2", float("inf")), ("sublimation_time_s", -1.0),
     ("thickness_um", float("nan")), ("process", "magic")],
)  # fmt: skip
def test_what_cannot_be_written_down_is_refused(name: str, value: object) -> None:
    with pytest.raises(InputError, match=name if name != "process" else "magic"):
        CellSetting(**{name: value})  # type: ignore[arg-type]


def test_possible_says_what_reasons_says() -> None:
    """Over a grid, one recipe at a time: the short cut must not change an answer."""
    grid = np.meshgrid([0.0, 40.0, 90.0], [0.5, 36.0, 900.0], [5.0, 60.0, 120.0])
    times, pressures, thicknesses = (part.ravel() for part in grid)
    found = possible(CellSetting(), times, pressures, thicknesses)
    asked = [
        not CellSetting(sublimation_time_s=t, rolling_pressure_mpa=p, thickness_um=h).reasons()
        for t, p, h in zip(times, pressures, thicknesses, strict=True)
    ]
    assert found.tolist() == asked
    assert 0 < sum(asked) < len(asked)


def test_a_foil_that_melts_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "process_models.quality.setting.limits",
        lambda recipe: ("it melts",) if recipe.sublimation_time_s > 50 else (),
    )
    assert possible(CellSetting(), [40.0, 60.0], 36.0, 60.0).tolist() == [True, False]
