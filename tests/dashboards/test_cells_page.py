"""The page Cells: take in, look, confirm, overrule, withdraw; its figure."""

from __future__ import annotations

import getpass
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.cell_import import CellForm, take_in
from dashboards.figures.cell_trace import CalledTrace, cell_trace
from dashboards.theme import DARK, LIGHT
from process_models.cells import CellTrace, label_trace
from process_models.errors import InputError
from twin.evidence import read_evidence
from twin.store.evidence_import import evidence_files

FORM = CellForm(
    test="ccd", area_cm2=1.0, step_ma_cm2=0.1, sample="<b>A1</b>", laboratory="ours",
    recipe="LACSS 40 s", mapping="",
)  # fmt: skip


def stepped(shorted_from: int = 570) -> CellTrace:
    """Steps of 0.1 mA/cm2 over 50 ohm cm2, one hour each way, shorted from a point on."""
    n = np.arange(960)
    current = 0.1 * (n // 120 + 1) * np.where(n % 120 < 60, 1, -1)
    voltage = 0.05 * current * np.where(n >= shorted_from, 0.1, 1.0)
    return CellTrace(60.0 * n, current, voltage, n // 120 + 1)


def as_csv(trace: CellTrace) -> bytes:
    rows = zip(trace.test_time_s, trace.current_ma, trace.voltage_v, strict=True)
    lines = [f"{t:g},{i:.6g},{v:.6g}" for t, i, v in rows]
    return "\n".join(["test_time_s,current_ma,voltage_v", *lines]).encode()


def opened(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page("views/cells.py").run()


def words(page: AppTest) -> str:
    return "\n".join(str(part.value) for part in (*page.markdown, *page.caption))


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


@pytest.fixture
def one_test(empty: Path) -> Path:
    take_in("cell.csv", as_csv(stepped()), FORM, getpass.getuser())
    return empty


def test_an_empty_home_says_what_to_do(app: AppTest, empty: Path) -> None:
    page = opened(app)
    assert not page.exception
    assert "No cell test has been taken in yet" in words(page)


def test_a_test_is_shown_with_its_call(app: AppTest, one_test: Path) -> None:
    page = opened(app)
    assert not page.exception
    text = words(page)
    assert "**1** cell tests are kept; **1** wait for an engineer's call" in text
    assert "shorted (**hard**) at **9.500 h**: voltage fell" in text
    assert "survived 0.4" in text
    assert "failed at **0.5" in text
    assert "of <b>A1" not in text


def test_confirming_makes_it_evidence(app: AppTest, one_test: Path) -> None:
    page = press(opened(app), "Confirm the call")
    assert not page.exception
    assert "confirmed by" in words(page)
    [path] = evidence_files(one_test)
    assert read_evidence(path)[0].value == 0.5


def test_overruling_needs_a_reason_and_is_kept(app: AppTest, one_test: Path) -> None:
    page = press(opened(app), "Overrule")
    assert "overruled with a reason" in page.error[0].value
    next(one for one in page.radio if one.label == "The cell").set_value("none")
    next(one for one in page.text_input if one.label == "Why").set_value("a lead came off")
    page = press(page, "Overrule")
    assert not page.error
    assert "without a short (right-censored)" in words(page)
    assert "overruled by" in words(page)


def test_the_address_names_the_test(app: AppTest, one_test: Path) -> None:
    take_in("other.csv", as_csv(stepped(810)), FORM, getpass.getuser())
    app.query_params["cell"] = "1"
    assert "**9.500 h**" in words(opened(app))
    app.query_params["cell"] = "none"
    assert "**13.50 h**" in words(opened(app))


def test_a_file_is_taken_in_from_the_form(app: AppTest, empty: Path) -> None:
    page = opened(app)
    page.file_uploader[0].set_value(("cell.csv", as_csv(stepped()), "text/csv"))
    page.run()
    for name, value in (("Sample", "B2"), ("Laboratory", "ours")):
        next(one for one in page.text_input if one.label == name).set_value(value)
    page = press(page, "Take in")
    assert not page.exception
    assert not page.error
    assert "The cell of B2 shorted" in words(page)


@pytest.mark.parametrize("name", ["cell.nda", "cell.csv"])
def test_a_bad_upload_is_one_line_and_keeps_nothing(app: AppTest, empty: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"^{name}: ") as caught:
        take_in(name, b"\x00\x01garbage" * 20, FORM, getpass.getuser())
    assert "/tmp" not in str(caught.value)
    assert "No cell test" in words(opened(app))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_figure_marks_both_calls(palette: object) -> None:
    trace = stepped()
    rule = label_trace(trace, area_cm2=1, test="ccd").short
    assert rule is not None
    figure = cell_trace(CalledTrace("<i>A", trace, None, rule, 1.0), palette)  # type: ignore[arg-type]
    assert figure.layout.title.text == "Trace of &lt;i&gt;A: no short (imported)"
    assert [part.name for part in figure.data] == ["voltage", "current", "call of the rule"]
    assert figure.data[2].x == (9.5,)
    called = cell_trace(CalledTrace("A", trace, rule, rule, 1.0), palette)  # type: ignore[arg-type]
    assert [part.name for part in called.data] == ["voltage", "current", "call"]
    assert "hard short at 9.500 h" in called.layout.title.text


def test_a_long_trace_is_drawn_with_few_points() -> None:
    n = np.arange(200_000)
    trace = CellTrace(1.0 * n, np.where(n // 3600 % 2 == 0, 0.5, -0.5), np.sin(n / 300.0))
    figure = cell_trace(CalledTrace("A", trace, None, None, 1.0), LIGHT)
    assert len(figure.data[0].x) <= 2_100
