"""The figures of alarm quality as cards and tables, with what is expected of each."""

from __future__ import annotations

import pandas as pd

from dashboards.components import Card, cards, numbers
from dashboards.formatting import age, label, number, percent, rule_meaning, words
from twin.monitoring.alarm_quality import AlarmQuality

__all__ = ["headline_of", "show_quality"]

_ACCEPTABLE_PER_H = 6.0
_MANAGEABLE_PER_H = 12.0


def headline_of(found: AlarmQuality) -> str:
    """The answer of the page in one sentence."""
    if not found.alarms:
        return "**No alarm was raised in this period.**"
    if found.per_hour <= _ACCEPTABLE_PER_H:
        judged = "which is very likely acceptable"
    elif found.per_hour <= _MANAGEABLE_PER_H:
        judged = "which one person can just manage"
    else:
        judged = "which is more than one person can manage"
    text = f"**{number(found.per_hour)} alarms an hour**, {judged}"
    if found.false_share is None:
        return f"{text}; none has been judged yet."
    return (
        f"{text}; {found.false} of {found.judged} judged ones were for nothing "
        f"({percent(found.false_share)})."
    )


def show_quality(found: AlarmQuality) -> None:
    """Cards of the load and of what stands, and the kinds that come most."""
    cards([
        Card("Alarms", f"{found.alarms}", note=f"{found.muted} more were muted."),
        Card("Per hour", number(found.per_hour), note="At most 6 is very likely acceptable, 12 "
             "the most that one person can manage (ISA-18.2)."),
        Card("Peak in 10 minutes", f"{found.peak_10_min}", note="At most 10."),
        Card("Time in flood", percent(found.flood_share), note="Ten minutes with more than 10 "
             "alarms; the aim is under 1 %."),
        Card("Standing", f"{found.standing}", note="Not closed at the end of the period."),
        Card("Stale", f"{found.stale}", note="Standing for more than a day; under 5 is good."),
        Card("Chattering kinds", f"{found.chattering}", note="Three times within a minute; "
             "none is good."),
        Card("Acknowledged after", age(found.acknowledged_s_median), note="Median; nine of ten "
             f"within {age(found.acknowledged_s_p90)}."),
        Card("For nothing", percent(found.false_share), note=f"Of {found.judged} that were "
             "judged: none of the causes explains them, or late data took them back."),
        Card("Ten most frequent", percent(found.top_share), note="Of all alarms; under 5 % "
             "is good on a large plant, on one line they make more."),
    ])  # fmt: skip
    if found.top:
        numbers(_table(found), "alarms-most-frequent", label="The kinds that come most")


def _table(found: AlarmQuality) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Station": [words(actor.station) for actor in found.top],
            "Characteristic": [label(actor.characteristic) for actor in found.top],
            "Rule": [rule_meaning(actor.rule) for actor in found.top],
            "Alarms": [actor.alarms for actor in found.top],
            "Share": [percent(actor.share) for actor in found.top],
        }
    )
