"""Charts for the pages: asked of `twin.monitoring` once, kept until the data change."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import streamlit as st

from dashboards import state
from dashboards.figures import ChartLabels
from dashboards.formatting import label
from process_models.autocorrelation import Guard, guard
from process_models.errors import InputError
from process_models.spc import ChartOptions, ChartResult, chart, chart_stages
from twin.monitoring.alerts import Alert
from twin.monitoring.charting import StoredChart, chart_stored

__all__ = ["ShownChart", "around", "of_file", "of_store"]

_READINGS_AROUND_ALERT = 600


@dataclass(frozen=True, eq=False)
class ShownChart:
    """A chart with the words for it.

    Attributes
    ----------
    change : (first, last) or None
        Points, from 1, between which the process changed.
    began : int or None
        The likeliest first point of that change.
    stored : StoredChart or None
        None for a chart of a file.
    guard : Guard or None
        What related neighbours do to the limits.
    """

    result: ChartResult
    labels: ChartLabels
    change: tuple[int, int] | None = None
    stored: StoredChart | None = None
    began: int | None = None
    guard: Guard | None = None


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
    version: int | None = None,
) -> tuple[StoredChart, Guard | None]:
    stored = chart_stored(
        state.store(),
        state.plan(),
        characteristic,
        station,
        kind=kind,
        options=_options,
        since=since,
        until=until,
        last=last,
        version=version,
    )
    return stored, guard(stored.result, stored.options)


def of_store(
    characteristic: str,
    station: str,
    *,
    kind: str | None = None,
    options: ChartOptions | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int | None = None,
    version: int | None = None,
) -> ShownChart:
    """The chart of a stored characteristic, with the change that its newest signal has found.

    Parameters
    ----------
    version : int, optional
        Of the limits, in place of the newest.

    Raises
    ------
    InputError
        When the data do not suit the chart; the message says why.
    """
    key = "" if options is None else repr(options)
    stored, related = _chart(
        state.watermark(), characteristic, station, kind, options, key, since, until, last, version
    )
    found = _shown(stored.result, _labels(characteristic, stored))
    return replace(found, stored=stored, guard=related)


def around(alert: Alert) -> ShownChart | None:
    """The chart of an alert's characteristic up to shortly after it; None where there is none."""
    if not alert.chart or alert.value is None:
        return None
    stored, _ = _chart(
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
        Which column is `value` and, where there are any, `subgroup`, `size` and `stage`.

    Raises
    ------
    InputError
        When the file is no table or a cell breaks a rule; the message names row and column.
    """
    from twin.chart_input import chart_data, labels_of_points
    from twin.store.limited import read_columns_limited

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "upload.csv")
        path.write_bytes(content)
        try:
            table, subgroup = read_columns_limited(path), columns.get("subgroup")
            data = chart_data(
                table, value=columns["value"], subgroup=subgroup, size=columns.get("size")
            )
            stage = columns.get("stage")
            stages = None if stage is None else labels_of_points(table, stage, subgroup)
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error
    result = (
        chart(kind, data, _options)
        if stages is None
        else chart_stages(kind, data, stages, _options)
    )
    found = _shown(result, ChartLabels(name=columns["value"]))
    return replace(found, guard=guard(result, _options) if stages is None else None)


def _shown(result: ChartResult, labels: ChartLabels) -> ShownChart:
    """The chart with the change that its newest signal has found."""
    dated = zip(result.signals, result.since(), strict=True)
    known = [(signal.point, since) for signal, since in dated if since is not None]
    if not known:
        return ShownChart(result, labels)
    newest = max(known, key=lambda pair: pair[0])[1]
    return ShownChart(result, labels, (newest.low, newest.high), began=newest.point)


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
