"""Evidence as it is drawn: with its censoring, and only where somebody measured."""

from __future__ import annotations

import pytest

from process_models.quality import EvidenceRow
from process_models.quality.bands import Outcome
from process_models.quality.setting import CellSetting
from twin.evidence import reference_evidence
from twin.evidence_origin import Statement
from twin.reporting.evidence_marks import EvidencePoint, evidence_points, other_protocols

REFERENCE = CellSetting()
PAPER = [Statement(row, "cited") for row in reference_evidence() if row.in_regression]


def row(**values: object) -> EvidenceRow:
    usual: dict[str, object] = {
        "id": "1", "sample": "A", "test": "ccd", "process": "lacss", "sublimation_time_s": 40.0,
        "unit": "mA/cm2", "laboratory": "here",
    }  # fmt: skip
    return EvidenceRow(**{**usual, **values})  # type: ignore[arg-type]


def life(**values: object) -> EvidenceRow:
    usual = {"test": "life", "unit": "h", "current_ma_cm2": 0.5, "capacity_mah_cm2": 0.5}
    return row(**{**usual, **values})


def points(
    rows: list[EvidenceRow],
    along: str = "sublimation_time_s",
    outcome: Outcome = "ccd_ma_cm2",
    setting: CellSetting = REFERENCE,
) -> list[EvidencePoint]:
    return evidence_points([Statement(one, "imported") for one in rows], along, setting, outcome)


def test_an_exact_value_stands_where_it_is() -> None:
    (point,) = points([row(value=2.5)])
    assert (point.x, point.value, point.censoring) == (40.0, 2.5, "exact")
    assert point.text == "A: 2.50 mA/cm² (here, imported)"
    assert (point.laboratory, point.origin) == ("here", "imported")


def test_a_statement_says_where_it_can_be_read() -> None:
    assert "Fig 5)" in points([row(value=2.5, where="Fig 5", source="a paper")])[0].text
    assert "cell.csv)" in points([row(value=2.5, source="cell.csv")])[0].text


def test_censored_values_stand_at_their_bound() -> None:
    right, left = (
        row(censoring="right", lower=2.0, upper=float("inf")),
        row(censoring="left", lower=0.0, upper=1.0),
    )
    drawn = points([right, left])
    assert [p.value for p in drawn] == [2.0, 1.0]
    assert "at least 2.00" in drawn[0].text
    assert "at most 1.00" in drawn[1].text
    assert {(p.low, p.high) for p in drawn} == {(None, None)}


def test_an_interval_spans_its_bounds() -> None:
    (point,) = points([row(censoring="interval", lower=1.0, upper=2.0)])
    assert (point.low, point.high, point.value) == (1.0, 2.0, 1.5)
    assert "between 1.00 and 2.00 mA/cm²" in point.text


def test_an_order_spans_from_its_lower_bound_to_the_sample_that_it_does_not_exceed() -> None:
    best = row(sample="best", value=2.5)
    ordinal = row(id="2", censoring="ordinal", lower=1.0, reference="best", sublimation_time_s=20.0)
    point = points([best, ordinal])[1]
    assert (point.low, point.high, point.value) == (1.0, 2.5, 1.75)
    assert point.words == "not above best"


def test_an_order_between_two_samples_is_said_in_words() -> None:
    low, high = life(sample="low", value=100.0), life(id="2", sample="high", value=500.0)
    between = life(
        id="3", sample="B", censoring="ordinal", reference="high", better_than="low",
        sublimation_time_s=20.0,
    )  # fmt: skip
    point = points([low, high, between], outcome="life_h")[2]
    assert (point.low, point.high, point.value) == (100.0, 500.0, 300.0)
    assert point.words == "above low,\nnot above high"
    assert "between low and high, nothing closer said" in point.text


def test_an_order_below_an_unfinished_test_reaches_as_far_as_that_was_seen() -> None:
    best = life(sample="best", censoring="right", lower=700.0, upper=float("inf"))
    ordinal = life(id="2", censoring="ordinal", lower=160.0, reference="best")
    assert points([best, ordinal], outcome="life_h")[1].high == 700.0


def test_nothing_is_drawn_where_nobody_measured() -> None:
    assert points([row(value=2.5)], "rolling_pressure_mpa") == []
    assert points([row(value=2.5, process="drac")]) == []
    assert points([row(value=2.5)], outcome="life_h") == []


def test_a_life_under_another_protocol_is_counted_and_not_drawn() -> None:
    rows = [life(value=300.0), life(id="2", value=90.0, current_ma_cm2=1.0)]
    assert [p.value for p in points(rows, outcome="life_h")] == [300.0]
    assert other_protocols([Statement(one, "cited") for one in rows], REFERENCE) == 1
    faster = CellSetting(current_ma_cm2=1.0)
    assert [p.value for p in points(rows, outcome="life_h", setting=faster)] == [90.0]


@pytest.mark.parametrize(
    ("values", "lived"),
    [
        ({"value": 500.0}, [1.0]),
        ({"value": 100.0}, [0.0]),
        ({"censoring": "right", "lower": 700.0, "upper": float("inf")}, [1.0]),
        ({"censoring": "right", "lower": 200.0, "upper": float("inf")}, []),
        ({"censoring": "left", "lower": 0.0, "upper": 10.0}, [0.0]),
        ({"censoring": "left", "lower": 0.0, "upper": 900.0}, []),
        ({"censoring": "interval", "lower": 300.0, "upper": 500.0}, []),
    ],
)
def test_of_a_survival_only_what_is_certain_is_drawn(
    values: dict[str, object], lived: list[float]
) -> None:
    """Beyond 400 h: yes, no, or nobody knows."""
    assert [p.value for p in points([life(**values)], outcome="survival")] == lived


def test_the_evidence_of_the_paper_is_drawn_with_bare_lithium_at_zero() -> None:
    drawn = evidence_points(PAPER, "sublimation_time_s", REFERENCE)
    assert {(p.x, p.value) for p in drawn if p.censoring == "exact"} == {(0.0, 1.0), (40.0, 2.5)}
    assert sorted(p.x for p in drawn if p.censoring == "ordinal") == [20.0, 60.0]


def test_a_laboratory_has_the_same_shape_in_every_figure() -> None:
    rows = [
        row(value=1.0, laboratory="first"),
        row(id="2", value=2.0, laboratory="second", rolling_pressure_mpa=40.0),
    ]
    assert [p.shape for p in points(rows)] == [0, 1]
    assert [p.shape for p in points(rows, "rolling_pressure_mpa")] == [1]
