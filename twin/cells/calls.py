"""A kept cell test, the calls on it, and what an overruling makes of its label."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np

from process_models.cells import CellLabel, CellTrace, Short, half_cycles, labelled
from process_models.errors import InputError
from twin.cells.reading import provenance_of
from twin.recipe import Recipe

__all__ = ["CellCall", "CellTest", "Overruling", "label_of", "overruled"]


@dataclass(frozen=True, slots=True)
class Overruling:
    """A short that a person sees: when, in hours of the test, and of which kind.

    Raises
    ------
    InputError
        When the hour is negative or not finite, or the kind is neither hard nor soft.
    """

    time_h: float
    kind: Literal["hard", "soft"] = "soft"

    def __post_init__(self) -> None:
        if not 0 <= self.time_h < math.inf:
            raise InputError(f"time_h of a short must be at least 0, got {self.time_h!r}")
        if self.kind not in ("hard", "soft"):
            raise InputError(f"kind of a short must be hard or soft, got {self.kind!r}")


@dataclass(frozen=True, slots=True)
class CellCall:
    """One entry: the label as called by rule, confirmed, overruled or withdrawn; by whom, why."""

    action: str
    label: CellLabel
    reason: str
    user: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CellTest:
    """A cell test that was taken in.

    Attributes
    ----------
    number : int
    sha256, file, format : str
        Of the file that it came from.
    recipe : Recipe or None
        How the cell's foil was made, where that is known.
    calls : tuple of CellCall
        Oldest first; the newest stands.
    """

    number: int
    sha256: str
    file: str
    format: str
    test: str
    area_cm2: float
    step_ma_cm2: float
    sample: str
    laboratory: str
    recipe: Recipe | None
    user: str
    at: datetime
    calls: tuple[CellCall, ...]

    @property
    def label(self) -> CellLabel:
        """The label that stands."""
        return self.calls[-1].label

    @property
    def state(self) -> str:
        """rule, confirmed, overruled or withdrawn."""
        return self.calls[-1].action

    @property
    def provenance(self) -> str:
        """imported, or simulated."""
        return provenance_of(self.format)

    def to_dict(self) -> dict[str, Any]:
        """As in the JSON of `lacss cells list` and `show`."""
        return {
            "id": self.number, "state": self.state, "sample": self.sample, "file": self.file,
            "laboratory": self.laboratory, **self.label.to_dict(), "area_cm2": self.area_cm2,
            "recipe": None if self.recipe is None else self.recipe.name,
            "sha256": self.sha256, "taken_in_at": self.at, "user": self.user,
            "calls": [
                {"action": call.action, "user": call.user, "at": call.at, "reason": call.reason,
                 **call.label.to_dict()}
                for call in self.calls
            ],
            "provenance": self.provenance,
        }  # fmt: skip


def label_of(stored: Mapping[str, Any]) -> CellLabel:
    """A label from its fields as they are stored."""
    short = stored["short"]
    return CellLabel(**{**stored, "short": None if short is None else Short(**short)})


def overruled(test: CellTest, trace: CellTrace, called: Overruling | None) -> CellLabel:
    """The label of a trace with the short that a person sees, or with none.

    Raises
    ------
    InputError
        When the hour lies outside the record, or in no half-cycle.
    """
    halves = half_cycles(trace, by_level=test.test != "full")
    short = None
    if called is not None:
        if called.time_h > trace.end_h:
            raise InputError(
                f"time_h of a short must lie in the record, which ends at {trace.end_h:.4g} h,"
                f" got {called.time_h:g}"
            )
        point = int(np.searchsorted(trace.test_time_s, 3600 * called.time_h - 1e-6))
        number = next((n for n, half in enumerate(halves) if point < half.stop), None)
        if number is None:
            raise InputError(
                f"time_h of a short must lie where current flows, got {called.time_h:g}"
            )
        size_v = np.abs(trace.voltage_v)
        start = halves[number].start
        before_v = float(np.median(size_v[start:point])) if point > start else math.nan
        after_v = float(np.median(size_v[point : halves[number].stop]))
        short = Short(called.kind, called.time_h, "overruled", point, number, before_v, after_v)
    return labelled(trace, halves, short, test.area_cm2, test.test, test.step_ma_cm2)
