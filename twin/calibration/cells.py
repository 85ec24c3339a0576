"""Cell results that arrive weeks later, folded into the quality model by reweighting its draws.

A coupon's result is joined by genealogy to the lot that it was cut from, and to what was measured
of that lot. Each posterior draw of the model foretells the cell; its weight is how likely it makes
what was seen: a CCD between its step and the next one, a life exact or longer than the test. The
draws are then drawn anew by weight. That is exact as long as enough draws keep a weight; where few
would, the weights are tempered until a twentieth counts, and a new fit is proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.cells import cell_medians
from twin.forecasting.history import History, readings_of

if TYPE_CHECKING:
    import pandas as pd

    from process_models.quality import QualityModel
    from twin.recipe import Recipe
    from twin.store import Store

__all__ = ["CellResult", "Folded", "cell_results", "fold_cells", "folded_model"]

Floats = NDArray[np.float64]
CCD_STEP_MA_CM2 = 0.1
_LEAST_SHARE = 0.05
_COLUMNS = ("lot_id", "characteristic", "station", "value", "quality")


@dataclass(frozen=True, slots=True)
class CellResult:
    """One result of one coupon.

    Attributes
    ----------
    lot_id : str
        The lot that the coupon was cut from.
    characteristic : str
        ccd_ma_cm2 (last survived step) or life_h.
    censored : bool
        A life that was still going on.
    """

    coupon: str
    lot_id: str
    characteristic: str
    value: float
    censored: bool


@dataclass(frozen=True)
class Folded:
    """A model that knows of the results.

    Attributes
    ----------
    results : int
        That it knows of.
    effective : float
        Posterior draws that still count, of as many as there are.
    tempered : float
        1 where the weights are as they should be; below, by how much they were flattened.
    refit : bool
        Whether a new fit is proposed, since too few draws would count.
    """

    model: QualityModel
    results: int
    effective: float
    tempered: float
    refit: bool

    @property
    def message(self) -> str:
        """One line for whoever reads the forecast; empty without results."""
        if not self.results:
            return ""
        text = f"quality model: {self.results} cell results of this line folded in"
        if self.refit:
            return f"{text} in part; they disagree with the model, fit it anew (lacss quality fit)"
        return text


def cell_results(store: Store, as_of: datetime) -> list[CellResult]:
    """Results known at `as_of`, joined to their lots by genealogy; those without one left out."""
    read = store.measurements(
        known_by=as_of,
        station="cell_test",
        columns=("lot_id", "characteristic", "value", "quality", "censoring"),
    )
    read = read[read["characteristic"].isin(["ccd_ma_cm2", "life_h"]) & (read["quality"] != "bad")]
    if read.empty:
        return []
    edges = store.genealogy()
    edges = edges[edges["occurred_at"] <= as_of]
    parents = dict(zip(edges["lot_id"], edges["parent_lot_id"], strict=True))
    columns = (read[name].tolist() for name in ("lot_id", "characteristic", "value", "censoring"))
    return [
        CellResult(coupon, parents[coupon], characteristic, float(value), censoring == "right")
        for coupon, characteristic, value, censoring in zip(*columns, strict=True)
        if coupon in parents
    ]


def folded_model(
    model: QualityModel,
    store: Store,
    recipe: Recipe,
    history: History,
    as_of: datetime,
    *,
    seed: int = 0,
) -> Folded:
    """The model with every result that was known at `as_of`."""
    results = cell_results(store, as_of)
    if not results:
        return Folded(model, 0, float(_count(model)), 1.0, False)
    lots = sorted({one.lot_id for one in results})
    read: pd.DataFrame = store.measurements(lot_ids=lots, known_by=as_of, columns=_COLUMNS)
    medians = cell_medians(model, recipe, lots, readings_of(read), history)
    return fold_cells(model, results, dict(zip(lots, range(len(lots)), strict=True)), medians,
                      seed=seed)  # fmt: skip


def _count(model: QualityModel) -> int:
    return len(model.draws["ccd0_ma_cm2"])


def fold_cells(
    model: QualityModel,
    results: Sequence[CellResult],
    places: dict[str, int],
    medians: Any,
    *,
    seed: int = 0,
) -> Folded:
    """Reweight the draws of a model and draw them anew.

    Parameters
    ----------
    places : dict of str to int
        Column of each lot in `medians`.
    medians : LotQuality
        Median CCD and life of each lot under every posterior draw, (draws, lots).
    """
    many = _count(model)
    total = np.zeros(many)
    for one in results:
        total += _log_likelihood(model, one, medians, places[one.lot_id])
    power = 1.0
    weights = _weights(total, power)
    while power > 1e-3 and 1.0 / float((weights**2).sum()) < _LEAST_SHARE * many:
        power *= 0.8
        weights = _weights(total, power)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(23,)))
    place = np.searchsorted(np.cumsum(weights), (np.arange(many) + rng.random()) / many)
    place = np.minimum(place, many - 1)
    drawn = {name: values[place] for name, values in model.draws.items()}
    return Folded(
        replace(model, draws=drawn),
        len(results),
        1.0 / float((weights**2).sum()),
        power,
        power < 1.0,
    )


def _weights(total: Floats, power: float) -> Floats:
    raised = np.exp(power * (total - total.max()))
    return np.asarray(raised / raised.sum())


def _log_likelihood(model: QualityModel, one: CellResult, medians: Any, column: int) -> Floats:
    from scipy.special import log_ndtr, ndtr

    if one.characteristic == "ccd_ma_cm2":
        spread = model.draws["ccd_spread"]
        centre = np.log(medians.ccd_ma_cm2[:, column])
        low = np.log(max(one.value, 1e-9))
        high = np.log(one.value + CCD_STEP_MA_CM2)
        inside = ndtr((high - centre) / spread) - ndtr((low - centre) / spread)
        return np.asarray(np.log(np.maximum(inside, 1e-12)))
    spread = model.draws["life_spread"]
    z = (np.log(max(one.value, 1e-9)) - np.log(medians.life_h[:, column])) / spread
    return np.asarray(log_ndtr(-z) if one.censored else -0.5 * z**2 - np.log(spread))
