"""All that is known of one thing: where it came from, what it passed, what became of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from twin.genealogy.edge import Edge
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import Campaign, Passage
from twin.line_time import line_time

__all__ = ["SERVICE_WORDS", "Descent", "Stop", "descent"]

SERVICE_WORDS = {"sublimation": "fill", "roll": "grind"}
"""Word in the name of the service that begins anew what lots of a station share."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A station that was passed, with whom, and between which services."""

    passage: Passage
    together: tuple[str, ...]
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a thing came from and what became of it.

    Attributes
    ----------
    back, forward : tuple of Edge
        Nearest first.
    stops : tuple of Stop
        By time; those of what it came from included.
    kinds : dict
        Kind of every thing that is named.
    """

    thing: str
    kind: str
    back: tuple[Edge, ...]
    forward: tuple[Edge, ...]
    stops: tuple[Stop, ...]
    kinds: dict[str, str]
    provenance: str

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Nearest first."""
        return tuple(dict.fromkeys(edge.parent for edge in self.back))

    @property
    def descendants(self) -> tuple[str, ...]:
        """Nearest first."""
        return tuple(dict.fromkeys(edge.child for edge in self.forward))

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Relatives of a kind, ancestors first; the thing itself left out."""
        related = dict.fromkeys((*self.ancestors, *self.descendants))
        return tuple(one for one in related if self.kinds[one] == kind)

    def stops_at(self, station: str) -> tuple[Stop, ...]:
        """Its passages of a station."""
        return tuple(stop for stop in self.stops if stop.passage.station == station)

    def to_dict(self, direction: str = "both") -> dict[str, Any]:
        """As plain data; times ISO 8601 in UTC."""
        asked_back, asked_forward = direction != "forward", direction != "back"
        return {
            "id": self.thing,
            "kind": self.kind,
            "provenance": self.provenance,
            "ancestors": self._named(self.ancestors if asked_back else ()),
            "descendants": self._named(self.descendants if asked_forward else ()),
            "edges": {
                "back": [_edge(edge) for edge in (self.back if asked_back else ())],
                "forward": [_edge(edge) for edge in (self.forward if asked_forward else ())],
            },
            "passages": [_stop(stop) for stop in (self.stops if asked_back else ())],
        }

    def _named(self, things: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"id": one, "kind": self.kinds[one]} for one in things]


def descent(tree: Genealogy, thing: str) -> Descent:
    """Everything about one thing.

    Raises
    ------
    InputError
        When nothing is known of it.
    """
    kind = tree.kind(thing)
    back, forward = tree.back(thing), tree.forward(thing)
    known = tree.passages
    stops = tuple(
        Stop(
            passage,
            known.together(passage),
            known.campaign(passage, SERVICE_WORDS.get(passage.station, "")),
        )
        for passage in tree.passed(thing)
    )
    named = dict.fromkeys((*(edge.parent for edge in back), *(edge.child for edge in forward)))
    kinds = {thing: kind, **{one: tree.kind(one) for one in named}}
    return Descent(thing, kind, back, forward, stops, kinds, tree.provenance)


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "parent": edge.parent, "child": edge.child, "kind": edge.kind, "at": _time(edge.time_s),
        "station": edge.station, "server": edge.server or None,
    }  # fmt: skip


def _stop(stop: Stop) -> dict[str, Any]:
    passage, campaign = stop.passage, stop.campaign
    return {
        "lot": passage.lot, "station": passage.station, "server": passage.server,
        "started_at": _time(passage.start_s), "finished_at": _time(passage.finish_s),
        "run": passage.run, "together": list(stop.together),
        "campaign": {
            "service": campaign.service or None, "begun_at": _time(campaign.begun_s),
            "ended_at": _time(campaign.ended_s), "lots": len(campaign.lots),
        },
    }  # fmt: skip


def _time(seconds: float) -> str | None:
    return line_time(seconds).isoformat() if math.isfinite(seconds) else None
