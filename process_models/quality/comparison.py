"""Three ways to fit the same evidence, each scored on rows that it has not seen.

The Bayesian model knows physics; maximum likelihood (statsmodels) and the scikit-learn estimator
know the features only. They are for people with plenty of data, and say so when there is too
little. Importing this module imports neither library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.quality.design import build_design, regression_rows
from process_models.quality.evidence import EvidenceRow
from process_models.quality.leave_one_out import RowScore, certain_bounds, score_left_out
from process_models.quality.prior_share import prior_constants
from process_models.quality.protocol import PROTOCOL
from process_models.quality.scores import normal_mixture_crps

__all__ = ["METHODS", "MethodScore", "compare", "regression_columns"]

Floats = NDArray[np.float64]
Fitted = Callable[[Floats], tuple[float, float]]
METHODS = ("bayes", "maximum_likelihood", "scikit_learn")
_ALPHA = 0.05  # ridge that keeps the estimator finite on a handful of censored rows


@dataclass(frozen=True, slots=True)
class MethodScore:
    """Scores of one method on the rows of one test.

    Attributes
    ----------
    method : {"bayes", "maximum_likelihood", "scikit_learn"}
    test : {"ccd", "life"}
    rows : tuple of RowScore
        Empty where the method cannot be used.
    remark : str
        Why not, or the columns that it used.
    """

    method: str
    test: str
    rows: tuple[RowScore, ...]
    remark: str = ""

    @property
    def log_score(self) -> float | None:
        """Mean over the rows; None without any."""
        return float(np.mean([row.log_score for row in self.rows])) if self.rows else None

    @property
    def crps(self) -> float | None:
        """Mean over the rows; None without any."""
        return float(np.mean([row.crps for row in self.rows])) if self.rows else None


def compare(evidence: Sequence[EvidenceRow], *, seed: int = 0) -> list[MethodScore]:
    """All three methods on every test of the evidence."""
    rows = regression_rows(evidence)
    bayes = score_left_out(rows, seed=seed)
    found = []
    for test in ("ccd", "life"):
        places = [k for k, row in enumerate(rows) if row.test == test]
        if not places:
            continue
        found.append(MethodScore("bayes", test, tuple(bayes[k] for k in places), "joint, physics"))
        columns = regression_columns(rows, test)
        for method, fit in (("maximum_likelihood", _by_likelihood), ("scikit_learn", _by_sklearn)):
            found.append(_as_many_columns(method, test, rows, places, columns, fit))
    return found


def _as_many_columns(
    method: str,
    test: str,
    rows: Sequence[EvidenceRow],
    places: Sequence[int],
    columns: Mapping[str, Floats],
    fit: Callable[[Floats, Floats, Mapping[str, Floats]], Fitted],
) -> MethodScore:
    """The method on the first columns, as many as the rows allow."""
    names = list(columns)
    why = ""
    for count in range(len(names), -1, -1):
        try:
            scores = _left_out(rows, places, {n: columns[n] for n in names[:count]}, fit)
        except InputError as error:
            why = why or str(error)
            continue
        used = f"on {', '.join(names[:count]) or 'no column'}"
        short = f"; the rows do not allow {', '.join(names[count:])}" if why else ""
        return MethodScore(method, test, scores, used + short)
    return MethodScore(method, test, (), why)


def regression_columns(rows: Sequence[EvidenceRow], test: str) -> dict[str, Floats]:
    """Columns of physics and protocol for the rows of one test, those that vary, (r,) each.

    The deposit relative to the 40 s recipe is taken at the medians of the prior; a column that
    depends on those before it is left out.
    """
    from process_models.physics.deposition import relative_exposure

    chosen = [row for row in rows if row.test == test]
    design = build_design(rows)
    place = np.array([row.test == test for row in rows])
    cell = design.cell
    middle = {name: float(np.median(value)) for name, value in prior_constants().items()}
    exposure = relative_exposure(cell.time_s, middle["lag_s"], middle["exposure_exponent"])
    layer = exposure * cell.deposits * cell.reacted
    candidates = {
        "ln_current": np.log(design.current_ma_cm2),
        "covered": -np.expm1(-layer / middle["coverage_scale"]),
        "thick": np.where(layer > 0, layer, 0.0) ** middle["resistance_power"],
        "ln_pressure": cell.ln_pressure,
        "ln_thickness": cell.ln_thickness,
        "ln_capacity": np.log(design.capacity_mah_cm2),
        **{name: design.protocol[:, k] for k, name in enumerate(PROTOCOL)},
        **{
            f"laboratory {name}": (design.laboratory == k).astype(float)
            for k, name in enumerate(design.laboratories, start=1)
        },
    }
    kept: dict[str, Floats] = {}
    matrix = np.ones((len(chosen), 1))
    for name, values in candidates.items():
        wider = np.column_stack([matrix, values[place]])
        if np.linalg.matrix_rank(wider, tol=1e-6) > matrix.shape[1]:
            kept[name], matrix = values[place], wider
    return kept


def _left_out(
    rows: Sequence[EvidenceRow],
    places: Sequence[int],
    columns: Mapping[str, Floats],
    fit: Callable[[Floats, Floats, Mapping[str, Floats]], Fitted],
) -> tuple[RowScore, ...]:
    lower, upper = (bound[list(places)] for bound in certain_bounds(rows))
    matrix = np.array(list(columns.values())).reshape(len(columns), len(places)).T
    scores = []
    for k, place in enumerate(places):
        others = np.arange(len(places)) != k
        fitted = fit(lower[others], upper[others], {n: v[others] for n, v in columns.items()})
        mean, sd = fitted(matrix[k])
        row = rows[place]
        log_score = _log_score(lower[k], upper[k], mean, sd)
        crps = normal_mixture_crps([mean], [sd], [1.0], lower[k], upper[k])
        scores.append(RowScore(row.id, row.sample, row.test, log_score, crps))
    return tuple(scores)


def _log_score(lower: float, upper: float, mean: float, sd: float) -> float:
    from process_models.quality.censored import Censored, log_probability
    from process_models.quality.laws import LAWS

    return float(log_probability(Censored.of([lower], [upper]), mean, sd, LAWS["normal"])[0])


def _by_likelihood(lower: Floats, upper: Floats, columns: Mapping[str, Floats]) -> Fitted:
    from process_models.quality.max_likelihood import fit_maximum_likelihood

    fit = fit_maximum_likelihood(lower, upper, columns, "normal")
    return lambda x: (float(fit.location([[1.0, *x]])[0]), fit.scale)


def _by_sklearn(lower: Floats, upper: Floats, columns: Mapping[str, Floats]) -> Fitted:
    from process_models.quality.estimator import CensoredLifeRegressor, censored_target

    if len(lower) < 2:
        raise InputError(f"scikit-learn: needs at least two rows to learn from, got {len(lower)}")
    # without a column it still wants one, and a constant one learns nothing
    matrix = np.column_stack(list(columns.values()) or [np.zeros(len(lower))])
    model = CensoredLifeRegressor("normal", alpha=_ALPHA)
    model.fit(matrix, censored_target(lower, upper=upper))
    if not model.converged_:
        raise InputError(
            f"scikit-learn: no maximum on {len(lower)} rows; too few are exact or bounded"
        )
    slopes = model.coef_[: len(columns)]
    return lambda x: (float(model.intercept_ + x @ slopes), model.scale_)
