"""A simulated record of a cell test, which never passes for a measured one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.physics.checked import Floats, above_zero, finite

__all__ = ["DIE_AREA_CM2", "ShortKind", "SimulatedShort", "SimulatedTrace"]

DIE_AREA_CM2 = 0.785  # [paper] a die of 10 mm

ShortKind = Literal["soft", "hard"]


@dataclass(frozen=True, slots=True)
class SimulatedShort:
    """The short circuit that was put into a trace: the truth to compare a call with.

    Attributes
    ----------
    kind : {"soft", "hard"}
    time_s : float
        From the start of the test.
    current_ma_cm2 : float
        Size of the current at which it happened.
    """

    kind: ShortKind
    time_s: float
    current_ma_cm2: float


@dataclass(frozen=True, slots=True)
class SimulatedTrace:
    """Time, current and voltage of one simulated cell; arrays of one length, (n,).

    Attributes
    ----------
    test : {"ccd", "symmetric", "gitt"}
    time_s : ndarray
        From the start of the test, rising.
    current_ma_cm2, voltage_v : ndarray
        Signed.
    cycle : ndarray of int
        From 1.
    short : SimulatedShort or None
        None when the record ends before one.
    area_cm2 : float
    provenance : str
        Always "simulated"; it cannot be set.

    Raises
    ------
    InputError
        When the arrays differ in length, hold what is not finite, or time does not rise.
    """

    test: str
    time_s: Floats
    current_ma_cm2: Floats
    voltage_v: Floats
    cycle: NDArray[np.int64]
    short: SimulatedShort | None
    area_cm2: float = DIE_AREA_CM2
    provenance: str = field(default="simulated", init=False)

    def __post_init__(self) -> None:
        above_zero("area_cm2", self.area_cm2)
        for name in ("time_s", "current_ma_cm2", "voltage_v", "cycle"):
            values = finite(name, getattr(self, name))
            if values.shape != (np.size(self.time_s),):
                raise InputError(
                    f"{name} must have one value a point, ({np.size(self.time_s)},),"
                    f" got {values.shape}"
                )
        if np.any(np.diff(self.time_s) <= 0):
            raise InputError("time_s must rise, got a step of 0 or less")

    @property
    def current_ma(self) -> Floats:
        """Current of the cell."""
        return np.asarray(self.current_ma_cm2 * self.area_cm2)

    def columns(self) -> dict[str, list[float] | list[int] | list[str]]:
        """The columns of a cell-test table, each row marked with its provenance."""
        return {
            "test_time_s": self.time_s.tolist(),
            "current_ma": self.current_ma.tolist(),
            "voltage_v": self.voltage_v.tolist(),
            "cycle": self.cycle.tolist(),
            "provenance": [self.provenance] * self.time_s.size,
        }
