"""What truly befalls each lot on the reference plant, station by station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from process_models.physics import LotInputs, ProcessSettings, nominal_inputs
from twin.measuring.causes import CauseSchedule
from twin.measuring.variation import Variation

__all__ = ["LotTruth", "Truths", "inputs_of"]

_WEAR_UM_PER_PASS = 0.0005
_PASSES_PER_REGRIND = 2000
_O2_SHARE = 0.4


@dataclass(slots=True)
class LotTruth:
    """True inputs of one lot; those of stations that it has not seen are as the recipe says."""

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


class Truths:
    """Draws what befalls lots, each station in the order in which lots come to it.

    Parameters
    ----------
    settings : ProcessSettings
        The recipe that is run.
    variation : Variation
        Common causes.
    schedule : CauseSchedule
        Special causes.
    """

    def __init__(
        self, settings: ProcessSettings, variation: Variation, schedule: CauseSchedule
    ) -> None:
        self._settings = settings
        self._common = variation
        self._special = schedule
        self._passes = 0
        nominal = nominal_inputs(settings)
        self._nominal = {
            field.name: float(getattr(nominal, field.name)[0]) for field in fields(LotInputs)
        }
        self.lots: dict[str, LotTruth] = {}

    def of(self, lot_id: str) -> LotTruth:
        """The lot's truth so far; a new one when it was never seen."""
        return self.lots.setdefault(lot_id, LotTruth(**self._nominal))

    def pass_station(self, station: str, lot_id: str, time_s: float) -> None:
        """A lot has been at `station`; stations that change nothing are passed over."""
        happen = {
            "unwind": self._unwind, "sublimation": self._sublimation, "wind": self._wind,
            "roll": self._roll,
        }.get(station)
        if happen is not None:
            happen(self.of(lot_id), time_s)

    def _unwind(self, lot: LotTruth, time_s: float) -> None:
        share = self._common.foil_share.step() + self._special.effect("foil_lot", time_s)
        lot.foil_thickness_um *= 1.0 + share

    def _sublimation(self, lot: LotTruth, time_s: float) -> None:
        common, special = self._common, self._special
        lot.chamber_temperature_c += common.chamber_k.step() + special.effect("hot_chamber", time_s)
        gone = common.depletion.step() + special.effect("vapour_depletion", time_s)
        lot.vapour_g_l *= 1.0 - gone
        if self._settings.exposed:
            lot.exposure_s += common.exposure_s.step()
        lot.h2o_ppm, lot.o2_ppm = self._glovebox(time_s)

    def _glovebox(self, time_s: float) -> tuple[float, float]:
        wet = self._special.effect("glovebox_moisture", time_s)
        h2o = max(0.0, self._nominal["h2o_ppm"] + self._common.h2o_ppm.step()) + wet
        o2 = max(0.0, self._nominal["o2_ppm"] + self._common.o2_ppm.step()) + _O2_SHARE * wet
        return h2o, o2

    def _wind(self, lot: LotTruth, time_s: float) -> None:
        share = self._common.tension_share.step() + self._special.effect("winding_tension", time_s)
        lot.winding_tension_n *= 1.0 + share
        lot.wind_h2o_ppm, lot.wind_o2_ppm = self._glovebox(time_s)

    def _roll(self, lot: LotTruth, time_s: float) -> None:
        common, special = self._common, self._special
        worn = _WEAR_UM_PER_PASS * (self._passes % _PASSES_PER_REGRIND)
        self._passes += 1
        lot.flow_stress_factor *= float(np.exp(common.flow_stress.step()))
        lot.roll_gap_shift_um += worn + special.effect("roll_wear", time_s)
        lot.rolling_pressure_mpa *= 1.0 + common.pressure_share.step()
        lot.roll_temperature_c += common.roll_k.step() + special.effect("roll_temperature", time_s)
