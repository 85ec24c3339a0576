"""The label of a cell test: what it says about CCD or life, and what is censored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from process_models.cells.full_cell_short import find_full_cell_short
from process_models.cells.half_cycles import HalfCycle, half_cycles
from process_models.cells.short import Short
from process_models.cells.symmetric_short import find_symmetric_short
from process_models.cells.trace import CellTrace
from process_models.errors import InputError

__all__ = ["TESTS", "CellLabel", "label_trace", "labelled"]

TESTS = ("ccd", "symmetric", "full")
NEAR_STEP = 0.1


@dataclass(frozen=True, slots=True)
class CellLabel:
    """What one cell test showed.

    Attributes
    ----------
    test : str
        Of `TESTS`.
    ccd_failed_at_ma_cm2 : float or None
        The step in which the cell shorted; None if it did not, or in another kind of test.
    ccd_last_survived_ma_cm2 : float or None
        The highest step whose two half-cycles both ended without a short.
    life_h : float
        Time of the short, or of the end of the record.
    cycles : int
        Cycles whose half-cycles all ended without a short.
    censoring : str
        exact with a short, right without.
    short : Short or None
    cumulative_capacity_mah_cm2 : float
        Charge moved in both directions, up to the short, over the area.
    """

    test: str
    ccd_failed_at_ma_cm2: float | None
    ccd_last_survived_ma_cm2: float | None
    life_h: float
    cycles: int
    censoring: Literal["exact", "right"]
    short: Short | None
    cumulative_capacity_mah_cm2: float

    def to_dict(self) -> dict[str, Any]:
        """The label as in the JSON of `lacss cells label`."""
        found = asdict(self)
        if self.short is not None:
            found["short"] = {name: found["short"][name] for name in ("kind", "time_h", "rule")}
        return found


def label_trace(
    trace: CellTrace, *, area_cm2: float, test: str, step_ma_cm2: float = 0.1
) -> CellLabel:
    """Label a trace.

    Parameters
    ----------
    area_cm2 : float
        Area of the electrode.
    test : str
        Of `TESTS`: ccd (current rises in steps), symmetric (constant current) or full.
    step_ma_cm2 : float
        Step of the CCD test; current densities within a tenth of a step are its multiples.

    Raises
    ------
    InputError
        When area or step are not above 0, the test is unknown, or no current flows.

    Examples
    --------
    >>> time, current = np.arange(0, 7200, 60.0), np.repeat([0.5, -0.5], 60)
    >>> label = label_trace(CellTrace(time, current, current / 10), area_cm2=1, test="ccd")
    >>> label.ccd_last_survived_ma_cm2, label.ccd_failed_at_ma_cm2, label.censoring
    (0.5, None, 'right')
    """
    for name, value in (("area_cm2", area_cm2), ("step_ma_cm2", step_ma_cm2)):
        if not 0 < value < float("inf"):
            raise InputError(f"{name} must be above 0, got {value!r}")
    if test not in TESTS:
        raise InputError(f"test must be one of {', '.join(TESTS)}, got {test!r}")
    full = test == "full"
    halves = half_cycles(trace, by_level=not full)
    short = (find_full_cell_short if full else find_symmetric_short)(trace, halves)
    return labelled(trace, halves, short, area_cm2, test, step_ma_cm2)


def labelled(
    trace: CellTrace,
    halves: Sequence[HalfCycle],
    short: Short | None,
    area_cm2: float,
    test: str,
    step_ma_cm2: float,
) -> CellLabel:
    """The label of a trace with the short as it was called, by rule or by a person."""
    failed = survived = None
    if test == "ccd":
        density = [_step(abs(half.current_ma) / area_cm2, step_ma_cm2) for half in halves]
        failed = None if short is None else density[short.half_cycle]
        survived = _survived(halves, density, short)
    end = len(trace.test_time_s) - 1 if short is None else short.point
    return CellLabel(
        test=test,
        ccd_failed_at_ma_cm2=failed,
        ccd_last_survived_ma_cm2=survived,
        life_h=trace.end_h if short is None else short.time_h,
        cycles=_cycles(halves, short),
        censoring="right" if short is None else "exact",
        short=short,
        cumulative_capacity_mah_cm2=float(trace.charge_mah[end]) / area_cm2,
    )


def _step(density_ma_cm2: float, step_ma_cm2: float) -> float:
    """The multiple of the step that is meant, or the density itself if it is near none."""
    steps = density_ma_cm2 / step_ma_cm2
    if abs(steps - round(steps)) <= NEAR_STEP and round(steps) > 0:
        return round(round(steps) * step_ma_cm2, 9)
    return round(density_ma_cm2, 6)


def _good(halves: Sequence[HalfCycle], short: Short | None) -> list[bool]:
    """Which half-cycles ended without a short."""
    first_bad = len(halves) if short is None else short.half_cycle
    return [half.ended and place < first_bad for place, half in enumerate(halves)]


def _survived(
    halves: Sequence[HalfCycle], density: Sequence[float], short: Short | None
) -> float | None:
    good = _good(halves, short)
    levels = np.array(density)
    forward = np.array([half.current_ma > 0 for half in halves], dtype=bool)
    passed = [
        level
        for level in sorted(set(density))
        if all(
            any(good[place] for place in np.flatnonzero((levels == level) & (forward == way)))
            for way in (True, False)
        )
        and all(good[place] for place in np.flatnonzero(levels == level))
    ]
    return max(passed) if passed else None


def _cycles(halves: Sequence[HalfCycle], short: Short | None) -> int:
    good = _good(halves, short)
    ways: dict[int, set[bool]] = {}
    bad = {half.cycle for half, ended in zip(halves, good, strict=True) if not ended}
    for half in halves:
        ways.setdefault(half.cycle, set()).add(half.current_ma > 0)
    return sum(len(way) == 2 and cycle not in bad for cycle, way in ways.items())
