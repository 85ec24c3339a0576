"""The baselines of a campaign, trained on the past of the same plant at every forecast.

Finish and yield of a lot: last month's lots from the same place in the line, and gradient boosting
on where the lot is, who is ahead, when the line stops next, what has been measured of it and of the
last lots. What the line makes in a period: the same hours of the last 28 days, the ETS model on
those, and gradient boosting on the hour, the last periods and the last measurements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.scoring import crps_of_quantiles
from twin.forecasting.history import History, pass_times
from twin.forecasting.interval import QUANTILES, quantiles_of
from twin.forecasting.judging.baselines import Boosted, exponential_smoothing
from twin.forecasting.judging.outcomes import Judged
from twin.forecasting.judging.told import PERIOD_QUANTITIES
from twin.line_time import line_seconds

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.monitoring.lots import Lot

__all__ = ["PlantBaselines"]

Floats = NDArray[np.float64]
_DAY_S, _MONTH_S, _HOUR_S = 86_400.0, 28 * 86_400.0, 3_600.0
_TRAIN_EVERY_S, _MOST_CASES, _RETRAINED_S = 5 * _HOUR_S, 2_500, 10 * 86_400.0
_FEWEST = 10
_NAMES = ("last month", "ETS", "gradient boosting")


@dataclass
class _Trained:
    at_s: float
    inputs: Floats
    outcomes: Floats


class PlantBaselines:
    """Scores of the baselines on the cases of one plant.

    Parameters
    ----------
    history : History
    line : LineModel
    lots : sequence of Lot
        What became of them.
    """

    def __init__(
        self, history: History, line: LineModel, lots: Sequence[Lot], *, seed: int = 0
    ) -> None:
        self._line, self._history, self._seed = line, history, seed
        done = sorted(
            (line_seconds(lot.finished_at), lot.yield_share or 0.0, bool(lot.conforming))
            for lot in lots
            if lot.state == "finished" and lot.finished_at is not None
        )
        self._done = np.array(done, dtype=np.float64).reshape(-1, 3)
        sheets = line.sheets_per_lot * self._done[:, 1]
        made = np.column_stack([np.ones(len(done)), self._done[:, 2], sheets])
        self._sums = np.vstack([np.zeros(3), np.cumsum(made, axis=0)])
        self._ids, self._passed = pass_times(history)
        self._row = {lot: row for row, lot in enumerate(self._ids)}
        ends = {lot.lot_id: lot for lot in lots if lot.state == "finished"}
        self._end_s = np.array(
            [
                line_seconds(ends[one].finished_at) if one in ends else np.nan  # type: ignore[arg-type]
                for one in self._ids
            ]
        )
        shares = [ends[one].yield_share if one in ends else None for one in self._ids]
        self._share = np.array([np.nan if one is None else one for one in shares], dtype=float)
        self._trained: dict[str, _Trained] = {}
        self._models: dict[str, tuple[float, Boosted]] = {}
        self._told_signals: dict[float, list[float]] = {}

    def scores(self, cases: Sequence[Judged]) -> dict[str, dict[int, float]]:
        """CRPS by name of the baseline and place of the case."""
        found: dict[str, dict[int, float]] = {name: {} for name in _NAMES}
        groups: dict[tuple[str, datetime], list[int]] = {}
        for place, one in enumerate(cases):
            groups.setdefault((one.told.quantity, one.told.made_at), []).append(place)
        for (quantity, at), places in groups.items():
            own = [cases[place] for place in places]
            if quantity in ("finish", "lot_yield"):
                told = self._of_lots(quantity, line_seconds(at), own)
            elif quantity == "conforming":
                continue
            else:
                told = self._of_period(quantity, line_seconds(at), own[0])
            for name, quantiles in told.items():
                for place, one, row in zip(places, own, quantiles, strict=True):
                    if len(row):
                        found[name][place] = crps_of_quantiles(row, QUANTILES, one.observed)
        return found

    def _of_lots(
        self, quantity: str, now_s: float, cases: Sequence[Judged]
    ) -> dict[str, list[Sequence[float]]]:
        outcome = self._end_s if quantity == "finish" else self._share
        inputs, outcomes, places = self._training(quantity, now_s, outcome)
        rows = [self._row.get(one.told.key, -1) for one in cases]
        wanted = np.array([self._inputs(quantity, now_s, row) for row in rows])
        month: list[Sequence[float]] = []
        for row in wanted:
            alike = outcomes[places == row[0]]
            month.append(quantiles_of(alike) if len(alike) >= _FEWEST else ())
        boost: list[Sequence[float]] = [()] * len(cases)
        if len(outcomes) >= 200:
            model = self._model(quantity, now_s, inputs, outcomes)
            boost = list(model.predict(wanted).tolist())
        told = {"last month": month, "gradient boosting": boost}
        if quantity == "lot_yield":
            told["ETS"] = [self._smoothed_yield(now_s)] * len(cases)
        return told

    def _model(self, name: str, now_s: float, inputs: Floats, outcomes: Floats) -> Boosted:
        """Trained anew after ten days."""
        kept = self._models.get(name)
        if kept is None or now_s - kept[0] > _RETRAINED_S:
            kept = self._models[name] = (now_s, Boosted(inputs, outcomes, seed=self._seed))
        return kept[1]

    def _smoothed_yield(self, now_s: float) -> Sequence[float]:
        past = self._done[self._done[:, 0] <= now_s][-200:, 1]
        try:
            return quantiles_of(np.clip(exponential_smoothing(past.tolist(), 1), 0.0, 1.0))
        except InputError:
            return ()

    def _training(
        self, quantity: str, now_s: float, outcome: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Cases of the last month, renewed once a week for speed."""
        kept = self._trained.get(quantity)
        if kept is None or now_s - kept.at_s > _RETRAINED_S:
            rows, results = [], []
            at_s = max(now_s - _MONTH_S, float(np.nanmin(self._passed)))
            while at_s < now_s:
                for row in self._inside(at_s):
                    if self._end_s[row] <= now_s:
                        rows.append(self._inputs(quantity, at_s, int(row)))
                        results.append(outcome[row] - (at_s if quantity == "finish" else 0.0))
                at_s += _TRAIN_EVERY_S
            inputs, values = np.array(rows), np.array(results)
            usable = ~np.isnan(values)
            inputs, values = inputs[usable], values[usable]
            rng = np.random.default_rng(self._seed)
            chosen = rng.permutation(len(values))[:_MOST_CASES]
            kept = _Trained(now_s, inputs[chosen], values[chosen])
            self._trained[quantity] = kept
        return kept.inputs, kept.outcomes, kept.inputs[:, 0]

    def _inside(self, at_s: float) -> NDArray[np.int64]:
        begun = self._passed[:, 0] <= at_s
        return np.flatnonzero(begun & (self._end_s > at_s))

    def _inputs(self, quantity: str, at_s: float, row: int) -> Floats:
        """Place in the line first, then what a user could know of the lot."""
        passed = self._passed[row] <= at_s if row >= 0 else np.zeros(self._passed.shape[1], bool)
        place = float(passed.sum())
        since = at_s - np.nanmax(self._passed[row][passed]) if place else 0.0
        first = self._passed[row, 0] if place else np.inf
        ahead = np.sum((self._passed[:, 0] < first) & ~(self._end_s <= at_s)
                       & (self._passed[:, 0] > at_s - 3 * _DAY_S))  # fmt: skip
        stop_s, working = self._stop(at_s)
        recent = np.sum((self._done[:, 0] <= at_s) & (self._done[:, 0] > at_s - 2 * _HOUR_S))
        common = [place, float(ahead), since, stop_s, working, float(recent)]
        if quantity == "finish":
            return np.array(common)
        last = self._done[self._done[:, 0] <= at_s][-20:, 1]
        told = [last[-5:].mean() if len(last) else np.nan, last.mean() if len(last) else np.nan]
        return np.array([*common, *told, *self._own(row, at_s), *self._signals(at_s)])

    def _own(self, row: int, at_s: float) -> list[float]:
        lot, found = self._ids[row] if row >= 0 else "", []
        for passes in self._history.stations.values():
            place = np.searchsorted(passes.at_s, at_s, side="right")
            here = np.flatnonzero(passes.lot_ids[max(0, place - 80) : place] == lot)
            for levels in passes.levels.values():
                known = levels[max(0, place - 80) + here[-1]] if len(here) else np.nan
                found.append(float(known))
        return found

    def _signals(self, at_s: float) -> list[float]:
        """Mean of the last three lots of every characteristic."""
        if at_s not in self._told_signals:
            self._told_signals[at_s] = self._means(at_s)
        return self._told_signals[at_s]

    def _means(self, at_s: float) -> list[float]:
        found = []
        for passes in self._history.stations.values():
            place = int(np.searchsorted(passes.at_s, at_s, side="right"))
            for levels in passes.levels.values():
                last = levels[max(0, place - 3) : place]
                last = last[~np.isnan(last)]
                found.append(float(last.mean()) if len(last) else np.nan)
        return found

    def _stop(self, at_s: float) -> tuple[float, float]:
        """Seconds until the last station's next planned stop begins, or the present one ends."""
        stops = self._line.path[-1].planned_stops_between(at_s, at_s + 4 * _DAY_S)
        for start, end in stops:
            if start <= at_s < end:
                return end - at_s, 0.0
            if start > at_s:
                return start - at_s, 1.0
        return 4 * _DAY_S, 1.0

    def _made(self, column: int, from_s: float, to_s: float) -> float:
        first, last = np.searchsorted(self._done[:, 0], [from_s, to_s], side="right")
        return float(self._sums[last, column] - self._sums[first, column])

    def _of_period(
        self, quantity: str, now_s: float, case: Judged
    ) -> dict[str, list[Sequence[float]]]:
        until = case.told.until or case.told.made_at
        length_s = (until - case.told.made_at).total_seconds()
        column = PERIOD_QUANTITIES.index(quantity.rsplit("_", 1)[0])
        begun_s = float(self._done[0, 0])
        past = [
            self._made(column, now_s - day * _DAY_S, now_s - day * _DAY_S + length_s)
            for day in range(28, 0, -1)
            if now_s - day * _DAY_S >= begun_s and now_s - day * _DAY_S + length_s <= now_s
        ]
        month = quantiles_of(np.array(past)) if len(past) >= 5 else ()
        return {
            "last month": [month],
            "ETS": [self._smoothed(column, now_s, length_s, begun_s)],
            "gradient boosting": [self._boosted_period(column, now_s, length_s, begun_s)],
        }

    def _smoothed(
        self, column: int, now_s: float, length_s: float, begun_s: float
    ) -> Sequence[float]:
        step_s, days = min(length_s, _DAY_S), max(1, round(length_s / _DAY_S))
        series = [
            self._made(column, now_s - day * _DAY_S, now_s - day * _DAY_S + step_s)
            for day in range(28, 0, -1)
            if now_s - day * _DAY_S >= begun_s
        ]
        try:
            drawn = exponential_smoothing(series, days, seed=self._seed)
        except InputError:
            return ()
        return quantiles_of(np.maximum(drawn, 0.0))

    def _boosted_period(
        self, column: int, now_s: float, length_s: float, begun_s: float
    ) -> Sequence[float]:
        starts = np.arange(max(begun_s + 2 * _DAY_S, now_s - _MONTH_S), now_s - length_s,
                           4 * _HOUR_S)  # fmt: skip
        if len(starts) < 100:
            return ()
        inputs = np.array([self._period_inputs(column, one) for one in starts])
        outcomes = np.array([self._made(column, one, one + length_s) for one in starts])
        wanted = self._period_inputs(column, now_s)[None, :]
        told = self._model(f"{column} {length_s}", now_s, inputs, outcomes).predict(wanted)[0]
        return tuple(np.maximum(told, 0.0).tolist())

    def _period_inputs(self, column: int, at_s: float) -> Floats:
        last = [self._made(column, at_s - hours * _HOUR_S, at_s) for hours in (2, 8, 24)]
        stop_s, working = self._stop(at_s)
        return np.array([at_s % _DAY_S, stop_s, working, *last, *self._signals(at_s)])
