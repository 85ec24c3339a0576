"""Records of a compiled run, as the line model would have written them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.line import LineModel
from twin.records import COUPONS, OUTCOMES, ROUTES, LineRecords, StationEvent
from twin.recursion.state import World

__all__ = ["recorded"]

Array = NDArray[np.float64]
IN_PROCESS, _, SCRAPPED, TESTED = range(len(OUTCOMES))
SCRAP = ROUTES.index("scrap")


def recorded(line: LineModel, world: World) -> LineRecords:
    """What happened up to the end of the run that `world` holds."""
    run = world.run[0]
    end_s = float(run["end_s"])
    coupons = world.coupons[: run["coupons"]]
    coupons = coupons[coupons[:, 0] <= end_s]
    entered = world.lots[: run["made"]]
    entered = entered[entered["enter_s"] <= end_s]
    visits = np.concatenate([world.visits[: run["visits"]], _waiting(world)])
    visits = visits[visits[:, 3] <= end_s]  # a copy
    visits[:, 0] = _numbers(visits[:, 0], len(world.lots))
    return LineRecords(
        stations=tuple(one.name for one in line.stations),
        start_s=0.0,
        end_s=end_s,
        visit_rows=_cut(visits, end_s),
        lot_rows=_lots(entered, coupons, visits, end_s),
        station_events=_events(line, world, entered, coupons, end_s),
        names=_names(line, coupons),
    )


def _numbers(rows: Array, lots: int) -> Array:
    """Lots count from 1; rows beyond them are coupons."""
    return np.where(rows > lots, COUPONS + rows - lots - 1, rows)


def _waiting(world: World) -> Array:
    """Lots that wait for a batch which is not complete at the end."""
    rows = []
    for place, model in enumerate(world.models):
        station = world.stations[place]
        for lot in range(station["begun"] * model["batch"], station["arrived"]):
            if not model["plain"] and world.came_s[place, lot] > -np.inf:
                came_s = world.came_s[place, lot]
                times = (came_s, np.inf, np.inf, np.inf)
                rows.append((world.order[place, lot] + 1, place, -1, *times, 0))
    return np.array(rows, dtype=np.float64).reshape(-1, 8)


def _cut(visits: Array, end_s: float) -> Array:
    """Ended visits by departure, then those going on, with nan for what is to come."""
    ended = visits[:, 6] <= end_s
    done, going = visits[ended], visits[~ended]
    times = going[:, 4:7]
    going[times[:, 0] > end_s, 2] = -1
    going[:, 7] = 0
    times[times > end_s] = np.nan
    going[:, 4:7] = times
    return np.concatenate([done[np.argsort(done[:, 6], kind="stable")], going])


def _lots(lots: NDArray[np.void], coupons: Array, visits: Array, end_s: float) -> Array:
    rows = np.zeros((len(lots) + len(coupons), 5))
    rows[: len(lots), 0] = np.arange(1, len(lots) + 1)
    rows[: len(lots), 1], rows[: len(lots), 2] = lots["enter_s"], lots["leave_s"]
    rows[: len(lots), 3] = lots["outcome"]
    tests = rows[len(lots) :]
    tests[:, 0], tests[:, 1] = COUPONS + np.arange(len(coupons)), coupons[:, 0]
    tested = visits[visits[:, 0] >= COUPONS]
    tested = tested[np.argsort(tested[:, 0])]
    tests[:, 2], tests[:, 3] = tested[:, 6], np.where(tested[:, 7] == SCRAP, SCRAPPED, TESTED)
    inside = ~(rows[:, 2] <= end_s)
    rows[inside, 2], rows[inside, 3] = np.nan, IN_PROCESS
    left = rows[~inside]
    return np.concatenate([left[np.argsort(left[:, 2], kind="stable")], rows[inside]])


def _names(line: LineModel, coupons: Array) -> dict[int, str]:
    first = len(line.path)
    return {
        int(COUPONS) + number: f"L{int(lot) + 1:05d}-T{int(place) - first + 1}"
        for number, (_, lot, place) in enumerate(coupons.tolist())
    }


def _events(
    line: LineModel, world: World, lots: NDArray[np.void], coupons: Array, end_s: float
) -> tuple[StationEvent, ...]:
    found: list[StationEvent] = []
    for place, server, down_s, up_s in world.downs[: world.run[0]["downs"]].tolist():
        found.append(StationEvent(down_s, "down", int(place), int(server)))
        found.append(StationEvent(up_s, "up", int(place), int(server)))
    if line.strips_per_roll > 1:
        for number, enter_s in enumerate(lots["enter_s"].tolist()):
            roll = f"FR{number // line.strips_per_roll + 1:05d}"
            found.append(StationEvent(enter_s, "split", 0, -1, number + 1, roll))
    last = len(line.path) - 1
    for number, (time_s, lot, _) in enumerate(coupons.tolist()):
        coupon, parent = int(COUPONS) + number, f"L{int(lot) + 1:05d}"
        found.append(StationEvent(time_s, "split", last, -1, coupon, parent))
    return tuple(sorted((one for one in found if one.time_s <= end_s), key=lambda one: one.time_s))
