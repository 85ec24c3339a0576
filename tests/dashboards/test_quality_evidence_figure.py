"""Marks of the evidence: censoring and laboratory are seen without any colour."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboards.figures.quality_evidence import draw_evidence
from dashboards.theme import LIGHT
from twin.reporting.evidence_marks import EvidencePoint

POINTS = [
    EvidencePoint(40, 2.5, "exact", "LACSS", laboratory="one", origin="cited"),
    EvidencePoint(20, 1.75, "ordinal", "<b>L-LACSS</b>", 1.0, 2.5, "one", "cited", "above <b>,\nB"),
    EvidencePoint(60, 3.0, "right", "H", laboratory="two", origin="imported", shape=1),
    EvidencePoint(10, 0.5, "left", "low", laboratory="two", origin="imported", shape=1),
    EvidencePoint(30, 1.5, "interval", "I", 1.0, 2.0, "three", "imported", shape=2),
]


def drawn() -> go.Figure:
    figure = go.Figure()
    draw_evidence(figure, POINTS, LIGHT)
    return figure


def named(name: str) -> Any:
    (found,) = [trace for trace in drawn().data if trace.name == name]
    return found


def test_every_laboratory_has_a_shape_and_an_entry_of_its_own() -> None:
    shapes = {
        trace.name: {symbol.removesuffix("-open") for symbol in trace.marker.symbol}
        for trace in drawn().data
        if trace.showlegend
    }
    assert list(shapes) == [
        "evidence: one, cited", "evidence: two, imported", "evidence: three, imported"
    ]  # fmt: skip
    assert all(len(found) == 1 for found in shapes.values())
    assert len(set.union(*shapes.values())) == 3


def test_only_exact_values_are_filled() -> None:
    assert list(named("evidence: one, cited").marker.symbol) == ["circle", "circle-open"]
    assert list(named("evidence: two, imported").marker.symbol) == ["square-open"] * 2


def test_arrows_point_where_the_value_may_lie() -> None:
    arrows = {a.name: (a.x, a.y, a.ay < 0, a.arrowside) for a in drawn().layout.annotations}
    assert arrows == {"at least": (60, 3.0, True, "start"), "at most": (10, 0.5, False, "start")}


def test_an_interval_is_a_bar_with_ends_and_an_order_a_dotted_one() -> None:
    interval, order = named("interval"), named("order")
    assert (list(interval.x), list(interval.y)) == ([30, 30], [1.0, 2.0])
    assert (interval.line.dash, interval.marker.symbol) == ("solid", "line-ew")
    assert (list(order.y), order.line.dash, order.mode) == ([1.0, 2.5], "dot", "lines")


def test_words_and_text_are_harmless_and_lines_stay_lines() -> None:
    trace = named("evidence: one, cited")
    assert trace.hovertext[1] == "&lt;b&gt;L-LACSS&lt;/b&gt;"
    assert trace.text[1] == "above &lt;b&gt;,<br>B"


def test_many_laboratories_go_round_the_shapes() -> None:
    figure = go.Figure()
    many = [EvidencePoint(n, 1.0, "exact", "x", laboratory=str(n), shape=n) for n in range(12)]
    draw_evidence(figure, many, LIGHT)
    assert len({trace.marker.symbol[0] for trace in figure.data}) == 8
    assert len(figure.data) == 12


def test_without_evidence_nothing_is_added() -> None:
    figure = go.Figure()
    draw_evidence(figure, [], LIGHT)
    assert not figure.data
