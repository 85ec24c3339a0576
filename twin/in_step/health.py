"""May the twin be trusted today? Its own predictions beside what happened, as charts of itself.

Departures: every service since the reference calibration is given its probability integral
transform under that calibration; the normal scores of a twin that is in step are independent,
of mean 0 and spread 1, and an EWMA chart of them signals when they are not. Measurements: the
median of each day against the days before, so that a special cause of some hours does not count
against the twin. Forecasts: the coverage of the intervals that have been judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from twin.calibration import CalibratedLine, calibrated
from twin.forecasting.judging import Verdict
from twin.in_step.checks import Check, departure_checks, forecast_checks, measurement_checks

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["Health", "twin_health"]

Status = Literal["trusted", "doubtful", "not to be trusted"]
REFERENCE_AGE = timedelta(days=7)
_SILENT = timedelta(hours=24)
_WORDS: tuple[Status, ...] = ("trusted", "doubtful", "not to be trusted")


@dataclass(frozen=True)
class Health:
    """The verdict, and what it rests on.

    Attributes
    ----------
    status : str
        trusted, doubtful or not to be trusted.
    reasons : tuple of str
        Worst first, each naming its station or characteristic; empty where it is trusted.
    checks : tuple of Check
        Every chart of the twin itself.
    reference_at : datetime
        Of the calibration that the twin is judged by.
    approved : bool
        Whether an engineer approved that calibration; else it is that of a week ago.
    recalibrate : bool
        Whether a re-calibration would help: a station keeps another pace than the reference.
    """

    as_of: datetime
    status: Status
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]
    reference_at: datetime
    approved: bool
    recalibrate: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the points of the charts."""
        return {
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "reasons": list(self.reasons),
            "checks": [one.to_dict() for one in self.checks],
            "reference_at": self.reference_at.isoformat(),
            "approved": self.approved,
            "recalibrate": self.recalibrate,
        }


def twin_health(
    store: Store,
    line: LineModel,
    plan: ControlPlan,
    as_of: datetime,
    *,
    verdict: Verdict | None = None,
    reference: CalibratedLine | None = None,
) -> Health:
    """Judge the twin by what was known at `as_of`.

    Parameters
    ----------
    verdict : Verdict, optional
        Of the forecasts judged so far; without it nothing is said of them.
    reference : CalibratedLine, optional
        By default the one that was approved last, else that of a week ago.

    Raises
    ------
    InputError
        When `as_of` has no offset from UTC.
    """
    from twin.calibration.proposals import approved

    told = reference or approved(store, line)
    week_ago = as_of - REFERENCE_AGE
    chosen = told or calibrated(store, line, week_ago)
    since = max(chosen.as_of or week_ago, as_of - 2 * REFERENCE_AGE)
    events = store.events(known_by=as_of, since=as_of - 3 * REFERENCE_AGE)
    checks = [
        *_freshness(events, as_of),
        *departure_checks(events, line, chosen, since, as_of),
        *measurement_checks(store, plan, line, as_of),
        *forecast_checks(verdict),
    ]
    worst = max((one.severity for one in checks), default=0)
    reasons = tuple(
        one.text for one in sorted(checks, key=lambda one: -one.severity) if one.severity
    )
    return Health(
        as_of,
        _WORDS[min(worst, 2)],
        reasons,
        tuple(checks),
        chosen.as_of or since,
        told is not None,
        any(one.kind == "departures" and one.severity for one in checks),
    )


def _freshness(events: Any, as_of: datetime) -> list[Check]:
    """No data is not good data."""
    nothing: NDArray[np.float64] = np.empty(0)
    if events.empty:
        return [Check("data", "", "", 2, "no events known: the twin knows nothing of the line",
                      nothing, (), None)]  # fmt: skip
    age = as_of - events["occurred_at"].iloc[-1].to_pydatetime()
    severity = 2 if age > _SILENT else 0
    text = f"the newest event is {age.total_seconds() / 3600:.1f} h old"
    return [Check("data", "", "", severity, text, nothing, (), None)]
