"""Files that people bring: charts, gauge studies and imports of good, bad and impossible ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import chart_file, charts, data_import, gauge_data, state
from process_models.errors import InputError, LacssError
from process_models.spc import ChartOptions

VALUES = b"lot,value\n" + b"".join(b"L%d,%d\n" % (i, i % 7) for i in range(40))
STUDY = b"part,operator,value\n" + b"".join(
    b"%d,%s,%d\n" % (i // 6, b"ab"[i % 2 : i % 2 + 1], i // 6 * 10 + i % 5) for i in range(36)
)
ROWS = b"""measured_at,lot_id,station,characteristic,value,unit
2026-01-01T12:00:00+00:00,007,roll,thickness_um,60.1,um
2026-01-01T12:10:00+00:00,<script>,roll,thickness_um,sixty,um
"""
GARBAGE = {
    "nothing": b"", "an empty line": b"\n", "bytes": b"\x00\x01\xff\xfe", "a quote": b'"',
    "no Parquet": b"PAR1garbagePAR1", "half a row": b"a,b\n1", "one name twice": b"a,a\n1,2\n",
    "Latin 1": "ä;ö\n1;2\n".encode("latin-1"), "UTF-16": "value\n1\n".encode("utf-16"),
    "too wide": b"value\n1,2,3\n", "endless": b"value\n1e999\n", "not a number": b"value\nnan\n",
    "an underscore": b"value\n1_000\n",
}  # fmt: skip
NAMES = ["x.csv", "x.parquet"]


def opened(app: AppTest, view: str, **address: str) -> AppTest:
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(f"views/{view}.py").run()


def uploaded(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader[0].set_value((name, content, "text/csv"))
    return page.run()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_refused_in_one_line_that_names_the_file(
    empty: Path, name: str, content: bytes
) -> None:
    attempts: list[Any] = [
        lambda: charts.of_file(name, content, "i_mr", {"value": "value"}, ChartOptions(), ""),
        lambda: gauge_data.of_file(name, content, "value", "part", "operator", ()),
        lambda: data_import.check_file(name, content, None),
    ]
    if name.endswith(".parquet") or not content.strip():
        attempts.append(lambda: chart_file.header_of(name, content))
    for attempt in attempts:
        with pytest.raises(LacssError) as refusal:
            attempt()
        text = str(refusal.value)
        assert "\n" not in text
        assert name in text
        assert "/tmp" not in text
        assert len(text) <= 400
    assert state.store().counts()["measurements"] == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.csv", b""), ("x.parquet", b"PAR1"), ("x.csv", b"value\n1\nx\n")],
)
@pytest.mark.parametrize("view", ["control_charts", "gauge"])
def test_a_bad_file_on_a_page_is_one_line(
    app: AppTest, empty: Path, view: str, name: str, content: bytes
) -> None:
    page = uploaded(opened(app, view, source="A file"), name, content)
    assert not page.exception
    assert len(page.error) == 1


def test_a_file_is_charted_on_its_page(app: AppTest, empty: Path) -> None:
    page = uploaded(opened(app, "control_charts", source="A file"), "rings.csv", VALUES)
    page.selectbox(key="chart").set_value("i_mr").run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert any("40 points" in str(m.value) for m in page.markdown)
    assert any(":blue-badge[imported]" in str(m.value) for m in page.markdown)


def test_a_study_is_worked_out_on_its_page(app: AppTest, empty: Path) -> None:
    page = uploaded(opened(app, "gauge", source="A file"), "study.csv", STUDY)
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert any("categories of parts" in str(m.value) for m in page.markdown)
    assert any("36 measurements, 6 parts, 2 operators" in str(c.value) for c in page.caption)


def test_rows_are_looked_at_then_stored_then_mended(app: AppTest, empty: Path) -> None:
    page = uploaded(opened(app, "data"), "a<b>.csv", ROWS)
    assert not page.exception
    assert any("1 rows can be stored, 1 would be set aside" in str(m.value) for m in page.markdown)
    assert state.store().counts()["measurements"] == 0
    next(b for b in page.button if b.label.startswith("Store")).click().run()
    assert "1 stored, 1 set aside" in page.success[0].value
    assert state.store().counts()["measurements"] == 1
    value = next(field for field in page.text_input if field.label == "Value")
    assert value.value == "sixty"
    value.set_value("still wrong")
    next(b for b in page.button if b.label == "Mend and store").click()
    page.run()
    assert not page.exception
    assert "still wrong" in page.error[0].value
    next(field for field in page.text_input if field.label == "Value").set_value("60.2")
    next(b for b in page.button if b.label == "Mend and store").click()
    page.run()
    assert not page.exception
    assert state.store().counts()["measurements"] == 2
    assert list(state.store().measurements()["lot_id"]) == ["007", "<script>"]
    assert any("No row waits" in str(c.value) for c in page.caption)


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/x.csv", "a b.csv", "ü.csv", ".csv"])
def test_names_of_files_lead_nowhere(empty: Path, name: str) -> None:
    assert data_import.check_file(name, ROWS, None).accepted == 1
    with pytest.raises(InputError) as refusal:
        data_import.check_file(name, b"hello\nworld\n", None)
    assert "/tmp" not in str(refusal.value)


@pytest.mark.parametrize("text", ["15, ²", "0", "99999999999999999999"])
def test_points_that_cannot_be_left_out_are_refused(app: AppTest, empty: Path, text: str) -> None:
    page = opened(app, "control_charts", source="A file")
    uploaded(page, "rings.csv", VALUES)
    page.selectbox(key="chart").set_value("i_mr").run()
    page.text_input(key="exclude").set_value(text).run()
    assert not page.exception
    assert len(page.error) == 1


@pytest.mark.parametrize("page", ["chart", "gauge"])
def test_what_is_uploaded_is_parsed_in_the_child_only(
    empty: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    def here(*_: object) -> None:
        pytest.fail("parsed in the process of the server")

    monkeypatch.setattr("twin.tables.read_table", here)
    monkeypatch.setattr("twin.store.tables.read_table", here)
    if page == "chart":
        columns = {"value": "value", "stage": "lot"}
        made = charts.of_file("once.csv", VALUES, "i_mr", {"value": "value"}, ChartOptions(), page)
        assert len(made.result.panels[0].points) == 40
        with pytest.raises(InputError, match="there is no column 'none'"):
            charts.of_file("once.csv", VALUES, "i_mr", {**columns, "value": "none"},
                           ChartOptions(), page)  # fmt: skip
    else:
        made_study = gauge_data.of_file("once.csv", STUDY, "value", "part", "operator", ())
        assert (len(made_study.values), made_study.parts[:7]) == (36, ("0",) * 6 + ("1",))
