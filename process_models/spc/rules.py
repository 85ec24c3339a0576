"""Run rules: their names, what each means, and which points break them.

A rule flags the point that completes its pattern and every later point that still satisfies it.
Zones are strict, a point on the centre line or without a value breaks a run, and `m of n` rules
need the current point in the zone but no full window.

Sources: Nelson (1984) J. Quality Technology 16; Western Electric (1956) Statistical Quality
Control Handbook; AIAG (2005) SPC manual, 2nd edition; Juran's Quality Handbook;
Westgard et al. (1981) Clinical Chemistry 27.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.arrays import FloatArray
from process_models.spc.distance import Distances

__all__ = [
    "RULES",
    "RULE_SETS",
    "Rule",
    "Scope",
    "Severity",
    "about_spread",
    "broken_rules",
    "parse_rules",
    "within_scope",
]

COMPILED_FROM = 50_000

Pattern = Literal["limits", "zone", "run", "trend", "alternate", "inside", "outside", "opposite"]
Severity = Literal["info", "minor", "major", "critical"]
Scope = Literal["all", "runs", "single", "limits"]
"""Which rules suit a panel: all; no zones but the outermost; one point alone; its limits alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `count` of the last `window` points do what `pattern` says.

    Attributes
    ----------
    name : str
    pattern : str
        `limits`: beyond the drawn limits. `zone`: beyond `zone` standard errors on one side.
        `run`: on one side of the centre line. `trend`: steadily up, or down. `alternate`: up and
        down in turn. `inside`, `outside`: within or outside `zone` standard errors on either
        side. `opposite`: beyond `zone` on one side, and the point before on the other.
    count, window : int
    zone : float
        In standard errors.
    """

    name: str
    pattern: Pattern
    count: int = 1
    window: int = 1
    zone: float = 3.0

    @property
    def severity(self) -> Severity:
        """Of its signals, where a control plan does not say otherwise.

        Major for a point beyond three sigma and for two near it, info for a warning, else minor.
        """
        if self.pattern == "limits" or (self.pattern == "zone" and self.zone > 2):
            return "major"
        if self.pattern in ("zone", "opposite") and self.zone == 2:
            return "major" if self.window > 1 else "info"
        return "minor"


def _rules() -> tuple[Rule, ...]:
    return (
        Rule("beyond_limits", "limits"),
        Rule("nelson_1", "zone"),
        Rule("nelson_2", "run", 9, 9),
        Rule("nelson_3", "trend", 6, 6),
        Rule("nelson_4", "alternate", 14, 14),
        Rule("nelson_5", "zone", 2, 3, 2.0),
        Rule("nelson_6", "zone", 4, 5, 1.0),
        Rule("nelson_7", "inside", 15, 15, 1.0),
        Rule("nelson_8", "outside", 8, 8, 1.0),
        Rule("we_1", "zone"),
        Rule("we_2", "zone", 2, 3, 2.0),
        Rule("we_3", "zone", 4, 5, 1.0),
        Rule("we_4", "run", 8, 8),
        Rule("aiag_1", "zone"),
        Rule("aiag_2", "run", 7, 7),
        Rule("aiag_3", "trend", 6, 6),
        Rule("aiag_4", "alternate", 14, 14),
        Rule("aiag_5", "zone", 2, 3, 2.0),
        Rule("aiag_6", "zone", 4, 5, 1.0),
        Rule("aiag_7", "inside", 15, 15, 1.0),
        Rule("aiag_8", "outside", 8, 8, 1.0),
        Rule("juran_1", "zone"),
        Rule("juran_2", "zone", 2, 3, 2.0),
        Rule("juran_3", "zone", 4, 5, 1.0),
        Rule("juran_4", "run", 9, 9),
        Rule("juran_5", "trend", 6, 6),
        Rule("juran_6", "outside", 8, 8, 1.0),
        Rule("westgard_12s", "zone", 1, 1, 2.0),
        Rule("westgard_13s", "zone"),
        Rule("westgard_22s", "zone", 2, 2, 2.0),
        Rule("westgard_r4s", "opposite", 2, 2, 2.0),
        Rule("westgard_41s", "zone", 4, 4, 1.0),
        Rule("westgard_10x", "run", 10, 10),
    )


_PATTERNS: dict[str, tuple[str, ...]] = {
    "runs": ("limits", "zone", "run", "trend", "alternate"),
    "single": ("limits", "zone"),
    "limits": ("limits",),
}
_BY_NAME = {rule.name: rule for rule in _rules()}
_WARNINGS = frozenset({"westgard_12s"})  # asks to look at the other rules, rejects nothing

RULES: tuple[str, ...] = tuple(_BY_NAME)
RULE_SETS: dict[str, tuple[str, ...]] = {
    family: tuple(n for n in RULES if n.startswith(f"{family}_") and n not in _WARNINGS)
    for family in ("nelson", "we", "aiag", "juran", "westgard")
}


def parse_rules(names: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that `names` ask for, sets unfolded, each once, in the order asked.

    Parameters
    ----------
    names : sequence of str
        Rules, sets, or a rule with another K: points, as in `nelson_2:7`, or for one point beyond
        a limit its standard errors, as in `nelson_1:3.5`.

    Returns
    -------
    tuple of Rule

    Raises
    ------
    InputError
        When a name is unknown or its K is not possible.

    >>> [rule.name for rule in parse_rules(["beyond_limits", "we"])]
    ['beyond_limits', 'we_1', 'we_2', 'we_3', 'we_4']
    """
    found: dict[str, Rule] = {}
    for name in names:
        for member in RULE_SETS.get(name, (name,)):
            rule = _parse_one(member)
            found.setdefault(rule.name, rule)
    return tuple(found.values())


def _parse_one(text: str) -> Rule:
    name, _, changed = text.partition(":")
    rule = _BY_NAME.get(name)
    if rule is None:
        known = ", ".join(("beyond_limits", *RULE_SETS))
        raise InputError(f"rule must be one of {known} or a member as nelson_2, got {text!r}")
    if not changed:
        return rule
    if rule.pattern in ("limits", "opposite"):
        raise InputError(f"rule {name} has no K to change, got {text!r}")
    if rule.window == 1:
        return replace(rule, name=text, zone=_width(name, changed))
    if not changed.isdecimal() or not 2 <= int(changed) <= 60:
        raise InputError(f"K of rule {name} must be a whole number from 2 to 60, got {changed!r}")
    count = int(changed)
    window = count + rule.window - rule.count
    return replace(rule, name=text, count=count, window=window)


def _width(name: str, text: str) -> float:
    try:
        width = float(text)
    except ValueError:
        width = math.nan
    if not 0.5 <= width <= 10:
        raise InputError(f"K of rule {name} must be a number of sigma from 0.5 to 10, got {text!r}")
    return width


def about_spread(name: str) -> bool:
    """Whether the rule called `name` tells of a change of spread: points too near or too far."""
    rule = _BY_NAME.get(name.partition(":")[0])
    return rule is not None and rule.pattern in ("inside", "outside")


def within_scope(rules: Sequence[Rule], scope: Scope) -> tuple[Rule, ...]:
    """Those of `rules` that suit a panel of this scope."""
    if scope == "all":
        return tuple(rules)
    patterns = _PATTERNS[scope]
    suited = (rule for rule in rules if rule.pattern in patterns)
    return tuple(rule for rule in suited if rule.pattern != "zone" or _is_outermost(rule))


def _is_outermost(rule: Rule) -> bool:
    """One point beyond three standard errors, or what K has made of them."""
    return rule.window == 1 and _BY_NAME[rule.name.partition(":")[0]].zone == 3.0


def broken_rules(
    rules: Sequence[Rule],
    points: FloatArray,
    z: FloatArray | Distances,
    beyond: NDArray[np.bool_],
) -> list[NDArray[np.intp]]:
    """Which points break each rule.

    Long series go through one compiled pass, short ones through numpy, with the same answers.

    Parameters
    ----------
    rules : sequence of Rule
    points : (n,) array
        What is plotted, for trends; nan where there is no value.
    z : (n,) array or Distances
        Distance from the centre line in standard errors.
    beyond : (n,) array of bool
        Beyond the drawn limits.

    Returns
    -------
    list of (m,) arrays
        One a rule: indices from 0, ascending.
    """
    from process_models.spc import rules_compiled, rules_numpy

    patterned = [rule for rule in rules if rule.pattern != "limits"]
    engine = rules_compiled if len(points) >= COMPILED_FROM else rules_numpy
    flags = iter(engine.broken(patterned, points, z) if patterned else [])
    return [np.flatnonzero(beyond) if r.pattern == "limits" else next(flags) for r in rules]
