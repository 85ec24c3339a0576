"""Draws a reference plant: true parameters that the twin does not know, of a line that works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.physics import (
    LotInputs,
    LotStructure,
    ProcessParameters,
    ProcessSettings,
    lot_cells,
    lot_structure,
)
from twin.line import LineModel
from twin.measuring.causes import CauseSchedule, draw_schedule
from twin.measuring.lot_truth import Truths, inputs_of
from twin.measuring.process_variation import ProcessVariation
from twin.measuring.variation import Variation, spawn

__all__ = ["PlantTruth", "draw_plant"]

_SERVICE_SD = 0.05
_TRIES = 400
_LOTS = 60
_CCD_MA_CM2 = (2.2, 3.0)  # median cell of a plant that reproduces the published 2.5
_LIFE_H = 600.0


@dataclass(frozen=True, slots=True)
class PlantTruth:
    """What nobody but the plant knows.

    Attributes
    ----------
    parameters : ProcessParameters
        Constants of the process.
    service_factors : dict of str to float
        True mean service time over that of the line file, by station.
    schedule : CauseSchedule
        Special causes, in seconds from the start of the plant.
    """

    parameters: ProcessParameters
    service_factors: dict[str, float]
    schedule: CauseSchedule


def draw_plant(
    line: LineModel, settings: ProcessSettings, *, seed: int, until_s: float
) -> PlantTruth:
    """Draw the truth of a plant from its seed.

    Parameters come from the priors, but only a draw with which most lots are good is taken: a
    plant is commissioned before it is handed over. Without such a draw the best one is taken.

    Parameters
    ----------
    until_s : float
        Special causes are drawn up to here; a longer horizon begins with the same ones.
    """
    services = spawn(seed, "service factors")
    factors = {
        station.name: float(np.exp(_SERVICE_SD * services.standard_normal()))
        for station in line.stations if not station.samples
    }
    schedule = draw_schedule(spawn(seed, "special causes"), until_s)
    shifts = line.path[-1].calendar
    if shifts is not None:
        schedule = schedule.in_working_time(shifts.on_s, shifts.off_s)
    return PlantTruth(_commissioned(settings, line.process, seed), factors, schedule)


def _commissioned(
    settings: ProcessSettings, process: ProcessVariation, seed: int
) -> ProcessParameters:
    rng = spawn(seed, "parameters")
    inputs = _usual_lots(settings, seed, process)
    best, best_share = ProcessParameters(), -1.0
    for _ in range(_TRIES):
        drawn = ProcessParameters.draw(rng)
        share = _good_share(settings, inputs, drawn)
        if share >= 0.95:
            return drawn
        if share > best_share:
            best, best_share = drawn, share
    return best


def _usual_lots(
    settings: ProcessSettings, seed: int, process: ProcessVariation | None = None
) -> LotInputs:
    truths = Truths(settings, Variation(seed, process), CauseSchedule())
    for lot in range(_LOTS):
        for station in ("unwind", "sublimation", "wind", "roll"):
            truths.pass_station(station, str(lot), 0.0)
    return inputs_of(list(truths.lots.values()))


def _good_share(
    settings: ProcessSettings, inputs: LotInputs, parameters: ProcessParameters
) -> float:
    """Share of usual lots inside; -1 when the cells of the reference recipe are not the paper's."""
    made = lot_structure(settings, inputs, parameters)
    share = float(np.mean(_inside(settings, made)))
    if settings != ProcessSettings():
        return share
    cells = lot_cells(settings, inputs, made, parameters, np.random.default_rng(0))
    low, high = _CCD_MA_CM2
    as_published = low <= np.median(cells.ccd_ma_cm2) <= high
    return share if as_published and np.median(cells.life_h) >= _LIFE_H else -1.0


def _inside(settings: ProcessSettings, made: LotStructure) -> NDArray[np.bool_]:
    thick = np.abs(made.thickness_um / settings.thickness_um - 1.0) < 0.035
    full = made.areal_capacity_mah_cm2 > 0.16 * settings.thickness_um
    cold = made.foil_temperature_c < settings.chamber_temperature_c + 1.9
    return np.asarray(thick & full & cold)
