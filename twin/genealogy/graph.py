"""`Genealogy`: questions about parents and children, and about what was worked on together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from process_models.errors import InputError
from twin.genealogy.edge import CHILD_KINDS, EDGE_COLUMNS, Edge
from twin.genealogy.index import Grouped, place_of
from twin.genealogy.passages import Passage, Passages

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Genealogy"]

_CARRIED = ("wound_roll", "sheet")  # made of the whole lot, which keeps its id


class Genealogy:
    """Who came of whom, indexed by integers: a year of lots answers in milliseconds.

    Parameters
    ----------
    edges : DataFrame
        Columns `EDGE_COLUMNS`, in order of time.
    passages : Passages, optional
        What passed which station, and when.
    provenance : str
        Where it is all known from.

    Examples
    --------
    >>> strip = Edge("FR1", "L1", "strip", 0.0, "unwind")
    >>> tree = Genealogy.of([strip, Edge("L1", "S1", "sheet", 9.0, "roll")])
    >>> tree.ancestors("S1")
    ('L1', 'FR1')
    >>> tree.descendants("FR1")
    ('L1', 'S1')
    >>> [tree.kind(one) for one in tree.ancestors("S1")]
    ['lot', 'foil_roll']
    """

    def __init__(
        self,
        edges: pd.DataFrame,
        passages: Passages | None = None,
        provenance: str = "simulated",
    ) -> None:
        import pandas as pd

        self.provenance = provenance

        self._frame = edges
        self.passages = passages or Passages.none()
        codes, names = pd.factorize(pd.concat([edges["parent"], edges["child"]]))
        self._names = names
        self._parent, self._child = codes[: len(edges)], codes[len(edges) :]
        self._out = Grouped(self._parent, len(names))
        self._in = Grouped(self._child, len(names))
        self._kinds = np.full(len(names), "lot", dtype=object)
        self._kinds[self._parent[(edges["kind"] == "strip").to_numpy()]] = "foil_roll"
        became = edges["kind"].map(CHILD_KINDS).fillna("lot").to_numpy(dtype=object)
        self._kinds[self._child[::-1]] = became[::-1]  # what it was first

    @classmethod
    def of(cls, edges: Iterable[Edge], passages: Passages | None = None) -> Genealogy:
        """The graph of these edges, in order of time."""
        import pandas as pd

        rows = sorted(edges, key=lambda edge: edge.time_s)
        columns = {name: [getattr(edge, name) for edge in rows] for name in EDGE_COLUMNS}
        texts = {name: pd.Series(columns[name], dtype="str") for name in EDGE_COLUMNS[:4]}
        server = np.array(columns["server"], dtype=np.int64)
        time_s = np.array(columns["time_s"], dtype=np.float64)
        return cls(pd.DataFrame({**texts, "server": server, "time_s": time_s}), passages)

    def __contains__(self, thing: object) -> bool:
        return thing in self._names or (isinstance(thing, str) and thing in self.passages)

    def things(self) -> tuple[str, ...]:
        """Ids of all that was made or passed a station."""
        seen = dict.fromkeys(self._names.tolist())
        return (*seen, *(thing for thing in self.passages.things() if thing not in seen))

    def kind(self, thing: str) -> str:
        """foil_roll, lot, wound_roll, sheet, coupon or cell.

        Raises
        ------
        InputError
            When nothing is known of it.
        """
        place = place_of(self._names, thing)
        if place >= 0:
            return str(self._kinds[place])
        if thing in self.passages:
            return "lot"
        raise InputError(f"no lot, roll, sheet, coupon or cell has the id {thing!r:.80}")

    def edges(self) -> tuple[Edge, ...]:
        """All of them, in order of time."""
        return self._edges(range(len(self._frame)))

    def edges_into(self, thing: str) -> tuple[Edge, ...]:
        """What it was made from."""
        return self._edges(self._rows(thing, self._in))

    def edges_from(self, thing: str) -> tuple[Edge, ...]:
        """What was made from it."""
        return self._edges(self._rows(thing, self._out))

    def parents(self, thing: str) -> tuple[str, ...]:
        """Ids of what it was made from."""
        return tuple(edge.parent for edge in self.edges_into(thing))

    def children(self, thing: str) -> tuple[str, ...]:
        """Ids of what was made from it."""
        return tuple(edge.child for edge in self.edges_from(thing))

    def back(self, thing: str) -> tuple[Edge, ...]:
        """Every edge that led to it, nearest first."""
        return self._edges(self._reached(thing, self._in, self._parent))

    def forward(self, thing: str) -> tuple[Edge, ...]:
        """Every edge that led on from it, nearest first."""
        return self._edges(self._reached(thing, self._out, self._child))

    def ancestors(self, thing: str) -> tuple[str, ...]:
        """Everything it came from, nearest first."""
        return tuple(dict.fromkeys(edge.parent for edge in self.back(thing)))

    def descendants(self, thing: str) -> tuple[str, ...]:
        """Everything that came of it, nearest first."""
        return tuple(dict.fromkeys(edge.child for edge in self.forward(thing)))

    def passed(self, thing: str) -> tuple[Passage, ...]:
        """Every station that it, or what it came from, passed before it was taken; by time.

        What happened to a lot after a coupon was cut from it did not happen to the coupon.
        """
        until = {thing: np.inf}
        todo = [thing]
        for child in todo:
            for edge in self.edges_into(child):
                taken = until[child] if edge.kind in _CARRIED else min(edge.time_s, until[child])
                if taken > until.get(edge.parent, -np.inf):
                    until[edge.parent] = taken
                    todo.append(edge.parent)
        found = [
            one
            for who, taken in until.items()
            for one in self.passages.of(who)
            if one.start_s <= taken
        ]
        return tuple(sorted(found, key=lambda one: one.start_s))

    def to_frame(self) -> pd.DataFrame:
        """One row an edge: parent, child, kind, station, server, time_s."""
        return self._frame

    def _rows(self, thing: str, grouped: Grouped) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return grouped.rows(place_of(self._names, thing))

    def _reached(
        self, thing: str, grouped: Grouped, other: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> list[int]:
        todo = [place_of(self._names, thing)]
        seen = set(todo)
        rows: list[int] = []
        for place in todo:
            found = grouped.rows(place)
            rows += found.tolist()
            fresh = [one for one in dict.fromkeys(other[found].tolist()) if one not in seen]
            seen.update(fresh)
            todo += fresh
        return rows

    def _edges(self, rows: Iterable[int]) -> tuple[Edge, ...]:
        part = self._frame.iloc[list(rows)]
        columns = (part[name].tolist() for name in EDGE_COLUMNS)
        return tuple(
            Edge(parent, child, kind, time_s, station, server)
            for parent, child, kind, station, server, time_s in zip(*columns, strict=True)
        )
