"""Genealogy as an object-centric event log: OCEL 2.0 in JSON, which process mining tools read.

Objects are rolls, lots, sheets, coupons and cells, each related to what it was made from, and the
furnace runs and roll passes. Events are what was made, and the start and finish of each run, with
every object that took part. Source of the format: OCEL 2.0 specification, October 2023
(ocel-standard.org), JSON exchange format.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.genealogy import Edge, Genealogy, Passage
from twin.line_time import line_time

__all__ = ["EVENT_TYPES", "OBJECT_TYPES", "ocel_log", "write_ocel"]

_MADE = [("station", "string"), ("server", "integer")]
OBJECT_TYPES: Mapping[str, list[tuple[str, str]]] = {
    "foil_roll": [], "lot": _MADE, "wound_roll": _MADE, "sheet": _MADE, "coupon": _MADE,
    "cell": _MADE, "furnace_run": _MADE, "roll_pass": _MADE, "service_run": _MADE,
}  # fmt: skip
"""Types of objects and their attributes: where each was made."""
_EVENT_OF = {
    "strip": "cut strip", "wound_roll": "wind", "sheet": "cut sheets", "coupon": "cut coupon",
    "cell": "build cell", "split": "split", "merge": "merge",
}  # fmt: skip
_RUN_OF = {"sublimation": "furnace_run", "roll": "roll_pass"}
_EVENTS = (*_EVENT_OF.values(), "start service", "finish service")
EVENT_TYPES: Mapping[str, list[tuple[str, str]]] = dict.fromkeys(_EVENTS, _MADE)
"""Types of events and their attributes."""


def ocel_log(tree: Genealogy, thing: str | None = None) -> dict[str, Any]:
    """The log of everything, or of what one thing came from and became.

    Raises
    ------
    InputError
        When nothing is known of the thing.
    """
    things, edges, passages = _chosen(tree, thing)
    runs = _runs(passages)
    return {
        "objectTypes": [_type(name, own) for name, own in OBJECT_TYPES.items()],
        "eventTypes": [_type(name, own) for name, own in EVENT_TYPES.items()],
        "objects": [*_objects(tree, things, edges), *map(_run_object, runs.values())],
        "events": _events(edges, runs),
    }


def write_ocel(log: Mapping[str, Any], path: Path) -> None:
    """Write the log.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(log, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _chosen(
    tree: Genealogy, thing: str | None
) -> tuple[list[str], tuple[Edge, ...], list[Passage]]:
    if thing is None:
        return list(tree.things()), tree.edges(), list(tree.passages.every())
    tree.kind(thing)  # refuses an unknown one
    edges = (*tree.back(thing), *tree.forward(thing))
    things = [thing, *(edge.parent for edge in edges), *(edge.child for edge in edges)]
    after = [one for lot in tree.descendants(thing) for one in tree.passages.of(lot)]
    passages = dict.fromkeys((*tree.passed(thing), *after))
    return list(dict.fromkeys(things)), tuple(dict.fromkeys(edges)), list(passages)


def _runs(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    runs: dict[str, list[Passage]] = {}
    for one in passages:
        runs.setdefault(one.run, []).append(one)
    return runs


def _type(name: str, attributes: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        "name": name,
        "attributes": [{"name": own, "type": kind} for own, kind in attributes],
    }


def _objects(
    tree: Genealogy, things: Iterable[str], edges: Iterable[Edge]
) -> Iterator[dict[str, Any]]:
    into: dict[str, list[Edge]] = {}
    for edge in edges:
        into.setdefault(edge.child, []).append(edge)
    for thing in things:
        made = into.get(thing, [])
        yield {
            "id": thing,
            "type": tree.kind(thing),
            "attributes": _made_at(made[0]) if made else [],
            "relationships": [
                {"objectId": parent, "qualifier": "made from"}
                for parent in dict.fromkeys(edge.parent for edge in made)
            ],
        }  # fmt: skip


def _made_at(edge: Edge) -> list[dict[str, Any]]:
    at = _time(edge.time_s)
    return [
        {"name": "station", "value": edge.station, "time": at},
        {"name": "server", "value": edge.server, "time": at},
    ]


def _run_object(run: list[Passage]) -> dict[str, Any]:
    first = run[0]
    at = _time(first.start_s)
    return {
        "id": first.run,
        "type": _RUN_OF.get(first.station, "service_run"),
        "attributes": [
            {"name": "station", "value": first.station, "time": at},
            {"name": "server", "value": first.server, "time": at},
        ],
        "relationships": [],
    }


def _events(edges: Iterable[Edge], runs: Mapping[str, list[Passage]]) -> list[dict[str, Any]]:
    made = [
        _event(_EVENT_OF[group[0].kind], group[0].time_s, group[0].station, group[0].server,
               _ends(group))
        for group in _together(edges)
    ]  # fmt: skip
    for run, lots in runs.items():
        took_part = [(run, "run"), *((one.lot, "worked on") for one in lots)]
        for name, time_s in (
            ("start service", lots[0].start_s), ("finish service", lots[0].finish_s),
        ):  # fmt: skip
            if math.isfinite(time_s):
                made.append(_event(name, time_s, lots[0].station, lots[0].server, took_part))
    made.sort(key=lambda event: event[0])
    return [{"id": f"e{number}", **event} for number, (_, event) in enumerate(made, start=1)]


def _event(
    name: str, time_s: float, station: str, server: int, objects: Iterable[tuple[str, str]]
) -> tuple[float, dict[str, Any]]:
    return time_s, {
        "type": name,
        "time": _time(time_s),
        "attributes": [
            {"name": "station", "value": station},
            {"name": "server", "value": server},
        ],
        "relationships": [
            {"objectId": one, "qualifier": role} for one, role in dict.fromkeys(objects)
        ],
    }


def _together(edges: Iterable[Edge]) -> Iterable[list[Edge]]:
    """Edges that are one event: what was cut from one parent, or joined into one child, at once."""
    known = list(edges)
    parents: dict[tuple[str, float], int] = {}
    for edge in known:
        parents[edge.child, edge.time_s] = parents.get((edge.child, edge.time_s), 0) + 1
    groups: dict[tuple[str, str, float, str], list[Edge]] = {}
    for edge in known:
        joined = parents[edge.child, edge.time_s] > 1
        shared = f"to {edge.child}" if joined else f"of {edge.parent}"
        groups.setdefault((edge.kind, edge.station, edge.time_s, shared), []).append(edge)
    return groups.values()


def _ends(group: Iterable[Edge]) -> list[tuple[str, str]]:
    known = list(group)
    return [*((e.parent, "from") for e in known), *((e.child, "made") for e in known)]


@lru_cache(maxsize=4096)
def _time(seconds: float) -> str:
    return line_time(seconds).isoformat()
