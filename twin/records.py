"""Append-only records of a run, and the tables made from them.

A visit (one lot at one station) is written when the lot departs, an event when it happens; nothing
is changed afterwards. Visits that are still going on are read off the line when records are asked
for. All times are seconds from the start of the experiment, 64-bit.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COUPONS",
    "OTHERS",
    "OUTCOMES",
    "ROUTES",
    "LineRecords",
    "Log",
    "StationEvent",
    "is_coupon",
    "lots",
    "to_parquet",
    "visits",
    "write_parquet",
]

TIMES = ("arrive_s", "start_s", "finish_s", "depart_s")
COUPONS, OTHERS = float(1 << 40), float(1 << 41)
ROUTES = ("next", "scrap", "rework")
OUTCOMES = ("in_process", "finished", "scrapped", "tested")


@dataclass(frozen=True, slots=True)
class StationEvent:
    """Something other than a visit: split, down, up, hold, release, set-up or maintenance.

    `lot` is a lot's number, -1 where no lot is concerned; `parent` the id of the parent in a split;
    `detail` the name of the maintenance, or the two recipes of a set-up.
    """

    time_s: float
    event: str
    station: int
    server: int = -1
    lot: int = -1
    parent: str = ""
    detail: str = ""


class Log:
    """The growing log behind `LineRecords`; flat arrays keep a visit at 64 bytes.

    Attributes
    ----------
    visits : array of float
        lot, station, server, `TIMES`, place in `ROUTES`; one after the other.
    lots : array of float
        lot, enter_s, leave_s, place in `OUTCOMES`, 1 if it was reworked; of lots that left.
    conditions : array of float
        lot, station, server, time_s, condition, measured, 1 for a signal; of lots that finished
        on a server with a condition, which they saw as it was before them.
    flags : list of (int, int, float)
        lot, station, time: lots that waited longer than they may.
    recipes : dict of int to int
        Place in the mix of each lot.
    named : int
        Lots that were given a name so far, whether or not `names` still has it.
    """

    def __init__(self) -> None:
        self.visits = array("d")
        self.lots = array("d")
        self.conditions = array("d")
        self.flags: list[tuple[int, int, float]] = []
        self.recipes: dict[int, int] = {}
        self.events: list[StationEvent] = []
        self.names: dict[int, str] = {}
        self.named = 0

    def name(self, lot_id: str, above: float) -> int:
        """A number, from `above` on, for a lot whose id is not made from its number."""
        number = int(above) + self.named
        self.named += 1
        self.names[number] = lot_id
        return number


@dataclass(frozen=True)
class LineRecords:
    """What happened on a line from `start_s` to `end_s`.

    Attributes
    ----------
    stations : tuple of str
        Names, in the order of the line.
    visit_rows : ndarray (n, 8)
        lot, station, server, arrive_s, start_s, finish_s, depart_s, route: ended visits by
        departure, then those going on, with nan for what is to come.
    lot_rows : ndarray (n, 5)
        lot, enter_s, leave_s, outcome, reworked: lots that left by time, then those in process.
    station_events : tuple of StationEvent
        In order of time.
    names : dict
        Ids of the lots whose id is not made from their number.
    recipes, lot_recipes : tuple of str, dict of int to int
        Names, and the place in them of each lot; the first where nothing is said of a lot.
    condition_rows : ndarray (n, 7)
        lot, station, server, time_s, condition, measured, signal; see `twin.condition_table`.
    flags : tuple of (int, int, float)
        lot, station, time of lots that waited longer than they may.
    """

    stations: tuple[str, ...]
    start_s: float
    end_s: float
    visit_rows: NDArray[np.float64]
    lot_rows: NDArray[np.float64]
    station_events: tuple[StationEvent, ...] = ()
    names: dict[int, str] = field(default_factory=dict)
    recipes: tuple[str, ...] = ("",)
    lot_recipes: dict[int, int] = field(default_factory=dict)
    condition_rows: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 7)))
    flags: tuple[tuple[int, int, float], ...] = ()

    def recipe_of(self, number: int) -> str:
        """Name of a lot's recipe; empty where none is known."""
        return self.recipes[self.lot_recipes.get(number, 0)]

    def recipe_names(self, numbers: NDArray[np.float64]) -> pd.Series[str]:
        """Recipes of many lots."""
        import pandas as pd

        if not self.lot_recipes:
            return pd.Series([self.recipes[0]] * len(numbers), dtype="str")
        names = [self.recipe_of(number) for number in numbers.astype(np.int64).tolist()]
        return pd.Series(names, dtype="str")

    def lot_id(self, number: int) -> str:
        """The id that people see."""
        return self.names.get(number) or f"L{number:05d}"

    def lot_ids(self, numbers: NDArray[np.float64]) -> pd.Series[str]:
        """Ids of many lots."""
        import pandas as pd

        ids = [self.lot_id(number) for number in numbers.astype(np.int64).tolist()]
        return pd.Series(ids, dtype="str")

    def station_names(self, places: NDArray[np.float64]) -> pd.Series[str]:
        """Names of stations by their place in the line."""
        import pandas as pd

        names = np.array(self.stations, dtype=object)
        return pd.Series(names[places.astype(np.int64)], dtype="str")


def is_coupon(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the numbers are those of test coupons; lots with odd ids are numbered above them."""
    return (numbers >= COUPONS) & (numbers < OTHERS)


def visits(records: LineRecords) -> pd.DataFrame:
    """One row a visit, by departure: lot, station, server, the four times, route, recipe.

    Times that have not come yet are nan; `server` counts from 1, 0 while the lot waits; `route` is
    where the lot went: next, scrap or rework. A lot that left the queue because it had waited too
    long has no start and no finish.
    """
    import pandas as pd

    data = records.visit_rows
    return pd.DataFrame(
        {
            "lot": records.lot_ids(data[:, 0]),
            "station": records.station_names(data[:, 1]),
            "server": data[:, 2].astype(np.int64) + 1,
            **{name: data[:, 3 + place] for place, name in enumerate(TIMES)},
            "route": pd.Series(np.array(ROUTES, dtype=object)[data[:, 7].astype(int)], dtype="str"),
            "recipe": records.recipe_names(data[:, 0]),
        }
    )


def lots(records: LineRecords) -> pd.DataFrame:
    """One row a lot or coupon: lot, enter_s, leave_s, outcome, reworked, recipe, flagged.

    `leave_s` is nan while it is in process; `flagged` says that it waited longer than it may.
    """
    import pandas as pd

    data = records.lot_rows
    outcome = np.array(OUTCOMES, dtype=object)[data[:, 3].astype(int)]
    return pd.DataFrame(
        {
            "lot": records.lot_ids(data[:, 0]),
            "enter_s": data[:, 1],
            "leave_s": data[:, 2],
            "outcome": pd.Series(outcome, dtype="str"),
            "reworked": data[:, 4] > 0,
            "recipe": records.recipe_names(data[:, 0]),
            "flagged": np.isin(data[:, 0], [number for number, _, _ in records.flags]),
        }
    )


def to_parquet(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table as NAME.parquet and return the paths; the errors of `write_parquet`."""
    paths = [folder / f"{name}.parquet" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        write_parquet(table, path)
    return paths


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table, with page checksums, into a folder that is made when missing.

    The file is there when it is whole, not before.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(partial, index=False, write_page_checksum=True)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        if partial.parent.is_dir():
            partial.unlink(missing_ok=True)
