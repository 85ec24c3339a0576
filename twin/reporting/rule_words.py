"""Run rules in words: a short name to stand beside a point, and what the rule says."""

from __future__ import annotations

from process_models.errors import InputError
from process_models.spc.rules import Rule, parse_rules

__all__ = ["rule_meaning", "rule_name"]

_SHORT = {"nelson": "N", "we": "WE", "aiag": "AIAG ", "juran": "J", "westgard": ""}
_NOT_RULES = {
    "outside_specification": ("out of spec", "outside its specification"),
    "no_data": ("no data", "no reading where one was due"),
}
_COUNTS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen",
)  # fmt: skip


def rule_name(rule: str) -> str:
    """Short name of a run rule, to stand beside a point.

    Examples
    --------
    >>> rule_name("nelson_2"), rule_name("nelson_2:14"), rule_name("westgard_r4s")
    ('N2', 'N2:14', 'R4s')
    """
    base, colon, count = rule.partition(":")
    if base in _NOT_RULES:
        return _NOT_RULES[base][0]
    if base == "beyond_limits":
        return "beyond"
    family, _, member = base.rpartition("_")
    if family in _SHORT and _parsed(base) is not None:
        short = f"{_SHORT[family]}{member}"
        return short[:1].upper() + short[1:] + colon + count
    return _words(base) + colon + count


def rule_meaning(rule: str) -> str:
    """What a run rule says, in the words of the shop floor.

    Examples
    --------
    >>> rule_meaning("nelson_2:14")
    '14 points on one side of the centre line'
    >>> rule_meaning("nelson_1:3.5"), rule_meaning("westgard_22s")
    ('beyond 3.5 sigma', 'two points in a row beyond two sigma on one side')
    """
    if rule in _NOT_RULES:
        return _NOT_RULES[rule][1]
    parsed = _parsed(rule)
    return _words(rule).lower() if parsed is None else _said(parsed, exact=":" in rule)


def _parsed(rule: str) -> Rule | None:
    try:
        (parsed,) = parse_rules([rule])
    except (InputError, ValueError):  # not a rule, or a set of them
        return None
    return parsed


def _said(rule: Rule, *, exact: bool) -> str:
    count, sigma = _count(rule.count, exact=exact), f"{_count(rule.zone, exact=exact)} sigma"
    if rule.pattern == "limits":
        return "beyond a control limit"
    if rule.pattern == "zone":
        if rule.window == 1:
            return f"beyond {sigma}"
        if rule.window == rule.count:
            return f"{count} points in a row beyond {sigma} on one side"
        return f"{count} of {_count(rule.window, exact=exact)} points beyond {sigma} on one side"
    return {
        "run": f"{count} points on one side of the centre line",
        "trend": f"{count} points steadily rising or falling",
        "alternate": f"{count} points alternating up and down",
        "inside": f"{count} points within {sigma}",
        "outside": f"{count} points outside {sigma} on either side",
        "opposite": f"one point beyond {sigma} and the next beyond {sigma} on the other side",
    }[rule.pattern]


def _count(value: float, *, exact: bool) -> str:
    whole = not exact and value == int(value) and value < len(_COUNTS)
    return _COUNTS[int(value)] if whole else f"{value:g}"


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
