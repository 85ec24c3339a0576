"""MEWMA: z(i) = (1 - λ) z(i-1) + λ x(i), signal when its T2 passes h.

In control only the length of z matters (Rigdon 1995a); with a shift, its part along the shift and
the length of the rest (Runger and Prabhu 1996; Rigdon 1995b). Both integral equations are solved
at Gauss nodes, those in the plane placed so that the edge of the disc is no singularity, and so
that the costly density of lengths is needed between a few lengths only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ive

from process_models.run_length.chain import Chain
from process_models.run_length.law import FloatArray
from process_models.run_length.quadrature import legendre_between, normal_density
from process_models.run_length.scheme import Scheme

__all__ = ["length_density", "mewma_chain"]

_STANDS_STILL = 1e-9
_MOST_NODES = 2200


@dataclass(frozen=True, eq=False)
class _Nodes:
    """Where z may be: along the shift, and the length of the rest, with quadrature weights.

    Attributes
    ----------
    along, weight : (lengths, per length) array
    rest : (lengths,) array
    """

    along: FloatArray
    rest: FloatArray
    weight: FloatArray


def mewma_chain(
    scheme: Scheme, shift: float, spread: float, *, fixed: bool = False,
    plane: bool | None = None, finest: float = 1.0,
) -> Chain:  # fmt: skip
    """The chain of an MEWMA from its centre.

    Parameters
    ----------
    scheme : Scheme
        Its `lam`, `h`, `variables`, `limits`.
    shift, spread : float
        Mahalanobis length of the shift; standard deviation of x over that in control.
    fixed : bool
        Asymptotic limits from the first point, whatever the scheme says.
    plane : bool or None
        Whether the states are in the plane; None: when there is a shift.
    finest : float
        Spread that the nodes must resolve; chains of equal `finest` share nodes.

    >>> scheme = Scheme(chart="mewma", lam=0.1, h=8.63, variables=2, limits="asymptotic")
    >>> round(mewma_chain(scheme, 0.0, 1.0).mean(), 1)
    199.7
    """
    lam = scheme.lam
    reach = math.sqrt(scheme.h * lam / (2 - lam))
    passage = _Passage(scheme, shift, spread, bool(shift) if plane is None else plane, finest)
    origin = _Nodes(np.zeros((1, 1)), np.zeros(1), np.ones((1, 1)))
    last = passage.nodes(reach)
    step = passage.mass(last, last)
    if fixed or scheme.limits == "asymptotic":
        return Chain(passage.mass(origin, last)[0], step)
    head, before, mass, point = [1.0], origin, np.ones(1), 1
    while (1 - lam) ** (2 * point) > _STANDS_STILL:
        now = passage.nodes(reach * math.sqrt(1 - (1 - lam) ** (2 * point)))
        mass = np.asarray(mass @ passage.mass(before, now))
        head.append(float(mass.sum()))
        before, point = now, point + 1
    return Chain(np.asarray(mass @ passage.mass(before, last)), step, head=np.array(head))


@dataclass(frozen=True)
class _Passage:
    """From one z to the next, on the radius or in the plane."""

    scheme: Scheme
    shift: float
    spread: float
    plane: bool
    finest: float

    def nodes(self, reach: float) -> _Nodes:
        """Quadrature of the disc of radius `reach`."""
        resolution = self.scheme.lam * min(self.spread, self.finest)
        full = math.sqrt(self.scheme.h * self.scheme.lam / (2 - self.scheme.lam))
        fineness = full / resolution
        if not self.plane:
            radius, weight = legendre_between(0.0, reach, int(np.clip(24 + 7 * fineness, 32, 400)))
            return _Nodes(np.zeros((radius.size, 1)), radius, weight[:, None])
        across = int(np.clip(10 + 3 * fineness, 14, 64))
        part, part_weight = legendre_between(-1.0, 1.0, across)
        if self.scheme.variables == 1:
            return _Nodes(reach * part[None, :], np.zeros(1), reach * part_weight[None, :])
        deep = min(int(np.clip(7 + 2 * fineness, 9, 40)), _MOST_NODES // across)
        angle, angle_weight = legendre_between(0.0, math.pi / 2, deep)
        rest, edge = reach * np.sin(angle), reach * np.cos(angle)
        weight = (angle_weight * edge**2)[:, None] * part_weight
        return _Nodes(edge[:, None] * part, rest, weight)

    def mass(self, before: _Nodes, after: _Nodes) -> FloatArray:
        """Mass that each node before sends to each node after, flattened, (before, after)."""
        lam, p = self.scheme.lam, self.scheme.variables
        sd = lam * self.spread
        freedom = p - 1 if self.plane else p
        sizes = (before.along.size, after.along.size)
        mass = after.weight
        if freedom:
            lengths = length_density(after.rest, (1 - lam) * before.rest, sd, freedom)
            mass = lengths[:, None, :, None] * mass
        if self.plane:
            mean = (1 - lam) * before.along + lam * self.shift
            away = (after.along - mean[:, :, None, None]) / sd
            mass = mass * normal_density(away) / sd
        full = np.broadcast_to(mass, (*before.along.shape, *after.along.shape))
        return np.asarray(full).reshape(sizes)


def length_density(length: FloatArray, mean: FloatArray, sd: float, freedom: int) -> FloatArray:
    """Density of the length of a normal vector.

    Parameters
    ----------
    length : (n,) array
    mean : (m,) array
        Length of its mean.
    sd : float
        Standard deviation of each of its `freedom` components.

    Returns
    -------
    (m, n) array
    """
    s, m = length[None, :], mean[:, None]
    if freedom == 1:
        return np.asarray((normal_density((s - m) / sd) + normal_density((s + m) / sd)) / sd)
    order = freedom / 2 - 1
    product = s * m / sd**2
    bessel = ive(order, product)
    far = (product > 1e-6) & (bessel > 1e-200)
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = order * np.log(s / m) + np.log(bessel)
        near = order * np.log(s**2 / (2 * sd**2)) - gammaln(order + 1) - product
    power = np.where(far, usual, near)
    return np.asarray(s / sd**2 * np.exp(power - (s - m) ** 2 / (2 * sd**2)))
