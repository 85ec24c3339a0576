"""Line: is it running, what holds it back, how is today going?"""

from __future__ import annotations

import streamlit as st

from dashboards import line_now, state
from dashboards.components import answer, cards, draw, empty, guarded, numbers, page, tags_of
from dashboards.figures import lot_yield_points, state_shares
from dashboards.line_picture import show_stations
from dashboards.line_sections import show_past

__all__ = ["main"]


@st.fragment(run_every=5)
def _now() -> None:
    with guarded():
        line = line_now.overview()
        text, stale = line_now.sentence(line, state.now(), state.zone())
        answer(text, *tags_of(line.provenance), stale=stale)
        line_now.alerts_link()
        show_stations(line)
        cards(line_now.day_cards(line))
        figure = state_shares(
            line_now.shares(line), state.palette(), simulated="simulated" in line.provenance
        )
        draw(figure, "state-shares")
        numbers(line_now.lots_in_process(line), "lots-in-process", label="Lots in process")


@st.fragment(run_every=60)
def _past() -> None:
    with guarded():
        show_past()


@st.fragment(run_every=60)
def _lots() -> None:
    with guarded():
        lots = line_now.finished_lots()
        if not lots:
            return
        figure = lot_yield_points(
            [lot.lot_id for lot in lots],
            [lot.finished_at for lot in lots if lot.finished_at],
            [lot.yield_share for lot in lots if lot.yield_share is not None],
            state.palette(),
            simulated=line_now.simulated(),
            zone=state.zone(),
        )
        draw(figure, "lot-yields")


def main() -> None:
    """The stations in order, the figures of the day, the lots."""
    with page("Line", "Is it running, what holds it back, how is today going?"):
        if not state.store().counts()["events"]:
            empty(
                "No event of the line is stored yet.",
                "Start the reference plant with `lacss run`, connect a collector with "
                "`lacss collect`, or import a file of events.",
                ("data", "Import a file"),
                ("quality_model", "Try a recipe"),
            )
            return
        _now()
        _past()
        _lots()


if __name__ == "__main__":
    main()
