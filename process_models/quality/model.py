"""The fitted quality model: posterior draws that predict cells of a recipe or of many lots."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.materials import REFERENCE_FOIL_UM
from process_models.physics import (
    ProcessParameters,
    ProcessSettings,
    limits,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.cell import ln_life_h
from process_models.quality.evidence import OWN_LABORATORY
from process_models.quality.mixture import mixture_cdf, mixture_quantile
from process_models.quality.prediction import Estimate, QualityPrediction
from process_models.quality.record import FitRecord
from process_models.quality.response import Features, features, median_ln_ccd
from process_models.quality.spans import extrapolated

__all__ = ["LotQuality", "QualityModel", "check_protocol", "check_recipe"]

Floats = NDArray[np.float64]
_LEAST, _MOST = 1e-4, 1e4  # of current and capacity; beyond it is a slip of units
_THINNEST_FOIL = 1.05  # over the sheet that is rolled from it
_HOURS = (10.0, 25.0, 50.0, 100.0, 160.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 1000.0)


@dataclass(frozen=True, slots=True)
class LotQuality:
    """CCD and life of one cell a lot under every posterior draw, arrays (draws, n)."""

    ccd_ma_cm2: Floats
    life_h: Floats


@dataclass(frozen=True, slots=True)
class QualityModel:
    """Posterior draws of the constants of the cell response.

    Attributes
    ----------
    draws : mapping of str to ndarray, shape (draws,)
        By the names of `process_models.physics.priors.QUALITY_PARAMETERS`; also the slopes
        `protocol:COLUMN` and the effects `laboratory_ccd:NAME` and `laboratory_life:NAME`.
    record : FitRecord
    """

    draws: Mapping[str, Floats]
    record: FitRecord

    def predict(
        self,
        *,
        sublimation_time_s: float | None,
        rolling_pressure_mpa: float | None,
        thickness_um: float | None,
        process: str = "lacss",
        current_ma_cm2: float = 0.5,
        capacity_mah_cm2: float = 0.5,
        level: float = 0.9,
        laboratory: str = "",
        foil_thickness_um: float | None = None,
    ) -> QualityPrediction:
        """CCD, life and structure of a new cell from one recipe.

        Intervals are those of one new cell: uncertainty of the constants and cell-to-cell spread.
        `laboratory` is one of the record's; empty is our own. Without `foil_thickness_um` the foil
        is taken as thick as it must be, 100 um or more.

        Raises
        ------
        InputError
            When an input is missing, impossible or beyond what physics allows: no prediction, and
            the message says why.
        """
        given = {
            "sublimation_time_s": sublimation_time_s,
            "rolling_pressure_mpa": rolling_pressure_mpa,
            "thickness_um": thickness_um,
        }
        inputs = {name: _given(name, value) for name, value in given.items()}
        settings = check_recipe(process, inputs, foil_thickness_um)
        check_protocol(current_ma_cm2, capacity_mah_cm2, level)
        ccd = np.asarray(median_ln_ccd(features(process, **inputs), self.draws))
        ccd = ccd + self._laboratory("ccd", laboratory)
        life = np.asarray(ln_life_h(ccd, current_ma_cm2, capacity_mah_cm2, self.draws))
        life = life + self._laboratory("life", laboratory)
        survival = tuple((hours, self._survival(life, hours)) for hours in _HOURS)
        inputs |= {"current_ma_cm2": current_ma_cm2, "capacity_mah_cm2": capacity_mah_cm2}
        return QualityPrediction(
            ccd_ma_cm2=_estimate(ccd, self.draws["ccd_spread"], level),
            life_h=self._life(life, level),
            survival=survival,
            structure=_structure(settings),
            evidence_rows=self.record.evidence_rows,
            prior_share=dict(self.record.prior_share),
            extrapolated=extrapolated(self.record.spans, self.record.processes, process, inputs),
            faults=self.record.faults,
        )

    def predict_lots(
        self,
        sublimation_time_s: Floats,
        rolling_pressure_mpa: Floats,
        thickness_um: Floats,
        loading_mg_cm2: Floats | None = None,
        rng: np.random.Generator | None = None,
        *,
        process: str = "lacss",
        current_ma_cm2: float = 0.5,
        capacity_mah_cm2: float = 0.5,
        draws: int | None = None,
        reference_loading_mg_cm2: float = ProcessParameters().m40_mg_cm2,
    ) -> LotQuality:
        """CCD and life of one cell a lot, under every posterior draw.

        Parameters
        ----------
        sublimation_time_s, rolling_pressure_mpa, thickness_um : ndarray, shape (n,)
        loading_mg_cm2 : ndarray, shape (n,), optional
            Weighed deposits; they replace what the exposure law would say.
        rng : numpy.random.Generator, optional
            Cell-to-cell spread; without it the medians of the lots.
        process, current_ma_cm2, capacity_mah_cm2
            As for `predict`.
        draws : int, optional
            Use so many of the posterior draws, evenly thinned.
        reference_loading_mg_cm2 : float
            What this line weighs at the 40 s recipe. The absolute loading is hardly known, so
            only the ratio to it counts.

        Raises
        ------
        InputError
            When current, capacity, reference or process is impossible.
        """
        check_protocol(current_ma_cm2, capacity_mah_cm2)
        ProcessSettings(process=process)
        constants = self._columns(draws)
        cell = features(process, sublimation_time_s, rolling_pressure_mpa, thickness_um)
        exposure = None
        if loading_mg_cm2 is not None:
            if not reference_loading_mg_cm2 > 0:
                got = f"{reference_loading_mg_cm2:g}"
                raise InputError(f"reference_loading_mg_cm2 must be above 0, got {got}")
            exposure = np.maximum(np.asarray(loading_mg_cm2), 0.0) / reference_loading_mg_cm2
        ccd = self._lot_medians(cell, constants, exposure)
        life = ln_life_h(ccd, current_ma_cm2, capacity_mah_cm2, constants)
        if rng is not None:
            ccd = ccd + constants["ccd_spread"] * rng.standard_normal(ccd.shape)
            life = life + constants["life_spread"] * rng.standard_normal(life.shape)
        return LotQuality(np.exp(ccd), np.exp(life))

    def curve(
        self,
        *,
        sublimation_time_s: Floats | float,
        rolling_pressure_mpa: Floats | float,
        thickness_um: Floats | float,
        process: str = "lacss",
        level: float = 0.9,
    ) -> tuple[Floats, Floats, Floats]:
        """Median CCD of the recipe with its credible interval, low, median, high; (n,) each."""
        cell = features(process, sublimation_time_s, rolling_pressure_mpa, thickness_um)
        ccd = np.exp(self._lot_medians(cell, self._columns(None), None))
        tail = (1.0 - level) / 2.0
        low, median, high = np.quantile(ccd, [tail, 0.5, 1.0 - tail], axis=0)
        return low, median, high

    def _columns(self, draws: int | None) -> dict[str, Floats]:
        total = len(self.draws["ccd0_ma_cm2"])
        kept = np.arange(total)
        if draws is not None and draws < total:
            kept = np.linspace(0, total - 1, draws).astype(int)
        return {name: values[kept][:, None] for name, values in self.draws.items()}

    def _lot_medians(
        self, cell: Features, constants: Mapping[str, Any], exposure: Floats | None
    ) -> Floats:
        ccd = np.asarray(median_ln_ccd(cell, constants, exposure=exposure))
        shape = (len(constants["ccd0_ma_cm2"]), cell.time_s.size)
        return np.broadcast_to(ccd, shape)

    def _laboratory(self, test: str, laboratory: str) -> Any:
        if laboratory in ("", OWN_LABORATORY):
            return 0.0
        effect = self.draws.get(f"laboratory_{test}:{laboratory}")
        if effect is None:
            known = ", ".join((OWN_LABORATORY, *self.record.laboratories))
            raise InputError(f"laboratory must be one of {known}, got {laboratory!r}")
        return effect

    def _survival(self, ln_life: Floats, hours: float) -> float:
        if not hours > 0:
            return 1.0
        return float(1.0 - mixture_cdf(math.log(hours), ln_life, self.draws["life_spread"]))

    def _life(self, ln_life: Floats, level: float) -> Estimate:
        longest = self.record.longest_life_h
        drawn = _estimate(ln_life, self.draws["life_spread"], level)
        if self._survival(ln_life, longest) <= 0.5:
            return drawn
        low = None if drawn.low is None else min(drawn.low, longest)
        return Estimate(None, low, None, level)


def check_protocol(current_ma_cm2: float, capacity_mah_cm2: float, level: float = 0.5) -> None:
    """Refuse a current or capacity that is not above 0 and finite, and a level beyond 0 to 1."""
    for name, value in (("current_ma_cm2", current_ma_cm2), ("capacity_mah_cm2", capacity_mah_cm2)):
        if not (value > 0 and math.isfinite(value)):
            raise InputError(f"{name} must be above 0 and finite, got {value:g}")
        if not _LEAST <= value <= _MOST:
            raise InputError(f"{name} must lie between {_LEAST:g} and {_MOST:g}, got {value:g}")
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, got {level:g}")


def _given(name: str, value: float | None) -> float:
    if value is None:
        raise InputError(f"{name} is missing, and no prediction can be made without it")
    return value


def check_recipe(
    process: str, inputs: Mapping[str, float], foil_thickness_um: float | None
) -> ProcessSettings:
    """The recipe with its foil, or a refusal with the reason.

    Raises
    ------
    InputError
        When an input is impossible, or no foil makes the recipe possible.
    """
    settings = ProcessSettings(process=process, **inputs)
    thickness = settings.thickness_um
    foils = [foil_thickness_um or 0.0]
    if foil_thickness_um is None:  # then any foil may have been meant that makes it possible
        foils = [max(REFERENCE_FOIL_UM, thickness), _THINNEST_FOIL * thickness, 2.0 * thickness]
    recipes = [replace(settings, foil_thickness_um=foil) for foil in foils]
    reasons = [limits(recipe) for recipe in recipes]
    if all(reasons):
        raise InputError(f"no prediction: {'; '.join(reasons[0])}")
    return recipes[0]


def _estimate(ln_median: Floats, sd: Floats, level: float) -> Estimate:
    tail = (1.0 - level) / 2.0
    low, median, high = (
        float(np.exp(mixture_quantile(p, ln_median, sd))) for p in (tail, 0.5, 1.0 - tail)
    )
    return Estimate(median, low, high, level)


def _structure(settings: ProcessSettings) -> dict[str, float]:
    made = lot_structure(settings, nominal_inputs(settings), ProcessParameters())
    names = (
        "loading_mg_cm2",
        "enriched_layer_nm",
        "pure_layer_nm",
        "completion",
        "thickness_um",
        "areal_capacity_mah_cm2",
        "asr_ohm_cm2",
        "foil_temperature_c",
    )
    return {name: float(getattr(made, name)[0]) for name in names}
