"""A guard for charts that take their points for independent: are they, and what if they are not.

Autocorrelations of Phase I are tested together (Ljung and Box 1978). Where they are significant,
the in-control run length of the chart as it was drawn is that of a first-order autoregression with
the autocorrelation and the spread found, not the one that its limits promise. Sigma from moving
ranges makes it worse: it is too small by the root of 1 - phi.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.run_length import Conditions, Scheme, run_lengths
from process_models.spc import ChartOptions, ChartResult

__all__ = ["SIGNIFICANT", "Guard", "guard", "ljung_box"]

SIGNIFICANT = 0.01
_LEAST_POINTS = 20
_MOST_LAGS = 10
_SHEWHART = ("i_mr", "i_mr_rs", "xbar_r", "xbar_s", "xbar", "short_run")
_PANELS = ("individual", "xbar", "z", "deviation", "ewma", "cusum_high", "cusum_low")

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Guard:
    """What autocorrelation does to a chart.

    Attributes
    ----------
    autocorrelation : tuple of float
        At lags 1, 2, ...
    statistic, p_value : float
        Of Ljung and Box, over these lags.
    significant : bool
        The p value is below `SIGNIFICANT`.
    phi : float
        Autocorrelation at lag 1.
    spread : float
        Standard deviation of the points over the standard error that the chart believes.
    promised_arl, true_arl : float or None
        In-control average run length of the limits for independent points, and for these; None
        where nothing is significant or no method has an answer.
    """

    autocorrelation: tuple[float, ...]
    statistic: float
    p_value: float
    significant: bool
    phi: float
    spread: float
    promised_arl: float | None = None
    true_arl: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The guard as plain JSON data."""
        return {**asdict(self), "autocorrelation": list(self.autocorrelation)}


def guard(result: ChartResult, options: ChartOptions = ChartOptions()) -> Guard | None:
    """Judge the points of Phase I of a chart of individuals or means.

    Parameters
    ----------
    result : ChartResult
    options : ChartOptions
        Those that it was drawn with.

    Returns
    -------
    Guard or None
        None for other kinds of chart, for a constant series and for fewer than 20 points.

    >>> from process_models.spc import ChartData, chart
    >>> steps = np.random.default_rng(1).standard_normal(300)
    >>> walk = np.zeros(300)
    >>> for i in range(1, 300):
    ...     walk[i] = 0.7 * walk[i - 1] + steps[i]
    >>> found = guard(chart("i_mr", ChartData(walk)))
    >>> found.significant, found.true_arl < 30
    (True, True)
    """
    panel = next((name for name in _PANELS if name in result.evidence), None)
    if panel is None or _scheme(result.chart, options) is None:
        return None
    said = result.evidence[panel]()
    z = said.amounts[:, 0] / np.sqrt(np.maximum(said.weights, 1.0))
    used = np.arange(1, result.n + 1) <= (result.phase1 or result.n)
    used &= ~np.isin(np.arange(1, result.n + 1), result.excluded)
    if int(used.sum()) < _LEAST_POINTS or np.ptp(z[used]) == 0:
        return None
    found, statistic, p_value = ljung_box(z, used)
    phi, spread = found[0], float(np.std(z[used], ddof=1))
    significant = p_value < SIGNIFICANT
    plain = Guard(found, statistic, p_value, significant, phi, spread)
    if not significant:
        return plain
    promised = _run_length(result.chart, options, Conditions())
    true = _run_length(result.chart, options, Conditions(phi=phi, spread=spread))
    return Guard(found, statistic, p_value, significant, phi, spread, promised, true)


def ljung_box(
    values: FloatArray, used: NDArray[np.bool_] | None = None
) -> tuple[tuple[float, ...], float, float]:
    """Autocorrelations at the first lags, their joint statistic and its p value.

    Parameters
    ----------
    values : (n,) array
    used : (n,) array of bool, optional
        Points that count; a pair counts when both do.

    Returns
    -------
    autocorrelation : tuple of float
        At lags from 1 to the fifth part of the points, at most 10.
    statistic, p_value : float
        n (n + 2) sum of r² / (n - lag), and its chi-square tail.
    """
    from scipy.special import chdtrc

    mask = np.ones(len(values), dtype=np.bool_) if used is None else used
    n = int(mask.sum())
    away = np.where(mask, values - values[mask].mean(), 0.0)
    total = float(away @ away)
    lags = range(1, min(_MOST_LAGS, max(1, n // 5)) + 1)
    found = tuple(float(away[lag:] @ away[:-lag]) / total for lag in lags)
    terms = (r * r / (n - lag) for lag, r in zip(lags, found, strict=True))
    statistic = n * (n + 2) * sum(terms)
    return found, statistic, float(chdtrc(len(found), statistic))


def _scheme(kind: str, options: ChartOptions) -> Scheme | None:
    """The limits of the chart, without run rules, for the run-length methods."""
    if kind in _SHEWHART:
        return Scheme(chart="shewhart", nsigma=options.nsigma)
    width = options.nsigma if options.width is None else options.width
    if kind == "ewma":
        # asymptotic limits: a few points longer at the start, and a hundred times sooner answered
        return Scheme(chart="ewma", lam=options.lam, width=width, limits="asymptotic")
    if kind == "cusum":
        return Scheme(chart="cusum", k=options.k, h=options.h)
    return None


def _run_length(kind: str, options: ChartOptions, conditions: Conditions) -> float | None:
    scheme = _scheme(kind, options)
    if scheme is None:
        return None
    try:
        arl = run_lengths(scheme, conditions=conditions).arl[0]
    except InputError:
        return None
    return arl if np.isfinite(arl) else None
