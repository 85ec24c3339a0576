"""Parameters of the process, from in-line measurements of the last weeks.

Each is a regression with an interval, on what the stations measured of the same lots: what a foil's
excess thickness leaves in the sheet (the softness of the mill), how thickness wears with the passes
since the last maintenance, how the loading falls with the lots that a charge has served and rises
with exposure, how far a characteristic drifts a day, and how far gauges disagree with the balance
of the others. Robust (Theil-Sen or Huber), because special causes are among the lots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from twin.recipe import Recipe
    from twin.store import Store

__all__ = ["Estimate", "ProcessEstimates", "process_parameters"]

Floats = NDArray[np.float64]
_BACK = timedelta(days=28)
_FEWEST = 40
_LEVEL_Z = 1.645


@dataclass(frozen=True, slots=True)
class Estimate:
    """One parameter with its 90 % interval.

    Attributes
    ----------
    name, unit, meaning : str
    n : int
        Lots that it rests on.
    """

    name: str
    unit: str
    meaning: str
    value: float
    low: float
    high: float
    n: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "meaning": self.meaning,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
        }


@dataclass(frozen=True, slots=True)
class ProcessEstimates:
    """What could be estimated, and what could not, with the reason."""

    estimates: tuple[Estimate, ...]
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "estimates": [one.to_dict() for one in self.estimates],
            "missing": list(self.missing),
        }


def process_parameters(store: Store, recipe: Recipe, as_of: datetime) -> ProcessEstimates:
    """Estimate the parameters from what was known at `as_of`."""
    read = store.measurements(
        known_by=as_of,
        since=as_of - _BACK,
        columns=("measured_at", "lot_id", "station", "characteristic", "value", "quality"),
    )
    return estimated(read, recipe)


def estimated(read: pd.DataFrame, recipe: Recipe) -> ProcessEstimates:
    """As `process_parameters`, of a table of measurements."""
    good = read[read["quality"] != "bad"]
    wide = good.pivot_table(
        index="lot_id", columns=["characteristic", "station"], values="value", aggfunc="mean"
    )
    times = good.groupby("lot_id")["measured_at"].min()
    days = (times - times.min()).dt.total_seconds() / 86_400.0 if len(times) else times
    found: list[Estimate] = []
    missing: list[str] = []
    for name, make in _PARAMETERS.items():
        made = make(wide, days.reindex(wide.index), recipe) if len(wide) else "no measurements"
        if isinstance(made, str):
            missing.append(f"{name}: {made}")
        else:
            found.append(made)
    return ProcessEstimates(tuple(found), tuple(missing))


def _column(wide: pd.DataFrame, name: str, station: str) -> Floats | None:
    if (name, station) not in wide.columns:
        return None
    return wide[(name, station)].to_numpy(dtype=np.float64)


def _slope(x: Floats | None, y: Floats | None) -> tuple[float, float, float, int] | str:
    """Robust slope, its standard error, the intercept, and how many pairs."""
    if x is None or y is None:
        return "one of its characteristics was not measured"
    paired = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[paired], y[paired]
    if len(x) < _FEWEST:
        return f"{len(x)} lots have both, {_FEWEST} are needed"
    if float(np.std(x)) == 0.0:
        return "its input never varied"
    import statsmodels.api as sm

    fitted = sm.RLM(y, sm.add_constant(x), M=sm.robust.norms.TukeyBiweight()).fit()
    return float(fitted.params[1]), float(fitted.bse[1]), float(fitted.params[0]), len(x)


def _of_slope(
    name: str,
    unit: str,
    meaning: str,
    found: tuple[float, float, float, int] | str,
    scale: float = 1.0,
) -> Estimate | str:
    if isinstance(found, str):
        return found
    slope, error, _, n = found
    ends = sorted((scale * (slope - _LEVEL_Z * error), scale * (slope + _LEVEL_Z * error)))
    return Estimate(name, unit, meaning, scale * slope, ends[0], ends[1], n)


def _mill(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    del days, recipe
    found = _slope(
        _column(wide, "foil_thickness_um", "unwind"), _column(wide, "thickness_um", "roll")
    )
    return _of_slope(
        "mill_transmission", "um/um", "what a foil's excess thickness leaves in the sheet", found
    )


def _exposure(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    del days, recipe
    found = _slope(
        _column(wide, "exposure_s", "sublimation"), _column(wide, "loading_mg_cm2", "sublimation")
    )
    return _of_slope("deposition_rate", "mg/cm2/s", "loading gained by a second more", found)


def _temperature(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    del days, recipe
    loading = _column(wide, "loading_mg_cm2", "sublimation")
    logs = None if loading is None else np.log(np.where(loading > 0, loading, np.nan))
    found = _slope(_column(wide, "chamber_temperature_c", "sublimation"), logs)
    return _of_slope("loading_per_kelvin", "1/K", "relative loading gained by a kelvin", found)


def _heat(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    del days, recipe
    found = _slope(
        _column(wide, "roll_temperature_c", "roll"), _column(wide, "thickness_um", "roll")
    )
    return _of_slope("thickness_per_kelvin", "um/K", "sheet thickness per kelvin of the rolls",
                     found)  # fmt: skip


def _drift(
    name: str, station: str, unit: str
) -> Callable[[pd.DataFrame, Any, Recipe], Estimate | str]:
    def make(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
        del recipe
        found = _slope(days.to_numpy(dtype=np.float64), _column(wide, name, station))
        return _of_slope(f"drift_{name}", f"{unit}/day", f"drift of {name} at {station}", found)

    return make


def _level(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    """The level of loading itself: its median with a distribution-free interval."""
    del days, recipe
    loading = _column(wide, "loading_mg_cm2", "sublimation")
    return _median("loading_level", "mg/cm2", "what a lot usually weighs", loading)


def _offset(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    """Bias of thickness against the target: mill and gauge together, which readings cannot part."""
    del days
    thickness = _column(wide, "thickness_um", "roll")
    off = None if thickness is None else thickness - recipe.settings.thickness_um
    return _median(
        "thickness_offset", "um", "thickness over target; gauge bias and mill together", off
    )


def _gauges(wide: pd.DataFrame, days: Any, recipe: Recipe) -> Estimate | str:
    """Two hygrometers on one glovebox: what one shows over the other."""
    del days, recipe
    one, other = _column(wide, "h2o_ppm", "sublimation"), _column(wide, "h2o_ppm", "wind")
    gap = None if one is None or other is None else other - one
    return _median("h2o_gauge_bias", "ppm", "hygrometer at wind over that at sublimation", gap)


def _median(name: str, unit: str, meaning: str, values: Floats | None) -> Estimate | str:
    seen = np.empty(0) if values is None else np.sort(values[~np.isnan(values)])
    if len(seen) < _FEWEST:
        return f"{len(seen)} lots have it, {_FEWEST} are needed"
    half = _LEVEL_Z * np.sqrt(len(seen)) / 2
    low, high = int(np.floor(len(seen) / 2 - half)), int(np.ceil(len(seen) / 2 + half))
    return Estimate(
        name,
        unit,
        meaning,
        float(np.median(seen)),
        float(seen[max(low, 0)]),
        float(seen[min(high, len(seen) - 1)]),
        len(seen),
    )


_PARAMETERS: dict[str, Callable[[Any, Any, Recipe], Estimate | str]] = {
    "loading_level": _level,
    "deposition_rate": _exposure,
    "loading_per_kelvin": _temperature,
    "mill_transmission": _mill,
    "thickness_per_kelvin": _heat,
    "thickness_offset": _offset,
    "h2o_gauge_bias": _gauges,
    "drift_thickness_um": _drift("thickness_um", "roll", "um"),
    "drift_loading_mg_cm2": _drift("loading_mg_cm2", "sublimation", "mg/cm2"),
    "drift_chamber_temperature_c": _drift("chamber_temperature_c", "sublimation", "K"),
}
