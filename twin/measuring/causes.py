"""Special causes of variation: what goes wrong on the reference plant, when and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np

from process_models.errors import InputError

__all__ = ["CAUSES", "CauseKind", "CauseSchedule", "SpecialCause", "draw_schedule"]

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class CauseKind:
    """How a cause acts, and what it shows in.

    Attributes
    ----------
    unit : str
        Of the size.
    low, high : float
        Range from which a size is drawn.
    shape : {"step", "ramp"}
        At once, or growing evenly until somebody mends it.
    signed : bool
        Whether the size may be either way.
    shows_in : tuple of str
        Characteristics that it moves.
    """

    unit: str
    low: float
    high: float
    shape: Literal["step", "ramp"]
    signed: bool
    shows_in: tuple[str, ...]


CAUSES: Mapping[str, CauseKind] = MappingProxyType({
    "vapour_depletion": CauseKind(
        "share", 0.20, 0.35, "ramp", False, ("loading_mg_cm2", "areal_capacity_mah_cm2")
    ),
    "hot_chamber": CauseKind(
        "K", 1.8, 3.0, "step", False,
        ("chamber_temperature_c", "foil_temperature_c", "loading_mg_cm2"),
    ),
    "glovebox_moisture": CauseKind(
        "ppm", 0.15, 0.6, "ramp", False, ("h2o_ppm", "o2_ppm", "loading_mg_cm2")
    ),
    "foil_lot": CauseKind("share", 0.06, 0.09, "step", True, ("foil_thickness_um", "thickness_um")),
    "roll_wear": CauseKind("um", 4.0, 8.0, "ramp", False, ("thickness_um",)),
    "roll_temperature": CauseKind(
        "K", 8.0, 14.0, "step", False, ("roll_temperature_c", "thickness_um")
    ),
    "gauge_drift": CauseKind("um", 3.0, 6.0, "ramp", True, ("thickness_um",)),
    "winding_tension": CauseKind("share", 0.15, 0.25, "step", True, ("winding_tension_n",)),
})
"""The built-in catalogue. Sizes are assumed: large enough for a person to want to know."""


@dataclass(frozen=True, slots=True)
class SpecialCause:
    """One occurrence of a cause.

    Attributes
    ----------
    cause : str
        One of `CAUSES`.
    start_s, duration_s : float
        From the start of the plant; it is mended at the end.
    size : float
        In the unit of its kind; the full size of a step, the last of a ramp.

    Raises
    ------
    InputError
        When the cause is unknown or the duration not above 0.
    """

    cause: str
    start_s: float
    duration_s: float
    size: float

    def __post_init__(self) -> None:
        if self.cause not in CAUSES:
            raise InputError(f"cause must be one of {', '.join(CAUSES)}, got {self.cause!r}")
        if not self.duration_s > 0:
            raise InputError(f"duration_s must be above 0, got {self.duration_s}")

    @property
    def end_s(self) -> float:
        """When it is mended."""
        return self.start_s + self.duration_s

    def effect(self, time_s: float) -> float:
        """Its size at `time_s`; 0 before it starts and from its end on.

        Examples
        --------
        >>> wear = SpecialCause("roll_wear", 0.0, 3600.0, 6.0)
        >>> wear.effect(1800.0), wear.effect(3600.0)
        (3.0, 0.0)
        """
        passed = time_s - self.start_s
        if not 0 <= passed < self.duration_s:
            return 0.0
        grown = CAUSES[self.cause].shape == "ramp"
        return self.size * (passed / self.duration_s if grown else 1.0)


@dataclass(frozen=True, slots=True)
class CauseSchedule:
    """Everything that goes wrong on one plant, in order of start."""

    causes: tuple[SpecialCause, ...] = ()

    def effect(self, cause: str, time_s: float) -> float:
        """Sum of the sizes of `cause` at `time_s`."""
        return sum(one.effect(time_s) for one in self.causes if one.cause == cause)

    def shifted(self, by_s: float) -> CauseSchedule:
        """The same causes, `by_s` later."""
        return CauseSchedule(
            tuple(replace(one, start_s=one.start_s + by_s) for one in self.causes)
        )

    def in_working_time(self, on_s: float, off_s: float) -> CauseSchedule:
        """The same causes, their times counted while the line works: `on_s`, then `off_s` of rest.

        Nothing goes wrong on a line that stands still.
        """

        def passed(worked_s: float) -> float:
            return worked_s + worked_s // on_s * off_s

        return CauseSchedule(
            tuple(
                replace(
                    one, start_s=passed(one.start_s),
                    duration_s=passed(one.end_s) - passed(one.start_s),
                )
                for one in self.causes
            )
        )

    def between(self, start_s: float, end_s: float) -> tuple[SpecialCause, ...]:
        """Those in force at some time in [start_s, end_s)."""
        return tuple(one for one in self.causes if one.start_s < end_s and one.end_s > start_s)


def draw_schedule(
    rng: np.random.Generator, until_s: float, *, clean_s: float = 38 * HOUR_S
) -> CauseSchedule:
    """Draw what goes wrong up to `until_s`; a longer horizon begins with the same causes.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of this purpose only.
    until_s : float
        No cause starts later.
    clean_s : float
        Nothing goes wrong before, so that charts have a Phase I.

    Returns
    -------
    CauseSchedule
        One at a time, each for 4 to 9 h with 3 h or more of quiet in between (mean 7 h); the
        whole catalogue comes in random order before any cause comes again.
    """
    causes: list[SpecialCause] = []
    order: list[str] = []
    start_s = clean_s
    while True:
        start_s += 3 * HOUR_S + rng.exponential(4 * HOUR_S)
        if not order:
            order = [str(name) for name in rng.permutation(list(CAUSES))]
        name = order.pop()
        kind = CAUSES[name]
        duration_s = rng.uniform(4, 9) * HOUR_S
        sign = -1.0 if rng.random() < 0.5 and kind.signed else 1.0
        size = sign * rng.uniform(kind.low, kind.high)
        if start_s >= until_s:
            return CauseSchedule(tuple(causes))
        causes.append(SpecialCause(name, start_s, duration_s, size))
        start_s += duration_s
