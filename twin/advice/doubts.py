"""Why advice should not be followed now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from twin.advice.learning import Effect
from twin.advice.loops import ControlLoop
from twin.monitoring.findings import NO_DATA
from twin.store import schema
from twin.store.times import to_us

if TYPE_CHECKING:
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["doubts"]

_STALE = timedelta(hours=2)
_RECENT = timedelta(hours=24)
_FEWEST_LOTS = 10
_MOSTLY_PRIOR = 0.8
_UNSURE = 0.3
_LEAST_STABLE = 0.95
_GAUGE = 0.2


def doubts(
    store: Store,
    plan: ControlPlan,
    loop: ControlLoop,
    *,
    as_of: datetime,
    newest: datetime | None,
    lots: int,
    effect: Effect,
    p_stable: float,
) -> tuple[str, ...]:
    """Reasons in words: old data, a special cause, a doubtful gauge, an effect nobody has seen.

    Parameters
    ----------
    newest : datetime or None
        Last reading of the output.
    lots : int
        Read since Phase I.
    """
    found = []
    name = loop.output[0]
    if newest is None or as_of - newest > _STALE:
        since = "never" if newest is None else f"{newest:%Y-%m-%d %H:%M} UTC"
        found.append(f"data is stale: {name} was last read {since}")
    if lots < _FEWEST_LOTS:
        found.append(f"only {lots} lots were read after Phase I, {_FEWEST_LOTS} are needed")
    found += _special_causes(store, plan, loop, as_of)
    unsure = effect.sd / abs(effect.mean) if effect.mean else float("inf")
    if effect.prior_share > _MOSTLY_PRIOR and unsure > _UNSURE:
        found.append(
            f"the effect on {name} is {effect.prior_share:.0%} prior and known to {unsure:.0%} "
            "only: this line has hardly shown it"
        )
    if unsure > 0.5:
        found.append(f"not even the direction of the effect on {name} is sure")
    if p_stable < _LEAST_STABLE:
        found.append(f"the loop settles with a probability of {p_stable:.2f} only")
    return tuple(found)


def _special_causes(
    store: Store, plan: ControlPlan, loop: ControlLoop, as_of: datetime
) -> list[str]:
    """Open alerts of the last day on the output, the setting, or what the output hangs on."""
    causes = {
        cause.name
        for cause in plan.causes
        if loop.output[0] in cause.effects or loop.setting[0] in cause.effects
    }
    own = {loop.output[0], loop.setting[0]}
    found: dict[str, str] = {}
    for row in _open_alerts(store, as_of):
        ranked = [(str(name), float(p)) for name, p in json.loads(row["diagnosis"] or "[]")]
        likely = ranked[0] if ranked else ("", 0.0)
        if row["characteristic"] in own or (likely[0] in causes and likely[1] >= 0.5):
            about = f"{row['characteristic']} at {row['station']}"
            cause = f", likeliest {likely[0]} ({likely[1]:.2f})" if likely[0] else ""
            text = f"alert {row['alert_id']} on {about} is open{cause}"
            found.setdefault(about, f"special cause under diagnosis: {text}")
            doubt = dict(ranked).get("gauge_drift", 0.0)
            if row["characteristic"] == loop.output[0] and doubt >= _GAUGE:
                found.setdefault(
                    "gauge", f"gauge doubtful: it drifts with a probability of {doubt:.2f}"
                )
    return list(found.values())


def _open_alerts(store: Store, as_of: datetime) -> list[Mapping[Any, Any]]:
    table = schema.alerts.c
    query = (
        sa.select(schema.alerts)
        .where(
            table.state.not_in(("closed", "verified")),
            table.rule != NO_DATA,
            table.category == "process",
            table.last_point_at >= to_us(as_of - _RECENT),
            table.opened_at <= to_us(as_of),
        )
        .order_by(table.last_point_at.desc())
    )
    with store.database.reading() as connection:
        return list(connection.execute(query).mappings().all())
