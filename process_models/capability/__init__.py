"""Process capability: what a characteristic does, against what its specification asks.

Cp and Cpk come from the sigma within subgroups (mean range over d2) or, for single values, from
the mean moving range over d2(2); Pp, Ppk and Cpm from the overall standard deviation. Values that
are not normal are judged by the percentiles of a fitted distribution, and defectives and defects
by their rates. Whether the process was in control at all is asked of `process_models.spc`.
"""

from __future__ import annotations

from process_models.capability.attributes import (
    BinomialCapability,
    PoissonCapability,
    binomial_capability,
    poisson_capability,
)
from process_models.capability.between_within import BetweenWithin
from process_models.capability.fitting import DISTRIBUTIONS, Fit, fit_distribution
from process_models.capability.freedom import FREEDOM_CHOICES
from process_models.capability.result import CapabilityResult
from process_models.capability.sixpack import CapabilitySixpack, capability_sixpack
from process_models.capability.specification import Index, Specification
from process_models.capability.study import capability

__all__ = [
    "DISTRIBUTIONS",
    "FREEDOM_CHOICES",
    "BetweenWithin",
    "BinomialCapability",
    "CapabilityResult",
    "CapabilitySixpack",
    "Fit",
    "Index",
    "PoissonCapability",
    "Specification",
    "binomial_capability",
    "capability",
    "capability_sixpack",
    "fit_distribution",
    "poisson_capability",
]
