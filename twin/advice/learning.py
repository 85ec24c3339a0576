"""What the line itself has shown of a loop: effect of the setting, and how its level wanders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Effect", "Wander", "learn_effect", "learn_wander"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """Change of the output with the setting.

    Attributes
    ----------
    mean, sd : float
    prior_share : float
        Variance left over that of the prior: 1 where the line has shown nothing of it.
    """

    mean: float
    sd: float
    prior_share: float

    def draws(self, rng: np.random.Generator, n: int) -> Floats:
        """Values that are possible, (n,)."""
        return np.asarray(self.mean + self.sd * rng.standard_normal(n))


@dataclass(frozen=True, slots=True)
class Wander:
    """How the level goes on: steps from lot to lot, noise on top, and an even drift.

    Attributes
    ----------
    step_sd, noise_sd : float
    drift, drift_sd : float
        A lot.
    """

    step_sd: float
    noise_sd: float
    drift: float
    drift_sd: float


def learn_effect(prior: Floats, settings: Floats, outputs: Floats) -> Effect:
    """The prior of the effect brought together with the line's own small variations.

    Neighbouring lots are compared, so that a slow drift does not pass for an effect.

    Parameters
    ----------
    prior : ndarray (draws,)
    settings, outputs : ndarray (lots,)

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> u = rng.normal(36.0, 0.4, 300)
    >>> found = learn_effect(rng.normal(-1.0, 0.5, 400), u, 60 - 0.6 * (u - 36))
    >>> round(found.mean, 2), found.prior_share < 0.01
    (-0.6, True)
    """
    mean, sd = float(prior.mean()), float(prior.std(ddof=1))
    moved, came = np.diff(settings), np.diff(outputs)
    spread = float(moved @ moved)
    if len(moved) < 8 or spread == 0 or sd == 0:
        return Effect(mean, sd, 1.0)
    slope = float(moved @ came) / spread
    left = came - slope * moved
    # Differences of independent noise hang together: their sum of squares is trusted half.
    error = 2.0 * float(left @ left) / max(len(moved) - 1, 1) / spread
    error = max(error, 1e-12 * sd**2)
    precision = 1.0 / sd**2 + 1.0 / error
    return Effect(
        (mean / sd**2 + slope / error) / precision, precision**-0.5, 1.0 / (sd**2 * precision)
    )


def learn_wander(levels: Floats) -> Wander:
    """A local level model by the moments of its differences (Harvey 1989).

    Differences of a random walk seen with noise have variance step² + 2 noise² and covariance
    -noise² from one to the next.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> seen = np.cumsum(rng.normal(0, 0.2, 4000)) + rng.normal(0, 1.0, 4000)
    >>> found = learn_wander(seen)
    >>> round(found.noise_sd, 1), 0.1 < found.step_sd < 0.3
    (1.0, True)
    """
    steps = np.diff(levels)
    if len(steps) < 4:
        return Wander(0.0, float(levels.std()) if len(levels) else 0.0, 0.0, 0.0)
    drift = float((levels[-1] - levels[0]) / len(steps))
    centred = steps - steps.mean()
    variance = float(centred @ centred) / len(steps)
    follows = float(centred[1:] @ centred[:-1]) / (len(steps) - 1)
    noise = min(max(-follows, 0.0), variance / 2.0)
    step = variance - 2.0 * noise
    drift_sd = float(np.sqrt((step + 2.0 * noise / len(steps)) / len(steps)))
    return Wander(float(np.sqrt(step)), float(np.sqrt(noise)), drift, drift_sd)
