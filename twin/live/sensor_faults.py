"""Sensors that go wrong: what they show instead of the truth, on a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np

from process_models.errors import InputError
from twin.measurement import Measurement
from twin.measuring.variation import spawn

__all__ = ["FAULTS", "FaultySensors", "SensorFault"]

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "stuck": "shows the last value before it began",
        "dead": "shows 0, with quality bad",
        "saturated": "shows nothing above `size`",
        "spikes": "adds or takes away `size` in one reading of `share`",
        "clock_skew": "its clock is ahead by `size` seconds",
        "dropout": "makes no reading in one of `share`",
    }
)
"""The faults, and what they do."""

_SIZED = frozenset({"saturated", "spikes", "clock_skew"})
_SHARED = frozenset({"spikes", "dropout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFault:
    """One sensor that is wrong for a time.

    Attributes
    ----------
    kind : str
        One of `FAULTS`.
    station, characteristic : str
        Which sensor.
    start, end : datetime
        With an offset; it is mended at the end.
    size : float
        In the unit of the characteristic, or s of `clock_skew`.
    share : float
        Of the readings; of `spikes` and `dropout`.

    Raises
    ------
    InputError
        When the kind is unknown, a number is missing or the end is not after the start.
    """

    kind: str
    station: str
    characteristic: str
    start: datetime
    end: datetime
    size: float = 0.0
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise InputError(f"kind must be one of {', '.join(FAULTS)}, got {self.kind!r}")
        if not self.start < self.end:
            raise InputError(f"end must be after {self.start.isoformat()}, got {self.end}")
        if self.kind in _SIZED and not (np.isfinite(self.size) and self.size != 0):
            raise InputError(f"size of {self.kind} must be given and not 0, got {self.size}")
        if not 0 < self.share <= 1 or (self.share < 1 and self.kind not in _SHARED):
            raise InputError(f"share must lie in 0 to 1 for spikes or dropout, got {self.share}")

    def strikes(self, reading: Measurement) -> bool:
        """Whether `reading`, as it truly was, comes from this sensor while it is wrong."""
        return (
            self.station == reading.station
            and self.characteristic == reading.characteristic
            and self.start <= reading.measured_at < self.end
        )


class FaultySensors:
    """Applies faults to readings in order of time.

    Parameters
    ----------
    faults : sequence of SensorFault
        Of different sensors, or of the same one in order.
    seed : int
        Of spikes and dropouts.
    """

    def __init__(self, faults: tuple[SensorFault, ...], seed: int) -> None:
        self._faults = faults
        self._chances = [spawn(seed, f"sensor fault {n}") for n in range(len(faults))]
        self._watched = {(one.station, one.characteristic) for one in faults}
        self._last: dict[tuple[str, str], float] = {}

    def shown(self, reading: Measurement) -> Measurement | None:
        """What the sensor shows of `reading`; None when it shows nothing."""
        sensor = (reading.station, reading.characteristic)
        if sensor not in self._watched:
            return reading
        true = reading
        struck = [one for one in self._faults if one.strikes(true)]
        if not any(one.kind == "stuck" for one in struck):
            self._last[sensor] = true.value
        for fault, chance in zip(self._faults, self._chances, strict=True):
            if fault in struck:
                changed = self._struck(fault, chance, reading)
                if changed is None:
                    return None
                reading = changed
        return reading

    def _struck(
        self, fault: SensorFault, chance: np.random.Generator, reading: Measurement
    ) -> Measurement | None:
        hit = fault.kind not in _SHARED or chance.random() < fault.share
        if fault.kind == "dropout":
            return None if hit else reading
        if fault.kind == "dead":
            return replace(reading, value=0.0, quality="bad")
        if fault.kind == "clock_skew":
            return replace(reading, measured_at=reading.measured_at + timedelta(seconds=fault.size))
        if fault.kind == "stuck":
            sensor = (reading.station, reading.characteristic)
            return replace(reading, value=self._last.get(sensor, reading.value))
        if fault.kind == "saturated":
            return replace(reading, value=min(reading.value, fault.size))
        sign = 1.0 if chance.random() < 0.5 else -1.0
        return replace(reading, value=reading.value + sign * fault.size) if hit else reading
