"""What is asked of the quality model: a recipe and the protocol of its cell test."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from process_models.materials import (
    REFERENCE_EXPOSURE_S,
    REFERENCE_FOIL_UM,
    REFERENCE_PRESSURE_MPA,
    REFERENCE_THICKNESS_UM,
)
from process_models.physics import ProcessSettings, limits
from process_models.quality.model import check_protocol

__all__ = ["CellSetting", "possible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSetting:
    """A recipe and the test of its cell; the reference recipe where nothing else is said.

    Attributes
    ----------
    process : str
        One of `process_models.physics.PROCESSES`.
    sublimation_time_s, rolling_pressure_mpa, thickness_um, foil_thickness_um : float
    current_ma_cm2, capacity_mah_cm2 : float
        Of the life test.

    Raises
    ------
    InputError
        When a number cannot be written into a recipe or a protocol at all.

    Examples
    --------
    >>> CellSetting().reasons()
    ()
    >>> CellSetting(thickness_um=120.0).reasons()
    ('thickness_um 120 is above the incoming foil, 100 um: rolling only makes thinner',)
    """

    process: str = "lacss"
    sublimation_time_s: float = REFERENCE_EXPOSURE_S
    rolling_pressure_mpa: float = REFERENCE_PRESSURE_MPA
    thickness_um: float = REFERENCE_THICKNESS_UM
    foil_thickness_um: float = REFERENCE_FOIL_UM
    current_ma_cm2: float = 0.5
    capacity_mah_cm2: float = 0.5

    def __post_init__(self) -> None:
        check_protocol(self.current_ma_cm2, self.capacity_mah_cm2)
        _ = self.recipe

    @property
    def recipe(self) -> ProcessSettings:
        """The settings of the process; bare lithium has no exposure."""
        return ProcessSettings(
            process=self.process,
            sublimation_time_s=0.0 if self.process == "bare" else self.sublimation_time_s,
            rolling_pressure_mpa=self.rolling_pressure_mpa,
            thickness_um=self.thickness_um,
            foil_thickness_um=self.foil_thickness_um,
        )

    def reasons(self) -> tuple[str, ...]:
        """Why physics forbids this recipe, a line each; empty when it does not."""
        return limits(self.recipe)


def possible(
    setting: CellSetting,
    sublimation_time_s: ArrayLike,
    rolling_pressure_mpa: ArrayLike,
    thickness_um: ArrayLike,
) -> NDArray[np.bool_]:
    """Whether physics allows `setting` at other inputs, which broadcast against each other.

    What vapour allows hangs on the time, what rolling allows on pressure and thickness, so each is
    asked once for every value that occurs.

    Examples
    --------
    >>> possible(CellSetting(), 40.0, 36.0, [60.0, 100.0, 120.0]).tolist()
    [True, True, False]
    """
    time, pressure, thickness = np.broadcast_arrays(
        *(
            np.asarray(a, dtype=float)
            for a in (sublimation_time_s, rolling_pressure_mpa, thickness_um)
        )
    )
    unrolled = replace(setting, thickness_um=setting.foil_thickness_um)
    exposed = {t: not replace(unrolled, sublimation_time_s=t).reasons() for t in set(time.flat)}
    handled = set(zip(pressure.flat, thickness.flat, strict=True))
    rolled = {
        (p, h): not replace(
            setting, sublimation_time_s=0.0, rolling_pressure_mpa=p, thickness_um=h
        ).reasons()
        for p, h in handled
    }
    each = zip(time.flat, pressure.flat, thickness.flat, strict=True)
    allowed = [exposed[t] and rolled[p, h] for t, p, h in each]
    return np.array(allowed, dtype=bool).reshape(time.shape)
