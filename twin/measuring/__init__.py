"""What gauges show of a line: common and special causes, gauge noise, cell tests.

The truth of a reference plant lives here and in `twin.live.plant`; the twin's own rooms (state,
forecast, monitoring) never import it. Next door, `process_models.physics` says what a lot becomes.
"""

from __future__ import annotations

from twin.measuring.causes import CAUSES, CauseSchedule, SpecialCause, draw_schedule
from twin.measuring.characteristics import MEASURED_AT, UNITS
from twin.measuring.gauge import GAUGES, Gauge
from twin.measuring.measuring import LineMeasuring
from twin.measuring.process_variation import ProcessVariation
from twin.measuring.readings import Reading

__all__ = [
    "CAUSES",
    "GAUGES",
    "MEASURED_AT",
    "UNITS",
    "CauseSchedule",
    "Gauge",
    "LineMeasuring",
    "ProcessVariation",
    "Reading",
    "SpecialCause",
    "draw_schedule",
]
