"""Where the planned busy time of each station went, in seconds and in lots not made.

Time losses are those in which no lot was worked on: down, maintenance, set-up, blocked, starved.
The working time itself is lost to speed (over the planned time a lot), to lots that were scrapped
and to lots that were done again; what is left made good lots. All parts together are the planned
busy time (ISO 22400-2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.gantt import gantt
from twin.line import LineModel, StationModel
from twin.records import ROUTES, LineRecords
from twin.rolled_yield import again

__all__ = ["LOSSES", "StationLosses", "losses"]

_IDLE = ("down", "maintenance", "setup", "blocked", "starved")
LOSSES = (*_IDLE, "speed", "scrap", "rework")
_STATION, _FINISH, _ROUTE = 1, 5, 7
_EVERY_BAR = 1 << 40


@dataclass(frozen=True, slots=True)
class StationLosses:
    """One station over a window; times are of all its servers together.

    Attributes
    ----------
    planned_busy_s : float
        Time that was not planned off.
    run_s_per_lot : float
        Planned server time for one lot.
    lost_s : mapping
        By name, in the order of `LOSSES`.
    good_s : float
        What made good lots.
    """

    station: str
    planned_busy_s: float
    run_s_per_lot: float
    lost_s: Mapping[str, float]
    good_s: float

    def lots(self, name: str) -> float:
        """How many lots could have been made in the time lost to `name`.

        Examples
        --------
        >>> StationLosses("roll", 3600.0, 480.0, {"down": 960.0}, 2640.0).lots("down")
        2.0
        """
        return self.lost_s[name] / self.run_s_per_lot if self.run_s_per_lot else math.nan

    @property
    def largest(self) -> str | None:
        """The largest loss; None where nothing was lost."""
        name = max(self.lost_s, key=lambda one: self.lost_s[one])
        return name if self.lost_s[name] > 0 else None


def losses(
    records: LineRecords, line: LineModel, start_s: float, end_s: float
) -> dict[str, StationLosses]:
    """Losses of every station that lots visit, by name, over [start_s, end_s].

    Raises
    ------
    InputError
        When the window is empty.
    """
    spent: dict[str, dict[str, float]] = {model.name: {} for model in line.path}
    for bar in gantt(records, line, start_s, end_s, max_bars=_EVERY_BAR):
        times = spent[bar.station]
        times[bar.state] = times.get(bar.state, 0.0) + bar.end_s - bar.start_s
    counts = _counts(records, start_s, end_s)
    return {
        model.name: _of_station(model, spent[model.name], counts.get(line.index(model.name)))
        for model in line.path
    }


def _counts(records: LineRecords, start_s: float, end_s: float) -> dict[int, tuple[int, int, int]]:
    """Visits that finished in the window by station: all, scrapped, done again and not scrapped."""
    rows = records.visit_rows
    inside = (rows[:, _FINISH] > start_s) & (rows[:, _FINISH] <= end_s)
    scrapped = rows[:, _ROUTE] == ROUTES.index("scrap")
    repeated = again(rows) & ~scrapped
    places = np.unique(rows[inside, _STATION]).astype(int).tolist()
    found = {}
    for place in places:
        here = inside & (rows[:, _STATION] == place)
        found[place] = (int(here.sum()), int(scrapped[here].sum()), int(repeated[here].sum()))
    return found


def _of_station(
    model: StationModel, spent: Mapping[str, float], counts: tuple[int, int, int] | None
) -> StationLosses:
    done, scrapped, repeated = counts or (0, 0, 0)
    running = spent.get("running", 0.0)
    run_s = model.service_s.mean_s / model.batch
    each = min(run_s, running / done) if done else 0.0
    lost = {name: spent.get(name, 0.0) for name in _IDLE}
    lost |= {"speed": running - each * done, "scrap": each * scrapped, "rework": each * repeated}
    return StationLosses(
        station=model.name,
        planned_busy_s=sum(time for state, time in spent.items() if state != "planned_stop"),
        run_s_per_lot=run_s,
        lost_s=lost,
        good_s=each * (done - scrapped - repeated),
    )
