"""A descent in words: the answer in a sentence, and the tree as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo

from twin.genealogy.descent import Descent, Stop
from twin.genealogy.edge import Edge
from twin.line_time import line_time

__all__ = ["PLURALS", "sentence", "tree_lines"]

PLURALS = {
    "foil_roll": "foil rolls", "lot": "lots", "wound_roll": "wound rolls", "sheet": "sheets",
    "coupon": "coupons", "cell": "cells",
}  # fmt: skip
_DONE = {"sublimation": "exposed", "roll": "rolled"}
_SHARED = {"sublimation": "precursor fill", "roll": "roll grind"}
_FEW, _NAMED = 3, 2


def sentence(found: Descent, zone: tzinfo = UTC, mark: Callable[[str], str] = str) -> str:
    """Where it came from, on what it was exposed and rolled, what became of it.

    Parameters
    ----------
    mark : callable
        Makes an id stand out.
    """
    parts = [part for part in (_origin(found, mark), _worked(found, zone)) if part]
    text = f"{_name(found.kind)} {mark(found.thing)}"
    text += " " + ", ".join(parts) if parts else ""
    shared = " and ".join(filter(None, map(_shared, _shown(found))))
    text += f"; {shared}" if shared else ""
    became = _became(found, mark)
    if not parts:
        return f"{text} {became or _passed(found)}."
    return f"{text}. It {became}." if became else f"{text}."


def _passed(found: Descent) -> str:
    stations = dict.fromkeys(stop.passage.station for stop in found.stops)
    return f"has passed {', '.join(stations) or 'no station yet'}"


def _name(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _list(things: Sequence[str], kind: str, mark: Callable[[str], str]) -> str:
    if len(things) > _FEW:
        return f"{len(things)} {PLURALS[kind]}"
    name = kind.replace("_", " ") if len(things) == 1 else PLURALS[kind]
    return f"{name} {' and '.join(map(mark, things))}"


def _origin(found: Descent, mark: Callable[[str], str]) -> str:
    ancestors = found.ancestors
    chosen = [
        _list(own, kind, mark)
        for kind in ("foil_roll", "lot")
        if (own := [one for one in ancestors if found.kinds[one] == kind])
    ]
    return f"comes from {' through '.join(chosen)}" if chosen else ""


def _shown(found: Descent) -> list[Stop]:
    """The last furnace run and the last roll pass."""
    return [found.stops_at(station)[-1] for station in _DONE if found.stops_at(station)]


def _worked(found: Descent, zone: tzinfo) -> str:
    return ", ".join(_one(stop, zone) for stop in _shown(found))


def _one(stop: Stop, zone: tzinfo) -> str:
    passage = stop.passage
    text = f"{_DONE[passage.station]} {line_time(passage.start_s).astimezone(zone):%-d %b %H:%M}"
    others = len(stop.together) - 1
    with_whom = f" with {others} other {'lot' if others == 1 else 'lots'}" if others else ""
    return f"{text} on server {passage.server}{with_whom}"


def _shared(stop: Stop) -> str:
    """How many others share the fill or the grind, where its beginning is recorded."""
    others = len(stop.campaign.lots) - 1
    if not stop.campaign.service:
        return ""
    what = _SHARED[stop.passage.station]
    return f"{others} other {'lot shares' if others == 1 else 'lots share'} its {what}"


def _became(found: Descent, mark: Callable[[str], str]) -> str:
    descendants = found.descendants
    chosen = [
        _list(own, kind, mark)
        for kind in ("lot", "wound_roll", "sheet", "cell")
        if (own := [one for one in descendants if found.kinds[one] == kind])
    ]
    if not chosen:
        return ""
    last = f" and {chosen[-1]}" if len(chosen) > 1 else chosen[-1]
    return f"became {', '.join(chosen[:-1])}{last}"


def tree_lines(found: Descent, direction: str = "both") -> Iterator[str]:
    """The tree as text, what it came from above what became of it."""
    if direction != "forward":
        yield from _tree(found, found.back, lambda edge: (edge.child, edge.parent), "from")
    if direction == "both" and found.forward:
        yield ""
    if direction != "back" and (found.forward or direction == "forward"):
        yield from _tree(found, found.forward, lambda edge: (edge.parent, edge.child), "to")


def _tree(
    found: Descent, edges: Sequence[Edge], ends: Callable[[Edge], tuple[str, str]], word: str
) -> Iterator[str]:
    below: dict[str, list[tuple[str, Edge]]] = {}
    for edge in edges:
        near, far = ends(edge)
        below.setdefault(near, []).append((far, edge))
    yield f"{found.thing}  {found.kind.replace('_', ' ')}"
    yield from _branches(found, below, found.thing, "", word)


def _branches(
    found: Descent,
    below: dict[str, list[tuple[str, Edge]]],
    thing: str,
    indent: str,
    word: str,
) -> Iterator[str]:
    """Branches of a thing; what is met again is named, and not followed again."""
    branches = _grouped(found, below, thing)
    below.pop(thing, None)
    for number, group in enumerate(branches, start=1):
        last = number == len(branches)
        names = [far for far, _ in group]
        shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        yield f"{indent}{'└─' if last else '├─'} {word} {shown}  {_told(found, group)}"
        deeper = indent + ("   " if last else "│  ")
        yield from _branches(found, below, names[0], deeper, word)


def _grouped(
    found: Descent, below: dict[str, list[tuple[str, Edge]]], thing: str
) -> list[list[tuple[str, Edge]]]:
    """Branches of a thing; neighbours of one kind that lead no further are one."""
    groups: list[list[tuple[str, Edge]]] = []
    for far, edge in below.get(thing, []):
        before, of = groups[-1][-1] if groups else ("", edge)
        alike = (
            far not in below and before not in below and found.kinds.get(before) == found.kinds[far]
        )
        if groups and alike and of.station == edge.station:
            groups[-1].append((far, edge))
        else:
            groups.append([(far, edge)])
    return groups


def _told(found: Descent, group: Sequence[tuple[str, Edge]]) -> str:
    far, edge = group[0]
    kind = found.kinds[far]
    what = kind.replace("_", " ") if len(group) == 1 else f"{len(group)} {PLURALS[kind]}"
    where = f"{edge.station} server {edge.server}" if edge.server else edge.station
    return f"{what}, {line_time(edge.time_s):%Y-%m-%d %H:%M}Z at {where}"
