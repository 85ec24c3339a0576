"""EWMA: z(i) = (1 - λ) z(i-1) + λ x(i), signal outside ±L sqrt(λ / (2 - λ)).

Integral equation of Crowder (1987), solved at Gauss nodes. Limits that follow the exact variance
of z(i) are stepped through point by point until they stand still. One-sided: z is held at or
above the centre, and only the upper limit signals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from process_models.run_length.chain import Chain
from process_models.run_length.law import FloatArray
from process_models.run_length.quadrature import legendre_between, normal_density
from process_models.run_length.scheme import Scheme

__all__ = ["ewma_chain"]

_STANDS_STILL = 1e-11


@dataclass(frozen=True, eq=False)
class _Band:
    """Quadrature between the limits; one-sided, the first node is the barrier itself."""

    nodes: FloatArray
    weights: FloatArray


def ewma_chain(
    scheme: Scheme, shift: float, spread: float, *, fixed: bool = False, finest: float | None = None
) -> Chain:
    """The chain of an EWMA from its centre.

    Parameters
    ----------
    scheme : Scheme
        Its `lam`, `width`, `limits`, `one_sided`.
    shift, spread : float
        Mean and standard deviation of x, in standard errors.
    fixed : bool
        Asymptotic limits from the first point, whatever the scheme says.
    finest : float or None
        Spread that the nodes must resolve; chains of equal `finest` share nodes.

    >>> scheme = Scheme(chart="ewma", lam=0.1, width=2.814, limits="asymptotic")
    >>> round(ewma_chain(scheme, 0.0, 1.0).mean(), 2)
    499.58
    """
    lam = scheme.lam
    reach = scheme.width * math.sqrt(lam / (2 - lam))
    count = _node_count(reach, lam * min(spread, finest or spread), scheme.one_sided)
    passage = _Passage(lam, shift, spread)
    last = _band(reach, count, scheme.one_sided)
    step = passage.mass(last.nodes, last)
    if fixed or scheme.limits == "asymptotic":
        return Chain(passage.mass(np.zeros(1), last)[0], step)
    head, nodes, mass, point = [1.0], np.zeros(1), np.ones(1), 1
    while (1 - lam) ** (2 * point) > _STANDS_STILL:
        now = reach * math.sqrt(1 - (1 - lam) ** (2 * point))
        band = _band(now, count, scheme.one_sided)
        mass = np.asarray(mass @ passage.mass(nodes, band))
        head.append(float(mass.sum()))
        nodes, point = band.nodes, point + 1
    entry = np.asarray(mass @ passage.mass(nodes, last))
    return Chain(entry, step, head=np.array(head))


def _node_count(reach: float, resolution: float, one_sided: bool) -> int:
    width = reach if one_sided else 2 * reach
    return int(np.clip(28 + 7 * width / resolution, 36, 500))


def _band(reach: float, count: int, one_sided: bool) -> _Band:
    nodes, weights = legendre_between(0.0 if one_sided else -reach, reach, count)
    if one_sided:
        nodes, weights = np.concatenate([[0.0], nodes]), np.concatenate([[math.nan], weights])
    return _Band(nodes, weights)


@dataclass(frozen=True)
class _Passage:
    """From one value of z to the next."""

    lam: float
    shift: float
    spread: float

    def mass(self, origins: FloatArray, band: _Band) -> FloatArray:
        """Mass that each origin sends to each node of the band, (origins, nodes)."""
        sd = self.lam * self.spread
        mean = (1 - self.lam) * origins[:, None] + self.lam * self.shift
        mass = normal_density((band.nodes - mean) / sd) * band.weights / sd
        if math.isnan(band.weights[0]):
            mass[:, 0] = ndtr(-mean[:, 0] / sd)
        return np.asarray(mass, dtype=np.float64)
