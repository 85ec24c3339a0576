"""Evidence for an effect whose size is not known, integrated over what is believed of it.

For readings y with noise of precision P and a change X r, where the columns of X say which reading
each effect moves, the likelihood of r over that of no change is exp(r'h - r'Gr/2) with h = X'Py
and G = X'PX. A Gaussian prior of r integrates in closed form; a mixture of Gaussians adds up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["EffectPrior", "log_evidence"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EffectPrior:
    """What is believed of the effects of a cause on k characteristics: a mixture of Gaussians.

    Attributes
    ----------
    weights : ndarray (j,)
        Adding up to 1.
    means : ndarray (j, k)
    covariances : ndarray (j, k, k)

    Raises
    ------
    InputError
        When shapes differ or weights do not add up to 1.
    """

    weights: Floats
    means: Floats
    covariances: Floats

    def __post_init__(self) -> None:
        j, k = self.means.shape
        if self.weights.shape != (j,) or self.covariances.shape != (j, k, k):
            raise InputError(
                f"weights and covariances must be for means of {j} x {k}, got "
                f"{self.weights.shape} and {self.covariances.shape}"
            )
        if not abs(float(self.weights.sum()) - 1.0) < 1e-9:
            raise InputError(f"weights must add up to 1, got {float(self.weights.sum()):g}")

    @property
    def size(self) -> int:
        """Number of characteristics."""
        return int(self.means.shape[1])

    def with_free(self, sd: Floats) -> EffectPrior:
        """Further effects, independent and without a direction, of these standard deviations."""
        j, k = self.means.shape
        more = len(sd)
        means = np.concatenate([self.means, np.zeros((j, more))], axis=1)
        covariances = np.zeros((j, k + more, k + more))
        covariances[:, :k, :k] = self.covariances
        covariances[:, np.arange(k, k + more), np.arange(k, k + more)] = sd**2
        return EffectPrior(self.weights, means, covariances)

    @classmethod
    def free(cls, effects: int, sds: tuple[float, ...]) -> EffectPrior:
        """Effects of either direction, all small, all middling or all large, equally likely."""
        unit = np.eye(effects)
        return cls(
            np.full(len(sds), 1.0 / len(sds)), np.zeros((len(sds), effects)),
            np.array([sd**2 * unit for sd in sds]),
        )  # fmt: skip


def log_evidence(gram: Floats, score: Floats, prior: EffectPrior) -> Floats:
    """Log of the likelihood of a change, its effects integrated out, over that of no change.

    Parameters
    ----------
    gram : ndarray (m, k, k)
        X'PX for m ways (onsets, shapes) in which the change may have come.
    score : ndarray (m, k)
        X'Py.
    prior : EffectPrior
        Of k effects.

    Returns
    -------
    ndarray (m,)

    Examples
    --------
    One reading of 3 with noise of 1 and an effect of N(0, 3²): N(3; 0, 10) over N(3; 0, 1).

    >>> prior = EffectPrior.free(1, (3.0,))
    >>> found = log_evidence(np.ones((1, 1, 1)), np.full((1, 1), 3.0), prior)
    >>> bool(np.isclose(found[0], -0.5 * np.log(10) + 4.5 - 0.45))
    True
    """
    mean, spread = prior.means, prior.covariances
    moved = np.einsum("mab,jb->mja", gram, mean)
    left = score[:, None, :] - moved
    first = np.einsum("ja,mja->mj", mean, score[:, None, :] - moved / 2.0)
    widened = np.eye(prior.size) + np.einsum("jab,mbc->mjac", spread, gram)
    gained = np.linalg.solve(widened, np.einsum("jab,mjb->mja", spread, left)[..., None])[..., 0]
    second = np.einsum("mja,mja->mj", left, gained) / 2.0
    terms = first + second - np.linalg.slogdet(widened)[1] / 2.0 + np.log(prior.weights)
    top = terms.max(axis=1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(terms - top).sum(axis=1)))
