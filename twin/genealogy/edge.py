"""One step of a descent: a child and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CHILD_KINDS", "EDGE_COLUMNS", "Edge"]

EDGE_COLUMNS = ("parent", "child", "kind", "station", "server", "time_s")
CHILD_KINDS = {
    "strip": "lot", "wound_roll": "wound_roll", "sheet": "sheet", "coupon": "coupon",
    "cell": "cell", "split": "lot", "merge": "lot",
}  # fmt: skip
"""Kind of an edge and what its child is."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`child` was made from `parent`.

    Attributes
    ----------
    kind : str
        One of `CHILD_KINDS`: what the child became.
    time_s : float
        Seconds of the line.
    server : int
        Server of the station, from 1; 0 where none is known.
    """

    parent: str
    child: str
    kind: str
    time_s: float
    station: str
    server: int = 0
