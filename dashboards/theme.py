"""The one visual language: colours, station states and the frame of every figure.

Colours are Okabe and Ito's, which people with any kind of colour vision tell apart. No meaning is
carried by colour alone: signals have a shape and a name, stations a letter, limits a dash.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import plotly.graph_objects as go

__all__ = [
    "DARK",
    "LIGHT",
    "PROVENANCE",
    "SEVERITY",
    "STATES",
    "Palette",
    "StateStyle",
    "new_figure",
]

FONT = "'Source Sans', 'Source Sans Pro', system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme, by what they mean."""

    ink: str
    simulated: str
    quiet: str
    grid: str
    surface: str
    control: str
    control_text: str
    specification: str
    specification_text: str
    good: str
    forecast: str
    band50: str
    band90: str
    change: str
    states: MappingProxyType[str, str]


LIGHT = Palette(
    ink="#1D2530",
    simulated="#66707D",
    quiet="#6B7480",
    grid="#E8EBEE",
    surface="#FBFBFA",
    control="#D55E00",
    control_text="#9A3F00",
    specification="#0072B2",
    specification_text="#005A8C",
    good="#009E73",
    forecast="#0072B2",
    band50="rgba(0,114,178,0.30)",
    band90="rgba(0,114,178,0.13)",
    change="rgba(230,159,0,0.16)",
    states=MappingProxyType(
        {
            "running": "#009E73",
            "starved": "#56B4E9",
            "blocked": "#E69F00",
            "down": "#D55E00",
            "planned_stop": "#CC79A7",
            "setup": "#F0E442",
            "maintenance": "#999933",
            "unknown": "#A9B1BA",
        }
    ),
)
DARK = Palette(
    ink="#E6EAF0",
    simulated="#9AA4B0",
    quiet="#9AA4B0",
    grid="#262E38",
    surface="#12161C",
    control="#F27B2C",
    control_text="#FFB27D",
    specification="#56B4E9",
    specification_text="#8FD0F5",
    good="#2BC79A",
    forecast="#56B4E9",
    band50="rgba(86,180,233,0.34)",
    band90="rgba(86,180,233,0.16)",
    change="rgba(240,180,41,0.16)",
    states=MappingProxyType(
        {
            "running": "#2BC79A",
            "starved": "#56B4E9",
            "blocked": "#F0B429",
            "down": "#F27B2C",
            "planned_stop": "#DB9BC0",
            "setup": "#F0E442",
            "maintenance": "#B3B34D",
            "unknown": "#66707D",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class StateStyle:
    """How a station's state is written, on every page the same."""

    label: str
    letter: str
    badge: Any


STATES = MappingProxyType(
    {
        "running": StateStyle("Running", "R", "green"),
        "starved": StateStyle("Starved", "S", "blue"),
        "blocked": StateStyle("Blocked", "B", "orange"),
        "down": StateStyle("Down", "D", "red"),
        "planned_stop": StateStyle("Planned stop", "P", "violet"),
        "setup": StateStyle("Set-up", "U", "yellow"),
        "maintenance": StateStyle("Maintenance", "M", "gray"),
        "unknown": StateStyle("No data", "–", "gray"),
    }
)
PROVENANCE = MappingProxyType(
    {
        "measured": ("green", "Read from the line's own instruments"),
        "imported": ("blue", "Brought in from a file"),
        "simulated": ("violet", "Made by the reference plant or the twin, not by a line"),
        "prior": ("orange", "Believed before any evidence"),
    }
)
SEVERITY = MappingProxyType(
    {"critical": "red", "major": "orange", "minor": "violet", "info": "blue"}
)


def new_figure(palette: Palette, *, title: str, x: str, y: str, height: int = 360) -> go.Figure:
    """An empty figure that says in its title what it shows and in its axes the units."""
    figure = go.Figure()
    quiet = {"color": palette.quiet}
    figure.update_layout(
        title=_title(title, palette),
        font={"family": FONT, "color": palette.ink, "size": 13},
        height=height,
        margin={"l": 60, "r": 16, "t": 48, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="closest",
        showlegend=False,
        uirevision="keep",
        hoverlabel={"bgcolor": palette.surface, "font": {"color": palette.ink, "family": FONT}},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )
    axis = {"gridcolor": palette.grid, "linecolor": palette.grid, "zeroline": False}
    for update, name in ((figure.update_xaxes, x), (figure.update_yaxes, y)):
        heading = {"text": name, "font": {**quiet, "size": 13}}
        update(**axis, tickfont={**quiet, "size": 12}, automargin=True, title=heading)
    return figure


def _title(text: str, palette: Palette) -> dict[str, Any]:
    return {
        "text": text,
        "font": {"size": 15, "color": palette.ink},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 8},
    }
