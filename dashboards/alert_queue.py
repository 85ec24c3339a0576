"""The queue of alerts: the most severe first, among equals the oldest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboards import state
from dashboards.formatting import age, clock, label, plain, rule_meaning, words
from dashboards.theme import SEVERITY
from twin.monitoring.alerts import Alert
from twin.monitoring.planned import SEVERITIES

__all__ = [
    "asked_alert",
    "by_urgency",
    "headline",
    "in_groups",
    "marks_of",
    "show_queue",
    "title_of",
]

_PAGE = 12
_LONGEST_NUMBER = 18


def by_urgency(alerts: Sequence[Alert]) -> list[Alert]:
    """Alerts nobody has taken first, then by severity, then the oldest."""
    return sorted(
        alerts,
        key=lambda a: (a.state != "open", -SEVERITIES.index(a.severity), a.opened_at),
    )


def asked_alert(asked: str, alerts: Sequence[Alert], shown: int | None = None) -> int | None:
    """The alert that the address names, else the one that is shown, else the most urgent.

    Nothing jumps: a more urgent alert that comes does not take the place of the one that is being
    worked on. None when there is none.

    Examples
    --------
    >>> asked_alert("17", []), asked_alert("²", [])
    (17, None)
    """
    if asked.isdecimal() and len(asked) <= _LONGEST_NUMBER:
        return int(asked)
    if any(alert.id == shown for alert in alerts):
        return shown
    return alerts[0].id if alerts else None


def title_of(alert: Alert) -> str:
    """What an alert is about: characteristic, on which side, where; of the twin, which part."""
    if alert.category == "system" or alert.rule in ("source_gap", "clock_skew"):
        return f"{words(alert.rule)}: {alert.characteristic}"
    side = f" {alert.direction}" if alert.direction else ""
    return f"{label(alert.characteristic)}{side} at {words(alert.station).lower()}"


def headline(alerts: Sequence[Alert], shown: str, now: datetime) -> str:
    """The answer of the page in one sentence."""
    if shown != "Need a person":
        return (
            f"**{len(alerts)}** {'alert is' if len(alerts) == 1 else 'alerts are'} {shown.lower()}."
        )
    if not alerts:
        return "**Nothing needs a person now.**"
    waiting = [a for a in alerts if a.state == "open"]
    counted = [(s, sum(a.severity == s for a in alerts)) for s in reversed(SEVERITIES)]
    split = ", ".join(f"{n} {severity}" for severity, n in counted if n)
    verb = "alert needs" if len(alerts) == 1 else "alerts need"
    text = f"**{len(alerts)} {verb} a person** ({split})"
    if not waiting:
        return f"{text}; all are taken care of."
    oldest = min(a.raised_at for a in waiting)
    return (
        f"{text}; {len(waiting)} not acknowledged, "
        f"the longest for {age((now - oldest.astimezone(UTC)).total_seconds())}."
    )


def in_groups(alerts: Sequence[Alert]) -> list[list[Alert]]:
    """Alerts that belong together, in the order of the most urgent of each group."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault(alert.group_key or f"alert {alert.id}", []).append(alert)
    return list(groups.values())


def show_queue(alerts: Sequence[Alert], chosen: int) -> None:
    """Cards to press, one a group, the chosen alert marked; more of them on demand."""
    groups = in_groups(alerts)
    word = "group" if len(groups) == 1 else "groups"
    together = f" in {len(groups)} {word}" if len(groups) < len(alerts) else ""
    st.subheader(f"Queue ({len(alerts)}{together})", anchor=False)
    length = st.session_state.get("queue_length", _PAGE)
    for group in groups[:length]:
        _group(group, chosen)
    if len(groups) > length and st.button(f"Show more ({len(groups) - length} left)"):
        st.session_state["queue_length"] = length + _PAGE
        st.rerun(scope="fragment")


def _group(group: Sequence[Alert], chosen: int) -> None:
    first, others = group[0], group[1:]
    _card(first, first.id == chosen)
    if not others:
        return
    opened = any(alert.id == chosen for alert in others)
    label = f"{len(others)} more that belong to it"
    with st.expander(label, expanded=opened, icon=":material/account_tree:"):
        for alert in others:
            _card(alert, alert.id == chosen)


def marks_of(alert: Alert) -> str:
    """Badges of an alert: severity, state, and whether it is muted, escalated or taken back."""
    marks = [f":{SEVERITY.get(alert.severity, 'gray')}-badge[{alert.severity}]"]
    if alert.state != "open":
        marks.append(f":gray-badge[{words(alert.state).lower()}]")
    if alert.escalation:
        marks.append(f":red-badge[escalated, level {alert.escalation}]")
    if alert.muted_by:
        marks.append(":gray-badge[muted]")
    if alert.withdrawn:
        marks.append(":gray-badge[taken back]")
    return " ".join(marks)


def _card(alert: Alert, chosen: bool) -> None:
    since = clock(alert.since, state.zone())
    waited = age((state.now() - alert.opened_at).total_seconds())
    with st.container(border=True, horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(gap=None):
            st.markdown(f"**{plain(title_of(alert))}** {marks_of(alert)}")
            meaning = rule_meaning(alert.rule) if alert.category == "process" else alert.message
            st.caption(
                f"{plain(meaning)}  \n"
                f"{plain(alert.lot_id) or 'no lot'} · since {since}, {waited} ago"
            )
        st.button(
            "Open", key=f"open-{alert.id}", disabled=chosen, width="content",
            type="tertiary", on_click=_choose, args=(alert.id,), icon=":material/chevron_right:",
        )  # fmt: skip


def _choose(alert_id: int) -> None:
    st.query_params["alert"] = str(alert_id)
