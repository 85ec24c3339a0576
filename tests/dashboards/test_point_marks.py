"""Marked points, versions compared, stages, since when, and the guard against related points."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import charts
from dashboards.chart_result import sentence
from dashboards.chart_signals import began, guard_line, signals_table
from dashboards.charts import ShownChart
from dashboards.figures import ChartLabels, control_chart
from dashboards.figures.notes import add_notes
from dashboards.figures.stages import add_stages
from dashboards.limits import values_of
from dashboards.point_marks import candidates, note_texts, notes_table
from dashboards.theme import DARK, LIGHT, Palette
from process_models.autocorrelation import Guard
from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, FrozenLimits, chart
from twin.monitoring.charting import StoredChart, chart_stored
from twin.monitoring.limits import limits_versions
from twin.monitoring.plan import reference_plan
from twin.monitoring.point_notes import mark_point, point_notes
from twin.settings import Settings
from twin.store import Store

PLACE = ("thickness_um", "roll")
STEPPED = np.array([10.0, 10.2, 9.8, 10.1, 9.9] * 4 + [13.0, 13.2, 12.9, 13.1, 13.3])
START = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
TIMES = [START + timedelta(minutes=10 * i) for i in range(len(STEPPED))]


def stored(home: Path) -> Store:
    return Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}"))


def stepped(**more: object) -> ShownChart:
    """A chart whose last five points have shifted."""
    result = chart("i_mr", ChartData(STEPPED), ChartOptions(phase1=20))
    labels = ChartLabels(name="Thickness", unit="um", times=TIMES, lots=list("x" * 25))
    return ShownChart(result, labels, **more)  # type: ignore[arg-type]


def said(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in page.markdown)


def write(page: AppTest, action: str, reason: str) -> AppTest:
    page.radio(key="mark-action").set_value(action)
    page.text_input(key="mark-reason").set_value(reason)
    next(b for b in page.button if b.label == "Write down").click()
    return page.run()


def marked(home: Path) -> list[tuple[str, str]]:
    with stored(home) as store:
        return [(note.action, note.reason) for note in point_notes(store, *PLACE)]


def test_a_point_is_left_out_with_a_reason(page: AppTest, own_home: Path) -> None:
    page = write(page, "exclude", "gauge was dirty")
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert marked(own_home) == [("exclude", "gauge was dirty")]
    labels = [expander.label for expander in page.expander]
    assert "Marked points (1)" in labels
    with stored(own_home) as store:
        assert len(chart_stored(store, reference_plan(), *PLACE).result.excluded) >= 1


def test_the_newest_signal_is_offered_first(page: AppTest) -> None:
    options = page.selectbox(key="marked-point").options
    with_signal = int(options[0].split(":")[0])
    table = next(frame.value for frame in page.dataframe if "Rules" in frame.value)
    assert with_signal == table["Point"].max()


def test_a_mark_without_a_reason_is_refused(page: AppTest, own_home: Path) -> None:
    page = write(page, "note", " ")
    assert any("is marked with a reason" in error.value for error in page.error)
    assert marked(own_home) == []


def test_a_point_that_counts_is_not_taken_in_again(page: AppTest, own_home: Path) -> None:
    page = write(page, "restore", "it was real")
    assert any("is not left out" in error.value for error in page.error)
    assert marked(own_home) == []


def test_signals_say_since_when(page: AppTest) -> None:
    table = next(frame.value for frame in page.dataframe if "Rules" in frame.value)
    assert table["Since"].str.contains("point").all()
    captions = "\n".join(str(caption.value) for caption in page.caption)
    assert "most likely began" in captions


def test_versions_are_compared(page: AppTest, own_home: Path) -> None:
    why = next(field for field in page.text_input if field.label == "Why")
    why.set_value("new rolls")
    next(b for b in page.button if b.label == "Freeze as a new version").click()
    page.run()
    with stored(own_home) as store:
        newest = len(limits_versions(store, *PLACE))
    assert newest >= 2
    assert f"limits frozen, version {newest}" in said(page)
    page.selectbox(key="limits-version").set_value(1).run()
    assert not page.exception
    assert "limits frozen, version 1" in said(page)
    table = next(frame.value for frame in page.dataframe if "Values" in frame.value)
    assert list(table["Version"]) == list(range(newest, 0, -1))
    assert table["Why"].iloc[0] == "new rolls"
    assert table["Values"].str.contains("centre").all()


def test_nothing_to_compare_with_one_version(page: AppTest) -> None:
    assert not [box for box in page.selectbox if box.key == "limits-version"]


def test_the_change_is_dated_within_its_interval() -> None:
    shown = charts._shown(stepped().result, stepped().labels)
    assert shown.began == 21
    assert shown.change is not None
    low, high = shown.change
    assert low <= 21 <= high
    said = began(shown)
    assert "with point 21" in said
    assert "the light band" in said
    assert began(stepped()) == ""


def test_signals_table_bears_time_point_and_interval() -> None:
    table = signals_table(stepped())
    assert table["Since"].iloc[0].startswith("4 Mar 09:20, point 21")
    bare = replace(stepped(), labels=ChartLabels(name="Thickness"))
    assert signals_table(bare)["Since"].iloc[0].startswith("point 21")


def test_a_chart_without_signals_has_no_change() -> None:
    steady = chart("i_mr", ChartData(STEPPED[:20]))
    shown = charts._shown(steady, ChartLabels(name="x"))
    assert (shown.change, shown.began) == (None, None)
    assert signals_table(shown).empty


def test_related_points_are_told_with_both_run_lengths() -> None:
    related = Guard((0.62,), 90.0, 1e-9, significant=True, phi=0.62, spread=1.4,
                    promised_arl=370.4, true_arl=34.6)  # fmt: skip
    said = guard_line(related)
    assert "autocorrelation 0.62" in said
    assert "signal falsely every 34.6 points, not every 370" in said
    unknown = replace(related, true_arl=None)
    assert guard_line(unknown).endswith("do not keep what they promise.")
    assert guard_line(replace(related, significant=False)) == ""
    assert guard_line(None) == ""


def test_a_wandering_file_is_warned_of() -> None:
    steps = np.random.default_rng(8).standard_normal(200)
    walk = np.zeros(200)
    for i in range(1, 200):
        walk[i] = 0.8 * walk[i - 1] + steps[i]
    content = ("value\n" + "\n".join(f"{v:.6f}" for v in walk) + "\n").encode()
    shown = charts.of_file("walk.csv", content, "i_mr", {"value": "value"}, ChartOptions(), "a")
    assert "Neighbouring points are related" in guard_line(shown.guard)


def staged() -> bytes:
    rows = [f"{value},{'old' if i < 20 else 'new'}" for i, value in enumerate(STEPPED)]
    return ("value,stage\n" + "\n".join(rows) + "\n").encode()


def test_limits_begin_anew_with_every_stage_of_a_file() -> None:
    columns = {"value": "value", "stage": "stage"}
    shown = charts.of_file("s.csv", staged(), "i_mr", columns, ChartOptions(), "b")
    centre = np.asarray(shown.result.panels[0].centre_line)
    assert centre[0] == pytest.approx(10.0)
    assert centre[-1] == pytest.approx(13.1)
    assert [stage["stage"] for stage in shown.result.extras["stages"]] == ["old", "new"]
    assert not shown.result.signals
    assert "limits of their own for each of 2 stages" in sentence(shown)
    without = charts.of_file("s.csv", staged(), "i_mr", {"value": "value"}, ChartOptions(), "c")
    assert np.ndim(np.asarray(without.result.panels[0].centre_line)) == 0


def test_stages_are_named_where_they_begin() -> None:
    columns = {"value": "value", "stage": "stage"}
    shown = charts.of_file("s.csv", staged(), "i_mr", columns, ChartOptions(), "e")
    figure = control_chart(shown.result, shown.labels, LIGHT)
    lines = len(figure.layout.shapes)
    add_stages(figure, shown.result, LIGHT)
    assert {"old", "new"} <= {note.text for note in figure.layout.annotations}
    assert len(figure.layout.shapes) == lines + 1
    assert figure.layout.shapes[lines].x0 == 20.5
    plain = control_chart(stepped().result, stepped().labels, LIGHT)
    named = len(plain.layout.annotations)
    add_stages(plain, stepped().result, LIGHT)
    assert len(plain.layout.annotations) == named


def test_a_stage_too_short_is_named() -> None:
    content = b"value,stage\n1,a\n2,a\n3,a\n2,b\n"
    columns = {"value": "value", "stage": "stage"}
    with pytest.raises(InputError, match="stage 'b'"):
        charts.of_file("s.csv", content, "i_mr", columns, ChartOptions(), "d")


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_noted_points_are_ringed_and_harmless(palette: Palette) -> None:
    shown = stepped()
    figure = control_chart(shown.result, shown.labels, palette)
    before = len(figure.data)
    add_notes(figure, shown.result.panels[0], {3: "<b>dirty", 99: "beyond"}, palette)
    ring = figure.data[before]
    assert (list(ring.x), list(ring.y)) == ([3], [9.8])
    assert ring.hovertext[0] == "Point 3: &lt;b&gt;dirty"
    add_notes(figure, shown.result.panels[0], {}, palette)
    assert len(figure.data) == before + 1


def test_notes_are_told_with_who(full_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(full_home, tmp_path / "noted"))
    with stored(home) as store:
        seen = chart_stored(store, reference_plan(), *PLACE)
        for action, reason in (("exclude", "dirty"), ("restore", "clean")):
            mark_point(
                store, *PLACE, measured_at=seen.times[4].to_pydatetime(),
                lot_id=seen.lot_ids[4], action=action, reason=reason, user="ana",
            )  # type: ignore[arg-type] # fmt: skip
        noted = chart_stored(store, reference_plan(), *PLACE)
    shown = with_stored(noted)
    assert note_texts(shown)[5].startswith("left out: dirty (ana, ")
    table = notes_table(shown)
    assert list(table["What"]) == ["Taken in again", "Left out"]
    assert set(table["Point"]) == {5}
    assert 5 in candidates(shown).values()
    assert note_texts(stepped()) == {}
    assert notes_table(stepped()).empty


def with_stored(seen: StoredChart) -> ShownChart:
    times = [pd.Timestamp(moment) for moment in seen.times]
    labels = ChartLabels(name="Thickness", times=times, lots=seen.lot_ids)
    return ShownChart(seen.result, labels, stored=seen)


def test_frozen_values_in_words() -> None:
    limits = FrozenLimits("i_mr", 20, (), {"centre": 60.01, "sigma": 0.7194, "points": 20,
                                           "sigma_method": "mr_d2"})  # fmt: skip
    assert values_of(limits) == "centre 60.01, sigma 0.7194"
