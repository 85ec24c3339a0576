"""The paper's figures beside the model's, and the page that is generated from them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from process_models.physics import SYSTEMS
from process_models.physics.materials_table import (
    FigureComparison,
    compare_with_paper,
    materials_markdown,
)
from process_models.physics.paper_figures import PAPER_FIGURES

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def rows() -> tuple[FigureComparison, ...]:
    return compare_with_paper()


def test_the_page_is_what_the_code_says(rows: tuple[FigureComparison, ...]) -> None:
    """Write it anew with `lacss physics systems --markdown > docs/materials_table.md`."""
    page = (ROOT / "docs" / "materials_table.md").read_text(encoding="utf-8")
    assert page == materials_markdown(rows)


def test_every_system_of_the_paper_is_held_against_it(
    rows: tuple[FigureComparison, ...],
) -> None:
    assert {row.system for row in rows} == set(SYSTEMS)
    assert len(rows) == len(PAPER_FIGURES)


def test_agreeing_is_the_meeting_of_two_intervals(rows: tuple[FigureComparison, ...]) -> None:
    for row in rows:
        meets = max(row.low, row.paper_low) <= min(row.high, row.paper_high)
        assert row.agrees is meets, (row.system, row.quantity)
        assert row.low <= row.median <= row.high
        assert math.isfinite(row.high)


def test_what_the_model_was_told_it_says_back(rows: tuple[FigureComparison, ...]) -> None:
    wrong = [(r.system, r.quantity) for r in rows if r.told != "no" and not r.agrees]
    assert wrong == []


def test_every_disagreement_is_explained(rows: tuple[FigureComparison, ...]) -> None:
    assert "not explained" not in materials_markdown(rows)
    assert any(not row.agrees for row in rows)


@pytest.mark.parametrize(
    ("system", "quantity", "paper"),
    [
        ("bare_li", "exchange_current_ma_cm2", 0.69),
        ("lacss", "exchange_current_ma_cm2", 1.11),
        ("lacss", "enriched_layer_nm", 300.0),
        ("lacss", "pure_layer_nm", 100.0),
        ("lacss", "rate_0.5c_mah_g", 147.5),
        ("lacss", "full_cell_capacity_mah_cm2", 1.30),
        ("lacss", "full_cell_retention_percent", 92.3),
    ],
)
def test_medians_near_the_paper(
    rows: tuple[FigureComparison, ...], system: str, quantity: str, paper: float
) -> None:
    (row,) = (r for r in rows if (r.system, r.quantity) == (system, quantity))
    assert row.median == pytest.approx(paper, rel=0.03)


def test_figures_of_the_paper_are_possible() -> None:
    for figure in PAPER_FIGURES:
        assert figure.low <= figure.high, figure
        assert figure.system in SYSTEMS
        assert not figure.over or figure.over in SYSTEMS
    keys = [(figure.system, figure.quantity) for figure in PAPER_FIGURES]
    assert len(set(keys)) == len(keys)


def test_another_seed_tells_the_same_story() -> None:
    """Seeds 0 and 1: agreement does not hang on the draws but for figures at an interval's end."""
    first, other = compare_with_paper(seed=0), compare_with_paper(seed=1)
    differ = [a.quantity for a, b in zip(first, other, strict=True) if a.agrees is not b.agrees]
    assert len(differ) <= 2, differ
