"""The line with the parameters that it has now: fitted distributions, and how sure they are.

`calibrated` reads the store, `calibrate_line` takes records. What the two give serves everybody who
runs the line on: the fitted `line`, and `draw`, one whole set of parameters for each future.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.calibration.durations import Sample, StationDurations, station_durations
from twin.calibration.fitting import FittedDuration, fit_duration
from twin.event_records import records_from_events
from twin.line import LineModel, StationModel
from twin.shift_kpi import SHIFT_S

if TYPE_CHECKING:
    from twin.records import LineRecords
    from twin.store import Store

__all__ = ["CalibratedLine", "ParameterDraws", "StationFit", "calibrate_line", "calibrated",
           "put_together"]  # fmt: skip

Floats = NDArray[np.float64]
SERVICES_BACK = timedelta(days=14)
EVENTS_BACK = timedelta(days=60)
_MOST_SERVICES = 800
_SCRAP_PRIOR = 300.0  # lots that the line file's share of scrap is worth
_LEAST_LOTS_A_DAY, _LEAST_DAYS = 10, 4


@dataclass(frozen=True)
class StationFit:
    """What is known of one station's times.

    Attributes
    ----------
    service : FittedDuration
    to_failure, repair : FittedDuration or None
        None where the line file knows of no failures.
    factor : float
        Fitted over assumed mean service time.
    pace_sd : float
        Standard deviation of ln pace from day to day, beyond chance.
    scrap : tuple of 2 float
        Beta posterior of the share of lots that are scrapped there.
    age_s : tuple of float
        Work of each server since its last repair.
    """

    service: FittedDuration
    to_failure: FittedDuration | None
    repair: FittedDuration | None
    factor: float
    pace_sd: float
    scrap: tuple[float, float]
    age_s: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "service": self.service.to_dict(),
            "to_failure": self.to_failure.to_dict() if self.to_failure else None,
            "repair": self.repair.to_dict() if self.repair else None,
            "factor": self.factor, "pace_sd": self.pace_sd,
            "scrap_probability": self.scrap[0] / sum(self.scrap), "age_s": list(self.age_s),
            "scrap": list(self.scrap),
        }  # fmt: skip


@dataclass(frozen=True)
class ParameterDraws:
    """One set of parameters for each future; every array has a row a future.

    Attributes
    ----------
    service, to_failure, repair : mapping of str to ndarray (n, 2)
        ln scale and ln shape, by station.
    pace : mapping of str to ndarray (n,)
        Factor on service times.
    scrap : mapping of str to ndarray (n,)
        Probability.
    """

    service: Mapping[str, Floats]
    to_failure: Mapping[str, Floats]
    repair: Mapping[str, Floats]
    pace: Mapping[str, Floats]
    scrap: Mapping[str, Floats]


@dataclass(frozen=True)
class CalibratedLine:
    """A line with fitted parameters.

    Attributes
    ----------
    line : LineModel
        With the fitted distributions in place of those of the file.
    assumed : LineModel
        As the file says.
    stations : mapping of str to StationFit
        By name; laboratories are not among them.
    as_of : datetime or None
        When that was known.
    """

    line: LineModel
    assumed: LineModel
    stations: Mapping[str, StationFit]
    as_of: datetime | None = None

    def draw(self, rng: np.random.Generator, n: int) -> ParameterDraws:
        """Parameters of `n` futures."""
        service, to_failure, repair, pace, scrap = {}, {}, {}, {}, {}
        for name, fit in self.stations.items():
            service[name] = fit.service.draw(rng, n)
            pace[name] = np.exp(fit.pace_sd * rng.standard_normal(n))
            scrap[name] = rng.beta(*fit.scrap, size=n) if fit.scrap[0] > 0 else np.zeros(n)
            if fit.to_failure is not None and fit.repair is not None:
                to_failure[name] = fit.to_failure.draw(rng, n)
                repair[name] = fit.repair.draw(rng, n)
        return ParameterDraws(service, to_failure, repair, pace, scrap)

    @property
    def factors(self) -> dict[str, float]:
        """Fitted over assumed mean service time, by station."""
        return {name: fit.factor for name, fit in self.stations.items()}

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "stations": {name: fit.to_dict() for name, fit in self.stations.items()},
        }


def calibrated(store: Store, line: LineModel, as_of: datetime) -> CalibratedLine:
    """Fit the line to what the store knew at `as_of`; the line file's word where it knew nothing.

    Examples
    --------
    >>> from twin.settings import Settings, data_folder
    >>> from twin.line import read_line
    >>> from datetime import UTC
    >>> import tempfile, pathlib
    >>> from twin.store import Store
    >>> home = pathlib.Path(tempfile.mkdtemp())
    >>> line = read_line(data_folder() / "line.toml")
    >>> with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
    ...     fitted = calibrated(store, line, datetime(2026, 1, 5, tzinfo=UTC))
    >>> fitted.factors["roll"]
    1.0
    """
    events = store.events(known_by=as_of, since=as_of - EVENTS_BACK)
    if events.empty:
        return replace(_assumed(line), as_of=as_of)
    records = records_from_events(events, line, as_of)
    return replace(calibrate_line(records, line), as_of=as_of)


def calibrate_line(records: LineRecords, line: LineModel) -> CalibratedLine:
    """Fit the line to records."""
    since_s = records.end_s - SERVICES_BACK.total_seconds()
    seen = station_durations(records, line, since_s=since_s)
    return put_together(line, {one.name: _fit(one, seen[one.name]) for one in line.path})


def _assumed(line: LineModel) -> CalibratedLine:
    nothing = Sample.of([])
    empty = StationDurations(nothing, nothing, nothing, np.empty(0), (), 0, 0)
    fits = {}
    for one in line.path:
        fit = _fit(one, replace(empty, age_s=(0.0,) * one.servers))
        fits[one.name] = replace(fit, factor=1.0)
    return replace(put_together(line, fits), line=line)


def put_together(
    line: LineModel, fits: dict[str, StationFit], as_of: datetime | None = None
) -> CalibratedLine:
    """The line with these fits in place of what its file says."""
    stations = tuple(
        _fitted(one, fits[one.name]) if one.name in fits else one for one in line.stations
    )
    return CalibratedLine(replace(line, stations=stations), line, fits, as_of)


def _fitted(model: StationModel, fit: StationFit) -> StationModel:
    failure = model.failure
    if failure is not None and fit.to_failure is not None and fit.repair is not None:
        failure = replace(
            failure,
            time_to_failure_s=fit.to_failure.distribution,
            time_to_repair_s=fit.repair.distribution,
        )
    scrap = fit.scrap[0] / sum(fit.scrap) if model.scrap_probability else 0.0
    return replace(
        model, service_s=fit.service.distribution, failure=failure, scrap_probability=scrap
    )


def _fit(model: StationModel, seen: StationDurations) -> StationFit:
    service = fit_duration(seen.service.last(_MOST_SERVICES), model.service_s)
    failure = model.failure
    share = model.scrap_probability
    bad, good = share * _SCRAP_PRIOR, (1.0 - share) * _SCRAP_PRIOR
    return StationFit(
        service=service,
        to_failure=fit_duration(seen.to_failure, failure.time_to_failure_s) if failure else None,
        repair=fit_duration(seen.repair, failure.time_to_repair_s) if failure else None,
        factor=service.distribution.mean_s / model.service_s.mean_s,
        pace_sd=_pace_sd(seen),
        scrap=(bad + seen.scrapped, good + seen.passed - seen.scrapped) if share else (0.0, 1.0),
        age_s=seen.age_s,
    )


def _pace_sd(seen: StationDurations) -> float:
    """How far the mean service time of a day strays beyond what single services explain.

    Method of moments of a one-way layout, on logarithms; 0 with fewer than four days.
    """
    values = seen.service.values[~seen.service.censored]
    if not len(values) or np.any(values <= 0):
        return 0.0
    days = np.floor(seen.ended_s / (3 * SHIFT_S)).astype(np.int64)
    logs = [np.log(values[days == day]) for day in np.unique(days)]
    logs = [one for one in logs if len(one) >= _LEAST_LOTS_A_DAY]
    if len(logs) < _LEAST_DAYS:
        return 0.0
    counts = np.array([len(one) for one in logs])
    within = sum(float(((one - one.mean()) ** 2).sum()) for one in logs) / (
        counts.sum() - len(logs)
    )
    between = float(np.var([one.mean() for one in logs], ddof=1))
    return math.sqrt(max(0.0, between - within / float(np.exp(np.log(counts).mean()))))
