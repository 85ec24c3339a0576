"""Deterministic machines that read a series symbol by symbol until a rule is broken.

A machine for each rule, multiplied and made minimal after every multiplication, is the Markov
chain of Champ and Woodall (1987) found automatically: its states are the histories that still
make a difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import NotSupported

__all__ = ["SIGNAL", "Machine", "combine", "minimal", "opposite_machine", "window_machine"]

SIGNAL = -1
_MOST_STATES = 60_000

Table = NDArray[np.int64]
Symbols = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Machine:
    """Where each symbol leads from each state; the machine begins in state 0.

    Attributes
    ----------
    table : (states, symbols) array of int
        `SIGNAL` where the symbol breaks the rule.
    """

    table: Table

    @property
    def states(self) -> int:
        """How many states it has."""
        return len(self.table)


def window_machine(holds: Symbols, count: int, window: int) -> Machine:
    """Signals when the last symbol and `count` of the last `window` are among `holds`.

    Parameters
    ----------
    holds : (symbols,) array of bool
    count, window : int

    Raises
    ------
    NotSupported
        When the pattern needs more states than can be kept.

    >>> window_machine(np.array([False, True]), 2, 3).states
    3
    """
    histories, rows = {0: 0}, []
    queue = [0]
    while queue:
        history = queue.pop(0)
        targets = []
        for bit in (0, 1):
            following = _remember(history, bit, count, window)
            if following != SIGNAL and following not in histories:
                histories[following] = len(histories)
                queue.append(following)
            targets.append(SIGNAL if following == SIGNAL else histories[following])
        rows.append(targets)
        if len(histories) > _MOST_STATES:
            raise NotSupported(f"a rule of {count} of {window} points has too many histories")
    pair = np.array(rows, dtype=np.int64)
    return minimal(Machine(pair[:, holds.astype(np.int64)]))


def _remember(history: int, bit: int, count: int, window: int) -> int:
    """Shift `bit` in; forget what is too old to help to complete the pattern."""
    grown = (history << 1) | bit
    if bit and grown.bit_count() >= count:
        return SIGNAL
    kept = grown & ((1 << (window - 1)) - 1)
    for age in range(kept.bit_length() - 1, -1, -1):
        newer = (kept & ((1 << (age + 1)) - 1)).bit_count()
        if newer + window - 1 - age >= count:
            break
        kept &= ~(1 << age)
    return kept


def opposite_machine(high: Symbols, low: Symbols) -> Machine:
    """Signals when a symbol among `high` follows one among `low`, or the other way round.

    >>> opposite_machine(np.array([True, False]), np.array([False, True])).table.tolist()
    [[1, 2], [1, -1], [-1, 2]]
    """
    target = np.where(high, 1, np.where(low, 2, 0)).astype(np.int64)
    after_high = np.where(low, SIGNAL, target)
    after_low = np.where(high, SIGNAL, target)
    return Machine(np.array([target, after_high, after_low]))


def combine(first: Machine, second: Machine) -> Machine:
    """The machine that signals when either does, made minimal.

    Raises
    ------
    NotSupported
        When it has more states than can be kept.
    """
    size = second.states
    known = np.array([0], dtype=np.int64)
    frontier, rows, order = known, [], [known]
    while frontier.size:
        left, right = first.table[frontier // size], second.table[frontier % size]
        codes = np.where((left == SIGNAL) | (right == SIGNAL), SIGNAL, left * size + right)
        rows.append(codes)
        fresh = np.setdiff1d(np.unique(codes[codes != SIGNAL]), known)
        known = np.union1d(known, fresh)
        order.append(fresh)
        frontier = fresh
        if known.size > _MOST_STATES:
            raise NotSupported(f"these rules together need more than {_MOST_STATES} states")
    codes, table = np.concatenate(order), np.concatenate(rows)
    ranks = np.argsort(codes)
    place = ranks[np.searchsorted(codes, np.maximum(table, 0), sorter=ranks)]
    return minimal(Machine(np.where(table == SIGNAL, SIGNAL, place)))


def minimal(machine: Machine) -> Machine:
    """The smallest machine that signals at the same moments (Moore 1956)."""
    labels, classes = np.zeros(machine.states, dtype=np.int64), 1
    while True:
        ahead = np.where(machine.table == SIGNAL, SIGNAL, labels[machine.table])
        signature = np.column_stack([labels, ahead])
        _, first, inverse = np.unique(
            signature, axis=0, return_index=True, return_inverse=True
        )  # fmt: skip
        labels = np.argsort(np.argsort(first))[inverse.reshape(-1)]
        if len(first) == classes:
            break
        classes = len(first)
    representatives = np.sort(first)
    table = machine.table[representatives]
    return Machine(np.where(table == SIGNAL, SIGNAL, labels[table]))
