"""Which method answers for which chart: the most exact that there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from process_models.errors import InputError, NotSupported
from process_models.run_length.autoregressive import autoregressive_chain
from process_models.run_length.chain import Chain, steady_chain
from process_models.run_length.cusum import cusum_chain
from process_models.run_length.cusum_pair import cusum_pair
from process_models.run_length.ewma import ewma_chain
from process_models.run_length.last_value import last_value_chain
from process_models.run_length.law import FloatArray, Law, Mixture
from process_models.run_length.mewma import mewma_chain
from process_models.run_length.phase_one import draw_sigmas, mean_nodes, sigma_nodes
from process_models.run_length.run_rules import forget_machines, machine_of, rules_chain
from process_models.run_length.scheme import Conditions, Scheme
from process_models.run_length.shewhart import shewhart_law, t2_law
from process_models.run_length.simulation import simulate

__all__ = ["Method", "Solution", "forget", "solve"]

Method = Literal["markov_chain", "integral_equation", "closed_form", "simulation"]

_DRAWS = 200_000
_USUAL_REACH = 10.5
_FARTHEST = 50.0


@dataclass(frozen=True, eq=False)
class Solution:
    """A run-length law, how it was found, and the standard error of its mean when simulated."""

    law: Law
    method: Method
    standard_error: float | None = None


def solve(scheme: Scheme, conditions: Conditions, *, seed: int = 0) -> Solution:
    """The run-length law of a chart.

    Parameters
    ----------
    scheme : Scheme
    conditions : Conditions
    seed : int
        Of what is simulated.

    Raises
    ------
    InputError
        When a rule is unknown, or the mean is infinite because too few points gave the limits.

    >>> solution = solve(Scheme(chart="rules", rules=("we",)), Conditions(shift=1.0))
    >>> solution.method, round(solution.law.mean(), 4)
    ('markov_chain', 9.2219)
    """
    if conditions.estimated_from is not None:
        return _estimated(scheme, conditions, seed)
    try:
        return _exact(scheme, conditions)
    except NotSupported:
        return _simulated(scheme, conditions, seed)


def _simulated(scheme: Scheme, conditions: Conditions, seed: int) -> Solution:
    sample = simulate(scheme, conditions, seed=seed)
    return Solution(sample, "simulation", sample.standard_error())


def _exact(scheme: Scheme, conditions: Conditions) -> Solution:
    shift, spread, phi = conditions.shift, conditions.spread, conditions.phi
    if scheme.multivariate:
        if phi:
            raise NotSupported("autocorrelated data of several variables have no exact method here")
        if scheme.chart == "t2":
            return Solution(t2_law(scheme, shift, spread), "closed_form")
        return Solution(_mewma(scheme, conditions), "integral_equation")
    if scheme.chart in ("shewhart", "rules"):
        return _shewhart_or_rules(scheme, conditions)
    if scheme.chart == "cusum" and not scheme.one_sided:
        if phi or scheme.head_start > scheme.h / 2 + scheme.k:
            raise NotSupported("sums that are not a renewal process have no exact method here")
        pair = cusum_pair(
            scheme.k, scheme.h, shift=shift, spread=spread, start=scheme.head_start,
            steady=conditions.steady,
        )  # fmt: skip
        return Solution(pair, "integral_equation")
    return Solution(_memory(scheme, conditions), "integral_equation")


def _shewhart_or_rules(scheme: Scheme, conditions: Conditions) -> Solution:
    shift, spread, phi = conditions.shift, conditions.spread, conditions.phi
    plain = scheme.rules == ("beyond_limits",) and not scheme.moving_range
    if scheme.chart == "shewhart" and plain and not phi:
        return Solution(shewhart_law(scheme, shift, spread), "closed_form")
    if not machine_of(scheme)[0].ordered and not phi:
        method: Method = "markov_chain"
        changed = _chain(scheme, shift, spread)
        before = _chain(scheme, 0.0, 1.0)
    else:
        method = "integral_equation"
        reach = max(_USUAL_REACH, abs(shift) + 8.5 * max(1.0, spread))
        finest = min(1.0, spread)
        changed = _chain(scheme, shift, spread, phi, reach, finest)
        before = _chain(scheme, 0.0, 1.0, phi, reach, finest) if conditions.steady else changed
    return Solution(_begun(before, changed, conditions), method)


@lru_cache(maxsize=16)
def _chain(
    scheme: Scheme, shift: float, spread: float, phi: float = 0.0, reach: float = 0.0,
    finest: float = 1.0,
) -> Chain:  # fmt: skip
    """Kept, since the questions about one chart come together."""
    if not reach:
        return rules_chain(scheme, shift, spread)
    return last_value_chain(scheme, shift, spread, phi, reach=reach, finest=finest)


def forget() -> None:
    """Drop what was kept of earlier questions, machines of rules included."""
    _chain.cache_clear()
    forget_machines()


def _memory(scheme: Scheme, conditions: Conditions) -> Chain:
    """One-sided CUSUM, and EWMA."""
    shift, spread, phi = conditions.shift, conditions.spread, conditions.phi
    fixed = conditions.steady is not None
    finest = min(1.0, spread)
    reach = abs(shift) + 8 * max(1.0, spread)

    def chain(shift: float, spread: float) -> Chain:
        if phi:
            return autoregressive_chain(scheme, shift, spread, phi, reach=reach, fixed=fixed)
        if scheme.chart == "ewma":
            return ewma_chain(scheme, shift, spread, fixed=fixed, finest=finest)
        return cusum_chain(
            scheme.k, scheme.h, shift=shift, spread=spread, start=scheme.head_start, finest=finest
        )

    changed = chain(shift, spread)
    return _begun(chain(0.0, 1.0) if fixed else changed, changed, conditions)


def _mewma(scheme: Scheme, conditions: Conditions) -> Chain:
    shift, spread = conditions.shift, conditions.spread
    if conditions.steady is None:
        return mewma_chain(scheme, shift, spread)
    plane, finest = bool(shift), min(1.0, spread)
    changed = mewma_chain(scheme, shift, spread, fixed=True, plane=plane, finest=finest)
    before = mewma_chain(scheme, 0.0, 1.0, fixed=True, plane=plane, finest=finest)
    return steady_chain(before, changed, conditions.steady)


def _begun(before: Chain, changed: Chain, conditions: Conditions) -> Chain:
    if conditions.steady is None:
        return changed
    return steady_chain(before, changed, conditions.steady)


def _estimated(scheme: Scheme, conditions: Conditions, seed: int) -> Solution:
    size = conditions.estimated_from
    if size is None:
        raise InputError("estimated-from is missing")
    growth = _growth(scheme)
    if growth >= size - 1:
        raise InputError(
            f"estimated-from must be above {growth + 1:.4g} for these limits, or the average run "
            f"length is infinite, got {size}"
        )
    if scheme.multivariate or conditions.steady or conditions.phi:
        return _simulated(scheme, conditions, seed)
    try:
        return _averaged(scheme, conditions, size, growth, seed)
    except NotSupported:
        return _simulated(scheme, conditions, seed)


def _growth(scheme: Scheme) -> float:
    """The run length grows about as exp(growth sigma² / 2) with an overestimated sigma."""
    if scheme.chart == "cusum":
        return 4 * scheme.k * scheme.h
    if scheme.multivariate:
        return scheme.h
    return (scheme.width if scheme.chart == "ewma" else scheme.nsigma) ** 2


def _averaged(
    scheme: Scheme, conditions: Conditions, size: int, growth: float, seed: int
) -> Solution:
    symmetric = conditions.shift == 0 and not scheme.one_sided
    centres, centre_weights = mean_nodes(size, folded=symmetric)
    if conditions.sigma_method == "mr_d2":
        draws = draw_sigmas(seed, _DRAWS, size, "mr_d2")
        sigmas, shares = _on_nodes(draws)
    else:
        draws = None
        sigmas, sigma_weights = sigma_nodes(size, conditions.sigma_method, growth)
        shares = sigma_weights[None, :]
    parts: list[Law] = []
    method: Method = "closed_form"
    for sigma in sigmas:
        for centre in centres:
            moved = (conditions.shift - float(centre)) / float(sigma)
            wider = conditions.spread / float(sigma)
            seen = replace(
                conditions,
                shift=min(max(moved, -_FARTHEST), _FARTHEST),
                spread=min(wider, _FARTHEST),
                estimated_from=None,
            )
            found = _exact(scheme, seen)
            parts.append(found.law)
            method = found.method
    weights = (shares.mean(axis=0)[:, None] * centre_weights).reshape(-1)
    law = Mixture(tuple(parts), weights)
    if draws is None:
        return Solution(law, method)
    means = np.array([part.mean() for part in parts]).reshape(len(sigmas), -1) @ centre_weights
    error = float((shares @ means).std(ddof=1) / np.sqrt(len(draws)))
    return Solution(law, "simulation", error)


def _on_nodes(draws: FloatArray, count: int = 24) -> tuple[FloatArray, FloatArray]:
    """Chebyshev nodes over the draws, (m,), and the polynomial weights of every draw, (n, m)."""
    low, high = float(draws.min()), float(draws.max())
    angles = (2 * np.arange(count) + 1) * np.pi / (2 * count)
    nodes = np.cos(angles)
    place = 2 * (draws - low) / (high - low) - 1
    basis = np.polynomial.chebyshev.chebvander(place, count - 1)
    inverse = np.linalg.inv(np.polynomial.chebyshev.chebvander(nodes, count - 1))
    return low + (nodes + 1) / 2 * (high - low), np.asarray(basis @ inverse)
