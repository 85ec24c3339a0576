"""How numbers, times and names are written, on every page the same."""

from __future__ import annotations

import html
import math
from datetime import UTC, datetime, tzinfo

from twin.reporting.rule_words import rule_meaning, rule_name
from twin.reporting.wording import label, unit_name, words

__all__ = [
    "age",
    "clock",
    "csv_safe",
    "interval",
    "label",
    "level_name",
    "number",
    "percent",
    "plain",
    "rule_meaning",
    "rule_name",
    "safe",
    "share",
    "unit_name",
    "words",
]

_MOST_DECIMALS = 6
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKDOWN = frozenset("\\`*_[]<>#$~|:&")


def number(value: float | None, digits: int = 3) -> str:
    """`value` to `digits` significant digits, one more for large ones; a dash when there is none.

    Examples
    --------
    >>> number(2.4512), number(61234.0), number(0.05), number(None)
    ('2.45', '61,230', '0.05', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value != 0 and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{digits - 1}e}"
    text = f"{_rounded(value, digits + 1):z,.{decimals(value, digits)}f}"
    return text.rstrip("0").rstrip(".") if "." in text and abs(value) < 1 else text


def _rounded(value: float, digits: int) -> float:
    """`value` with no more than `digits` significant digits."""
    return value if value == 0 else round(value, digits - 1 - math.floor(math.log10(abs(value))))


def decimals(value: float, digits: int = 3) -> int:
    """Decimals that give `value` its significant digits."""
    return 0 if value == 0 else max(0, digits - 1 - math.floor(math.log10(abs(value))))


def interval(
    value: float | None, low: float | None, high: float | None, unit: str = "", digits: int = 3
) -> str:
    """A number with its interval, as in `2.45 (1.97 to 2.93) mA/cm²`.

    Examples
    --------
    >>> interval(2.449, 1.971, 2.93, "mA/cm2")
    '2.45 (1.97 to 2.93) mA/cm²'
    """
    known = [v for v in (value, low, high) if v is not None and math.isfinite(v)]
    places = decimals(max(map(abs, known)), digits) if known else 0
    plain_decimals = places <= _MOST_DECIMALS and all(abs(v) < 1e9 for v in known)

    def one(v: float | None) -> str:
        if not plain_decimals:
            return number(v, digits)
        return (
            "–" if v is None or not math.isfinite(v) else f"{_rounded(v, digits + 1):z,.{places}f}"
        )

    text = f"{one(value)} ({one(low)} to {one(high)})"
    return f"{text} {unit_name(unit)}".rstrip()


def share(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """A fraction of 0 to 1 in percent, with its interval when there is one."""
    if low is None and high is None:
        return percent(value)
    inside = f"{percent(low).removesuffix(' %')} to {percent(high)}"
    return f"{percent(value)} ({inside})"


def percent(value: float | None) -> str:
    """A fraction of 0 to 1 in percent.

    Examples
    --------
    >>> percent(0.925), percent(1.0), percent(None)
    ('92.5 %', '100 %', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    return f"{100 * value:z.{0 if value in (0, 1) else 1}f} %"


def level_name(level: float) -> str:
    """A probability of an interval, as `90 %`."""
    return f"{100 * level:g} %"


def age(seconds: float | None) -> str:
    """How long ago, in the largest unit that leaves at least 2.

    Examples
    --------
    >>> age(12), age(600), age(7200 * 2), age(None)
    ('12 s', '10 min', '4 h', 'never')
    """
    if seconds is None or not math.isfinite(seconds):
        return "never"
    for size, unit in ((172_800.0, "days"), (7_200.0, "h"), (120.0, "min")):
        if seconds >= size:
            scale = {"days": 86_400.0, "h": 3_600.0, "min": 60.0}[unit]
            return f"{seconds / scale:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def clock(moment: datetime | None, zone: tzinfo = UTC, *, now: datetime | None = None) -> str:
    """Time of day in the site's zone, with the date when it is not today's.

    Examples
    --------
    >>> clock(datetime(2025, 3, 4, 12, 5, tzinfo=UTC), now=datetime(2026, 3, 4, tzinfo=UTC))
    '4 Mar 2025 12:05'
    """
    if moment is None or moment != moment:  # NaT is not equal to itself
        return "–"
    local = moment.astimezone(zone)
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def safe(text: object) -> str:
    """Text of the data made harmless for a figure, which reads some HTML."""
    return html.escape(str(text), quote=False)


def plain(text: object) -> str:
    """Text of the data made harmless for Markdown: it is shown as it is.

    Examples
    --------
    >>> plain("L1 [x](http://y)")
    'L1 \\\\[x\\\\](http\\\\://y)'
    """
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in str(text))


def csv_safe(value: object) -> object:
    """A cell that a spreadsheet does not read as a formula; numbers stay numbers.

    >>> csv_safe("=1+1"), csv_safe("  @x"), csv_safe(-1.5), csv_safe("L-7")
    ("'=1+1", "'  @x", -1.5, 'L-7')
    """
    if not isinstance(value, str):
        return value
    formula = value.lstrip()[:1] in _FORMULA or value[:1] in ("\t", "\r", "\n")
    return "'" + value if value and formula else value
