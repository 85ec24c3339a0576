"""Charts for the pages: asked of `twin.monitoring` once, kept until the data change."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import streamlit as st

from dashboards import state
from dashboards.figures import ChartLabels
from dashboards.formatting import label
from process_models.errors import InputError
from process_models.spc import ChartOptions, ChartResult, chart
from twin.monitoring.alerts import Alert
from twin.monitoring.charting import StoredChart, chart_stored
from twin.monitoring.lifecycle import ACTIVE_STATES

__all__ = ["ShownChart", "around", "of_file", "of_store"]

_READINGS_AROUND_ALERT = 600


@dataclass(frozen=True, eq=False)
class ShownChart:
    """A chart with the words for it.

    Attributes
    ----------
    change : (first, last) or None
        Points, from 1, between which the process changed and the change was seen.
    stored : StoredChart or None
        None for a chart of a file.
    """

    result: ChartResult
    labels: ChartLabels
    change: tuple[int, int] | None = None
    stored: StoredChart | None = None


@st.cache_resource(show_spinner="Reading and charting", max_entries=24)
def _chart(
    mark: str,  # noqa: ARG001 - key of the cache
    characteristic: str,
    station: str,
    kind: str | None,
    _options: ChartOptions | None,
    options_key: str,  # noqa: ARG001 - key of the cache
    since: datetime | None,
    until: datetime | None,
    last: int | None,
) -> StoredChart:
    return chart_stored(
        state.store(),
        state.plan(),
        characteristic,
        station,
        kind=kind,
        options=_options,
        since=since,
        until=until,
        last=last,
    )


def of_store(
    characteristic: str,
    station: str,
    *,
    kind: str | None = None,
    options: ChartOptions | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int | None = None,
) -> ShownChart:
    """The chart of a stored characteristic, with the change of its newest active alert.

    Raises
    ------
    InputError
        When the data do not suit the chart; the message says why.
    """
    key = "" if options is None else repr(options)
    stored = _chart(
        state.watermark(), characteristic, station, kind, options, key, since, until, last
    )
    active = state.desk().list(ACTIVE_STATES, station=station, characteristic=characteristic)
    change = _points_between(stored, active[0].since, active[0].first_point_at) if active else None
    return ShownChart(stored.result, _labels(characteristic, stored), change, stored)


def around(alert: Alert) -> ShownChart | None:
    """The chart of an alert's characteristic up to shortly after it; None where there is none."""
    if not alert.chart or alert.value is None:
        return None
    stored = _chart(
        state.watermark(),
        alert.characteristic,
        alert.station,
        None,
        None,
        "",
        None,
        alert.last_point_at + timedelta(hours=1),
        _READINGS_AROUND_ALERT,
    )
    change = _points_between(stored, alert.since, alert.first_point_at)
    return ShownChart(stored.result, _labels(alert.characteristic, stored), change, stored)


@st.cache_resource(show_spinner="Reading the file", max_entries=4)
def of_file(
    name: str,
    content: bytes,
    kind: str,
    columns: Mapping[str, str],
    _options: ChartOptions,
    options_key: str,  # noqa: ARG001 - key of the cache
) -> ShownChart:
    """The chart of an uploaded table.

    Parameters
    ----------
    columns : mapping of str to str
        Which column is `value` and, where there are any, `subgroup` and `size`.

    Raises
    ------
    InputError
        When the file is no table or a cell breaks a rule; the message names row and column.
    """
    from twin.chart_input import chart_data
    from twin.tables import read_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "upload.csv")
        path.write_bytes(content)
        try:
            data = chart_data(
                read_table(path),
                value=columns["value"],
                subgroup=columns.get("subgroup") or None,
                size=columns.get("size") or None,
            )
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error
    return ShownChart(chart(kind, data, _options), ChartLabels(name=columns["value"]))


def _labels(characteristic: str, stored: StoredChart) -> ChartLabels:
    return ChartLabels(
        name=label(characteristic),
        unit=stored.unit,
        times=cast("Sequence[datetime]", stored.times),
        lots=stored.lot_ids,
        simulated="simulated" in stored.provenance,
        zone=state.zone(),
    )


def _points_between(stored: StoredChart, first: datetime, last: datetime) -> tuple[int, int] | None:
    begin = int(stored.times.searchsorted(first.astimezone(UTC), side="left")) + 1
    end = int(stored.times.searchsorted(last.astimezone(UTC), side="right"))
    return (begin, end) if begin <= end else None
