"""Evidence as it is drawn: with its censoring, and only where somebody measured."""

from __future__ import annotations

from dashboards.evidence_points import ccd_points, evidence_table
from process_models.quality import EvidenceRow
from twin.evidence import reference_evidence


def row(**values: object) -> EvidenceRow:
    usual: dict[str, object] = {
        "id": "1", "sample": "A", "test": "ccd", "process": "lacss", "sublimation_time_s": 40.0,
        "unit": "mA/cm2", "laboratory": "here",
    }  # fmt: skip
    return EvidenceRow(**{**usual, **values})  # type: ignore[arg-type]


def test_an_exact_value_stands_where_it_is() -> None:
    (point,) = ccd_points([row(value=2.5)], "sublimation_time_s")
    assert (point.x, point.value, point.censoring) == (40.0, 2.5, "exact")
    assert point.text == "A: 2.50 mA/cm² (here)"


def test_censored_values_stand_at_their_bound() -> None:
    right, left = (
        row(censoring="right", lower=2.0, upper=float("inf")),
        row(censoring="left", lower=0.0, upper=1.0),
    )
    points = ccd_points([right, left], "sublimation_time_s")
    assert [p.value for p in points] == [2.0, 1.0]
    assert "at least" in points[0].text
    assert "at most" in points[1].text


def test_an_order_spans_from_its_lower_bound_to_the_sample_that_it_does_not_exceed() -> None:
    best = row(sample="best", value=2.5)
    ordinal = row(id="2", censoring="ordinal", lower=1.0, reference="best", sublimation_time_s=20.0)
    point = ccd_points([best, ordinal], "sublimation_time_s")[1]
    assert (point.low, point.high, point.value) == (1.0, 2.5, 1.75)


def test_nothing_is_drawn_where_nobody_measured() -> None:
    assert ccd_points([row(value=2.5)], "rolling_pressure_mpa") == []
    assert ccd_points([row(value=2.5, process="drac")], "sublimation_time_s") == []


def test_the_evidence_of_the_paper_is_drawn_with_bare_lithium_at_zero() -> None:
    points = ccd_points(reference_evidence(), "sublimation_time_s")
    assert {(p.x, p.value) for p in points if p.censoring == "exact"} == {(0.0, 1.0), (40.0, 2.5)}
    assert sorted(p.x for p in points if p.censoring == "ordinal") == [20.0, 60.0]
    assert len(evidence_table(reference_evidence())) >= 4
