"""Where to put things in a picture of a descent: origins left, what came of them right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from twin.genealogy.descent import Descent
from twin.genealogy.words import PLURALS

__all__ = ["Layout", "Node", "layout"]

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Node:
    """A thing, a run, or several things that lead no further, at column `x` and row `y`."""

    name: str
    kind: str
    x: int
    y: float
    note: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Nodes, and links between them by place; `hidden` rows had no room."""

    nodes: tuple[Node, ...]
    links: tuple[tuple[int, int], ...]
    rows: int
    hidden: int


def layout(found: Descent, *, rows: int = 40) -> Layout:
    """The picture of a descent.

    The furnace run and the roll pass that it went through stand between lot and sheet. Things of
    one kind from one parent that lead no further are one node.

    Parameters
    ----------
    rows : int
        Most rows; the longest branches are kept.
    """
    kinds = dict(found.kinds)
    notes: dict[str, str] = {}
    pairs = _pairs(found, kinds, notes)
    names = {one: one for one in kinds}
    pairs = _leaves_together(pairs, found.thing, kinds, names)
    drawn = list(dict.fromkeys(one for pair in pairs for one in pair)) or [found.thing]
    below: dict[str, list[str]] = {one: [] for one in drawn}
    for parent, child in dict.fromkeys(pairs):
        below[parent].append(child)
    depth = _depths(drawn, pairs)
    order = _Rows(below, depth, rows)
    order.place(sorted(drawn, key=depth.__getitem__))
    shown = [one for one in drawn if one in order.row]
    place = {one: number for number, one in enumerate(shown)}
    nodes = tuple(
        Node(names[one], kinds[one], depth[one], order.row[one], notes.get(one, ""),
             one == found.thing)
        for one in shown
    )  # fmt: skip
    links = tuple(
        (place[a], place[b]) for a, b in dict.fromkeys(pairs) if a in place and b in place
    )
    return Layout(nodes, links, min(order.leaves, rows), max(0, order.leaves - rows))


def _pairs(found: Descent, kinds: dict[str, str], notes: dict[str, str]) -> Pairs:
    """Links from parent to child, through the runs that were between them."""
    runs = {
        (stop.passage.station, stop.passage.lot): stop
        for station in ("sublimation", "roll")
        for stop in found.stops_at(station)
    }
    pairs: Pairs = []
    for edge in (*found.back, *found.forward):
        path = [edge.parent]
        lot = edge.parent.removesuffix("-W")
        wanted = []
        if kinds[edge.parent] == "lot" and edge.kind != "strip":
            wanted.append(("sublimation", edge.parent))
        if edge.kind == "sheet":
            wanted += [("roll", edge.parent), ("roll", lot)]
        for key in wanted:
            if key in runs:
                stop = runs[key]
                kinds[stop.passage.run] = "furnace_run" if key[0] == "sublimation" else "roll_pass"
                others = len(stop.together) - 1
                notes[stop.passage.run] = f"with {others} other lots" if others else "alone"
                path.append(stop.passage.run)
        path.append(edge.child)
        pairs += pairwise(path)
    return pairs


def _leaves_together(
    pairs: Pairs, asked: str, kinds: dict[str, str], names: dict[str, str]
) -> Pairs:
    parents = {parent for parent, _ in pairs}
    into: dict[str, list[str]] = {}
    for parent, child in dict.fromkeys(pairs):
        into.setdefault(child, []).append(parent)
    groups: dict[tuple[str, str], list[str]] = {}
    for child, own in into.items():
        if child not in parents and child != asked and len(own) == 1:
            groups.setdefault((own[0], kinds[child]), []).append(child)
    named = {}
    for (parent, kind), children in groups.items():
        if len(children) > 1:
            group = f"{kind} of {parent}"
            names[group] = f"{len(children)} {PLURALS[kind]}"
            kinds[group] = kind
            named.update(dict.fromkeys(children, group))
    for one in kinds:
        names.setdefault(one, one)
    return list(dict.fromkeys((parent, named.get(child, child)) for parent, child in pairs))


def _depths(drawn: Iterable[str], pairs: Pairs) -> dict[str, int]:
    """Longest way from a beginning; in a circle, as far as it goes without meeting itself."""
    depth = dict.fromkeys(drawn, 0)
    most = len(depth) - 1
    changed = True
    while changed:
        changed = False
        for parent, child in pairs:
            if depth[child] <= depth[parent] < most:
                depth[child] = depth[parent] + 1
                changed = True
    return depth


class _Rows:
    """Rows from the top: a leaf takes the next one, a parent stands amid its children."""

    def __init__(self, below: dict[str, list[str]], depth: dict[str, int], most: int) -> None:
        self.below = below
        self.depth = depth
        self.most = most
        self.row: dict[str, float] = {}
        self.leaves = 0
        self._seen: set[str] = set()
        leaves = sum(not own for own in below.values())
        if leaves > most:
            for own in below.values():
                own.sort(key=lambda one: -self._reach(one, set()))

    def _reach(self, thing: str, met: set[str]) -> int:
        """How far its branch leads."""
        fresh = [one for one in self.below[thing] if one not in met]
        return max((self._reach(one, met | {thing}) for one in fresh), default=self.depth[thing])

    def place(self, things: Iterable[str]) -> None:
        """Give rows to things and all below them, beginnings first."""
        for thing in things:
            if thing not in self._seen:
                self._placed(thing)

    def _placed(self, thing: str) -> float | None:
        if thing in self._seen:
            return self.row.get(thing)
        self._seen.add(thing)
        if not self.below[thing]:
            self.leaves += 1
            if self.leaves <= self.most:
                self.row[thing] = float(self.leaves - 1)
            return self.row.get(thing)
        rows = [row for one in self.below[thing] if (row := self._placed(one)) is not None]
        if rows:
            self.row[thing] = sum(rows) / len(rows)
        return self.row.get(thing)
