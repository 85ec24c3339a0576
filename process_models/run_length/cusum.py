"""The one-sided CUSUM C(i) = max(0, C(i-1) + z(i) - k), signal above h: Page's integral equation.

L(x) = 1 + L(0) Φ(k - x) + ∫ L(y) φ(y + k - x) dy over 0 < y < h (Page 1954), solved at Gauss
nodes (Nyström; Vance 1986), which is exact to about twelve figures.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from process_models.run_length.chain import Chain
from process_models.run_length.law import FloatArray
from process_models.run_length.quadrature import legendre_between, normal_density

__all__ = ["cusum_chain", "cusum_nodes"]


def cusum_nodes(h: float, spread: float) -> tuple[FloatArray, FloatArray]:
    """Values that the sum may have and their weights, each (n,); the first is 0 itself."""
    count = int(np.clip(28 + 8 * h / spread, 32, 400))
    nodes, weights = legendre_between(0.0, h, count)
    return np.concatenate([[0.0], nodes]), np.concatenate([[0.0], weights])


def cusum_chain(
    k: float, h: float, *, shift: float = 0.0, spread: float = 1.0, start: float = 0.0,
    finest: float | None = None,
) -> Chain:  # fmt: skip
    """The chain of the upper sum from `start`.

    Parameters
    ----------
    k, h : float
        Reference value and decision interval, in standard errors.
    shift, spread : float
        Mean and standard deviation of z.
    start : float
        Head start (Lucas and Crosier 1982).
    finest : float or None
        Spread that the nodes must resolve; chains of equal `finest` share nodes.

    >>> round(cusum_chain(0.5, 4.0).mean(), 4)
    335.3676
    """
    nodes, weights = cusum_nodes(h, min(spread, finest or spread))
    origins = np.concatenate([[start], nodes])
    away = (nodes[None, :] + k - shift - origins[:, None]) / spread
    mass = normal_density(away) * weights / spread
    mass[:, 0] = ndtr((k - shift - origins) / spread)
    return Chain(mass[0], mass[1:])
