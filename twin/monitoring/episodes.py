"""Findings joined to alerts: one run of one rule is one alert, however its points arrive."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from twin.monitoring.findings import Finding

__all__ = ["Episode", "join"]


@dataclass
class Episode:
    """One run of signals: an alert, stored (`alert_id`) or still to be raised.

    Attributes
    ----------
    first_us, last_us, count
        First and last signalling point, and how many there were.
    closed : bool
        Closed by a person: it takes no further points.
    finding : Finding or None
        What opened it; None when it is stored already.
    changed : bool
        Whether points were added.
    """

    first_us: int
    last_us: int
    count: int = 1
    closed: bool = False
    alert_id: int | None = None
    finding: Finding | None = None
    changed: bool = field(default=False)


def join(
    episodes: Sequence[Episode],
    findings: Sequence[Finding],
    at_us: Sequence[int],
    rearm_points: int,
) -> list[Episode]:
    """`episodes` of one fingerprint with `findings` joined to them, and new ones for the rest.

    Parameters
    ----------
    at_us : sequence of int
        Times of all evaluated points, rising: they tell how many points lie between two signals.
    rearm_points : int
        So many points without a signal end a run.
    """
    joined = sorted(episodes, key=lambda episode: episode.first_us)
    times = sorted(at_us)
    for finding in sorted(findings, key=lambda found: found.at_us):
        at = finding.at_us
        if any(episode.first_us <= at <= episode.last_us for episode in joined):
            continue
        before = next((episode for episode in reversed(joined) if episode.last_us < at), None)
        after = next((episode for episode in joined if episode.first_us > at), None)
        if before and not before.closed and _gap(times, before.last_us, at) <= rearm_points:
            before.last_us, before.count, before.changed = at, before.count + 1, True
        elif after and not after.closed and _gap(times, at, after.first_us) <= rearm_points:
            after.first_us, after.count, after.changed = at, after.count + 1, True
        else:
            joined.append(Episode(at, at, finding=finding, changed=True))
            joined.sort(key=lambda episode: episode.first_us)
    return joined


def _gap(times: Sequence[int], start: int, end: int) -> int:
    if not times or start < times[0]:
        return len(times)
    return bisect.bisect_left(times, end) - bisect.bisect_left(times, start)
