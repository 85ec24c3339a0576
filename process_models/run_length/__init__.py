"""How long control charts run until they signal, and the false-alarm budget of many of them.

`run_lengths` answers for one chart (`Scheme`) under given `Conditions`, `design` finds its limit,
`assess` and `optimise` weigh all charts of
a plan (`WatchedChart`) against each other. Exact wherever a method exists (Markov chains on
histories of zones, integral equations), simulated with a standard error elsewhere. The charts
themselves live next door, in `process_models.spc`, which knows nothing of this room.
"""

from __future__ import annotations

from process_models.run_length.answers import RunLengths, run_lengths
from process_models.run_length.budget import RULE_CANDIDATES, assess, optimise
from process_models.run_length.budget_types import AssessedChart, Budget, Shift
from process_models.run_length.designs import design, limit_name, with_limit
from process_models.run_length.methods import Solution, solve
from process_models.run_length.scheme import CHARTS, Conditions, Scheme
from process_models.run_length.watched import Profile, WatchedChart, profile

__all__ = [
    "CHARTS",
    "RULE_CANDIDATES",
    "AssessedChart",
    "Budget",
    "Conditions",
    "Profile",
    "RunLengths",
    "Scheme",
    "Shift",
    "Solution",
    "WatchedChart",
    "assess",
    "design",
    "limit_name",
    "optimise",
    "profile",
    "run_lengths",
    "solve",
    "with_limit",
]
