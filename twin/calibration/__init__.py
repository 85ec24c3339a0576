"""What the records say of the line's parameters, with how sure that is.

`durations` reads service times, times to failure and repairs from the records, blocking, starving
and stops apart; `families` and `fitting` fit distributions to them, censored ones included; `line`
puts them together as a `CalibratedLine`, and draws whole sets of parameters from it. `process`
estimates the constants of the process from in-line measurements, `cells` folds cell results into
the quality model, `proposals` keeps what an engineer is to approve. Next door, `twin.in_step` says
where the line is, and `twin.forecasting` runs it on from there.
"""

from __future__ import annotations

from twin.calibration.durations import Sample, StationDurations, station_durations
from twin.calibration.fitting import FittedDuration, fit_duration
from twin.calibration.line import CalibratedLine, StationFit, calibrate_line, calibrated

__all__ = [
    "CalibratedLine",
    "FittedDuration",
    "Sample",
    "StationDurations",
    "StationFit",
    "calibrate_line",
    "calibrated",
    "fit_duration",
    "station_durations",
]
