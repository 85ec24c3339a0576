"""Sensors that are stuck or saturated, as conditions of their charts."""

from __future__ import annotations

from twin.monitoring.condition import Condition
from twin.monitoring.sensor_faults import (
    SATURATED_AFTER,
    identical_needed,
    is_saturated,
    resolution_of,
)
from twin.monitoring.track import Run, Track

__all__ = ["sensor_fault"]


def sensor_fault(track: Track) -> Condition | None:
    """What is wrong with the sensor of a chart by its newest readings; None when nothing is."""
    saturated = _at_an_end(track)
    if saturated is not None and saturated.length >= SATURATED_AFTER:
        return _condition(track, "saturated", saturated, f"reads {saturated.value:g}, an end of it")
    run = track.run()
    if run is None or run.length < _needed(track):
        return None
    return _condition(track, "stuck", run, f"{run.length} readings in a row are {run.value:g}")


def _needed(track: Track) -> int:
    planned = track.planned
    if planned.stuck_after is not None:
        return planned.stuck_after
    values = [row.value for row in track.rows]
    resolution = planned.resolution or resolution_of(values)
    sigma = track.version.limits.parameters.get("sigma") if track.version else None
    return identical_needed(resolution, sigma if isinstance(sigma, float) else 0.0)


def _at_an_end(track: Track) -> Run | None:
    found: Run | None = None
    for row in reversed(track.rows):
        if not is_saturated(track.planned, row.value):
            break
        last = row.at_us if found is None else found.last_us
        value = row.value if found is None else found.value
        found = Run(value, row.at_us, last, 1 if found is None else found.length + 1)
    return found


def _condition(track: Track, rule: str, run: Run, text: str) -> Condition:
    planned = track.planned
    return Condition(
        category="data", rule=rule, severity="major", station=planned.station,
        characteristic=planned.name, since_us=run.since_us, known_us=run.last_us,
        last_us=run.last_us, message=f"{planned.name} at {planned.station}: {rule}, {text}",
        reaction_plan=planned.reaction_to(rule), chart=planned.chart, value=run.value,
        unit=planned.unit,
    )  # fmt: skip
