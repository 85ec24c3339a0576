"""Charts that step many replicates at once, for simulation."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from process_models.run_length.alphabet import FALL, FAR_FALL, FAR_RISE, FIRST, RISE
from process_models.run_length.law import FloatArray
from process_models.run_length.machine import SIGNAL
from process_models.run_length.run_rules import machine_of
from process_models.run_length.scheme import Scheme

__all__ = ["Walker", "walker_for"]

Bools = NDArray[np.bool_]


class Walker(Protocol):
    """The charts of many replicates; `state` has one row a replicate."""

    state: FloatArray

    def step(self, x: FloatArray, points: NDArray[np.int64]) -> Bools:
        """Take the next value of each replicate, its `points`-th; tell which signal.

        `x` is (n,), of multivariate charts (n, variables).
        """
        ...


def walker_for(scheme: Scheme, count: int) -> Walker:
    """`count` fresh charts of a scheme."""
    if scheme.chart == "cusum":
        return _Cusum(scheme, count)
    if scheme.chart == "ewma":
        return _Ewma(scheme, count)
    if scheme.multivariate:
        return _Mewma(scheme, count)
    return _Rules(scheme, count)


class _Rules:
    """The machine of the rules; state: its state, and the last value."""

    def __init__(self, scheme: Scheme, count: int) -> None:
        self._alphabet, self._machine = machine_of(scheme)
        self.state = np.column_stack([np.zeros(count), np.full(count, math.nan)])

    def step(self, x: FloatArray, points: NDArray[np.int64]) -> Bools:
        cell = np.searchsorted(self._alphabet.cuts, x)
        symbol = cell * self._alphabet.steps
        if self._alphabet.ordered:
            symbol = symbol + np.where(points == 1, FIRST, self._kind(x - self.state[:, 1]))
        following = self._machine.table[self.state[:, 0].astype(np.int64), symbol]
        signals = following == SIGNAL
        self.state = np.column_stack([np.where(signals, 0, following), x])
        return np.asarray(signals, dtype=np.bool_)

    def _kind(self, step: FloatArray) -> NDArray[np.int64]:
        far = np.abs(step) > self._alphabet.far
        rises, falls = np.where(far, FAR_RISE, RISE), np.where(far, FAR_FALL, FALL)
        return np.where(step > 0, rises, falls)


class _Cusum:
    """State: the upper and the lower sum."""

    def __init__(self, scheme: Scheme, count: int) -> None:
        self._scheme = scheme
        self.state = np.full((count, 2), scheme.head_start)

    def step(self, x: FloatArray, points: NDArray[np.int64]) -> Bools:  # noqa: ARG002
        signed = np.column_stack([x, -x]) - self._scheme.k
        self.state = np.maximum(0.0, self.state + signed)
        beyond = self.state > self._scheme.h
        return np.asarray(beyond[:, 0] if self._scheme.one_sided else beyond.any(axis=1))


class _Ewma:
    """State: the average."""

    def __init__(self, scheme: Scheme, count: int) -> None:
        self._scheme = scheme
        self.state = np.zeros((count, 1))

    def step(self, x: FloatArray, points: NDArray[np.int64]) -> Bools:
        scheme = self._scheme
        z = (1 - scheme.lam) * self.state[:, 0] + scheme.lam * x
        if scheme.one_sided:
            z = np.maximum(z, 0.0)
        self.state = z[:, None]
        return np.asarray(np.abs(z) > scheme.width * np.sqrt(_variance(scheme, points)))


class _Mewma:
    """State: the averages of all variables; a T2 chart is one that forgets everything."""

    def __init__(self, scheme: Scheme, count: int) -> None:
        self._scheme = scheme
        self._keep = 0.0 if scheme.chart == "t2" else 1 - scheme.lam
        self.state = np.zeros((count, scheme.variables))

    def step(self, x: FloatArray, points: NDArray[np.int64]) -> Bools:
        self.state = self._keep * self.state + (1 - self._keep) * x
        variance = 1.0 if self._keep == 0 else _variance(self._scheme, points)
        return np.asarray((self.state**2).sum(axis=1) > self._scheme.h * variance)


def _variance(scheme: Scheme, points: NDArray[np.int64]) -> FloatArray | float:
    limit = scheme.lam / (2 - scheme.lam)
    if scheme.limits == "asymptotic":
        return limit
    return np.asarray(limit * (1 - (1 - scheme.lam) ** (2.0 * points)), dtype=np.float64)
