"""Run rules that look at the last value too: trends, moving ranges, autocorrelated data.

State: the history of the rules, and the last value x. Every cell is cut into pieces on which the
run length is a smooth function of x; there it is the polynomial through its values at Gauss
nodes, and its mean over the next value y is integrated exactly up to where y's step changes kind
(y = x, and y = x ± r with r the limit of the moving range; Crowder 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from process_models.errors import NotSupported
from process_models.run_length.alphabet import FIRST, Alphabet
from process_models.run_length.chain import Chain
from process_models.run_length.law import FloatArray
from process_models.run_length.machine import SIGNAL, Machine, Table
from process_models.run_length.pieces import NODES, NextValue, Pieces, cut_axis, first_value, moves
from process_models.run_length.run_rules import machine_of
from process_models.run_length.scheme import Scheme

__all__ = ["last_value_chain"]

_REACH = 8.5
_WIDEST = 1.05
_MOST_ENTRIES = 9_000_000
_DENSE_UP_TO = 150


def last_value_chain(
    scheme: Scheme, shift: float, spread: float, phi: float = 0.0, *, reach: float = 0.0,
    finest: float | None = None,
) -> Chain:  # fmt: skip
    """The chain of histories and last values.

    Parameters
    ----------
    scheme : Scheme
    shift, spread : float
        Marginal mean and standard deviation of the points, in standard errors.
    phi : float
        Autocorrelation of neighbouring points.
    reach : float
        Where the axis ends if no limit ends it, at least.
    finest : float or None
        Spread that the pieces must resolve; chains of equal reach and `finest` share states.

    Raises
    ------
    NotSupported
        When there are too many states.
    """
    alphabet, machine = machine_of(scheme)
    sd = spread * math.sqrt(1 - phi * phi)
    ends = max(reach, abs(shift) + _REACH * max(1.0, spread))
    widest = min(_WIDEST, 4 * sd / spread * min(spread, finest or spread))
    pieces = cut_axis(alphabet, _harmless(alphabet, machine), ends, widest)
    blocks = moves(pieces, alphabet, NextValue(shift * (1 - phi), phi, sd))
    states = _States.reachable(pieces, alphabet, machine, blocks)
    entry = states.entry(first_value(pieces, NextValue(shift, 0.0, spread)))
    onset = None
    if phi and shift:
        jump = moves(pieces, alphabet, NextValue(shift, phi, sd))
        onset = states.assemble(jump)
    return Chain(entry, states.assemble(blocks), onset=onset)


def _harmless(alphabet: Alphabet, machine: Machine) -> Table:
    """The cells in which a point need not signal."""
    by_cell = machine.table.reshape(machine.states, -1, alphabet.steps)
    return np.flatnonzero((by_cell != SIGNAL).any(axis=(0, 2)))


def _unseen(codes: Table, seen: NDArray[np.bool_]) -> Table:
    """Those of `codes` that are not marked in `seen` yet; marks them."""
    fresh = np.unique(codes[~seen[codes]])
    seen[fresh] = True
    return fresh


@dataclass(frozen=True, eq=False)
class _States:
    """Pairs of a history and a piece that can occur, and the links between them.

    Attributes
    ----------
    first : (pieces,) array of int
        Pair after the first point, by its piece, or `SIGNAL`.
    links : (4, l) array of int
        Of every link: pair, pair it leads to, step; in the last row the piece it leads to.
    piece : (pairs,) array of int
    """

    first: Table
    links: Table
    piece: Table

    @classmethod
    def reachable(
        cls, pieces: Pieces, alphabet: Alphabet, machine: Machine, blocks: FloatArray
    ) -> _States:
        """Search from the first point; `blocks` tell which steps between pieces can happen."""
        count = len(pieces.cell)
        by_piece = machine.table.reshape(machine.states, -1, alphabet.steps)[:, pieces.cell, :]
        possible = np.abs(blocks).max(axis=(2, 4)) > 0
        starts = by_piece[0, :, FIRST if alphabet.ordered else 0]
        codes = np.where(starts == SIGNAL, SIGNAL, starts * count + np.arange(count))
        seen = np.zeros(machine.states * count, dtype=np.bool_)
        frontier = _unseen(codes[codes != SIGNAL], seen)
        found = []
        while frontier.size:
            history, piece = frontier // count, frontier % count
            target = by_piece[history].transpose(2, 0, 1)
            live = possible[:, piece, :] & (target != SIGNAL)
            step, source, onto = np.nonzero(live)
            leads = target[live] * count + onto
            found.append(np.array([frontier[source], leads, step, onto]))
            frontier = _unseen(leads, seen)
            if sum(part.shape[1] for part in found) * NODES * NODES > _MOST_ENTRIES:
                raise NotSupported("these rules together have too many histories and last values")
        links, known = np.concatenate(found, axis=1), np.flatnonzero(seen)
        links[:2] = np.searchsorted(known, links[:2])
        first = np.where(codes == SIGNAL, SIGNAL, np.searchsorted(known, np.maximum(codes, 0)))
        return cls(first, links, known % count)

    def entry(self, mass: FloatArray) -> FloatArray:
        """Mass over pairs and nodes after the first point, from (pieces, NODES)."""
        filled = np.zeros((len(self.piece), NODES))
        lives = self.first != SIGNAL
        np.add.at(filled, self.first[lives], mass[lives])
        return filled.reshape(-1)

    def assemble(self, blocks: FloatArray) -> FloatArray | csr_array:
        """The step of the chain, from `blocks` of shape (steps, pieces, NODES, pieces, NODES)."""
        source, target, step, onto = self.links
        size = len(self.piece) * NODES
        node = np.arange(NODES)
        rows = (source[:, None, None] * NODES + node[:, None]) + 0 * node
        columns = (target[:, None, None] * NODES + node) + 0 * node[:, None]
        values = blocks[step, self.piece[source], :, onto, :]
        place = (rows.reshape(-1), columns.reshape(-1))
        sparse = csr_array((values.reshape(-1), place), shape=(size, size))
        return sparse.toarray() if size <= _DENSE_UP_TO else sparse
