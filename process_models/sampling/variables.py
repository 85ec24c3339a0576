"""Plans that judge by mean and standard deviation: accept when (limit - mean) / sd is at least k.

For one specification limit and normal values. With known sigma the statistic is normal; with the
sample's own standard deviation, noncentral t (Lieberman and Resnikoff 1955; ISO 3951).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from process_models.errors import InputError
from process_models.sampling.risks import RiskPoints

__all__ = ["VariablesPlan", "find_variables"]

_LARGEST = 10**7


@dataclass(frozen=True)
class VariablesPlan:
    """A single plan by variables.

    Attributes
    ----------
    n : int
        Sample size.
    k : float
        Acceptability constant, in standard deviations.
    known_sigma : bool

    Raises
    ------
    InputError
        When n is too small or k is not finite.
    """

    n: int
    k: float
    known_sigma: bool = False

    def __post_init__(self) -> None:
        least = 1 if self.known_sigma else 2
        if self.n < least:
            known = "known" if self.known_sigma else "unknown"
            raise InputError(f"n must be at least {least} with {known} sigma, got {self.n}")
        if not math.isfinite(self.k):
            raise InputError(f"k must be finite, got {self.k}")

    def accept(self, p: float) -> float:
        """Probability that a lot with fraction `p` beyond the limit is accepted."""
        from scipy.stats import nct, norm

        if not 0 <= p <= 1:
            raise InputError(f"the quality of a lot must be from 0 to 1, got {p:g}")
        if p in (0.0, 1.0):
            return 1.0 - p
        root, margin = math.sqrt(self.n), float(norm.isf(p))
        if self.known_sigma:
            return float(norm.cdf((margin - self.k) * root))
        return float(nct.sf(self.k * root, self.n - 1, margin * root))

    def point(self, p: float) -> dict[str, Any]:
        """Acceptance of lots of quality `p`, as plain JSON data."""
        return {"p": p, "accept": self.accept(p)}

    def keeps(self, risks: RiskPoints) -> bool:
        """Whether both promises are kept, to within rounding of k."""
        return (
            self.accept(risks.prp.p) >= risks.prp.accept - 1e-9
            and self.accept(risks.crp.p) <= risks.crp.accept + 1e-9
        )

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain JSON data."""
        return {"n": self.n, "k": self.k, "known_sigma": self.known_sigma}


def find_variables(risks: RiskPoints, *, known_sigma: bool = False) -> VariablesPlan:
    """The smallest plan by variables; its k keeps the producer's promise exactly.

    Raises
    ------
    InputError
        When the two qualities lie so close that more than ten million items are needed.

    Examples
    --------
    >>> from process_models.sampling import RiskPoint, RiskPoints
    >>> risks = RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.05, 0.10))
    >>> find_variables(risks), find_variables(risks, known_sigma=True).n
    (VariablesPlan(n=55, k=1.9521931223777458, known_sigma=False), 19)
    """
    high = known = max(_known_size(risks), 1 if known_sigma else 2)
    if known > _LARGEST:
        raise InputError(f"--prp and --crp lie too close: n would have to be {known}")
    if known_sigma:
        return _plan(known, risks, known_sigma=True)
    while not _guards(_plan(high, risks, known_sigma=False), risks):
        high *= 2
    low = 1
    while high - low > 1:
        middle = (low + high) // 2
        enough = _guards(_plan(middle, risks, known_sigma=False), risks)
        low, high = (low, middle) if enough else (middle, high)
    return _plan(high, risks, known_sigma=False)


def _guards(plan: VariablesPlan, risks: RiskPoints) -> bool:
    return plan.accept(risks.crp.p) <= risks.crp.accept


def _known_size(risks: RiskPoints) -> int:
    from scipy.stats import norm

    spread = norm.ppf(risks.prp.accept) - norm.ppf(risks.crp.accept)
    margin = norm.isf(risks.prp.p) - norm.isf(risks.crp.p)
    return math.ceil(float((spread / margin) ** 2))


def _plan(n: int, risks: RiskPoints, *, known_sigma: bool) -> VariablesPlan:
    from scipy.stats import nct, norm

    root, margin = math.sqrt(n), float(norm.isf(risks.prp.p))
    if known_sigma:
        return VariablesPlan(n, margin - float(norm.ppf(risks.prp.accept)) / root, known_sigma=True)
    k = float(nct.isf(risks.prp.accept, n - 1, margin * root)) / root
    return VariablesPlan(n, k, known_sigma=False)
