"""What the page Genealogy shows: the graph of what is stored, and its tables."""

from __future__ import annotations

import json
from datetime import UTC

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.formatting import label, unit_name, words
from twin.genealogy import Edge, Genealogy
from twin.genealogy.along import measured_along
from twin.genealogy.descent import Descent, descent
from twin.genealogy.stored import beginning_with, newest_part, tree_around
from twin.line_time import line_time
from twin.ocel import ocel_log
from twin.settings import Settings
from twin.site import site_line

__all__ = [
    "along_table", "edges_table", "examples", "found_of", "ocel_bytes", "similar", "stops_table",
]  # fmt: skip

_STATES = {"inside": "✓ inside", "outside": "✗ outside", "none": "– none given"}
_EXAMPLES = 3


@st.cache_resource(show_spinner="Reading who came of whom", max_entries=8)
def _tree(url: str, thing: str, events: int) -> Genealogy:  # noqa: ARG001 - key of the cache
    """The graph as far as one thing is concerned, made anew when events have come."""
    return tree_around(state.store(), site_line(Settings.from_environment()), thing)


def _known(thing: str) -> Genealogy:
    url = Settings.from_environment().database_url
    return _tree(url, thing, state.store().counts()["events"])


def found_of(thing: str) -> Descent:
    """All about one thing; the errors of `twin.genealogy.descent.descent`."""
    return descent(_known(thing), thing)


def similar(thing: str) -> list[str]:
    """Ids that begin as `thing` does; none where `thing` itself is known."""
    return [] if thing in _known(thing) else beginning_with(state.store(), thing)


def examples() -> list[str]:
    """The newest cells, lots and foil rolls, to begin with."""
    tree = newest_part(state.store(), site_line(Settings.from_environment()))
    things = [(one, tree.kind(one)) for one in tree.things()]
    return [
        one
        for kind in ("cell", "lot", "foil_roll")
        for one in [thing for thing, own in things if own == kind][-1 : -_EXAMPLES - 1 : -1]
    ]


def ocel_bytes(thing: str) -> bytes:
    """The related part of the graph as OCEL 2.0 JSON."""
    return json.dumps(ocel_log(_known(thing), thing), ensure_ascii=False).encode()


def edges_table(found: Descent) -> pd.DataFrame:
    """One row for each step from the first origin to the last product."""
    steps = sorted((*found.back, *found.forward), key=lambda edge: edge.time_s)
    return pd.DataFrame(
        {
            "From": [edge.parent for edge in steps],
            "Made": [edge.child for edge in steps],
            "As": [words(edge.kind) for edge in steps],
            "Station": [words(edge.station) for edge in steps],
            "Server": [_server(edge) for edge in steps],
            "At (UTC)": [line_time(edge.time_s).astimezone(UTC) for edge in steps],
        }
    )


def _server(edge: Edge) -> str:
    return str(edge.server) if edge.server else "–"


def stops_table(found: Descent) -> pd.DataFrame:
    """One row for each station that was passed: on which server, with whom, since which service."""
    stops = found.stops
    return pd.DataFrame(
        {
            "Station": [words(stop.passage.station) for stop in stops],
            "Lot": [stop.passage.lot for stop in stops],
            "Server": [stop.passage.server for stop in stops],
            "Started (UTC)": [line_time(stop.passage.start_s) for stop in stops],
            "Together with": [
                ", ".join(one for one in stop.together if one != stop.passage.lot) or "alone"
                for stop in stops
            ],
            "Last service before": [stop.campaign.service or "none recorded" for stop in stops],
            "Lots between services": [len(stop.campaign.lots) for stop in stops],
        }
    )


def along_table(found: Descent) -> pd.DataFrame:
    """What was measured on the way, with the state of its specification."""
    table = measured_along(state.store(), found, state.plan())
    return pd.DataFrame(
        {
            "Station": [words(one) for one in table["station"]],
            "Lot": table["lot_id"],
            "Characteristic": [label(one) for one in table["characteristic"]],
            "Mean": table["value"].round(4),
            "Unit": [unit_name(one) for one in table["unit"]],
            "Readings": table["readings"],
            "Lower limit": table["lsl"],
            "Upper limit": table["usl"],
            "Specification": table["state"].map(_STATES),
            "Measured (UTC)": table["measured_at"],
            "Provenance": table["provenance"],
        }
    )
