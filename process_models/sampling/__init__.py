"""Acceptance sampling: plans by attributes and by variables, and their operating characteristics.

A plan is a frozen value that tells how often it accepts lots of a given quality. `find_single`,
`find_double` and `find_variables` look for the cheapest plan that keeps two promises, the
producer's and the consumer's (`RiskPoints`).
"""

from __future__ import annotations

from process_models.sampling.attributes import AttributePlan
from process_models.sampling.counting import DISTRIBUTIONS, Counting
from process_models.sampling.find import find_double, find_single
from process_models.sampling.risks import RiskPoint, RiskPoints
from process_models.sampling.variables import VariablesPlan, find_variables

__all__ = [
    "DISTRIBUTIONS",
    "AttributePlan",
    "Counting",
    "RiskPoint",
    "RiskPoints",
    "VariablesPlan",
    "find_double",
    "find_single",
    "find_variables",
]
