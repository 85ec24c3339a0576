"""What the twin predicted beside what was observed: one check a station and a characteristic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from process_models.scoring import Pit, normal_scores
from process_models.spc import ChartData, ChartOptions, ChartResult, chart
from twin.calibration import CalibratedLine, station_durations
from twin.calibration.families import FAMILIES
from twin.event_records import records_from_events
from twin.forecasting.judging import Verdict
from twin.line_time import line_seconds, line_time

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["Check", "departure_checks", "forecast_checks", "measurement_checks"]

Floats = NDArray[np.float64]
_FEWEST, _RECENT = 20, 60
_EWMA = {"lam": 0.05, "width": 3.5}
_SHIFTED, _GONE = 0.35, 1.0  # mean normal score of the last services
_FEWEST_A_DAY = 10
_DAYS, _FEWEST_DAYS, _OFF, _FAR = 28, 5, 4.0, 8.0
_LOW, _LOWEST, _FEWEST_FORECASTS = 0.80, 0.65, 8


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes
    ----------
    kind : str
        data, departures, measurements or forecasts.
    station, characteristic : str
        What it is about; the quantity for forecasts.
    severity : int
        0 in step, 1 doubtful, 2 not to be trusted.
    text : str
        One sentence.
    scores : ndarray (n,)
        Normal scores, oldest first; nearly independent and standard while the twin is in step.
    times : tuple of datetime (n,)
    chart : ChartResult or None
        EWMA of the scores against limits that the theory gives.
    """

    kind: str
    station: str
    characteristic: str
    severity: int
    text: str
    scores: Floats = field(compare=False)
    times: tuple[datetime, ...] = field(compare=False, repr=False)
    chart: ChartResult | None = field(compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the points."""
        return {
            "kind": self.kind,
            "station": self.station,
            "characteristic": self.characteristic,
            "status": ("in step", "doubtful", "not to be trusted")[self.severity],
            "text": self.text,
            "n": len(self.scores),
            "signals": 0 if self.chart is None else len(self.chart.signals),
        }


def departure_checks(
    events: pd.DataFrame,
    line: LineModel,
    reference: CalibratedLine,
    since: datetime,
    as_of: datetime,
) -> list[Check]:
    """Services of each station against the reference calibration, from `since` on."""
    if events.empty:
        return []
    records = records_from_events(events, line, as_of)
    seen = station_durations(records, line, since_s=line_seconds(since))
    found = []
    for name, durations in seen.items():
        fit = reference.stations.get(name)
        ended = durations.service.values[~durations.service.censored]
        if fit is None or len(ended) < _FEWEST:
            continue
        family, theta = FAMILIES[fit.service.family], np.array(fit.service.theta)
        share = np.clip(1.0 - family.survival(ended, theta), 0.0, 1.0)
        order = np.argsort(durations.ended_s, kind="stable")
        scores = normal_scores([Pit(one, one) for one in share[order].tolist()])
        times = tuple(line_time(one) for one in durations.ended_s[order].tolist())
        found.append(_departures(name, scores, times, float(np.median(ended)), fit))
    return found


def _departures(
    name: str, scores: Floats, times: tuple[datetime, ...], median_s: float, fit: Any
) -> Check:
    drawn = _ewma(scores)
    recent = float(scores[-_RECENT:].mean())
    signalled = any(one.point > len(scores) - _RECENT for one in drawn.signals)
    severity = 0
    if signalled and abs(recent) > _SHIFTED:
        severity = 2 if abs(recent) > _GONE else 1
    expected = (
        float(np.exp(fit.service.theta[0]))
        if fit.service.family == "lognormal"
        else (fit.service.distribution.mean_s)
    )
    word = "longer" if recent > 0 else "shorter"
    text = (
        f"{name}: services take {word} than the calibration says "
        f"({median_s:.0f} s against {expected:.0f} s)"
        if severity
        else f"{name}: services as the calibration says"
    )
    return Check("departures", name, "", severity, text, scores, times, drawn)


def _ewma(scores: Floats) -> ChartResult:
    options = ChartOptions(centre=0.0, sigma=1.0, **_EWMA)  # type: ignore[arg-type]
    return chart("ewma", ChartData(np.clip(scores, -4.0, 4.0)), options)


def measurement_checks(
    store: Store, plan: ControlPlan, line: LineModel, as_of: datetime
) -> list[Check]:
    """The median of each day of every planned characteristic, against the days before."""
    names = {one.name for one in line.path}
    read = store.measurements(
        known_by=as_of,
        since=as_of - timedelta(days=_DAYS),
        columns=("measured_at", "station", "characteristic", "value", "quality"),
    )
    if read.empty:
        return []
    good = read[read["quality"] != "bad"]
    day = (good["measured_at"] - as_of).dt.total_seconds() // 86_400.0
    daily = good.assign(day=day).groupby(["station", "characteristic", "day"])["value"]
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for (station, name, at), median, n in zip(
        daily.median().index.tolist(), daily.median().tolist(), daily.size().tolist(), strict=True
    ):
        if n >= _FEWEST_A_DAY:
            series.setdefault((station, name), []).append((float(at), float(median)))
    found = []
    for one in plan.characteristics:
        own = np.array(series.get((one.station, one.name), []))
        if one.station in names and len(own) >= _FEWEST_DAYS:
            found.append(_daily(one.station, one.name, own[:, 1], own[:, 0], as_of))
    return found


def _daily(
    station: str, characteristic: str, medians: Floats, days: Floats, as_of: datetime
) -> Check:
    before = medians[:-1]
    centre = float(np.median(before))
    spread = 1.4826 * float(np.median(np.abs(before - centre)))
    scores = (medians - centre) / spread if spread > 0 else np.zeros(len(medians))
    last = float(scores[-1])
    far = abs(last) > _FAR and abs(float(scores[-2])) > _FAR
    severity = 2 if far else 1 if abs(last) > _OFF and abs(float(scores[-2])) > _OFF else 0
    text = (
        f"{characteristic} at {station}: the last two days lie {abs(last):.1f} spreads "
        f"{'above' if last > 0 else 'below'} the weeks before"
        if severity
        else f"{characteristic} at {station}: as in the weeks before"
    )
    times = tuple(as_of + timedelta(days=float(one) + 0.5) for one in days)
    return Check("measurements", station, characteristic, severity, text, scores, times, None)


def forecast_checks(verdict: Verdict | None) -> Sequence[Check]:
    """Coverage of the 90 % intervals that have been judged."""
    found = []
    for one in () if verdict is None else verdict.quantities:
        held = one.coverage[0.9]
        enough = one.forecasts >= _FEWEST_FORECASTS
        surely = held + 2 * one.coverage_sd < 0.9
        severity = 0
        if enough and surely and held < _LOW:
            severity = 2 if held < _LOWEST else 1
        text = (
            f"forecasts of {one.quantity}: 90 % intervals held {held:.0%} of {one.n} cases "
            f"from {one.forecasts} forecasts"
        )
        found.append(Check("forecasts", "", one.quantity, severity, text, np.empty(0), (), None))
    return found
