"""What reports say, before any format: sentences, facts, limits, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from process_models.capability import capability_sixpack
from process_models.errors import InputError
from process_models.spc import CHARTS, RULES, ChartData, ChartOptions, chart_stages
from twin.reporting import About, CapabilityReport, ChartReport, as_document
from twin.reporting.chart_formulas import chart_formulas
from twin.reporting.drawing.control import drawn_points, panel_range
from twin.reporting.drawing.plane import Plane, span, ticks
from twin.reporting.formulas import Formula
from twin.reporting.wording import chart_name, rule_meaning, rule_name
from twin.reporting.writable import markup, writable


def table(report: Any, name: str) -> dict[str, Any]:
    found = next(t for t in as_document(report).tables if t.name == name)
    return dict(found.columns)


def test_a_chart_in_control_says_so(made_chart: Any) -> None:
    quiet = np.tile([59.0, 60.0, 61.0, 60.0], 15)
    document = as_document(made_chart(values=quiet, exclude=()))
    assert document.sentence == (
        "Thickness is in control: no signal on 60 points; "
        "limits from the first 40 points, not frozen."
    )


def test_a_signal_is_told_with_point_and_time(made_chart: Any) -> None:
    values = np.tile([59.0, 61.0, 60.0], 20)
    values[19] = 80.0
    pairs = np.column_stack([values, values + 4.0])
    sentence = as_document(made_chart("xbar", values=pairs)).sentence
    assert "Thickness signalled last at point 20 (2026-03-02 08:32 UTC); 1 of 60" in sentence


def test_frozen_limits_tell_their_version(made_chart: Any) -> None:
    document = as_document(replace(made_chart(), limits_version=3))
    assert document.facts["Limits"] == "limits frozen, version 3"


def test_stages_are_named_where_they_begin() -> None:
    values = np.concatenate([np.tile([9.0, 11.0, 10.0], 7), np.tile([19.0, 21.0, 20.0], 7)])
    stages = ["old"] * 21 + ["new"] * 21
    result = chart_stages("i_mr", ChartData(values), stages, ChartOptions())
    about = About(
        name="x", provenance="imported", source="f.csv",
        made_at=datetime.fromisoformat("2026-01-01T00:00Z"),
    )  # fmt: skip
    document = as_document(ChartReport(result=result, about=about))
    assert document.facts["Limits"] == "limits of each of 2 stages"
    drawn = document.figures[0].draw(500.0)
    assert {"old", "new"} <= {getattr(shape, "text", "") for shape in drawn.contents}


def test_limits_that_vary_are_told_from_lowest_to_highest(made_chart: Any) -> None:
    columns = table(made_chart("ewma"), "Limits")
    assert " to " in columns["UCL"][0]
    assert isinstance(columns["Centre line"][0], float)


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(InputError, match="made_at must have an offset"):
        About(name="x", provenance="imported", source="", made_at=datetime(2026, 1, 1))


@pytest.mark.parametrize("name", ["times", "lots"])
def test_as_many_times_and_lots_as_points(name: str, made_chart: Any) -> None:
    with pytest.raises(InputError, match=f"{name} must be none or one a point, got 2 for 60"):
        replace(made_chart(), **{name: ["a", "b"]})


@pytest.mark.parametrize(
    ("usl", "said"), [(66.0, "is capable"), (62.0, "is not capable"), (64.0, "may be capable")]
)
def test_capability_is_judged_by_its_interval(usl: float, said: str) -> None:
    values = np.tile([59.0, 60.0, 61.0, 60.0, 58.5, 60.0, 61.5, 60.0], 12)
    view = capability_sixpack(values, usl=usl)
    about = About(
        name="x", provenance="imported", source="f.csv",
        made_at=datetime.fromisoformat("2026-01-01T00:00Z"),
    )  # fmt: skip
    report = CapabilityReport(view=view, values=values, about=about)
    assert view.result.in_control
    assert said in as_document(report).sentence


def test_a_skewed_characteristic_has_the_formulas_of_percentiles() -> None:
    values = np.random.default_rng(2).lognormal(0.0, 0.4, 80)
    view = capability_sixpack(values, usl=5.0, distribution="lognormal")
    about = About(
        name="x", provenance="imported", source="f.csv",
        made_at=datetime.fromisoformat("2026-01-01T00:00Z"),
    )  # fmt: skip
    report = CapabilityReport(view=view, values=values, about=about)
    formulas = table(report, "Formulas")
    at = formulas["Formula"].index("Ppu")
    assert "P99.865" in formulas["Expression"][at]


def test_the_gauge_report_repeats_the_notes_of_the_study(gauge_report: Any) -> None:
    document = as_document(gauge_report)
    assert len(document.notes) == len(gauge_report.study.notes)
    assert document.facts["Distinct categories"] == gauge_report.study.to_dict()["ndc"]


@pytest.mark.parametrize("kind", CHARTS)
def test_every_kind_of_chart_has_a_name_and_a_formula(kind: str, made_chart: Any) -> None:
    result = replace(made_chart().result, chart=kind, extras={}, signals=())
    assert chart_name(kind).endswith(" chart")
    assert chart_formulas(result)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_short_name_and_a_meaning(rule: str) -> None:
    assert len(rule_name(rule)) <= 6
    assert rule_meaning(rule)


def test_points_are_thinned_to_two_thousand_and_the_signals(made_chart: Any) -> None:
    values = np.random.default_rng(6).normal(60.0, 1.0, 30_000)
    report = made_chart(values=values, timed=False, lots=(), phase1=None, exclude=(77,))
    panel = report.result.panels[0]
    keep = set(drawn_points(report, panel).tolist())
    wanted = {s.point - 1 for s in report.result.signals if s.panel == panel.statistic} | {76}
    assert wanted <= keep
    assert len(keep) <= 2_000 + len(wanted)


def test_a_near_specification_widens_the_axis_and_a_far_one_does_not(made_chart: Any) -> None:
    report = made_chart()
    panel = report.result.panels[0]
    low, high = panel_range(report, panel)
    assert low < 55.0 < 65.0 < high
    assert panel_range(replace(report, usl=1e6), panel)[1] < 100.0


def test_ticks_are_round_and_inside() -> None:
    assert ticks(0.0, 1.0, 5) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(-3e-9, 3e-9, 4) == [-2e-9, 0.0, 2e-9]
    assert ticks(1e6, 4e6, 3) == [1e6, 2e6, 3e6, 4e6]


def test_a_span_is_never_empty() -> None:
    assert span([float("nan")]) == pytest.approx((-0.08, 1.08))
    low, high = span([0.0, 0.0])
    assert low < 0.0 < high


def test_a_plane_maps_its_corners() -> None:
    plane = Plane(10.0, 20.0, 100.0, 50.0, (0.0, 1.0), (-1.0, 1.0))
    assert (plane.at_x(0.0), plane.at_x(1.0)) == (10.0, plane.right)
    assert (plane.at_y(-1.0), plane.at_y(1.0)) == (20.0, plane.top)
    x, y = plane.places(np.array([0.5]), np.array([np.nan]))
    assert x[0] == 60.0
    assert np.isnan(y[0])


def test_what_a_font_cannot_write_is_told_by_its_code_point() -> None:
    assert writable("Ωσ µ±² –") == "Ωσ µ±² –"
    assert writable("批\x07\n") == "\\u6279\\x07 "
    assert markup("<a & b>") == "&lt;a &amp; b&gt;"


def test_a_formula_tells_only_the_parameters_that_are_known() -> None:
    formula = Formula("f", "a + b", "me", ("a", "b"))
    assert formula.parameters({"a": 0.123456, "b": None}) == "a = 0.1235"
