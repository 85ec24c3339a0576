"""Control charts: is this characteristic in control, and if not, since when?"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from dashboards import charts, state
from dashboards.chart_controls import choose_kind, choose_options, choose_period, choose_series
from dashboards.chart_file import chart_a_file
from dashboards.chart_result import show_chart
from dashboards.components import empty, guarded, page
from dashboards.export_buttons import export_chart
from dashboards.limits import choose_version, freeze, limits_history
from dashboards.point_marks import mark_a_point
from process_models.errors import LacssError

__all__ = ["main"]

_SOURCES = ("Stored", "A file")


def _stored() -> None:
    series = state.store().characteristics()
    if not series:
        empty(
            "No measurement is stored yet.",
            "Import a file, start the reference plant with `lacss run`, or chart a file without "
            "storing it.",
            ("data", "Import a file"),
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose_series(series)
        start = choose_period(chosen)
        planned = state.plan().find(chosen.characteristic, chosen.station)
        kind = choose_kind(planned=planned is not None)
        options = choose_options() if kind is not None else None
        version = choose_version(chosen) if planned is not None and kind is None else None
        if planned is not None:
            freeze(chosen, start)

        def charted() -> charts.ShownChart:
            return charts.of_store(
                chosen.characteristic, chosen.station, kind=kind, options=options, since=start,
                version=version,
            )  # fmt: skip

        with suppress(LacssError):  # the chart below says why
            mark_a_point(chosen, charted())

    @st.fragment(run_every=15)
    def result() -> None:
        with guarded():
            shown, key = charted(), f"{chosen.characteristic}-{chosen.station}"
            show_chart(shown, key)
            export_chart(shown, key, options)

    result()
    limits_history(chosen)


def main() -> None:
    """Choose a stored characteristic or a file, see its chart, freeze its limits."""
    with page("Control charts", "Is this characteristic in control, and if not, since when?"):
        source = st.segmented_control(
            "Data", _SOURCES, default="Stored", key="source", required=True, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        if source == "A file":
            chart_a_file()
        else:
            _stored()


if __name__ == "__main__":
    main()
