"""The page of gauge studies: an example, a file, refusals, and its figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.figures import ChartLabels
from dashboards.gauge_data import GaugeData, example, of_file, studied
from dashboards.gauge_figures import by_operator, by_part, components, range_chart
from dashboards.gauge_result import anova_table, components_table, sentence
from dashboards.theme import DARK, LIGHT, Palette
from process_models.errors import InputError
from process_models.gauge import GaugeOptions

CSV = (
    b"part,operator,value\n"
    + b"\n".join(
        f"{part},{operator},{10 * part + 0.1 * row}".encode()
        for row, (part, operator) in enumerate(
            (p, o) for p in (1, 2, 3) for o in "ab" for _ in range(2)
        )
    )
    + b"\n"
)


def opened(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page("views/gauge.py").run()


def words_of(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in (*page.markdown, *page.caption))


def test_example_is_marked_simulated_and_answers_first(app: AppTest, empty: Path) -> None:
    page = opened(app)
    assert not page.exception
    assert not page.error
    said = page.markdown[0].value
    assert "the gauge takes" in said
    assert "categories of parts apart" in said
    assert "simulated" in said


def test_tolerance_adds_its_share(app: AppTest, empty: Path) -> None:
    page = opened(app)
    page.number_input(key="tolerance").set_value(12.0).run()
    assert not page.exception
    assert "% of the tolerance" in page.markdown[0].value


@pytest.mark.parametrize("design", ["nested", "expanded"])
def test_other_designs(app: AppTest, empty: Path, design: str) -> None:
    page = opened(app)
    page.selectbox(key="design").set_value(design).run()
    assert not page.exception
    assert not page.error


def test_a_file_is_waited_for(app: AppTest, empty: Path) -> None:
    page = opened(app)
    page.segmented_control(key="source").set_value("A file").run()
    assert not page.exception
    assert "Nothing is stored" in words_of(page)


def test_an_uploaded_table_is_read_by_its_columns() -> None:
    data = of_file("study.csv", CSV, "value", "part", "operator", ())
    assert data.provenance == "imported"
    study, drawn = studied(data, "crossed", GaugeOptions())
    assert study.parts == 3
    assert len(drawn.means) == 6


def test_a_bad_cell_is_named_without_the_server_s_folders() -> None:
    with pytest.raises(InputError, match=r"^study\.csv: row 1, column 'operator'"):
        of_file("study.csv", CSV, "operator", "part", "operator", ())


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_figures_hold_every_measurement_and_the_word_simulated(palette: Palette) -> None:
    data = example()
    study, drawn = studied(data, "crossed", GaugeOptions())
    labels = ChartLabels(name=data.name, unit=data.unit, simulated=True)
    figures = [
        components(study, palette, simulated=True),
        by_part(drawn, labels, palette),
        by_operator(drawn, labels, palette),
        range_chart(drawn, labels, palette),
    ]
    for figure in figures:
        assert figure is not None
        assert "simulated" in figure.layout.title.text
    points = [trace for trace in figures[2].data if trace.mode == "markers"]
    assert sum(len(trace.y) for trace in points) == 90
    assert [len(trace.x) for trace in figures[1].data] == [10, 10, 10]
    bars = figures[0].data[0]
    assert bars.x[bars.y.index("Gauge")] == pytest.approx(study.percent_study["gauge"])


def test_no_range_chart_of_single_measurements() -> None:
    data = GaugeData(np.arange(4.0) ** 2, tuple("1212"), tuple("aabb"), "x", "", "imported")
    _, drawn = studied(data, "expanded", GaugeOptions(interaction="drop"))
    assert range_chart(drawn, ChartLabels(name="x"), LIGHT) is None


def test_sentence_and_tables_agree_with_the_study() -> None:
    study, _ = studied(example(), "crossed", GaugeOptions(tolerance=12))
    said = sentence(study, "Thickness")
    assert study.verdict in said
    assert "leave marginal to unacceptable open" in said
    assert "of the tolerance" in said
    table = components_table(study)
    assert list(table["% study"]) == pytest.approx(list(study.percent_study.values()))
    assert list(anova_table(study)["Source"]) == ["Part", "Operator", "Interaction",
                                                  "Repeatability"]  # fmt: skip
