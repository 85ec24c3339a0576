"""Readings of many lots with the precision of their noise, and how well changes match them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from process_models.diagnosis.noise import PatternNoise
from process_models.errors import InputError

__all__ = ["Pattern", "Scores", "Shape", "shape_of"]

Floats = NDArray[np.float64]
_SOON = 1e-6  # a ramp takes at least so long
Shape = Literal["step", "ramp"]


def shape_of(times: Floats, onset: Floats, shape: Shape, full: float) -> Floats:
    """How far a change has come at `times`, for each onset: (times, onsets), 0 before it.

    A step is 1 from its onset on; a ramp grows evenly and is 1 from the time `full` on.

    Examples
    --------
    >>> shape_of(np.arange(4.0), np.array([1.0]), "ramp", 3.0)[:, 0].tolist()
    [0.0, 0.0, 0.5, 1.0]
    >>> shape_of(np.arange(4.0), np.array([1.0]), "step", 3.0)[:, 0].tolist()
    [0.0, 1.0, 1.0, 1.0]
    """
    passed = times[:, None] - onset[None, :]
    if shape == "step":
        return np.asarray((passed >= 0).astype(np.float64))
    whole = np.maximum(full - onset, _SOON)
    return np.asarray(np.clip(passed / whole, 0.0, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How changes match a pattern.

    Attributes
    ----------
    gram : ndarray (m, k, k)
    score : ndarray (m, k)
        For m ways in which a change may come and k effects; see `log_evidence`.
    """

    gram: Floats
    score: Floats

    def of(self, effects: NDArray[np.int64]) -> Scores:
        """Only these effects."""
        return Scores(self.gram[:, effects[:, None], effects[None, :]], self.score[:, effects])


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Standardised readings of lots, and the precision of their noise.

    Attributes
    ----------
    values : ndarray (c, lots)
        In standard deviations from the level of Phase I; nan where nothing was read.
    precision : ndarray (c, lots, c, lots)
        Inverse covariance of what was read, 0 for what was not.
    pull : ndarray (c, lots)
        Precision times values.
    """

    values: Floats
    precision: Floats
    pull: Floats

    @classmethod
    def of(cls, values: Floats, noise: PatternNoise, scale: Floats | None = None) -> Pattern:
        """The pattern of readings (c, lots).

        Parameters
        ----------
        scale : ndarray (c,), optional
            Standard deviation to reckon with over that of Phase I, 1 or more: a change that is
            far beyond all scatter need not follow a shape to the last digit.

        Raises
        ------
        InputError
            When values do not match the noise, or nothing was read.
        """
        from scipy.linalg import cho_factor, cho_solve

        if values.ndim != 2 or len(values) != len(noise.slow_share):
            raise InputError(
                f"values must be (characteristics, lots) of {len(noise.slow_share)} "
                f"characteristics, got {values.shape}"
            )
        told = np.isfinite(values)
        column, lot = np.nonzero(told)
        if not len(lot):
            raise InputError("values must hold at least one reading")
        wide = np.ones(len(lot)) if scale is None else scale[column]
        covariance = noise.covariance(lot, column) * np.outer(wide, wide)
        inverse = cho_solve(cho_factor(covariance, lower=True), np.eye(len(lot)))
        precision = np.zeros((*values.shape, *values.shape))
        precision[column[:, None], lot[:, None], column[None, :], lot[None, :]] = inverse
        pull = np.zeros(values.shape)
        pull[column, lot] = inverse @ values[column, lot]
        return cls(values, precision, pull)

    @property
    def read(self) -> NDArray[np.int64]:
        """Characteristics of which something was read."""
        return np.flatnonzero(np.isfinite(self.values).any(axis=1))

    def without(self, characteristic: int) -> Pattern:
        """The readings of all other characteristics, as if that one had never been read."""
        lots = np.flatnonzero(np.isfinite(self.values[characteristic]))
        if not len(lots):
            return self
        own = self.precision[characteristic][lots]
        within = own[:, characteristic, lots]
        flat = own.reshape(len(lots), -1)
        gained = np.linalg.solve(within, np.column_stack([flat, self.pull[characteristic, lots]]))
        precision = self.precision - (flat.T @ gained[:, :-1]).reshape(self.precision.shape)
        pull = self.pull - (flat.T @ gained[:, -1]).reshape(self.pull.shape)
        values = self.values.copy()
        precision[characteristic], precision[:, :, characteristic] = 0.0, 0.0
        values[characteristic], pull[characteristic] = np.nan, 0.0
        return Pattern(values, precision, pull)

    def scores(self, moved: NDArray[np.int64], courses: Floats) -> Scores:
        """Match the pattern with changes.

        Parameters
        ----------
        moved : ndarray of int (k,)
            Characteristic that each effect moves.
        courses : ndarray (k, lots, m)
            How far each effect has come at each lot, for m ways in which it may come.
        """
        effects, _, ways = courses.shape
        gram = np.empty((ways, effects, effects))
        score = np.empty((ways, effects))
        for a in range(effects):
            score[:, a] = self.pull[moved[a]] @ courses[a]
            for b in range(a, effects):
                block = self.precision[moved[a], :, moved[b]]
                gram[:, a, b] = np.sum(courses[a] * (block @ courses[b]), axis=0)
                gram[:, b, a] = gram[:, a, b]
        return Scores(gram, score)
