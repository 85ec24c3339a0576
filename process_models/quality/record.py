"""How a quality model came about, and whether its draws can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from process_models.quality.optimum import Optimum

__all__ = ["MODEL_VERSION", "FitRecord"]

MODEL_VERSION = 2
"""Counts up when forms or priors change, so that a stored posterior of old is fitted again."""
_R_HAT, _ESS, _DIVERGENT_SHARE = 1.05, 100.0, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRecord:
    """How a model came about; kept beside its draws.

    Attributes
    ----------
    evidence_rows : int
    evidence_sha256 : str
    seed, draws, warmup : int
    r_hat_max, ess_min : float
        Worst split r-hat and smallest effective sample size of any parameter.
    divergences : int
    longest_life_h : float
        Longest life observed, censored ones included.
    spans : mapping of str to (float, float)
        What the evidence spans of every input.
    prior_share : mapping of str to float
    versions : mapping of str to str
    laboratories : tuple of str
        Those with an effect of their own; predictions are made for ours.
    processes : tuple of str
        Those of which cells were tested; empty when not recorded.
    optimum, prior_optimum : Optimum or None
        Of the sublimation time, after and before the evidence.
    model_version : int
    """

    evidence_rows: int
    evidence_sha256: str
    seed: int
    draws: int
    warmup: int
    r_hat_max: float
    ess_min: float
    divergences: int
    longest_life_h: float
    spans: Mapping[str, tuple[float, float]]
    prior_share: Mapping[str, float]
    versions: Mapping[str, str] = field(default_factory=dict)
    laboratories: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    optimum: Optimum | None = None
    prior_optimum: Optimum | None = None
    model_version: int = MODEL_VERSION

    @property
    def faults(self) -> tuple[str, ...]:
        """Why the draws may not stand for the posterior; empty when they converged.

        Split r-hat up to 1.05, at least 100 effective draws (or half of the draws, when fewer
        than 200 were asked for) and at most 2 % divergences; the usual limits.
        """
        found = []
        if not self.r_hat_max <= _R_HAT:
            found.append(f"r-hat {self.r_hat_max:.3f} is above {_R_HAT}")
        needed = min(_ESS, self.draws / 2)
        if not self.ess_min >= needed:
            found.append(f"{self.ess_min:.0f} effective draws are fewer than {needed:.0f}")
        if self.divergences > _DIVERGENT_SHARE * self.draws:
            found.append(f"{self.divergences} of {self.draws} draws diverged, more than 2 %")
        return tuple(found)

    @property
    def converged(self) -> bool:
        """Whether there are no `faults`."""
        return not self.faults
