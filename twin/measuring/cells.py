"""The cell-test laboratory: a coupon gives cells for resistance, CCD and life."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from process_models.physics import ProcessParameters, lot_cells, lot_structure
from twin.measuring.lot_truth import LotTruth, inputs_of
from twin.measuring.readings import ComingReadings
from twin.measuring.variation import Variation

__all__ = ["LABORATORY", "CellLaboratory"]

LABORATORY = "cell_test"
_HOUR_S = 3600.0
_ASR_AFTER_S = 2 * _HOUR_S
_CCD_STEP_MA_CM2 = 0.1
_CCD_STEP_S = 2 * _HOUR_S  # a step is two half-cycles of an hour


@dataclass(frozen=True, slots=True)
class _RunningLife:
    start_s: float
    end_s: float
    order: int


class CellLaboratory:
    """Tests coupons; each result is known when its own test has ended, the life weeks later.

    A life that outlasts the time on the cycler channel is right-censored there.
    """

    def __init__(self, parameters: ProcessParameters, variation: Variation) -> None:
        self._parameters = parameters
        self._variation = variation
        self._waiting: dict[str, LotTruth] = {}
        self._running: dict[str, _RunningLife] = {}

    def receive(self, coupon: str, parent: LotTruth) -> None:
        """A coupon cut from a lot of this truth."""
        self._waiting[coupon] = replace(parent)

    def follow(self, event: str, coupon: str, time_s: float, coming: ComingReadings) -> None:
        """A coupon's test has begun or its channel is given back."""
        if event == "start" and coupon in self._waiting:
            self._begin(coupon, time_s, coming)
        elif event == "finish" and coupon in self._running:
            life = self._running.pop(coupon)
            if life.end_s > time_s:
                coming.withdraw(life.order)
                tested_h = round((time_s - life.start_s) / _HOUR_S, 2)
                coming.add(time_s, coupon, LABORATORY, "life_h", tested_h, censoring="right")

    def _begin(self, coupon: str, start_s: float, coming: ComingReadings) -> None:
        lot = self._waiting.pop(coupon)
        inputs = inputs_of([lot])
        structure = lot_structure(lot.settings, inputs, self._parameters)
        cells = lot_cells(
            lot.settings, inputs, structure, self._parameters, self._variation.cells
        )
        asr = self._variation.reading("asr_ohm_cm2", float(structure.asr_ohm_cm2[0]))
        coming.add(start_s + _ASR_AFTER_S, coupon, LABORATORY, "asr_ohm_cm2", asr)
        steps = max(1, math.floor(float(cells.ccd_ma_cm2[0]) / _CCD_STEP_MA_CM2))
        ccd = round(steps * _CCD_STEP_MA_CM2, 1)
        coming.add(start_s + steps * _CCD_STEP_S, coupon, LABORATORY, "ccd_ma_cm2", ccd)
        life_h = round(float(cells.life_h[0]), 2)
        end_s = start_s + life_h * _HOUR_S
        order = coming.add(end_s, coupon, LABORATORY, "life_h", life_h)
        self._running[coupon] = _RunningLife(start_s, end_s, order)
