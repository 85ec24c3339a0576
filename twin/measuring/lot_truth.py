"""What truly befalls each lot on the reference plant, station by station."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from process_models.physics import LotInputs, ProcessSettings, nominal_inputs
from twin.measuring.causes import CauseSchedule
from twin.measuring.upkeep import Upkeep
from twin.measuring.variation import Variation
from twin.measuring.warmth import Warmth

__all__ = ["LotTruth", "Truths", "inputs_of"]

_MOST_DEPLETED = 0.95
_HOUR_S = 3600.0


@dataclass(slots=True)
class LotTruth:
    """True inputs of one lot; those of stations that it has not seen are as the recipe says.

    `settings` are those of its recipe.
    """

    settings: ProcessSettings
    foil_thickness_um: float
    chamber_temperature_c: float
    vapour_g_l: float
    exposure_s: float
    h2o_ppm: float
    o2_ppm: float
    winding_tension_n: float
    flow_stress_factor: float
    roll_gap_shift_um: float
    rolling_pressure_mpa: float
    roll_temperature_c: float
    wind_h2o_ppm: float = 0.0
    wind_o2_ppm: float = 0.0


def inputs_of(truths: Sequence[LotTruth]) -> LotInputs:
    """The lots as arrays."""
    return LotInputs(
        **{
            field.name: np.array([getattr(one, field.name) for one in truths], dtype=np.float64)
            for field in fields(LotInputs)
        }
    )


@lru_cache(maxsize=64)
def _nominal(settings: ProcessSettings) -> Mapping[str, float]:
    """What a lot of a recipe is meant to have."""
    nominal = nominal_inputs(settings)
    return {field.name: float(getattr(nominal, field.name)[0]) for field in fields(LotInputs)}


class Truths:
    """Draws what befalls lots, each station in the order in which lots come to it.

    Parameters
    ----------
    settings : ProcessSettings
        The recipe of lots of which none is told.
    variation : Variation
        Common causes.
    schedule : CauseSchedule
        Special causes.
    maintained : collection of str
        Stations whose wear ends by maintenance of the line alone.
    """

    def __init__(
        self, settings: ProcessSettings, variation: Variation, schedule: CauseSchedule,
        maintained: Collection[str] = (),
    ) -> None:
        self._settings = settings
        self._common = variation
        self._special = schedule
        self._process = size = variation.process
        lives = {"sublimation": size.vapour_refill_lots, "roll": size.roll_regrind_passes}
        self._upkeep = {
            station: Upkeep(station, None if station in maintained else life)
            for station, life in lives.items()
        }
        self._warmth = Warmth(size.roll_warm_up_s)
        self.lots: dict[str, LotTruth] = {}

    def of(self, lot_id: str, settings: ProcessSettings | None = None) -> LotTruth:
        """The lot's truth so far; a new one, of these settings, when it was never seen."""
        if lot_id not in self.lots:
            made = settings or self._settings
            self.lots[lot_id] = LotTruth(settings=made, **_nominal(made))
        return self.lots[lot_id]

    def maintain(self, station: str, name: str, server: int) -> None:
        """A maintenance of a station is over; of all its servers where `server` is 0."""
        if station in self._upkeep:
            self._upkeep[station].maintain(name, server)

    def pass_station(
        self, station: str, lot_id: str, time_s: float, server: int = 1,
        condition: float | None = None,
    ) -> None:
        """A lot has been at `station`; stations that change nothing are passed over.

        Parameters
        ----------
        condition : float, optional
            How far the station was used, where the line itself says so: share of the vapour that
            is gone, or um by which the roll gap is open.
        """
        if station == "unwind":
            self._unwind(self.of(lot_id), time_s)
        elif station == "wind":
            self._wind(self.of(lot_id), time_s)
        elif station in self._upkeep:
            used = self._upkeep[station].use(server)
            happen = self._sublimation if station == "sublimation" else self._roll
            happen(self.of(lot_id), time_s, used, condition)

    def _unwind(self, lot: LotTruth, time_s: float) -> None:
        share = self._common.foil_share.step() + self._special.effect("foil_lot", time_s)
        lot.foil_thickness_um *= 1.0 + share

    def _sublimation(
        self, lot: LotTruth, time_s: float, used: int, condition: float | None
    ) -> None:
        common, special = self._common, self._special
        lot.chamber_temperature_c += common.chamber_k.step() + special.effect("hot_chamber", time_s)
        own = self._process.vapour_depletion_share_per_lot * used
        gone = own if condition is None else condition
        gone += special.effect("vapour_depletion", time_s)
        lot.vapour_g_l *= 1.0 - min(max(gone, 0.0), _MOST_DEPLETED)
        if lot.settings.exposed:
            lot.exposure_s += common.exposure_s.step()
        lot.h2o_ppm, lot.o2_ppm = self._glovebox(lot, time_s)

    def _glovebox(self, lot: LotTruth, time_s: float) -> tuple[float, float]:
        size, usual = self._process, _nominal(lot.settings)
        since_h = time_s / _HOUR_S % size.moisture_regeneration_h
        wet = self._special.effect("glovebox_moisture", time_s) + size.moisture_ramp_ppm_h * since_h
        h2o = max(0.0, usual["h2o_ppm"] + self._common.h2o_ppm.step()) + wet
        o2 = max(0.0, usual["o2_ppm"] + self._common.o2_ppm.step())
        return h2o, o2 + size.o2_moisture_share * wet

    def _wind(self, lot: LotTruth, time_s: float) -> None:
        share = self._common.tension_share.step() + self._special.effect("winding_tension", time_s)
        lot.winding_tension_n *= 1.0 + share
        lot.wind_h2o_ppm, lot.wind_o2_ppm = self._glovebox(lot, time_s)

    def _roll(self, lot: LotTruth, time_s: float, used: int, condition: float | None) -> None:
        common, special, size = self._common, self._special, self._process
        worn = size.roll_wear_um_per_pass * used if condition is None else condition
        worn -= size.roll_growth_um * self._warmth.after_pass(time_s)
        lot.flow_stress_factor *= float(np.exp(common.flow_stress.step()))
        lot.roll_gap_shift_um += worn + special.effect("roll_wear", time_s)
        lot.rolling_pressure_mpa *= 1.0 + common.pressure_share.step()
        lot.roll_temperature_c += common.roll_k.step() + special.effect("roll_temperature", time_s)
