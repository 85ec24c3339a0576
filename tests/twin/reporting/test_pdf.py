"""PDF reports: what they say can be read from the page, and the same inputs give the same bytes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from twin.reporting import to_pdf
from twin.reporting.pdf import MOST_PRINTED


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", content))


def text_of(content: bytes) -> str:
    """All text that is shown, in the order of the operators, words of a line joined."""
    shown = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", content)
    text = b" ".join(shown)
    text = re.sub(rb"\\(\d{3})", lambda m: bytes([int(m[1], 8)]), text)
    return re.sub(r"\\(.)", r"\1", text.decode("cp1252"))


def test_it_is_a_pdf_that_tells_title_limits_who_and_when(made_chart: Any) -> None:
    report = made_chart()
    content = to_pdf(report, compress=False)
    text = text_of(content)
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert "Thickness: I-MR chart" in text
    single = report.result.panels[0]
    for name, level in (("UCL", single.ucl), ("LCL", single.lcl), ("CL", single.centre_line)):
        assert f"{name} {level:.2f}" in text
    assert "Made 2026-03-05 07:30 UTC by K. Meier" in text
    assert "measured" in text


def test_every_page_is_numbered_of_how_many(made_chart: Any) -> None:
    content = to_pdf(made_chart(rules=("beyond_limits", "nelson")), compress=False)
    count, text = pages(content), text_of(content)
    assert count >= 2
    for number in range(1, count + 1):
        assert f"Page {number} of {count}" in text


def test_specification_is_named_with_its_unit(made_chart: Any) -> None:
    text = text_of(to_pdf(made_chart(), compress=False))
    assert "USL 65 µm" in text
    assert "LSL 55 µm" in text


def test_signals_are_listed_with_their_lots(made_chart: Any) -> None:
    text = text_of(to_pdf(made_chart(), compress=False))
    assert "L00020" in text
    assert "beyond" in text


def test_columns_without_any_value_are_not_printed(made_chart: Any) -> None:
    assert "Time (UTC)" in text_of(to_pdf(made_chart(), compress=False))
    bare = text_of(to_pdf(made_chart(timed=False, lots=()), compress=False))
    assert "Time (UTC)" not in bare
    assert "Lot" not in bare


def test_many_signals_are_cut_and_the_rest_counted(made_chart: Any) -> None:
    import numpy as np

    values = np.concatenate([np.tile([59.0, 61.0], 20), np.full(100, 90.0)])
    text = text_of(to_pdf(made_chart(values=values, exclude=()), compress=False))
    assert f"The first {MOST_PRINTED}; " in text
    assert "more are in the Excel export" in text


def test_simulated_data_bear_the_word_in_the_title(made_chart: Any) -> None:
    text = text_of(to_pdf(made_chart(provenance="simulated"), compress=False))
    assert "I-MR chart, simulated data" in text
    assert "simulated data" not in text_of(to_pdf(made_chart(), compress=False))


def test_text_that_means_something_to_the_markup_is_shown_as_it_is(made_chart: Any) -> None:
    lots = ["<b>x</b>&(y)"] * 59 + ["批7"]
    values = made_chart().result.panels[0].points.copy()
    values[59] = 80.0
    text = text_of(to_pdf(made_chart(values=values, lots=lots), compress=False))
    assert "< b > x < /b > & (y)" in text, "each sign is drawn by an operator of its own"
    assert "u62797" in text


def test_the_same_inputs_give_the_same_bytes(made_chart: Any) -> None:
    assert to_pdf(made_chart()) == to_pdf(made_chart())


def test_a_capability_report_tells_its_indices(capability_report: Any) -> None:
    text = text_of(to_pdf(capability_report, compress=False))
    cpk = capability_report.view.result.indices["cpk"].value
    assert "Thickness: capability" in text
    assert f"Cpk is {cpk:.2f}" in text
    for title in ("Readings against the specification", "Probability plot: normal", "Cpm"):
        assert title in text


def test_a_gauge_report_tells_its_verdict_and_draws_every_operator(gauge_report: Any) -> None:
    text = text_of(to_pdf(gauge_report, compress=False))
    assert f"which is {gauge_report.study.verdict}" in text
    for operator in set(gauge_report.drawn.operators):
        assert operator in text
    assert "Analysis of variance" in text


@pytest.mark.parametrize("kind", ["ewma", "cusum", "ma", "zone", "c", "g", "t", "ar_residual"])
def test_every_chart_of_single_values_can_be_printed(kind: str, made_chart: Any) -> None:
    import numpy as np

    counts = np.random.default_rng(8).poisson(6.0, 60).astype(float) + 1
    content = to_pdf(made_chart(kind, values=counts, exclude=()))
    assert content.startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["xbar_r", "xbar_s", "i_mr_rs", "xbar", "r", "s"])
def test_every_chart_of_subgroups_can_be_printed(kind: str, made_chart: Any) -> None:
    import numpy as np

    rows = np.random.default_rng(9).normal(60.0, 1.0, (50, 5))
    assert to_pdf(made_chart(kind, values=rows)).startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["t2_individuals", "mewma", "mcusum", "pca"])
def test_every_chart_of_several_variables_can_be_printed(kind: str, made_chart: Any) -> None:
    import numpy as np

    rows = np.random.default_rng(10).normal(60.0, 1.0, (60, 3))
    rows[50] = 70.0
    assert to_pdf(made_chart(kind, values=rows)).startswith(b"%PDF-")


def test_a_constant_series_is_drawn(made_chart: Any) -> None:
    import numpy as np

    assert to_pdf(made_chart(values=np.full(50, 60.0))).startswith(b"%PDF-")
