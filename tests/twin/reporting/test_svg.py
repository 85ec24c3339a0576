"""SVG: well-formed, with a title, and one diamond a signalled point."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np

from twin.reporting import to_svg

SVG = "{http://www.w3.org/2000/svg}"
VERMILION = "rgb(83%,36%,0%)"


def shapes(content: bytes, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(content).iter(f"{SVG}{tag}"))


def diamonds(content: bytes) -> list[ElementTree.Element]:
    """Four-cornered polygons with the edge of a signal."""
    return [
        shape
        for shape in shapes(content, "polygon")
        if f"stroke: {VERMILION}" in shape.attrib["style"]
    ]


def signalled(report: Any) -> int:
    return len({(s.panel, s.point) for s in report.result.signals})


def texts(content: bytes) -> list[str]:
    return [shape.text or "" for shape in shapes(content, "text")]


def test_one_diamond_a_signalled_point_of_each_panel(made_chart: Any) -> None:
    report = made_chart(rules=("beyond_limits", "nelson"))
    assert signalled(report) > 3
    assert len(diamonds(to_svg(report))) == signalled(report)


def test_an_excluded_signal_is_hollow_and_the_others_are_filled(made_chart: Any) -> None:
    values = np.tile([59.0, 61.0, 60.0], 20)
    values[[19, 55]] = 70.0
    drawn = diamonds(to_svg(made_chart("xbar", values=np.column_stack([values, values + 4.0]))))
    filled = [f"fill: {VERMILION}" in shape.attrib["style"] for shape in drawn]
    assert sorted(filled) == [False, True]


def test_a_chart_in_control_has_no_diamond(made_chart: Any) -> None:
    quiet = np.tile([59.0, 60.0, 61.0, 60.0], 15)
    assert diamonds(to_svg(made_chart(values=quiet, exclude=()))) == []


def test_every_signal_is_kept_where_points_are_thinned(made_chart: Any) -> None:
    values = np.random.default_rng(6).normal(60.0, 1.0, 30_000)
    report = made_chart(values=values, timed=False, lots=(), phase1=None, exclude=())
    content = to_svg(report)
    assert signalled(report) > 50
    assert len(diamonds(content)) == signalled(report)
    told = " ".join(texts(content))
    assert "of 30,000 points (MinMaxLTTB" in told
    assert len(content) < 2_000_000


def test_title_and_description_are_for_readers_that_do_not_see(made_chart: Any) -> None:
    content = to_svg(made_chart(provenance="simulated"))
    assert shapes(content, "title")[0].text == "Thickness: I-MR chart, simulated data"
    assert "of 60 points signal" in str(shapes(content, "desc")[0].text)
    assert "Simulated data: store, station roll." in " ".join(texts(content))


def test_limits_are_named_with_their_values(made_chart: Any) -> None:
    report = made_chart()
    told = texts(to_svg(report))
    assert f"UCL {report.result.panels[0].ucl:.2f}" in told
    assert "USL 65 µm" in told


def test_control_limits_are_dashed_and_drawn_once(made_chart: Any) -> None:
    lines = [
        shape.attrib
        for shape in shapes(to_svg(made_chart()), "polyline")
        if f"stroke: {VERMILION}" in shape.attrib["style"]
    ]
    assert len(lines) == 4
    assert all("stroke-dasharray: 4.0, 2.5" in line["style"] for line in lines)


def test_a_far_specification_is_named_and_not_drawn(made_chart: Any) -> None:
    from dataclasses import replace

    far = replace(made_chart(), usl=200.0)
    assert "USL 200 µm, above" in texts(to_svg(far))


def test_markup_in_names_is_text(made_chart: Any) -> None:
    from dataclasses import replace

    report = made_chart()
    named = replace(report, about=replace(report.about, name="<script>&"))
    assert shapes(to_svg(named), "title")[0].text == "<script>&: I-MR chart"


def test_the_same_inputs_give_the_same_bytes(made_chart: Any) -> None:
    assert to_svg(made_chart()) == to_svg(made_chart())


def test_capability_and_gauge_studies_are_drawn(capability_report: Any, gauge_report: Any) -> None:
    assert "Readings against the specification" in texts(to_svg(capability_report))
    assert "Share of the study variation, %" in texts(to_svg(gauge_report))
