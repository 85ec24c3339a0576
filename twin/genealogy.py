"""Where things came from and what became of them: rolls, strips, sheets, coupons, cells.

    foil roll -> lot (strip) -> wound roll -> sheets -> coupon -> cell

A lot keeps its id from strip to sheets. The graph is many to many: a coupon may be cut from
several sheets, and a wound roll may join several strips.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.line import LineModel
from twin.records import COUPONS, OTHERS, ROUTES, LineRecords

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Edge", "Genealogy", "genealogy"]

WIND, ROLL = "wind", "roll"


@dataclass(frozen=True, slots=True)
class Edge:
    """`child` was made from `parent`, at a time in seconds from the start and at a station."""

    parent: str
    child: str
    kind: str
    time_s: float
    station: str


class Genealogy:
    """Questions about parents and children.

    Examples
    --------
    >>> strip = Edge("FR1", "L1", "strip", 0.0, "unwind")
    >>> tree = Genealogy([strip, Edge("L1", "S1", "sheet", 9.0, "roll")])
    >>> tree.ancestors("S1")
    ('L1', 'FR1')
    >>> tree.descendants("FR1")
    ('L1', 'S1')
    """

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.edges = tuple(edges)
        self._children: dict[str, list[str]] = {}
        self._parents: dict[str, list[str]] = {}
        for edge in self.edges:
            self._children.setdefault(edge.parent, []).append(edge.child)
            self._parents.setdefault(edge.child, []).append(edge.parent)

    def parents(self, thing: str) -> tuple[str, ...]:
        """What it was made from."""
        return tuple(self._parents.get(thing, ()))

    def children(self, thing: str) -> tuple[str, ...]:
        """What was made from it."""
        return tuple(self._children.get(thing, ()))

    def ancestors(self, thing: str) -> tuple[str, ...]:
        """Everything it came from, nearest first."""
        return _reached(thing, self._parents)

    def descendants(self, thing: str) -> tuple[str, ...]:
        """Everything that came of it, nearest first."""
        return _reached(thing, self._children)

    def to_frame(self) -> pd.DataFrame:
        """One row an edge: parent, child, kind, time_s, station."""
        import pandas as pd

        columns = {
            name: pd.Series([getattr(edge, name) for edge in self.edges], dtype="str")
            for name in ("parent", "child", "kind", "station")
        }
        times = np.array([edge.time_s for edge in self.edges], dtype=np.float64)
        return pd.DataFrame({**columns, "time_s": times})


def _reached(thing: str, neighbours: Mapping[str, list[str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    todo = list(neighbours.get(thing, ()))
    for one in todo:
        if one not in found:
            found[one] = None
            todo += neighbours.get(one, ())
    return tuple(found)


def genealogy(records: LineRecords, line: LineModel) -> Genealogy:
    """The graph of a run.

    A lot becomes a wound roll (id + W) when it finishes at `wind`, and its sheets (S01...) when it
    finishes at `roll`; reworked lots once. A coupon comes from the lot's first sheet, or from the
    lot where the line has no station `roll`; it becomes a cell (C1) when its test starts.
    """
    return Genealogy(sorted(_edges(records, line), key=lambda edge: edge.time_s))


def _edges(records: LineRecords, line: LineModel) -> Iterator[Edge]:
    names = [station.name for station in line.stations]
    for event in records.station_events:
        if event.event == "split" and event.lot >= 0:
            coupon = COUPONS <= event.lot < OTHERS
            parent = f"{event.parent}-S01" if coupon and ROLL in names else event.parent
            kind = "coupon" if coupon else "strip"
            yield Edge(parent, records.lot_id(event.lot), kind, event.time_s, names[event.station])
    wound = yield from _wound(records, names)
    yield from _sheets(records, line, names, wound)
    yield from _cells(records, line)


def _finished_at(records: LineRecords, place: int) -> Iterator[tuple[str, float]]:
    """Lots that finished at a station and were not scrapped there, the first time each."""
    rows = records.visit_rows
    good = (rows[:, 1] == place) & ~np.isnan(rows[:, 5]) & (rows[:, 7] != ROUTES.index("scrap"))
    seen: set[float] = set()
    for number, time_s in rows[good][:, [0, 5]].tolist():
        if number not in seen:
            seen.add(number)
            yield records.lot_id(int(number)), time_s


def _wound(records: LineRecords, names: list[str]) -> Generator[Edge, None, bool]:
    if WIND in names:
        for lot, time_s in _finished_at(records, names.index(WIND)):
            yield Edge(lot, f"{lot}-W", "wound_roll", time_s, WIND)
    return WIND in names


def _sheets(records: LineRecords, line: LineModel, names: list[str], wound: bool) -> Iterator[Edge]:
    if ROLL not in names:
        return
    for lot, time_s in _finished_at(records, names.index(ROLL)):
        parent = f"{lot}-W" if wound else lot
        for sheet in range(1, line.sheets_per_lot + 1):
            yield Edge(parent, f"{lot}-S{sheet:02d}", "sheet", time_s, ROLL)


def _cells(records: LineRecords, line: LineModel) -> Iterator[Edge]:
    testing = [place for place, station in enumerate(line.stations) if station.samples]
    rows = records.visit_rows
    begun = rows[np.isin(rows[:, 1], testing) & ~np.isnan(rows[:, 4])]
    for number, place, start_s in begun[:, [0, 1, 4]].tolist():
        coupon = records.lot_id(int(number))
        station = line.stations[int(place)].name
        yield Edge(coupon, coupon.replace("-T", "-C"), "cell", start_s, station)
