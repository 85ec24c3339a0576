"""Run-to-run control: the setting of the next lot from what the last ones came out as.

The process is taken as output = level + gain (setting - reference), with a level that wanders and
drifts. An exponentially weighted moving average follows the level (Ingolfsson and Sachs 1993), a
second one its drift (Butler and Stefani 1994, the predictor-corrector form). Every move is limited
in size and the setting stays within a window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["Controller", "Loop", "Move", "run_loop", "spectral_radius"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Move:
    """A setting for the next lot.

    Attributes
    ----------
    setting : float
        To be set.
    wanted : float
        Without limits.
    limited_by : str
        `move`, `window`, `deadband`, or empty.
    """

    setting: float
    wanted: float
    limited_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """How the next setting follows from the level.

    Attributes
    ----------
    target, reference : float
        Of the output; of the setting at which the level is told.
    gain : float
        Change of the output with the setting, as believed; not 0.
    weight, drift_weight : float
        Of the newest lot in the level, 0 to 1, and in the drift, 0 for none.
    largest_move : float
        Of the setting from lot to lot, above 0.
    low, high : float
        Window of the setting.
    deadband : float
        Of the output: while its prediction is nearer to the target, nothing is moved.

    Raises
    ------
    InputError
        When a value is out of its range.

    Examples
    --------
    >>> steady = Controller(target=60.0, reference=36.0, gain=-0.5, weight=0.3,
    ...                     largest_move=0.5, low=34.0, high=38.0)
    >>> steady.move(level=60.1, drift=0.0, current=36.0).setting
    36.2
    >>> steady.move(level=64.0, drift=0.0, current=36.0)
    Move(setting=36.5, wanted=44.0, limited_by='move')
    """

    target: float
    reference: float
    gain: float
    weight: float
    drift_weight: float = 0.0
    largest_move: float = np.inf
    low: float = -np.inf
    high: float = np.inf
    deadband: float = 0.0

    def __post_init__(self) -> None:
        if self.gain == 0 or not np.isfinite(self.gain):
            raise InputError(f"gain must be finite and not 0, got {self.gain!r}")
        if not 0 < self.weight <= 1:
            raise InputError(f"weight must be above 0 and at most 1, got {self.weight!r}")
        if not 0 <= self.drift_weight <= 1:
            raise InputError(f"drift_weight must be from 0 to 1, got {self.drift_weight!r}")
        if not self.largest_move > 0:
            raise InputError(f"largest_move must be above 0, got {self.largest_move!r}")
        if not self.low < self.high:
            raise InputError(f"low must be below high, got {self.low!r} and {self.high!r}")
        if self.deadband < 0:
            raise InputError(f"deadband must be at least 0, got {self.deadband!r}")

    def follow(self, outputs: Floats, settings: Floats) -> tuple[float, float]:
        """Level at the reference, and drift a lot, after lots with these outputs and settings.

        Raises
        ------
        InputError
            When the two differ in length or are empty.
        """
        if len(outputs) != len(settings) or not len(outputs):
            raise InputError(
                f"outputs and settings must be as many, at least 1, got {len(outputs)} and "
                f"{len(settings)}"
            )
        seen = outputs - self.gain * (settings - self.reference)
        level, drift = float(seen[0]), 0.0
        for value in seen[1:].tolist():
            level, drift = self.updated(level, drift, value)
        return level, drift

    def updated(self, level: float, drift: float, seen: float) -> tuple[float, float]:
        """Level and drift with one more lot, `seen` at the reference setting."""
        before = level
        expected = level + drift
        level = expected + self.weight * (seen - expected)
        drift += self.drift_weight * (level - before - drift)
        return level, drift

    def move(self, level: float, drift: float, current: float) -> Move:
        """The next setting, from the one now."""
        ahead = level + drift
        wanted = self.reference + (self.target - ahead) / self.gain
        error = ahead + self.gain * (current - self.reference) - self.target
        if abs(error) < self.deadband:
            return Move(current, wanted, "deadband")
        inside = min(max(wanted, self.low), self.high)
        step = min(max(inside, current - self.largest_move), current + self.largest_move)
        by = "" if step == wanted else "window" if step == inside else "move"
        return Move(step, wanted, by)


def spectral_radius(weight: float, drift_weight: float, mismatch: float) -> float:
    """How fast errors die out in the closed loop; stable below 1.

    Parameters
    ----------
    mismatch : float
        True gain over believed gain.

    Notes
    -----
    With the level alone it is abs(1 - weight * mismatch), so the loop is stable for a weight times
    mismatch between 0 and 2.

    Examples
    --------
    >>> spectral_radius(0.4, 0.0, 1.0), spectral_radius(0.4, 0.0, -0.5)
    (0.6, 1.2)
    """
    # Seen at the reference is the level less (mismatch - 1) times what was expected of it.
    inner = weight * mismatch
    level = np.array([1.0 - inner, 1.0 - inner])
    drift = np.array([-drift_weight * inner, 1.0 - drift_weight * inner])
    if drift_weight == 0:
        return abs(1.0 - inner)
    return float(np.max(np.abs(np.linalg.eigvals(np.array([level, drift])))))


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """What came out, (paths, lots) each: outputs and the settings that they were made at."""

    outputs: Floats
    settings: Floats


def run_loop(controller: Controller, levels: Floats, noise: Floats, gains: Floats) -> Loop:
    """Close the loop on many paths of a wandering process.

    Parameters
    ----------
    levels, noise : ndarray (paths, lots)
        True level of each lot at the reference setting, and what its measurement adds.
    gains : ndarray (paths,)
        True gain on each path.

    Examples
    --------
    >>> steady = Controller(target=0.0, reference=0.0, gain=1.0, weight=0.5)
    >>> made = run_loop(steady, np.ones((1, 4)), np.zeros((1, 4)), np.ones(1))
    >>> made.outputs.round(3).tolist()
    [[1.0, 0.0, 0.0, 0.0]]
    """
    paths, lots = levels.shape
    outputs, settings = np.empty((paths, lots)), np.empty((paths, lots))
    for path in range(paths):
        setting = controller.reference
        level, drift = controller.target, 0.0
        for lot in range(lots):
            settings[path, lot] = setting
            outputs[path, lot] = levels[path, lot] + gains[path] * (setting - controller.reference)
            seen = outputs[path, lot] + noise[path, lot]
            seen -= controller.gain * (setting - controller.reference)
            if lot == 0:
                level, drift = seen, 0.0
            else:
                level, drift = controller.updated(level, drift, seen)
            setting = controller.move(level, drift, setting).setting
    return Loop(outputs, settings)
