"""Short circuits of symmetric cells, half-cycle by half-cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.cells.half_cycles import HalfCycle
from process_models.cells.noise import point_noise_v
from process_models.cells.short import Short, kind_of
from process_models.cells.trace import CellTrace

__all__ = ["find_symmetric_short"]

FALL, FALL_SIGMAS = 0.25, 6.0
DROP, DROP_SIGMAS, EARLIER = 0.30, 3.0, 3
NOISE_RATIO, NOISE_POINTS = 5.0, 15
LASTING = 3


@dataclass(frozen=True, slots=True)
class _Signs:
    """A half-cycle with what is known from those before it."""

    size_v: NDArray[np.float64]
    resistances: Sequence[float]
    noises: Sequence[float]
    current_ma: float
    last: bool

    @property
    def noise_v(self) -> float:
        """Noise as it was, or of this half-cycle itself if it is the first."""
        return float(np.median(self.noises)) if self.noises else point_noise_v(self.size_v)


def find_symmetric_short(trace: CellTrace, halves: Sequence[HalfCycle]) -> Short | None:
    """The first short circuit of a symmetric cell, or None; `halves` are those of the trace."""
    resistances: list[float] = []
    noises: list[float] = []
    for number, half in enumerate(halves):
        size_v = np.abs(trace.voltage_v[half.start : half.stop])
        last = half.stop == len(trace.voltage_v)
        signs = _Signs(size_v, resistances[-EARLIER:], noises, half.current_ma, last)
        found = _first(signs)
        if found is not None:
            return _short(trace, halves, number, half.start + found[1], found[0])
        resistances.append(float(np.median(size_v)) / abs(half.current_ma))
        noises.append(point_noise_v(size_v))
    return None


def _voltage_fall(signs: _Signs) -> int | None:
    """First point of a lasting fall below the highest level so far in the half-cycle."""
    size_v = signs.size_v
    level_v = np.maximum.accumulate(_level(size_v))
    least_v = level_v - np.maximum(FALL * level_v, FALL_SIGMAS * signs.noise_v)
    low = np.flatnonzero(size_v < least_v)
    return next((int(at) for at in low if _lasts(size_v, least_v, int(at), signs.last)), None)


def _level(size_v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each point and the four before it: a single spike is no level, shape (n,)."""
    padded = np.concatenate([np.full(4, size_v[: min(3, len(size_v))].min()), size_v])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    return np.asarray(np.median(windows, axis=1))


def _lasts(size_v: NDArray[np.float64], least_v: NDArray[np.float64], at: int, last: bool) -> bool:
    """Whether |V| stays low: for three points, or to the end if the record stops there."""
    window = size_v[at : at + LASTING] < least_v[at]
    if len(window) == LASTING:
        return bool(window.all())
    collapsed = last and bool(np.all(size_v[at:] < least_v[at] - FALL * size_v[:at].max()))
    return bool(window.all()) and (len(window) > 1 or collapsed)


def _resistance_drops(signs: _Signs) -> bool:
    if len(signs.resistances) < EARLIER:
        return False
    was = float(np.median(signs.resistances))
    now = float(np.median(signs.size_v)) / abs(signs.current_ma)
    sigma = signs.noise_v / abs(signs.current_ma)
    return was - now > max(DROP * was, DROP_SIGMAS * sigma)


def _noise_rise(signs: _Signs) -> int | None:
    """Start of the first window of points that is five times as noisy as before."""
    if not signs.noises:
        return None
    points = len(signs.size_v)
    for start in range(0, points - NOISE_POINTS + 1, NOISE_POINTS):
        window = signs.size_v[start : start + NOISE_POINTS]
        if point_noise_v(window) > NOISE_RATIO * signs.noise_v:
            return start
    return None


def _first(signs: _Signs) -> tuple[str, int] | None:
    """The criterion met first, and its point; 0 where the whole half-cycle meets it."""
    falls, rises = _voltage_fall(signs), _noise_rise(signs)
    if falls is not None and (rises is None or falls <= rises):
        return "voltage_fall", falls
    if rises is not None:
        return "noise_rise", rises
    return ("resistance_drop", 0) if _resistance_drops(signs) else None


def _short(
    trace: CellTrace, halves: Sequence[HalfCycle], number: int, point: int, rule: str
) -> Short:
    half = halves[number]
    inside = point > half.start
    part = slice(half.start, point) if inside else slice(halves[number - 1].start, half.start)
    before_v = float(np.median(np.abs(trace.voltage_v[part])))
    if not inside:  # another current: what the voltage would have been
        before_v *= abs(half.current_ma / halves[number - 1].current_ma)
    after_v = float(np.median(np.abs(trace.voltage_v[point : half.stop])))
    time_h = float(trace.test_time_s[point]) / 3600
    return Short(kind_of(before_v, after_v), time_h, rule, point, number, before_v, after_v)
