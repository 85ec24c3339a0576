"""What changes if we change this, from now? Two lines run on from the state of one, side by side.

Both meet the same chances (service times, failures, scrap, which lots are good), so that what
differs between them is due to the change. Next door: `twin.forecasting.ahead` runs the line on,
`twin.experiments` compares lines that start empty.
"""

from __future__ import annotations

from twin.what_if.change import (
    Change,
    Maintenance,
    NewRecipe,
    Operators,
    StationOut,
    operators_of,
    planned_maintenance,
    station_out,
)
from twin.what_if.playing import what_if
from twin.what_if.result import Compared, WhatIf

__all__ = [
    "Change",
    "Compared",
    "Maintenance",
    "NewRecipe",
    "Operators",
    "StationOut",
    "WhatIf",
    "operators_of",
    "planned_maintenance",
    "station_out",
    "what_if",
]
