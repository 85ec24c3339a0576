"""The reference plant: an emulated line with parameters of its own, drifts and special causes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import InputError
from twin.line import LineModel
from twin.line_scaling import scaled_line
from twin.line_time import line_seconds, line_time
from twin.live.commissioning import draw_plant
from twin.live.plant_script import PlantScript
from twin.live.sensor_faults import FaultySensors
from twin.live.wire import Record, record_time
from twin.measurement import Event, Measurement
from twin.measuring import MEASURED_AT, UNITS, LineMeasuring, Reading
from twin.measuring.upkeep import conditions_of, maintained
from twin.recipe import Recipe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReferencePlant"]

_CHUNK_S = 4 * 3600.0
_CAUSES_AHEAD_S = 400 * 86400.0


class ReferencePlant:
    """A line that makes the same records every time it is asked.

    Parameters
    ----------
    line : LineModel
        As the twin knows it; the plant's stations are somewhat slower or faster.
    recipe : Recipe
        What is made.
    seed : int
        Fixes truth, special causes and every random number.
    started_at : datetime
        When its first lot came.
    until : datetime, optional
        It makes no records after this; default never ends.
    script : PlantScript, optional
        What goes wrong; default what the seed draws, and no fault of a sensor.

    Examples
    --------
    >>> from datetime import UTC
    >>> from twin.line import read_line
    >>> from twin.settings import data_folder
    >>> line = read_line(data_folder() / "line.toml")
    >>> plant = ReferencePlant(line, Recipe(name="LACSS 40 s"), seed=1,
    ...                        started_at=datetime(2026, 1, 5, 6, tzinfo=UTC))
    >>> first = next(plant.records())
    >>> first.sequence, first.event, first.lot_id, first.parent_lot_id
    (1, 'split', 'L00001', 'FR00001')
    """

    def __init__(
        self, line: LineModel, recipe: Recipe, *, seed: int, started_at: datetime,
        until: datetime | None = None, script: PlantScript | None = None,
    ) -> None:
        if until is not None and until <= started_at:
            raise InputError(f"until must be after {started_at}, got {until}")
        self.source = f"plant-{seed}"
        self.started_at = started_at
        self.seed = seed
        self._recipe = recipe
        self._until_s = None if until is None else line_seconds(until)
        self._start_s = line_seconds(started_at)
        self._truth = draw_plant(line, recipe.settings, seed=seed, until_s=_CAUSES_AHEAD_S)
        self._script = script or PlantScript(random=True)
        self._schedule = self._script.schedule(self._truth.schedule)
        self._line = scaled_line(line, self._truth.service_factors)

    @property
    def characteristics(self) -> Mapping[str, list[tuple[str, str]]]:
        """What is measured: station -> (characteristic, unit) pairs."""
        return {
            station.name: [(name, UNITS[name]) for name in MEASURED_AT.get(station.name, ())]
            for station in self._line.stations
        }

    def records(self, after: int = 0) -> Iterator[Record]:
        """Records numbered `after` + 1, `after` + 2, ... in order of time."""
        if self._script.faults:
            yield from self._faulty(after)
            return
        sequence = 0
        for chunk in self._chunks():
            for make in chunk:
                sequence += 1
                if sequence > after:
                    yield make(sequence)

    def _faulty(self, after: int) -> Iterator[Record]:
        """As `records`, through sensors that are wrong; what they do not show has no number."""
        sensors = FaultySensors(self._script.faults, self.seed)
        sequence = 0
        for chunk in self._chunks():
            for make in chunk:
                made: Record | None = make(sequence + 1)
                if isinstance(made, Measurement):
                    made = sensors.shown(made)
                if made is not None:
                    sequence += 1
                    if sequence > after:
                        yield made

    def due_at(self, record: Record) -> datetime:
        """When `record` is truly made, whatever the clock of its sensor says."""
        shown = record_time(record)
        if isinstance(record, Measurement):
            for fault in self._script.faults:
                true = shown - timedelta(seconds=fault.size)
                sensor = (fault.station, fault.characteristic)
                ours = sensor == (record.station, record.characteristic)
                if ours and fault.kind == "clock_skew" and fault.start <= true < fault.end:
                    return true
        return shown

    def _chunks(self) -> Iterator[Iterator[Any]]:
        from twin.event_table import events
        from twin.simulation import LineSimulation

        simulation = LineSimulation(self._line, seed=self.seed, start_s=self._start_s)
        measuring = LineMeasuring(
            self._recipe.settings, self._truth.parameters,
            self._schedule.shifted(self._start_s), seed=self.seed,
            process=self._line.process, maintained=maintained(self._line),
        )
        done_s = float("-inf")
        until_s = self._start_s
        while self._until_s is None or until_s < self._until_s:
            until_s += _CHUNK_S
            if self._until_s is not None:
                until_s = min(until_s, self._until_s)
            simulation.run(until_s=until_s)
            happened = events(simulation.records, done_s, until_s)
            conditions = conditions_of(simulation.records, self._line)
            readings = measuring.measure(happened, until_s, conditions)
            done_s = until_s
            yield self._numbered(happened, readings)

    def _numbered(self, happened: pd.DataFrame, readings: list[Reading]) -> Iterator[Any]:
        rows: list[dict[Any, Any]] = happened.to_dict("records")
        events = ((row["time_s"], 0, place, row) for place, row in enumerate(rows))
        values = ((one.time_s, 1, place, one) for place, one in enumerate(readings))
        for _, kind, _, made in merge(events, values):
            yield (lambda n, row=made: self._event(row, n)) if kind == 0 else (
                lambda n, reading=made: self._measurement(reading, n)
            )

    def _event(self, row: Mapping[Any, Any], sequence: int) -> Event:
        return Event(
            occurred_at=line_time(row["time_s"]), station=row["station"], event=row["event"],
            lot_id=row["lot"], parent_lot_id=row["parent_lot"],
            recipe=self._recipe_of(row) if row["event"] in ("arrive", "split") else "",
            detail="; ".join(filter(None, (_server(row["server"]), row.get("detail", "")))),
            source=self.source, sequence=sequence, provenance="simulated",
        )

    def _recipe_of(self, row: Mapping[Any, Any]) -> str:
        return str(row.get("recipe") or self._recipe.name)

    def _measurement(self, reading: Reading, sequence: int) -> Measurement:
        return Measurement(
            measured_at=line_time(reading.time_s), lot_id=reading.lot_id, station=reading.station,
            characteristic=reading.characteristic, value=reading.value, unit=reading.unit,
            subgroup=reading.subgroup, position=reading.position, gauge=reading.gauge,
            censoring="right" if reading.censoring == "right" else "exact",
            source=self.source, sequence=sequence, provenance="simulated",
        )

    def truth(self, until: datetime) -> dict[str, Any]:
        """Everything that the twin does not know, special causes up to `until` included."""
        until_s = line_seconds(until) - self._start_s
        return {
            "seed": self.seed,
            "started_at": self.started_at.isoformat(),
            "parameters": asdict(self._truth.parameters),
            "service_factors": self._truth.service_factors,
            "special_causes": [
                {
                    "cause": one.cause,
                    "start": line_time(self._start_s + one.start_s).isoformat(),
                    "end": line_time(self._start_s + one.end_s).isoformat(),
                    "size": one.size,
                }
                for one in self._schedule.between(0.0, until_s)
            ],
            "sensor_faults": [
                {**asdict(one), "start": one.start.isoformat(), "end": one.end.isoformat()}
                for one in self._script.faults if one.start < until
            ],
        }

    def write_truth(self, home: Path, until: datetime) -> Path:
        """Write `truth` to plant/truth.json, for whoever judges the twin afterwards."""
        path = home / "plant" / "truth.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(self.truth(until), indent=1))
        return partial.replace(path)


def _server(number: int) -> str:
    return f"server {number}" if number else ""
