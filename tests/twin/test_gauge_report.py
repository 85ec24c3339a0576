"""Studies as tables: what a person reads is what the study says."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.gauge import (
    GaugeOptions,
    agreement,
    bias,
    crossed,
    example_study,
    linearity,
    nested,
    stability,
    type1,
)
from twin.gauge_report import REPORTS
from twin.gauge_study import NEEDED, STUDIES


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def said(capsys: pytest.CaptureFixture[str], study: str, result: object) -> str:
    REPORTS[study](result)
    return capsys.readouterr().out


def test_every_study_has_its_report_and_its_needs() -> None:
    assert set(REPORTS) == set(STUDIES) == set(NEEDED)


def test_crossed_report(capsys: pytest.CaptureFixture[str]) -> None:
    made = example_study()
    rows = (made.thickness_um, made.parts, made.operators)
    study = crossed(*rows, GaugeOptions(tolerance=12))
    text = said(capsys, "rr", study)
    assert "crossed study: 90 measurements, 10 parts, 3 operators" in text
    assert f"{study.percent_study['gauge']:.4g}" in text
    assert f"{study.anova['part'].ss:.4g}" in text
    assert "for the tolerance." in text
    assert "Note: the interaction" in text


def test_report_without_a_tolerance(capsys: pytest.CaptureFixture[str]) -> None:
    made = example_study()
    text = said(capsys, "rr", nested(made.thickness_um, made.parts, made.operators))
    assert "for the process." in text
    assert "for the tolerance" not in text
    assert "interaction " not in text.split("Components")[0]


def test_bias_and_type1_reports(capsys: pytest.CaptureFixture[str]) -> None:
    values = [5.0, 6.0, 7.0]
    assert "4.303" not in said(capsys, "bias", bias(values, 5.0))
    text = said(capsys, "type1", type1(values, 5.0, 60.0))
    assert "Cg" in text
    assert "yes" in text
    assert "no" in said(capsys, "type1", type1(values, 5.0, 6.0))


def test_linearity_report(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "linearity", linearity([1.1, 2.0, 3.2, 3.0], [1.0, 2.0, 3.0, 3.0]))
    assert "slope" in text
    assert "average" in text
    assert "–" in text  # no p value of a single reading


def test_stability_report(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = said(capsys, "stability", stability([1.0, 2.0, 1.5, 1.0, 2.0], range(5)))
    assert "0 signals" in quiet
    loud = stability([1.0, 1.1] * 10 + [5.0], range(21), reference=1.0)
    text = said(capsys, "stability", loud)
    assert "beyond_limits" in text
    assert "Bias of 21 measurements" in text


def test_attribute_report(capsys: pytest.CaptureFixture[str]) -> None:
    parts, operators = np.repeat(range(6), 4), np.tile(list("aabb"), 6)
    truth = np.where(parts % 2, "ok", "no")
    study = agreement(truth, parts, operators, truth)
    text = said(capsys, "attribute", study)
    assert "a within" in text
    assert "b and standard" in text
    assert "all and standard" in text
    assert "a and b" in text
    assert "acceptable" in text
    alone = agreement(truth[operators == "a"], parts[operators == "a"], operators[operators == "a"])
    assert "Pairs" not in said(capsys, "attribute", alone)
