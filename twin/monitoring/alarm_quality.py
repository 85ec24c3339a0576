"""How good the alarms are: how many, how long they stand, how often for nothing.

The measures of ANSI/ISA-18.2-2016 (clause 16) and EEMUA 191, third edition: alarms an hour and a
person can take, floods of more than ten in ten minutes, standing and stale alarms, chattering ones,
the few that make most of the load, and how soon they are acknowledged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from twin.monitoring.alert import Alert, HistoryEntry

__all__ = ["FALSE_CAUSE", "AlarmQuality", "BadActor", "alarm_quality"]

FALSE_CAUSE = "none_of_these"
FLOOD_PER_10_MIN = 10
CHATTER_TIMES = 3
CHATTER_WITHIN = timedelta(minutes=1)
STALE_AFTER = timedelta(hours=24)
_WINDOW = timedelta(minutes=10)
_TOP = 10


@dataclass(frozen=True, slots=True)
class BadActor:
    """One kind of alarm, how often it came, and its share of all."""

    station: str
    characteristic: str
    rule: str
    alarms: int
    share: float


@dataclass(frozen=True, slots=True)
class AlarmQuality:
    """Figures of one period.

    Attributes
    ----------
    hours : float
    alarms : int
        Raised in the period, muted ones left out; `muted` counts those.
    per_hour : float
        Mean; ISA-18.2 calls 6 very likely acceptable and 12 the most that one can manage.
    peak_10_min : int
        Most within ten minutes.
    flood_share : float
        Share of ten-minute windows with more than ten alarms; the aim is under 0.01.
    standing, stale : int
        Not closed at the end of the period, and of those the ones older than a day.
    chattering : int
        Kinds that came three times or more within a minute.
    acknowledged_s_median, acknowledged_s_p90 : float or None
        From being raised to being acknowledged; None when none was.
    judged, false : int
        Alarms whose cause was assigned or that were closed, and of those the ones that no cause of
        the catalogue explains or that data which came late took back.
    top : tuple of BadActor
        The ten kinds that came most; `top_share` is theirs of all.
    """

    hours: float
    alarms: int
    muted: int
    per_hour: float
    peak_10_min: int
    flood_share: float
    standing: int
    stale: int
    chattering: int
    acknowledged_s_median: float | None
    acknowledged_s_p90: float | None
    judged: int
    false: int
    top: tuple[BadActor, ...]
    top_share: float

    @property
    def false_share(self) -> float | None:
        """Share of false alarms among those that were judged; None when none was."""
        return self.false / self.judged if self.judged else None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {**asdict(self), "false_share": self.false_share}


def alarm_quality(
    alerts: Sequence[Alert],
    histories: Mapping[int, Sequence[HistoryEntry]],
    since: datetime,
    until: datetime,
) -> AlarmQuality:
    """The figures of the alarms raised from `since` up to `until`.

    Parameters
    ----------
    alerts : sequence of Alert
        Of any period; those raised outside count as standing only.
    histories : mapping of int to sequence of HistoryEntry
        Of each alert, by number.
    """
    hours = max((until - since).total_seconds() / 3600.0, 1e-9)
    within = [a for a in alerts if since <= a.raised_at < until]
    told = sorted((a for a in within if not a.muted_by), key=lambda a: a.raised_at)
    standing = [a for a in alerts if a.raised_at < until and not _ended(a, histories, until)]
    waits = sorted(
        (at - a.raised_at).total_seconds()
        for a in told
        if (at := _first(histories.get(a.id, ()), "acknowledge")) is not None
    )
    judged = [a for a in told if a.cause or a.state == "closed"]
    top = _top(told)
    return AlarmQuality(
        hours=hours, alarms=len(told), muted=len(within) - len(told), per_hour=len(told) / hours,
        peak_10_min=_peak(told), flood_share=_flood_share(told, since, until),
        standing=len(standing),
        stale=sum(until - a.raised_at > STALE_AFTER for a in standing),
        chattering=_chattering(told),
        acknowledged_s_median=_quantile(waits, 0.5), acknowledged_s_p90=_quantile(waits, 0.9),
        judged=len(judged), false=sum(_is_false(a) for a in judged), top=top,
        top_share=sum(actor.alarms for actor in top) / len(told) if told else 0.0,
    )  # fmt: skip


def _is_false(alert: Alert) -> bool:
    """Nobody found a cause of the catalogue, though somebody or the data closed it."""
    if alert.category != "process":
        return False
    return alert.cause in ("", FALSE_CAUSE) or alert.withdrawn != ""


def _ended(alert: Alert, histories: Mapping[int, Sequence[HistoryEntry]], until: datetime) -> bool:
    state = "open"
    for entry in histories.get(alert.id, ()):
        if entry.at < until:
            state = entry.new_state
    return state == "closed"


def _first(history: Sequence[HistoryEntry], action: str) -> datetime | None:
    return next((entry.at for entry in history if entry.action == action), None)


def _peak(alerts: Sequence[Alert]) -> int:
    most = first = 0
    for last, alert in enumerate(alerts):
        while alert.raised_at - alerts[first].raised_at >= _WINDOW:
            first += 1
        most = max(most, last - first + 1)
    return most


def _flood_share(alerts: Sequence[Alert], since: datetime, until: datetime) -> float:
    windows = max(1, -(-(until - since) // _WINDOW))
    counts = Counter((alert.raised_at - since) // _WINDOW for alert in alerts)
    return sum(count > FLOOD_PER_10_MIN for count in counts.values()) / windows


def _chattering(alerts: Sequence[Alert]) -> int:
    times: dict[tuple[str, ...], list[datetime]] = {}
    for alert in alerts:
        times.setdefault(_kind(alert), []).append(alert.raised_at)
    n = CHATTER_TIMES - 1
    return sum(
        any(late - early <= CHATTER_WITHIN for early, late in zip(at, at[n:], strict=False))
        for at in times.values()
    )


def _top(alerts: Sequence[Alert]) -> tuple[BadActor, ...]:
    counts = Counter(_kind(alert) for alert in alerts)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_TOP]
    return tuple(BadActor(*kind, n, n / len(alerts)) for kind, n in ranked)


def _kind(alert: Alert) -> tuple[str, str, str]:
    return alert.station, alert.characteristic, alert.rule


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all reach not beyond (inverse of the ECDF)."""
    if not ordered:
        return None
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
