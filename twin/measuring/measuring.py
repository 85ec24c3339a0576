"""Turns what happens on a line into what its gauges show: every standard characteristic."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from process_models.physics import ProcessParameters, ProcessSettings, lot_structure
from twin.measuring.causes import CauseSchedule
from twin.measuring.cells import LABORATORY, CellLaboratory
from twin.measuring.characteristics import MEASURED_AT
from twin.measuring.lot_truth import LotTruth, Truths, inputs_of
from twin.measuring.process_variation import ProcessVariation
from twin.measuring.readings import ComingReadings, Reading
from twin.measuring.variation import Variation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LineMeasuring"]

Conditions = Mapping[tuple[str, str, float], float]
_MADE = (
    "foil_temperature_c", "loading_mg_cm2", "thickness_um", "areal_capacity_mah_cm2",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A lot has been worked on at a station."""

    time_s: float
    lot_id: str
    station: str


class LineMeasuring:
    """The gauges of a line whose true parameters nobody else knows.

    Give it the line's events chunk by chunk, in order; the readings do not depend on where one
    chunk ends and the next begins.

    Parameters
    ----------
    settings : ProcessSettings
        The recipe of lots of which the events tell none.
    parameters : ProcessParameters
        The truth.
    schedule : CauseSchedule
        Special causes.
    seed : int
        Of all common causes and gauges.
    process : ProcessVariation, optional
        How much stations and gauges vary; default as the reference line.
    maintained : collection of str
        Stations whose wear ends by maintenance of the line alone; see `twin.measuring.upkeep`.
    recipes : mapping of str to ProcessSettings, optional
        By name, where lots differ.
    """

    def __init__(
        self, settings: ProcessSettings, parameters: ProcessParameters, schedule: CauseSchedule,
        *, seed: int, process: ProcessVariation | None = None, maintained: Collection[str] = (),
        recipes: Mapping[str, ProcessSettings] | None = None,
    ) -> None:
        self._process = size = process or ProcessVariation()
        if size.cell_ccd_sd_ln is not None:
            parameters = replace(parameters, ccd_spread=size.cell_ccd_sd_ln)
        self._recipes = recipes or {}
        self._parameters = parameters
        self._schedule = schedule
        self._variation = Variation(seed, size)
        self._truths = Truths(settings, self._variation, schedule, maintained)
        self._cells = CellLaboratory(parameters, self._variation)
        self._inspected = 0
        self._coming = ComingReadings(size)

    def measure(
        self, events: pd.DataFrame, until_s: float, conditions: Conditions | None = None
    ) -> list[Reading]:
        """Readings made since the last call and up to `until_s`, in order of time.

        Parameters
        ----------
        events : DataFrame
            time_s, event, lot, station, parent_lot of the line, in order, none later than
            `until_s`; also server, detail and recipe, where they are known.
        conditions : mapping of (str, str, float) to float, optional
            How far a station was used when a lot finished there, by lot, station and time.
        """
        passed: list[Passage] = []
        gone: list[str] = []
        for time_s, event, lot_id, station, parent, server, detail, recipe in _rows(events):
            if event == "split" and parent in self._truths.lots:
                self._cells.receive(lot_id, self._truths.of(parent))
            elif event == "maintenance_end":
                self._truths.maintain(station, detail, server)
            elif station == LABORATORY:
                self._cells.follow(event, lot_id, time_s, self._coming)
            elif event == "finish" and MEASURED_AT.get(station):
                self._truths.of(lot_id, self._recipes.get(recipe))
                condition = (conditions or {}).get((lot_id, station, time_s))
                self._truths.pass_station(station, lot_id, time_s, server, condition)
                passed.append(Passage(time_s, lot_id, station))
            if event == "scrap" or (event == "depart" and station == "inspect"):
                gone.append(lot_id)
        self._read_all(passed)
        for lot_id in gone:
            self._truths.lots.pop(lot_id, None)
        return self._coming.until(until_s)

    def _read_all(self, passed: Sequence[Passage]) -> None:
        lots = {one.lot_id: self._truths.of(one.lot_id) for one in passed}
        if not lots:
            return
        made: dict[str, dict[str, float]] = {}
        for settings in dict.fromkeys(truth.settings for truth in lots.values()):
            made |= self._made({k: v for k, v in lots.items() if v.settings == settings}, settings)
        for one in passed:
            self._read(one, lots[one.lot_id], made[one.lot_id])

    def _made(
        self, lots: Mapping[str, LotTruth], settings: ProcessSettings
    ) -> dict[str, dict[str, float]]:
        """What lots of one recipe became."""
        structure = lot_structure(settings, inputs_of(list(lots.values())), self._parameters)
        return {
            lot_id: {name: float(getattr(structure, name)[place]) for name in _MADE}
            for place, lot_id in enumerate(lots)
        }

    def _read(self, one: Passage, truth: LotTruth, made: dict[str, float]) -> None:
        if one.station == "inspect":
            self._inspected += 1
            if (self._inspected - 1) % self._process.capacity_every_lots:
                return
        for name in MEASURED_AT[one.station]:
            if name == "thickness_um":
                self._read_sheet(one, made[name])
                continue
            own = f"{one.station}_{name}"
            true = made[name] if name in made else getattr(truth, own, None)
            true = getattr(truth, name) if true is None else true
            value = max(0.0, self._variation.reading(name, true))
            self._coming.add(one.time_s, one.lot_id, one.station, name, value)

    def _read_sheet(self, one: Passage, mean_um: float) -> None:
        drift = self._schedule.effect("gauge_drift", one.time_s)
        size = self._process
        for position, crown_um in enumerate(size.sheet_crown_um, 1):
            local = mean_um + crown_um + size.sheet_sd_um * self._variation.sheet.standard_normal()
            value = self._variation.reading("thickness_um", local, drift)
            self._coming.add(
                one.time_s, one.lot_id, "roll", "thickness_um", value,
                subgroup=f"{one.lot_id}/1", position=position,
            )


def _rows(events: pd.DataFrame) -> Iterator[tuple[float, str, str, str, str, int, str, str]]:
    """Rows of the events; server 1, no detail and no recipe where these are not told."""
    untold = {"server": 1, "detail": "", "recipe": ""}
    more = [
        events[name] if name in events else [usual] * len(events)
        for name, usual in untold.items()
    ]
    columns = [events[name] for name in ("time_s", "event", "lot", "station", "parent_lot")]
    return zip(*columns, *more, strict=True)
