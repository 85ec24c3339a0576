"""Numbers, times and names as the pages write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboards.formatting import (
    age,
    clock,
    csv_safe,
    interval,
    label,
    number,
    percent,
    plain,
    rule_meaning,
    rule_name,
    safe,
    share,
    unit_name,
)

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.449, "2.45"), (61234.4, "61,230"), (0.05, "0.05"), (0.0, "0"), (None, "–"),
        (float("nan"), "–"), (-12.345, "-12.3"), (1.2e-7, "1.20e-07"), (700.0, "700"),
        (2.0, "2.00"),
    ],
)  # fmt: skip
def test_numbers_have_three_to_four_significant_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_an_interval_shares_its_decimals_and_names_its_unit() -> None:
    assert interval(2.449, 1.971, 2.93, "mA/cm2") == "2.45 (1.97 to 2.93) mA/cm²"
    assert interval(14434.2, 13367.0, 15256.0) == "14,430 (13,370 to 15,260)"
    assert interval(None, 300.0, None, "h") == "– (300 to –) h"


def test_shares_are_percent() -> None:
    assert percent(0.925) == "92.5 %"
    assert percent(1.0) == "100 %"
    assert share(0.9, 0.8, 0.95) == "90.0 % (80.0 to 95.0 %)"
    assert share(0.5) == "50.0 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3, "3 s"), (119, "119 s"), (121, "2 min"), (7300, "2 h"), (200_000, "2 days"), (-5, "0 s")],
)
def test_ages_use_the_largest_unit_that_leaves_two(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_times_are_in_the_sites_zone_and_bear_their_date_when_it_is_not_today() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert clock(NOON, berlin, now=NOON) == "13:00"
    assert clock(NOON.replace(day=2), berlin, now=NOON) == "2 Mar 13:00"
    assert clock(None) == "–"


def test_names_are_words_of_the_trade() -> None:
    assert label("rolling_pressure_mpa") == "Rolling pressure"
    assert label("areal_capacity_mah_cm2") == "Areal capacity"
    assert label("life_h") == "Life"
    assert label("h2o_ppm") == "H2O"
    assert label("ccd_ma_cm2") == "CCD"
    assert unit_name("um") == "µm"
    assert unit_name("furlong") == "furlong"


def test_rules_have_a_short_name_and_a_meaning() -> None:
    assert rule_name("nelson_5") == "N5"
    assert rule_name("nelson_2:14") == "N2:14"
    assert rule_meaning("nelson_2:14") == "14 points on one side of the centre line"
    assert rule_meaning("outside_specification") == "outside its specification"
    assert rule_name("house_rule") == "House rule"


def test_text_of_the_data_stays_text() -> None:
    assert safe("<a href='x'>L1</a>") == "&lt;a href='x'&gt;L1&lt;/a&gt;"
    assert plain("[L1](http://evil)") == "\\[L1\\](http\\://evil)"
    assert plain("a*b_c") == "a\\*b\\_c"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_that_looks_like_a_formula_is_made_text(cell: str) -> None:
    assert csv_safe(cell) == "'" + cell


def test_other_cells_are_left_alone() -> None:
    assert csv_safe("L00001") == "L00001"
    assert csv_safe(-1.5) == -1.5
