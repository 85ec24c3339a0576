"""Any number, any text, any moment: what the pages write stays readable, true and harmless."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboards.formatting import (
    age,
    clock,
    csv_safe,
    interval,
    label,
    number,
    percent,
    plain,
    safe,
    share,
    unit_name,
    words,
)
from process_models.spc import RULE_SETS, RULES
from twin.reporting.rule_words import rule_meaning, rule_name

ANY = st.floats(-1.79e308, 1.79e308) | st.sampled_from([math.nan, math.inf, -math.inf])
USUAL = st.floats(-1e8, 1e8).filter(lambda x: x == 0 or abs(x) > 1e-4)
ONE_LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1)
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def read(text: str) -> float:
    return float(text.replace(",", ""))


@settings(max_examples=300)
@given(ANY)
@example(-0.0)
@example(5e-324)
@example(1.79e308)
def test_any_number_can_be_read_back_to_three_digits(value: float) -> None:
    text = number(value)
    if not math.isfinite(value):
        assert text == "–"
        return
    assert read(text) == pytest.approx(value, rel=5.1e-3, abs=0)
    assert len(text) <= 14
    assert text != "-0"


@settings(max_examples=200)
@given(USUAL, st.integers(2, 5))
def test_more_digits_are_never_less_true(value: float, digits: int) -> None:
    coarse, fine = read(number(value, digits)), read(number(value, digits + 1))
    slack = 1e-12 * abs(value)
    assert abs(fine - value) <= abs(coarse - value) + slack + 10.0 ** (-digits - 1) * abs(value)
    assert read(number(-value, digits)) == -coarse


@settings(max_examples=200)
@given(st.lists(st.floats(-1e12, 1e12), min_size=3, max_size=3).map(sorted))
@example([1e-9, 2e-9, 3e-9])
@example([-0.001, -0.0001, 500.0])
def test_an_interval_keeps_its_order_and_shows_no_negative_zero(three: list[float]) -> None:
    low, value, high = three
    text = interval(value, low, high)
    said = [read(part) for part in re.findall(r"-?[\d,.]+(?:e[+-]\d+)?", text)]
    assert len(said) == 3
    assert said[1] <= said[0] <= said[2]
    assert not re.search(r"-0(\.0+)?(?![\d.])", text)
    if high > 0 and abs(low) <= high:
        assert said[2] == pytest.approx(high, rel=5.1e-3)


@given(st.tuples(st.none() | ANY, st.none() | ANY, st.none() | ANY))
def test_an_interval_of_what_is_unknown_says_so(three: tuple[float | None, ...]) -> None:
    value, low, high = three
    text = interval(value, low, high, "um")
    assert text.endswith(" µm")
    assert "nan" not in text
    assert "inf" not in text
    if value is None or not math.isfinite(value):
        assert text.startswith("–")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_percentages_stay_within_a_twentieth(value: float, low: float, high: float) -> None:
    text = percent(value)
    assert text.endswith(" %")
    assert abs(float(text.removesuffix(" %")) - 100 * value) <= 0.0501
    assert share(value, low, high).count("%") == 2


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf, -math.inf])
def test_nothing_is_a_dash_everywhere(nothing: float | None) -> None:
    assert number(nothing) == percent(nothing) == share(nothing) == "–"
    assert interval(nothing, nothing, nothing) == "– (– to –)"
    assert age(nothing) == "never"


@given(st.floats(0, 1e10))
def test_an_age_is_true_to_half_of_its_unit_and_at_least_two_of_it(seconds: float) -> None:
    count, unit = age(seconds).split(" ")
    size = {"s": 1.0, "min": 60.0, "h": 3600.0, "days": 86_400.0}[unit]
    assert abs(int(count) * size - seconds) <= size / 2
    assert unit == "s" or int(count) >= 2


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Pacific/Apia"]),
)
def test_a_clock_tells_which_minute_of_which_year(moment: datetime, zone: str) -> None:
    here = ZoneInfo(zone)
    text = clock(moment, here, now=NOON)
    local, today = moment.astimezone(here), NOON.astimezone(here)
    assert text.endswith(f"{local:%H:%M}")
    assert (str(local.year) in text.rsplit(" ", 1)[0]) == (local.year != today.year)
    assert (text == f"{local:%H:%M}") == (local.date() == today.date())


def test_the_hour_that_comes_twice_is_told_in_the_sites_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for moment in (before, before + timedelta(hours=1)):
        assert clock(moment, berlin, now=moment) == "02:30"


@settings(max_examples=300)
@given(ONE_LINE)
@example("<script>alert(1)</script>")
@example("![x](javascript:alert(1))")
@example("a&lt;b&amp;c &#60;")
@example("`code` **bold** _it_ ~~no~~ [[x]] <b>")
@example("a|b\\c")
def test_text_of_the_data_is_shown_as_it_is_by_markdown(text: str) -> None:
    shown = MarkdownIt("commonmark").enable(["strikethrough", "table"])
    (inline,) = [t for t in shown.parse(f"x{plain(text)}x") if t.type == "inline"]
    assert {child.type for child in inline.children or []} <= {"text", "text_special"}
    assert "".join(child.content for child in inline.children or []) == f"x{text}x"


@given(st.text())
def test_what_streamlit_would_turn_into_colours_icons_or_sums_is_escaped(text: str) -> None:
    made = plain(text)
    for character in ":$":
        assert made.count(f"\\{character}") == text.count(character)


@given(st.text())
def test_a_figure_reads_no_markup_from_the_data(text: str) -> None:
    made = safe(text)
    assert "<" not in made
    assert ">" not in made


@given(st.text() | st.integers() | st.floats(allow_nan=True) | st.none())
def test_no_cell_begins_like_a_formula(cell: object) -> None:
    made = csv_safe(cell)
    if isinstance(cell, str):
        assert str(made)[:1] not in ("=", "+", "-", "@", "\t", "\r")
        assert str(made).removeprefix("'") == cell.removeprefix("'")
    else:
        assert made is cell


@given(st.text(st.characters(categories=["Ll"], include_characters="_2"), max_size=30))
def test_any_name_has_words(name: str) -> None:
    for made in (label(name), words(name)):
        assert "_" not in made
        assert not made[:1].islower() or made[:1].upper() == made[:1] or name[:1] == "_"
    assert isinstance(unit_name(name), str)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_short_name_and_a_meaning_of_its_own(rule: str) -> None:
    assert 2 <= len(rule_name(rule)) <= 7
    meaning = rule_meaning(rule)
    assert not set(meaning.split()) & {"nelson", "we", "aiag", "juran", "westgard"}
    assert re.search("sigma|centre|limit|rising|alternating", meaning)


def test_short_names_do_not_repeat() -> None:
    names = [rule_name(rule) for rule in RULES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("rule", "name", "meaning"),
    [
        ("nelson_1:3.5", "N1:3.5", "beyond 3.5 sigma"),
        ("nelson_5:3", "N5:3", "3 of 4 points beyond 2 sigma on one side"),
        ("nelson_2:7", "N2:7", "7 points on one side of the centre line"),
        ("aiag_2", "AIAG 2", "seven points on one side of the centre line"),
        ("aiag_5", "AIAG 5", "two of three points beyond two sigma on one side"),
        ("juran_6", "J6", "eight points outside one sigma on either side"),
        ("westgard_41s", "41s", "four points in a row beyond one sigma on one side"),
        ("westgard_10x", "10x", "ten points on one side of the centre line"),
        ("no_data", "no data", "no reading where one was due"),
        ("of_a_site:3", "Of a site:3", "of a site:3"),
        ("nelson", "Nelson", "nelson"),
    ],
)
def test_rules_with_another_k_and_of_every_set_are_put_in_words(
    rule: str, name: str, meaning: str
) -> None:
    assert (rule_name(rule), rule_meaning(rule)) == (name, meaning)


def test_a_set_is_no_rule() -> None:
    assert not set(RULE_SETS) & set(RULES)
