"""Yields of lots in process and of those that follow: what is known counts, the rest is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.analogs import Stretches
from twin.forecasting.history import Key, Passes, Readings, share_inside

if TYPE_CHECKING:
    from twin.monitoring.plan import PlannedCharacteristic

__all__ = ["Coming", "YieldDraws", "draw_yields"]

Floats = NDArray[np.float64]
_INCOMING: Key = ("foil_thickness_um", "unwind")
_OUTGOING: Key = ("thickness_um", "roll")
_LEAST_PAIRS = 20


@dataclass(frozen=True)
class Coming:
    """Lots whose yields are asked for: those in process in the order of the line, then others.

    Attributes
    ----------
    lot_ids : tuple of str
        In process, furthest first.
    passed : mapping of str to frozenset of str
        Stations that each of them has been finished at.
    others : int
        Lots that come after them.
    """

    lot_ids: tuple[str, ...]
    passed: Mapping[str, frozenset[str]]
    others: int


@dataclass(frozen=True)
class YieldDraws:
    """Yields in every future.

    Attributes
    ----------
    values : ndarray (R, lots)
        0 to 1, those in process first.
    losses : mapping of str to mapping of str to float
        By lot in process and characteristic: share of area that it is expected to cost by itself.
    decided : frozenset of str
        Lots in process of which nothing is left to chance.
    """

    values: Floats
    losses: Mapping[str, Mapping[str, float]]
    decided: frozenset[str]


def draw_yields(
    stretches: Stretches,
    coming: Coming,
    readings: Readings,
    planned: Mapping[str, Sequence[PlannedCharacteristic]],
    rng: np.random.Generator,
) -> YieldDraws:
    """Yields of the coming lots, station by station, with what has been read of them kept."""
    begun = len(coming.lot_ids)
    many = begun + coming.others
    values = np.ones((len(stretches.repeated), many))
    losses: dict[str, dict[str, float]] = {lot: {} for lot in coming.lot_ids}
    drawn_for: set[str] = set()
    slope = _transmitted(stretches.passes)
    for station, characteristics in planned.items():
        if not characteristics:
            continue
        ahead = [
            place
            for place in range(many)
            if place >= begun or station not in coming.passed.get(coming.lot_ids[place], ())
        ]
        passes = stretches.passes.get(station)
        if passes is not None and ahead:
            donors = stretches.donors(station, np.arange(len(ahead)), rng)
            shares = passes.share[donors]
            for column, place in enumerate(ahead[:begun]):
                if place < begun:
                    lot = coming.lot_ids[place]
                    shift = _shift(station, readings.get(lot, {}), slope)
                    drawn_for |= {lot} if passes.by_characteristic else set()
                    shares[:, column] = _drawn(
                        passes, donors[:, column], shift, characteristics, losses[lot]
                    )
            values[:, ahead] *= shares
        for place, lot in enumerate(coming.lot_ids):
            if place not in ahead:
                _own(values, place, readings.get(lot, {}), characteristics, losses[lot])
    _invent(values, stretches, begun, rng)
    return YieldDraws(values, losses, frozenset(set(coming.lot_ids) - drawn_for))


def _own(
    values: Floats,
    place: int,
    own: Mapping[Key, Floats],
    characteristics: Sequence[PlannedCharacteristic],
    losses: dict[str, float],
) -> None:
    """A station that the lot has passed: its own readings."""
    for one in characteristics:
        read = own.get((one.name, one.station))
        if read is not None:
            share = float(share_inside(one, read))
            values[:, place] *= share
            losses[one.name] = max(losses.get(one.name, 0.0), 1.0 - share)


def _drawn(
    passes: Passes,
    donors: NDArray[np.int64],
    shift: tuple[float, Floats] | None,
    characteristics: Sequence[PlannedCharacteristic],
    losses: dict[str, float],
) -> Floats:
    """Share inside at a station ahead; the sheet is as much thicker as the lot's foil is."""
    total = np.ones(len(donors))
    for one in characteristics:
        share = passes.by_characteristic[one.name][donors]
        stacked = passes.values.get(one.name)
        if shift is not None and one.name == _OUTGOING[0] and stacked is not None:
            slope, thicker = shift
            moved = stacked[donors] + slope * np.nan_to_num(thicker[donors])[:, None]
            share = share_inside(one, moved)
        total = total * share
        losses[one.name] = max(losses.get(one.name, 0.0), float(1.0 - share.mean()))
    return total


def _shift(
    station: str, own: Mapping[Key, Floats], slope: tuple[float, Floats] | None
) -> tuple[float, Floats] | None:
    """Slope, and by how much the lot's foil is thicker than each donor's."""
    if station != _OUTGOING[1] or slope is None or _INCOMING not in own:
        return None
    return slope[0], float(own[_INCOMING].mean()) - slope[1]


def _transmitted(passes: Mapping[str, Passes]) -> tuple[float, Floats] | None:
    """How much of a foil's excess thickness the mill leaves in the sheet, and each donor's foil."""
    rolled, unwound = passes.get(_OUTGOING[1]), passes.get(_INCOMING[1])
    if rolled is None or unwound is None:
        return None
    if _OUTGOING[0] not in rolled.levels or _INCOMING[0] not in unwound.levels:
        return None
    by_lot = dict(zip(unwound.lot_ids.tolist(), unwound.levels[_INCOMING[0]], strict=True))
    incoming = np.array([by_lot.get(lot, np.nan) for lot in rolled.lot_ids.tolist()])
    outgoing = rolled.levels[_OUTGOING[0]]
    paired = ~np.isnan(incoming) & ~np.isnan(outgoing)
    if paired.sum() < _LEAST_PAIRS or np.std(incoming[paired]) == 0:
        return None
    slope = np.cov(incoming[paired], outgoing[paired])[0, 1] / np.var(incoming[paired], ddof=1)
    return float(np.clip(slope, 0.0, 1.0)), incoming


def _invent(values: Floats, stretches: Stretches, begun: int, rng: np.random.Generator) -> None:
    """Lots of invented stretches are perfect or lost; those in process keep what is known."""
    many = values.shape[1]
    stretch = stretches.stretch_of(np.arange(many))
    share = stretches.invented[:, stretch]
    made_up = ~np.isnan(share)
    made_up[:, :begun] = False
    drawn = (rng.random(values.shape) < np.nan_to_num(share)).astype(np.float64)
    values[made_up] = drawn[made_up]
