"""What run rules can tell apart in a point: the cell it lies in, and its step from the last one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.run_length.law import FloatArray
from process_models.run_length.machine import (
    SIGNAL,
    Machine,
    Symbols,
    combine,
    minimal,
    opposite_machine,
    window_machine,
)
from process_models.run_length.scheme import Scheme
from process_models.spc.constants import d2, d3
from process_models.spc.rules import Rule, parse_rules

__all__ = [
    "FALL",
    "FAR_FALL",
    "FAR_RISE",
    "FIRST",
    "RISE",
    "Alphabet",
    "alphabet_of",
    "rule_machine",
]

FIRST, FAR_FALL, FALL, RISE, FAR_RISE = range(5)
_ORDERED = ("trend", "alternate")
_ZONED = ("zone", "inside", "outside", "opposite")


@dataclass(frozen=True, eq=False)
class Alphabet:
    """The symbols (cell, step) of a scheme.

    Attributes
    ----------
    cuts : (c - 1,) array
        Boundaries between the c cells, ascending, in standard errors from the centre.
    ordered : bool
        Whether steps matter; if not, there is one symbol a cell.
    far : float
        A step longer than this breaks the limit of the moving range; infinite when not charted.
    """

    cuts: FloatArray
    ordered: bool
    far: float

    @property
    def middles(self) -> FloatArray:
        """A point of every cell, (c,)."""
        ends = np.concatenate([[self.cuts[0] - 2], self.cuts, [self.cuts[-1] + 2]])
        return np.asarray((ends[1:] + ends[:-1]) / 2, dtype=np.float64)

    @property
    def steps(self) -> int:
        """How many steps are told apart."""
        return 5 if self.ordered else 1

    def cell_is(self, mask: NDArray[np.bool_]) -> Symbols:
        """The symbols whose cell is in `mask`, whatever the step."""
        return np.repeat(mask, self.steps)

    def step_is(self, *steps: int) -> Symbols:
        """The symbols with one of these steps, whatever the cell."""
        return np.tile(np.isin(np.arange(self.steps), steps), len(self.cuts) + 1)


def alphabet_of(scheme: Scheme) -> tuple[Alphabet, tuple[Rule, ...]]:
    """Cells and rules of a scheme.

    Raises
    ------
    InputError
        When a rule is unknown.
    """
    rules = parse_rules(scheme.rules)
    low, centre, high = scheme.lines
    edges = {centre} | ({low, high} if any(r.pattern == "limits" for r in rules) else set())
    zoned = [rule.zone for rule in rules if rule.pattern in _ZONED]
    edges |= {side * zone for zone in zoned for side in (-1.0, 1.0)}
    cuts = np.array(sorted(edge for edge in edges if math.isfinite(edge)))
    far = d2(2) + scheme.nsigma * d3(2) if scheme.moving_range else math.inf
    ordered = scheme.moving_range or any(rule.pattern in _ORDERED for rule in rules)
    return Alphabet(cuts, ordered, far), rules


def rule_machine(scheme: Scheme, alphabet: Alphabet, rules: Sequence[Rule]) -> Machine:
    """The minimal machine of all rules of the scheme, and of its moving range when charted."""
    machines = [machine for rule in rules for machine in _machines(rule, scheme, alphabet)]
    if math.isfinite(alphabet.far):
        machines.append(window_machine(alphabet.step_is(FAR_FALL, FAR_RISE), 1, 1))
    return reduce(combine, sorted(machines, key=lambda machine: machine.states))


def _machines(rule: Rule, scheme: Scheme, alphabet: Alphabet) -> list[Machine]:
    """One machine a side; with a one-sided scheme the upper side only."""
    middles = alphabet.middles
    sides = (1.0,) if scheme.one_sided else (1.0, -1.0)
    if rule.pattern in ("inside", "outside"):
        inside = np.abs(middles) < rule.zone
        holds = alphabet.cell_is(inside if rule.pattern == "inside" else ~inside)
        return [window_machine(holds, rule.count, rule.window)]
    if rule.pattern == "trend":
        ways = [(RISE, FAR_RISE), (FALL, FAR_FALL)][: len(sides)]
        return [
            window_machine(alphabet.step_is(*way), rule.count - 1, rule.count - 1) for way in ways
        ]
    if rule.pattern == "alternate":
        return [_alternate_machine(alphabet, rule.count)]
    if rule.pattern == "opposite":
        beyond = [alphabet.cell_is(side * middles > rule.zone) for side in (1.0, -1.0)]
        return [opposite_machine(*beyond)]
    low, centre, high = scheme.lines
    above, below = {"limits": (high, low), "run": (centre, centre)}.get(
        rule.pattern, (rule.zone, -rule.zone)
    )
    masks = [middles > above, middles < below][: len(sides)]
    return [window_machine(alphabet.cell_is(mask), rule.count, rule.window) for mask in masks]


def _alternate_machine(alphabet: Alphabet, count: int) -> Machine:
    """Signals at the `count`-th point of an unbroken up and down."""
    if count < 3:
        raise InputError(f"a rule of alternating points needs at least 3 of them, got {count}")
    rises = alphabet.step_is(RISE, FAR_RISE)
    falls = alphabet.step_is(FALL, FAR_FALL)
    most = count - 2
    table = np.zeros((1 + 2 * most, len(rises)), dtype=np.int64)
    for turns in range(most):
        after_rise, after_fall = 1 + 2 * turns, 2 + 2 * turns
        more = turns + 1 < most
        table[after_rise, rises] = 1
        table[after_fall, falls] = 2
        table[after_rise, falls] = 2 + 2 * (turns + 1) if more else SIGNAL
        table[after_fall, rises] = 1 + 2 * (turns + 1) if more else SIGNAL
    table[0, rises], table[0, falls] = 1, 2
    return minimal(Machine(table))
