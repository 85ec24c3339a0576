"""What a user would have without the twin, scored on the same cases.

Each baseline knows, for every case, only what was known when the forecast was made: the outcomes of
earlier cases of the same kind that had ended by then. `climatology` is last month's distribution;
`exponential_smoothing` is the ETS model of statsmodels on the series of outcomes; `Boosted` is
gradient boosting of quantiles from scikit-learn on inputs that the caller gives.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.scoring import crps_of_quantiles
from twin.forecasting.interval import QUANTILES, quantiles_of
from twin.forecasting.judging.outcomes import Judged

__all__ = ["BOOSTED_LEVELS", "Boosted", "climatology", "exponential_smoothing", "known_before"]

Floats = NDArray[np.float64]
_MONTH = timedelta(days=28)
_FEWEST = 10
_FEWEST_BOOSTED = 100
_PATHS = 400
BOOSTED_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def _ended(one: Judged) -> datetime:
    """When the outcome of a case was known."""
    if one.told.until is not None:
        return one.told.until
    seconds = one.observed if one.told.quantity == "finish" else 86_400.0
    return one.told.made_at + timedelta(seconds=seconds)


def known_before(
    cases: Sequence[Judged], one: Judged, *, same_station: bool = False
) -> list[Judged]:
    """Cases of the same quantity that had ended, not a month before, when `one` was told."""
    at = one.told.made_at
    return [
        other
        for other in cases
        if other.told.quantity == one.told.quantity
        and at - _MONTH <= _ended(other) <= at
        and (not same_station or other.told.station == one.told.station)
    ]


def climatology(cases: Sequence[Judged]) -> dict[int, float]:
    """CRPS of last month's outcomes: of a lot those from the same station, of a period all.

    Returns
    -------
    dict of int to float
        By place in `cases`; without those that had fewer than ten before them.
    """
    found: dict[int, float] = {}
    kept: dict[tuple[str, str, datetime], tuple[float, ...]] = {}
    for place, one in enumerate(cases):
        key = (one.told.quantity, one.told.station, one.told.made_at)
        if key not in kept:
            past = [each.observed for each in known_before(cases, one, same_station=True)]
            kept[key] = quantiles_of(np.array(past)) if len(past) >= _FEWEST else ()
        if kept[key]:
            found[place] = _score(kept[key], one)
    return found


def _score(quantiles: Sequence[float], one: Judged) -> float:
    """CRPS, or the Brier score of the mean where what was told is a probability."""
    if len(one.told.quantiles) == 1:
        return (float(np.mean(quantiles)) - one.observed) ** 2
    return crps_of_quantiles(quantiles, QUANTILES, one.observed)


def exponential_smoothing(series: Sequence[float], ahead: int, *, seed: int = 0) -> Floats:
    """Simulated sums of the next `ahead` values by statsmodels' ETS(A, N, N), (400,).

    Raises
    ------
    InputError
        When there are fewer than ten values.
    """
    values = np.asarray(series, dtype=np.float64)
    if len(values) < _FEWEST:
        raise InputError(f"a series needs at least {_FEWEST} values, got {len(values)}")
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    if float(np.ptp(values)) == 0.0:
        return np.asarray(np.full(_PATHS, ahead * values[0]), dtype=np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ETSModel(values, error="add", trend=None).fit(disp=False)
        paths = fitted.simulate(
            ahead, anchor="end", repetitions=_PATHS, rng=np.random.default_rng(seed)
        )
    total = np.asarray(paths, dtype=np.float64).reshape(ahead, -1).sum(axis=0)
    return np.asarray(total, dtype=np.float64)


class Boosted:
    """Quantiles by gradient boosting, one model a level.

    Parameters
    ----------
    inputs : ndarray (n, features)
        nan where an input is not known.
    outcomes : ndarray (n,)

    Raises
    ------
    InputError
        When there are fewer than a hundred cases to learn from.
    """

    def __init__(self, inputs: Floats, outcomes: Floats, *, seed: int = 0) -> None:
        if len(outcomes) < _FEWEST_BOOSTED:
            raise InputError(
                f"boosting needs at least {_FEWEST_BOOSTED} cases, got {len(outcomes)}"
            )
        from sklearn.ensemble import HistGradientBoostingRegressor

        self._varied = [
            column
            for column in range(inputs.shape[1])
            if len(np.unique(inputs[~np.isnan(inputs[:, column]), column])) > 1
        ]
        self._models: list[Any] = [
            HistGradientBoostingRegressor(
                loss="quantile", quantile=level, max_iter=60, learning_rate=0.1,
                max_leaf_nodes=15, random_state=seed,
            ).fit(inputs[:, self._varied], outcomes)
            for level in BOOSTED_LEVELS
        ]  # fmt: skip

    def predict(self, wanted: Floats) -> Floats:
        """Quantiles at `interval.QUANTILES`, (len(wanted), 40)."""
        told = [model.predict(wanted[:, self._varied]) for model in self._models]
        rising = np.sort(np.array(told).T, axis=1)
        return np.array([np.interp(QUANTILES, BOOSTED_LEVELS, row) for row in rising])
