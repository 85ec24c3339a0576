"""Run rules on independent points: an exact Markov chain on the histories of zones.

After Champ and Woodall (1987), Technometrics 29; the states are found by `machine`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtr

from process_models.run_length.alphabet import Alphabet, alphabet_of, rule_machine
from process_models.run_length.chain import Chain
from process_models.run_length.law import FloatArray
from process_models.run_length.machine import SIGNAL, Machine
from process_models.run_length.scheme import Scheme
from process_models.spc.rules import Rule

__all__ = ["cell_probabilities", "forget_machines", "machine_of", "rules_chain", "states_needed"]

_DENSE_UP_TO = 150


def states_needed(scheme: Scheme) -> int:
    """How many histories the rules of `scheme` tell apart.

    >>> states_needed(Scheme(chart="rules", rules=("we",)))
    215
    """
    return machine_of(scheme)[1].states


def machine_of(scheme: Scheme) -> tuple[Alphabet, Machine]:
    """Cells and machine of the scheme's rules, kept for the next question."""
    alphabet, rules = alphabet_of(scheme)
    return alphabet, _cached(_Key(scheme, alphabet, rules))


class _Key:
    """A machine depends on the order of the cuts, not on where they are."""

    def __init__(self, scheme: Scheme, alphabet: Alphabet, rules: tuple[Rule, ...]) -> None:
        self.made_of = (scheme, alphabet, rules)
        cells = alphabet.middles
        lines = tuple(int(np.sum(cells > line)) for line in scheme.lines)
        zones = tuple((rule.name, int(np.sum(cells > rule.zone))) for rule in rules)
        self.identity = (len(cells), lines, zones, scheme.one_sided, scheme.moving_range)

    def __hash__(self) -> int:
        return hash(self.identity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.identity == other.identity


@lru_cache(maxsize=512)
def _cached(key: _Key) -> Machine:
    return rule_machine(*key.made_of)


def forget_machines() -> None:
    """Drop the machines kept of earlier questions."""
    _cached.cache_clear()


def cell_probabilities(alphabet: Alphabet, shift: float, spread: float) -> FloatArray:
    """Probability of every cell, (c,), with the upper tail computed as accurately as the lower."""
    z = (alphabet.cuts - shift) / spread
    below, above = np.concatenate([[0.0], ndtr(z), [1.0]]), np.concatenate([[1.0], ndtr(-z), [0.0]])
    upper = np.concatenate([[-np.inf], z]) > 0
    return np.asarray(np.where(upper, above[:-1] - above[1:], below[1:] - below[:-1]))


def rules_chain(scheme: Scheme, shift: float, spread: float) -> Chain:
    """The chain of a scheme with run rules that do not look at the order of values.

    Parameters
    ----------
    scheme : Scheme
    shift, spread : float
        Mean and standard deviation of the points, in standard errors.
    """
    alphabet, machine = machine_of(scheme)
    probability = cell_probabilities(alphabet, shift, spread)
    size = machine.states
    source = np.repeat(np.arange(size), len(probability))
    target, mass = machine.table.reshape(-1), np.tile(probability, size)
    stays = target != SIGNAL
    sparse = csr_array((mass[stays], (source[stays], target[stays])), shape=(size, size))
    begin = machine.table[0]
    entry = np.zeros(size)
    np.add.at(entry, begin[begin != SIGNAL], probability[begin != SIGNAL])
    return Chain(entry, sparse.toarray() if size <= _DENSE_UP_TO else sparse)
