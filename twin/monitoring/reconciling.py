"""What late data change about alerts that were raised: which stand, which grow, which never were.

Signals are a function of what is stored, so the alerts that stand are too. One that the data no
longer bear out is withdrawn, which is written down and never a deletion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twin.monitoring.episodes import Episode, join
from twin.monitoring.findings import Finding
from twin.monitoring.lifecycle import STATES

__all__ = ["Changes", "Standing", "appended", "reaches_back_to", "reconciled"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert of one fingerprint as it is stored.

    Attributes
    ----------
    fixed : bool
        A person closed it, or other limits raised it: its points are its own for ever.
    withdrawn : bool
        Late data took it back; it may return.
    """

    alert_id: int
    first_us: int
    last_us: int
    count: int
    state: str
    fixed: bool = False
    withdrawn: bool = False

    def episode(self) -> Episode:
        """As a run that further points may join."""
        return Episode(self.first_us, self.last_us, self.count, self.fixed, self.alert_id)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written.

    Attributes
    ----------
    grown : sequence of Episode
        Stored alerts that got further points; they opened as they did.
    revised : sequence of Episode
        Stored alerts whose points or facts may be others now, or that return.
    fresh : sequence of Episode
        Alerts still to be raised.
    withdrawn : sequence of (int, int or None)
        Alerts that are none, and the alert which they are part of now.
    """

    grown: Sequence[Episode] = ()
    revised: Sequence[Episode] = ()
    fresh: Sequence[Episode] = ()
    withdrawn: Sequence[tuple[int, int | None]] = ()


def reaches_back_to(standing: Sequence[Standing], late_from_us: int) -> int:
    """Since when findings are needed: alerts that straddle the change begin before it."""
    open_ = [one for one in standing if not one.fixed and not one.withdrawn]
    return min(
        (one.first_us for one in open_ if one.first_us < late_from_us <= one.last_us),
        default=late_from_us,
    )


def appended(
    standing: Sequence[Standing], findings: Sequence[Finding], at_us: Sequence[int], rearm: int
) -> Changes:
    """What findings of points that only came later do."""
    joined = join([one.episode() for one in standing if not one.withdrawn], findings, at_us, rearm)
    return Changes(
        grown=[one for one in joined if one.alert_id is not None and one.changed],
        fresh=[one for one in joined if one.alert_id is None],
    )


def reconciled(
    standing: Sequence[Standing],
    findings: Sequence[Finding],
    at_us: Sequence[int],
    rearm: int,
    from_us: int,
) -> Changes:
    """What becomes of the alerts of one fingerprint when its signals from `from_us` are these.

    Parameters
    ----------
    standing : sequence of Standing
        All stored alerts of the fingerprint.
    findings : sequence of Finding
        Every signal from `from_us` on, and none before.
    """
    kept = [one for one in standing if one.fixed or (not one.withdrawn and one.first_us < from_us)]
    loose = [one for one in standing if one not in kept]
    joined = join([one.episode() for one in kept], findings, at_us, rearm)
    grown = [one for one in joined if one.alert_id is not None and one.changed]
    fresh, revised, used = [], [], dict[int, Episode]()
    for episode in (one for one in joined if one.alert_id is None):
        match = _match(episode, [one for one in loose if one.alert_id not in used])
        if match is None:
            fresh.append(episode)
            continue
        used[match.alert_id] = taken = replace(episode, alert_id=match.alert_id)
        revised.append(taken)
    heirs = [*joined, *used.values()]
    gone = [
        (one.alert_id, _heir(one, heirs))
        for one in loose
        if one.alert_id not in used and not one.withdrawn
    ]
    return Changes(grown, revised, fresh, gone)


def _match(episode: Episode, loose: Sequence[Standing]) -> Standing | None:
    """The alert that this run is: one that people have worked on before one that they have not."""
    touching = [
        one for one in loose if one.first_us <= episode.last_us and one.last_us >= episode.first_us
    ]
    return min(
        touching,
        key=lambda one: (one.withdrawn, -STATES.index(one.state), one.first_us, one.alert_id),
        default=None,
    )


def _heir(one: Standing, episodes: Sequence[Episode]) -> int | None:
    return next(
        (
            episode.alert_id
            for episode in episodes
            if episode.alert_id is not None and episode.first_us <= one.first_us <= episode.last_us
        ),
        None,
    )
