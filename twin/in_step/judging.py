"""The forecasts that were kept, judged by what the store knows by now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from twin.forecasting.judging import Judged, Verdict, judged, kept_told, verdict
from twin.forecasting.judging.baselines import climatology

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["site_judged", "site_verdict"]

_BACK = timedelta(days=60)


def site_judged(store: Store, line: LineModel, plan: ControlPlan, as_of: datetime) -> list[Judged]:
    """What the forecasts of the last sixty days told, beside what was known at `as_of`."""
    from twin.monitoring.lots import lots_table

    told = [one for one in kept_told(store.home, since=as_of - _BACK) if one.made_at <= as_of]
    if not told:
        return []
    lots = lots_table(store, plan, as_of, path=[one.name for one in line.path])
    return judged(told, lots, as_of, sheets=line.sheets_per_lot)


def site_verdict(store: Store, line: LineModel, plan: ControlPlan, as_of: datetime) -> Verdict:
    """Coverage, CRPS beside last month's mean, and reliability, quantity by quantity."""
    found = site_judged(store, line, plan, as_of)
    return verdict(found, {"last month": climatology(found)})
