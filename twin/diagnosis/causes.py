"""The catalogue of causes, each as a change of what the line is driven by.

A cause acts on drivers (a temperature, a gap, the vapour), the physics tell what that does to
everything measured. Sizes are what an engineer thinks possible, spread over a wide range; nothing
here is known of the line at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CAUSES", "OUTSIDE", "Driver", "PhysicalCause"]


@dataclass(frozen=True, slots=True)
class Driver:
    """What a cause changes.

    Attributes
    ----------
    name : str
        An attribute of `LotInputs`, or `gauge`.
    station : str
        Where it acts: lots that pass there after the onset are touched.
    relative : bool
        Whether the size is a share of the nominal value, else in its unit.
    """

    name: str
    station: str
    relative: bool = False


@dataclass(frozen=True, slots=True)
class PhysicalCause:
    """A cause that the physics can play.

    Attributes
    ----------
    drivers : tuple of Driver
        The first moves by the size; further ones follow by an uncertain share of it.
    low, high : float
        Sizes thought possible, in the unit of the first driver.
    signs : tuple of float
        Directions in which it can go.
    ramp : float
        Probability that it grows evenly, else it comes at once.
    product : bool
        Whether it touches the product: its lots are to be held. A gauge does not.
    begins_with_roll : bool
        Whether it comes with a new foil roll.
    """

    drivers: tuple[Driver, ...]
    low: float
    high: float
    signs: tuple[float, ...] = (1.0, -1.0)
    ramp: float = 0.5
    product: bool = True
    begins_with_roll: bool = False


_GLOVEBOX = (
    Driver("h2o_ppm", "sublimation"), Driver("o2_ppm", "sublimation"),
    Driver("h2o_ppm", "wind"), Driver("o2_ppm", "wind"),
)  # fmt: skip

CAUSES: Mapping[str, PhysicalCause] = MappingProxyType({
    "vapour_depletion": PhysicalCause(
        (Driver("vapour_g_l", "sublimation", relative=True),), 0.04, 0.6, (-1.0,), 0.8
    ),
    "hot_chamber": PhysicalCause(
        (Driver("chamber_temperature_c", "sublimation"),), 0.7, 8.0, (1.0,), 0.2
    ),
    "glovebox_moisture": PhysicalCause(_GLOVEBOX, 0.02, 3.0, (1.0,), 0.8),
    "foil_lot": PhysicalCause(
        (Driver("foil_thickness_um", "unwind", relative=True),), 0.02, 0.2, ramp=0.1,
        begins_with_roll=True,
    ),
    "roll_wear": PhysicalCause((Driver("roll_gap_shift_um", "roll"),), 1.0, 20.0, (1.0,), 0.8),
    "roll_temperature": PhysicalCause((Driver("roll_temperature_c", "roll"),), 1.0, 40.0, ramp=0.3),
    "gauge_drift": PhysicalCause(
        (Driver("thickness_um", "roll"),), 0.8, 15.0, ramp=0.8, product=False
    ),
    "winding_tension": PhysicalCause(
        (Driver("winding_tension_n", "wind", relative=True),), 0.05, 0.6, ramp=0.2
    ),
})  # fmt: skip
"""The built-in causes; a size range is assumed, its ends ten to forty times apart."""

OUTSIDE: Mapping[str, PhysicalCause] = MappingProxyType({
    "exposure": PhysicalCause((Driver("exposure_s", "sublimation"),), 0.5, 20.0),
    "cold_chamber": PhysicalCause(
        (Driver("chamber_temperature_c", "sublimation"),), 0.7, 8.0, (-1.0,)
    ),
    "dense_vapour": PhysicalCause(
        (Driver("vapour_g_l", "sublimation", relative=True),), 0.04, 0.6, (1.0,)
    ),
    "closed_gap": PhysicalCause((Driver("roll_gap_shift_um", "roll"),), 1.0, 20.0, (-1.0,)),
    "pressure": PhysicalCause(
        (Driver("rolling_pressure_mpa", "roll", relative=True),), 0.02, 0.5
    ),
})  # fmt: skip
"""Physical causes that the catalogue does not name; they count for `none_of_these`."""
