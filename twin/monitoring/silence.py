"""Data that do not come: no reading at all, or fewer than the control plan expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.monitoring.condition import Condition
from twin.monitoring.findings import NO_DATA
from twin.monitoring.muting import Stop
from twin.monitoring.planned import PlannedCharacteristic
from twin.store.times import from_us

__all__ = ["MISSING_SAMPLES", "line_time", "missing_samples", "silent"]

MISSING_SAMPLES = "missing_samples"
Place = tuple[str, str]


def line_time(newest_us: Mapping[Place, int], now_us: int, skew_s: float) -> int:
    """The newest time at which the line measured; a clock that runs ahead does not count.

    Examples
    --------
    >>> line_time({("x", "s"): 10, ("y", "s"): 900_000_000}, 20, 1.0)
    10
    """
    sound = [at for at in newest_us.values() if at <= now_us + skew_s * 1e6]
    return max(sound or newest_us.values(), default=0)


def silent(
    planned: PlannedCharacteristic, last_us: int | None, line_us: int, stops: Sequence[Stop]
) -> Condition | None:
    """Silence of one characteristic while the line measures; muted while its station stands."""
    if last_us is None or planned.silent_after_s is None:
        return None
    after = int(planned.silent_after_s * 1e6)
    due = last_us + after
    if line_us <= due:
        return None
    why = next(
        (
            stop.why
            for stop in stops
            if stop.start_us <= due and (stop.end_us is None or line_us <= stop.end_us + after)
        ),
        "",
    )
    return Condition(
        category="data", rule=NO_DATA, severity="major", station=planned.station,
        characteristic=planned.name, since_us=due, began_us=last_us, known_us=due, last_us=due,
        message=f"{planned.name} at {planned.station}: {NO_DATA}",
        reaction_plan=planned.reaction_to(NO_DATA), chart=planned.chart, unit=planned.unit,
        muted_by=why,
    )  # fmt: skip


def missing_samples(
    planned: PlannedCharacteristic, times_us: Sequence[int], line_us: int, stops: Sequence[Stop]
) -> Condition | None:
    """Fewer points than the plan expects within its window; a window with a stop is not judged."""
    rule = planned.sampling
    if rule is None or not times_us:
        return None
    start = line_us - int(rule.window * rule.interval_s * 1e6)
    stopped = any(stop.end_us is None or stop.end_us > start for stop in stops)
    came = sum(start < at <= line_us for at in times_us)
    if stopped or times_us[0] > start or came >= rule.least_share * rule.window:
        return None
    since = from_us(start).isoformat(timespec="minutes")
    text = f"{came} of {rule.window} samples came since {since}"
    return Condition(
        category="data", rule=MISSING_SAMPLES, severity="minor", station=planned.station,
        characteristic=planned.name, since_us=line_us, known_us=line_us, last_us=line_us,
        message=f"{planned.name} at {planned.station}: {text}",
        reaction_plan=planned.reaction_to(MISSING_SAMPLES), unit=planned.unit, exact=False,
    )  # fmt: skip
