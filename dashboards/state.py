"""What the pages share: the store, the plan, and answers kept until the data change.

Every cached answer carries the store's watermark, so that it lives until a row arrives and no
longer. Answers are frozen, so all sessions share one and nothing is copied. Pages call these
functions and nothing in `twin.store` itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboards.access import current_identity
from dashboards.opened import opened_store
from dashboards.theme import DARK, LIGHT, Palette
from process_models.cells import CellTrace
from twin.access import Identity
from twin.cells.calls import CellTest
from twin.cells.desk import CellDesk
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.plan import ControlPlan, site_plan
from twin.settings import Settings
from twin.store import Store

__all__ = [
    "cell_desk",
    "cell_trace",
    "desk",
    "now",
    "palette",
    "plan",
    "since",
    "store",
    "watermark",
    "zone",
]

_NOBODY = Identity("nobody", "viewer", "local")
PERIODS = {"day": 1, "week": 7, "month": 31, "quarter": 92}


def store() -> Store:
    """The store of this installation, acting for the person of this session."""
    return opened_store().acting_as(current_identity() or _NOBODY)


@st.cache_data(show_spinner=False, ttl=30)
def _plan(home: str) -> ControlPlan:  # noqa: ARG001 - key of the cache
    return site_plan(Settings.from_environment())


def plan() -> ControlPlan:
    """The control plan of this site, read again every half minute."""
    return _plan(str(Settings.from_environment().home))


def desk() -> AlertDesk:
    """Where alerts are worked on."""
    return AlertDesk(store(), plan())


def cell_desk() -> CellDesk:
    """Where cell tests are kept and called."""
    return CellDesk(store())


@st.cache_resource(show_spinner=False, max_entries=8)
def _cell_trace(home: str, sha256: str, number: int) -> CellTrace:  # noqa: ARG001 - keys
    return cell_desk().trace(number)


def cell_trace(test: CellTest) -> CellTrace:
    """The trace of a cell test that is kept; it never changes."""
    return _cell_trace(str(Settings.from_environment().home), test.sha256, test.number)


def watermark() -> str:
    """A text that changes when anything that pages show is added to the store."""
    opened = store()
    counts = opened.counts()
    return f"{Settings.from_environment().database_url}|{sorted(counts.items())}"


def palette() -> Palette:
    """Colours of the theme in which this session is shown."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def zone() -> tzinfo:
    """The zone in which times are written: that of the reader's machine."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def since(period: str | None, newest: datetime | None) -> datetime | None:
    """Start of a named period that ends with the newest data; None for all of it."""
    days = PERIODS.get(period or "")
    return None if days is None or newest is None else newest - timedelta(days=days)
