"""What a week came to: lots, yield, charts, alerts by cause, forecasts against what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from twin.forecasting.scoring import Score
from twin.measuring.causes import CAUSES

if TYPE_CHECKING:
    from twin.monitoring.alert import Alert
    from twin.monitoring.lots import Lot

__all__ = ["CauseOutcome", "WeekSummary", "cause_outcomes", "summarised"]

_AFTERGLOW = timedelta(hours=2)  # a lot is measured when its station has finished with it


@dataclass(frozen=True, slots=True)
class CauseOutcome:
    """One special cause of the plant, and what the twin made of it.

    Attributes
    ----------
    alerts : int
        On what the cause moves, opened while it was at work.
    first_after_h : float or None
        From its start to the first of them.
    named_first, named_among_three : bool
        Whether any of them put this cause first, or among the first three.
    """

    cause: str
    start: datetime
    end: datetime
    size: float
    alerts: int
    first_after_h: float | None
    named_first: bool
    named_among_three: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "cause": self.cause, "start": self.start.isoformat(), "end": self.end.isoformat(),
            "size": self.size, "alerts": self.alerts, "first_after_h": self.first_after_h,
            "named_first": self.named_first, "named_among_three": self.named_among_three,
        }


@dataclass(frozen=True, slots=True)
class WeekSummary:
    """The summary of `lacss run --once`."""

    start: datetime
    end: datetime
    seconds: float
    records: int
    measurements: int
    events: int
    lots: Mapping[str, int]
    mean_yield: float | None
    conforming_share: float | None
    charts: int
    limits_frozen: int
    alerts: Mapping[str, int]
    other_alerts: int
    causes: tuple[CauseOutcome, ...]
    forecast: Score

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "start": self.start.isoformat(), "end": self.end.isoformat(), "seconds": self.seconds,
            "records": self.records, "measurements": self.measurements, "events": self.events,
            "lots": dict(self.lots), "yield": self.mean_yield,
            "conforming_share": self.conforming_share,
            "charts": {"planned": self.charts, "limits_frozen": self.limits_frozen},
            "alerts": {
                "by_severity": dict(self.alerts), "total": sum(self.alerts.values()),
                "without_a_cause": self.other_alerts,
                "by_cause": [one.to_dict() for one in self.causes],
            },
            "forecast": self.forecast.to_dict(),
        }


def cause_outcomes(
    truth: Sequence[Mapping[str, Any]], alerts: Sequence[Alert], end: datetime
) -> tuple[tuple[CauseOutcome, ...], int]:
    """What the twin made of each special cause up to `end`, and alerts that belong to none.

    Parameters
    ----------
    truth : sequence of mapping
        `special_causes` of the plant's truth; read here, after the week, and nowhere before.
    """
    outcomes = []
    explained: set[int] = set()
    for one in truth:
        start, stop = datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])
        if start >= end:
            continue
        own = [
            alert for alert in alerts
            if start <= alert.opened_at <= stop + _AFTERGLOW
            and alert.characteristic in CAUSES[one["cause"]].shows_in
        ]
        explained |= {alert.id for alert in own}
        outcomes.append(_outcome(one["cause"], start, stop, float(one["size"]), own))
    return tuple(outcomes), len({alert.id for alert in alerts} - explained)


def _outcome(
    cause: str, start: datetime, stop: datetime, size: float, own: Sequence[Alert]
) -> CauseOutcome:
    ranked = [
        [entry.cause for entry in sorted(alert.diagnosis, key=lambda entry: -entry.probability)]
        for alert in own
    ]
    first = min((alert.opened_at for alert in own), default=None)
    return CauseOutcome(
        cause=cause, start=start, end=stop, size=size, alerts=len(own),
        first_after_h=None if first is None else (first - start).total_seconds() / 3600.0,
        named_first=any(names[:1] == [cause] for names in ranked),
        named_among_three=any(cause in names[:3] for names in ranked),
    )


def summarised(
    *, start: datetime, end: datetime, seconds: float, records: int, counts: Mapping[str, int],
    lots: Sequence[Lot], alerts: Sequence[Alert], truth: Sequence[Mapping[str, Any]],
    charts: int, limits_frozen: int, forecast: Score,
) -> WeekSummary:
    """Put the week's figures together."""
    states = Counter(lot.state for lot in lots)
    shares = [lot.yield_share for lot in lots if lot.yield_share is not None]
    judged = [lot.conforming for lot in lots if lot.conforming is not None]
    causes, other = cause_outcomes(truth, alerts, end)
    return WeekSummary(
        start=start, end=end, seconds=seconds, records=records,
        measurements=counts["measurements"], events=counts["events"],
        lots={name: states.get(name, 0) for name in ("finished", "scrapped", "in_process")},
        mean_yield=sum(shares) / len(shares) if shares else None,
        conforming_share=sum(judged) / len(judged) if judged else None,
        charts=charts, limits_frozen=limits_frozen,
        alerts=dict(Counter(alert.severity for alert in alerts)), other_alerts=other,
        causes=causes, forecast=forecast,
    )
