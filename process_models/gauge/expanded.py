"""Expanded studies: further factors, and any number of measurements in a cell.

A general linear model with all factors random. Sums of squares are sequential, in the order part,
operator, further factors, interactions of two; each is the squared length of the data in the
directions that its indicator columns add to those before it. The same directions give the expected
mean squares, which solved give the components (Henderson's method 3, 1953). On balanced data this
is the usual analysis of variance. Where mean squares are not independent, in unbalanced data,
tests and intervals are approximate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from process_models.errors import InputError
from process_models.gauge.anova import AnovaRow, row, squares_of, with_test
from process_models.gauge.components import components
from process_models.gauge.intervals import FloatArray
from process_models.gauge.layout import Levels, checked_values
from process_models.gauge.notes import study_notes
from process_models.gauge.options import GaugeOptions
from process_models.gauge.study import GaugeStudy

__all__ = ["expanded"]

_RESERVED = (
    "part",
    "operator",
    "interaction",
    "repeatability",
    "reproducibility",
    "gauge",
    "total",
)


@dataclass(frozen=True, eq=False)
class _Fit:
    """A model fitted: rows in order, and the expected mean squares of their components."""

    table: dict[str, AnovaRow]
    expected: FloatArray

    def weights(self) -> dict[str, FloatArray]:
        """How mean squares combine into each component."""
        inverse = np.linalg.inv(self.expected)
        return dict(zip(self.table, inverse, strict=True))

    def tests(self) -> dict[str, AnovaRow]:
        """Rows with F tests, each against the mix of mean squares expected when it has no effect.

        The mix's degrees of freedom are Satterthwaite's.
        """
        squares = squares_of(self.table)
        found = {}
        for at, (name, source) in enumerate(self.table.items()):
            if name == "repeatability":
                found[name] = source
                continue
            wanted = self.expected[at].copy()
            wanted[at] = 0.0
            mix = np.linalg.solve(self.expected.T, wanted) * squares.values
            error = float(mix.sum())
            df = error**2 / float(np.sum(mix**2 / squares.df)) if error > 0 else 0.0
            found[name] = with_test(source, error, df)
        return found


def expanded(
    values: Sequence[float] | FloatArray,
    parts: Sequence[object],
    operators: Sequence[object],
    factors: Mapping[str, Sequence[object]] | None = None,
    options: GaugeOptions | None = None,
) -> GaugeStudy:
    """Repeatability and reproducibility with further factors, balanced or not.

    Parameters
    ----------
    values : (n,) array
    parts, operators : (n,) sequences
        Labels of each row.
    factors : mapping of str to (n,) sequence
        Further random factors, as fixture or day. Interactions of two factors are kept, dropped,
        or left out one after another while the largest p value is not below the limit.

    Raises
    ------
    InputError
        When a factor has one level or a reserved name, nothing is left to tell repeatability, or
        all values are the same.
    """
    options = options or GaugeOptions()
    labels = {"part": parts, "operator": operators, **(factors or {})}
    y = checked_values(values, *labels.values())
    main = _main_effects(labels, factors or {})
    crossings = list(combinations(main, 2)) if options.interaction != "drop" else []
    fit = _fitted(y, main, crossings)
    while options.interaction == "auto" and crossings:
        weakest = _weakest(fit, crossings)
        if weakest is None or weakest[1] < options.interaction_alpha:
            break
        crossings.remove(weakest[0])
        fit = _fitted(y, main, crossings)
    weights = fit.weights()
    weights.setdefault("interaction", np.zeros(len(fit.table)))
    found = components(weights, squares_of(fit.table), options.confidence)
    notes = (
        "sums of squares are sequential; in unbalanced data tests and intervals are approximate",
        *study_notes(found, main["operator"].names),
    )
    kept = any("interaction" in _name(c) for c in crossings)
    return GaugeStudy(
        "expanded", y.size, len(main["part"].names), len(main["operator"].names),
        _replicates(main), {"interaction": None, **fit.tests()}, found, options, kept, None, notes,
    )  # fmt: skip


def _main_effects(
    labels: Mapping[str, Sequence[object]], factors: Mapping[str, Sequence[object]]
) -> dict[str, Levels]:
    main = {}
    for name in factors:
        if name in _RESERVED:
            raise InputError(f"a factor must not be called {name!r}, which means something else")
    for name, label in labels.items():
        main[name] = Levels.of(label)
        if len(main[name].names) < 2:
            raise InputError(
                f"factor {name!r} must have at least 2 levels, got 1 ({main[name].names[0]!r})"
            )
    return main


def _name(crossing: tuple[str, str]) -> str:
    return "interaction" if crossing == ("part", "operator") else "*".join(crossing)


def _fitted(y: FloatArray, main: Mapping[str, Levels], crossings: list[tuple[str, str]]) -> _Fit:
    terms = {name: _indicators(levels.codes) for name, levels in main.items()}
    for one, other in crossings:
        codes = main[one].codes * len(main[other].names) + main[other].codes
        terms[_name((one, other))] = _indicators(np.unique(codes, return_inverse=True)[1])
    basis = np.full((y.size, 1), 1 / np.sqrt(y.size))
    added: dict[str, FloatArray] = {}
    for name, columns in terms.items():
        fresh = _directions(columns, basis)
        if fresh.shape[1] == 0:
            if name in main:
                raise InputError(f"factor {name!r} cannot be told apart from those before it")
            continue
        added[name] = fresh
        basis = np.hstack([basis, fresh])
    left = y.size - basis.shape[1]
    if left < 1:
        raise InputError(
            f"{y.size} measurements leave nothing to tell repeatability; measure repeatedly or "
            "use --interaction drop"
        )
    table = {name: row(float(np.sum((b.T @ y) ** 2)), b.shape[1]) for name, b in added.items()}
    table["repeatability"] = row(float(np.sum((y - basis @ (basis.T @ y)) ** 2)), left)
    expected = np.eye(len(table))
    expected[:, -1] = 1.0
    for i, fresh in enumerate(added.values()):
        for j, name in enumerate(added):
            expected[i, j] = float(np.sum((fresh.T @ terms[name]) ** 2)) / fresh.shape[1]
    return _Fit(table, np.where(np.abs(expected) < 1e-9, 0.0, expected))


def _indicators(codes: np.ndarray) -> FloatArray:
    return np.asarray(codes[:, None] == np.arange(codes.max() + 1), dtype=np.float64)


def _directions(columns: FloatArray, basis: FloatArray) -> FloatArray:
    """Orthonormal directions that the columns add to the basis."""
    beyond = columns - basis @ (basis.T @ columns)
    beyond -= basis @ (basis.T @ beyond)  # twice, against rounding
    left, size, _ = np.linalg.svd(beyond, full_matrices=False)
    kept: FloatArray = left[:, size > 1e-9 * np.sqrt(columns.shape[0])]
    return kept


def _weakest(fit: _Fit, crossings: list[tuple[str, str]]) -> tuple[tuple[str, str], float] | None:
    tests = fit.tests()
    rated = [(c, 1.0 if _name(c) not in tests else tests[_name(c)].p) for c in crossings]
    known = [(c, p) for c, p in rated if p is not None]
    return max(known, key=lambda pair: pair[1]) if known else None


def _replicates(main: Mapping[str, Levels]) -> int | None:
    cells = np.stack([levels.codes for levels in main.values()], axis=1)
    counts = np.unique(cells, axis=0, return_counts=True)[1]
    full = counts.size == np.prod([len(levels.names) for levels in main.values()])
    return int(counts[0]) if full and np.ptp(counts) == 0 else None
