"""The limit that gives the run length asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from scipy.optimize import brentq

from process_models.errors import InputError
from process_models.run_length.methods import Solution, solve
from process_models.run_length.scheme import Conditions, Scheme
from process_models.run_length.threads import one_thread
from process_models.spc.rules import parse_rules

__all__ = ["design", "limit_name", "with_limit"]

_LIMITS = {
    "shewhart": "nsigma",
    "rules": "nsigma",
    "cusum": "h",
    "ewma": "width",
    "mewma": "h",
    "t2": "h",
}
_LOWEST = 1e-3
_HIGHEST = {"nsigma": 9.0, "width": 9.0, "h": 500.0}
_BEYOND = 60.0
_GROWTH = 1.3
_LONGEST = 1e12


def limit_name(scheme: Scheme) -> str:
    """The parameter of a scheme that a design solves for.

    >>> limit_name(Scheme(chart="ewma"))
    'width'
    """
    return _LIMITS[scheme.chart]


def with_limit(scheme: Scheme, limit: float) -> Scheme:
    """The scheme with another limit.

    >>> with_limit(Scheme(chart="cusum"), 4.0).h
    4.0
    """
    if limit_name(scheme) == "nsigma":
        return replace(scheme, nsigma=limit)
    return replace(scheme, h=limit) if limit_name(scheme) == "h" else replace(scheme, width=limit)


def design(scheme: Scheme, arl0: float, conditions: Conditions = Conditions()) -> Scheme:
    """The scheme with the limit that gives an average run length of `arl0` in control.

    Parameters
    ----------
    scheme : Scheme
        Everything but the limit (`nsigma`, `h` or `width`).
    arl0 : float
        In points, above 1.
    conditions : Conditions
        In control: their shift and spread are not used.

    Returns
    -------
    Scheme
        Its rule of one point beyond three sigma, as `nelson_1`, has become `beyond_limits`.

    Raises
    ------
    InputError
        When no limit gives it.

    >>> round(design(Scheme(chart="cusum", k=0.5), 370).h, 3)
    4.774
    """
    if not 1 < arl0 <= _LONGEST / 100:
        raise InputError(f"arl0 must be above 1 and at most {_LONGEST / 100:g}, got {arl0:g}")
    name = limit_name(scheme)
    if name == "nsigma":
        scheme = _with_limit_rule(scheme)
    within = replace(conditions, shift=0.0, spread=1.0)

    def answer(limit: float) -> Solution | None:
        try:
            return solve(with_limit(scheme, limit), within)
        except InputError:  # the mean is infinite, since few points gave the limits
            return None

    def excess(limit: float) -> float:
        found = answer(limit)
        mean = math.inf if found is None else found.law.mean()
        return math.log(mean / arl0) if mean < _LONGEST else _BEYOND

    guess = {"nsigma": 3.0, "width": 2.8, "h": 5.0 + 2 * scheme.head_start}[name]
    least = scheme.head_start * (1 + 1e-9) if scheme.chart == "cusum" else 0.0
    with one_thread():
        first = answer(guess)
        tolerance = 1e-4 if first and first.standard_error is not None else 1e-11
        low, high = _bracket(excess, guess, max(_LOWEST, least), _HIGHEST[name], arl0)
        return with_limit(scheme, float(brentq(excess, low, high, xtol=tolerance)))


def _with_limit_rule(scheme: Scheme) -> Scheme:
    """The scheme with `beyond_limits` in place of its rule of one point beyond three sigma."""
    rules = parse_rules(scheme.rules)
    if any(rule.pattern == "limits" for rule in rules):
        return scheme
    fixed = replace(rules[0], name="", pattern="zone", count=1, window=1, zone=3.0)
    names = ["beyond_limits" if replace(r, name="") == fixed else r.name for r in rules]
    if "beyond_limits" not in names:
        raise InputError("a design needs the rule beyond_limits, whose limit it solves for")
    return replace(scheme, rules=tuple(names))


def _bracket(
    excess: Callable[[float], float], guess: float, least: float, most: float, arl0: float
) -> tuple[float, float]:
    low = high = guess
    if excess(guess) < 0:
        while excess(high) < 0:
            if high >= most:
                longest = arl0 * math.exp(excess(most))
                raise InputError(
                    f"arl0 must be at most {longest:.6g} with these rules, whatever the limit, "
                    f"got {arl0:g}"
                )
            low, high = high, min(high * _GROWTH, most)
        return low, high
    while excess(low) > 0:
        if low <= least:
            shortest = arl0 * math.exp(excess(least))
            raise InputError(f"arl0 must be at least {shortest:.6g} here, got {arl0:g}")
        low, high = max(low / _GROWTH, least), low
    return low, high
