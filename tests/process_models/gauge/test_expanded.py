"""Expanded studies: equal to crossed where that applies, right where only they do."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge import GaugeOptions, crossed, expanded

Study = tuple[list[float], list[int], list[str]]
KEEP = GaugeOptions(interaction="keep")


@pytest.mark.parametrize("interaction", ["keep", "drop", "auto"])
def test_balanced_study_is_the_crossed_one(aiag: Study, interaction: str) -> None:
    options = GaugeOptions(interaction=interaction, tolerance=8)
    one, other = crossed(*aiag, options), expanded(*aiag, None, options)
    assert other.replicates == 3
    assert other.interaction_kept == one.interaction_kept
    for name, value in one.variance.items():
        assert other.variance[name] == pytest.approx(value)
        limits = one.components.limits[name]
        assert other.components.limits[name].low == pytest.approx(limits.low)
        assert other.components.limits[name].high == pytest.approx(limits.high)
    for name in ("part", "operator"):
        assert other.anova[name].f == pytest.approx(one.anova[name].f)
        assert other.anova[name].p == pytest.approx(one.anova[name].p)


def three_factors(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """A full study of 6 parts, 3 operators, 2 fixtures, 2 times, with known variances."""
    p, o, f, _ = np.meshgrid(range(6), range(3), range(2), range(2), indexing="ij")
    y = (
        rng.normal(0, 3, 6)[p] + rng.normal(0, 1, 3)[o] + rng.normal(0, 2, 2)[f]
        + rng.normal(0, 0.5, p.shape)
    )  # fmt: skip
    return y.ravel(), p.ravel(), o.ravel(), f.ravel()


def test_sums_of_squares_are_sequential_also_unbalanced(rng: np.random.Generator) -> None:
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    kept = rng.permutation(72)[:61]
    y, p, o, f = (column[kept] for column in three_factors(rng))
    frame = pd.DataFrame({"y": y, "p": p.astype(str), "o": o.astype(str), "f": f.astype(str)})
    model = "y ~ C(p) + C(o) + C(f) + C(p):C(o) + C(p):C(f) + C(o):C(f)"
    table = anova_lm(ols(model, frame).fit(), typ=1)
    found = expanded(y, p, o, {"fixture": f}, KEEP).anova
    lines = ("C(p)", "C(o)", "C(f)", "C(p):C(o)", "C(p):C(f)", "C(o):C(f)", "Residual")
    names = ("part", "operator", "fixture", "interaction", "part*fixture", "operator*fixture",
             "repeatability")  # fmt: skip
    for name, line in zip(names, lines, strict=True):
        assert found[name].ss == pytest.approx(table.loc[line, "sum_sq"])
        assert found[name].df == table.loc[line, "df"]


def test_components_of_unbalanced_data_are_unbiased() -> None:
    """Seed 9, 500 studies with 15 of 72 rows missing: means within four standard errors."""
    rng = np.random.default_rng(9)
    kept = np.sort(rng.permutation(72)[:57])
    _, p, o, f = (column[kept] for column in three_factors(rng))
    found = []
    for _ in range(500):
        y = (rng.normal(0, 3, 6)[p] + rng.normal(0, 1, 3)[o] + rng.normal(0, 2, 2)[f]
             + rng.normal(0, 0.5, p.size))  # fmt: skip
        study = expanded(y, p, o, {"fixture": f}, GaugeOptions(interaction="drop"))
        found.append([study.variance[name] for name in ("part", "repeatability")])
    error = np.std(found, axis=0) / np.sqrt(len(found))
    assert np.all(np.abs(np.mean(found, axis=0) - [9, 0.25]) < 4 * error)


def test_expected_mean_squares_of_a_full_study_are_the_textbook_s(
    rng: np.random.Generator,
) -> None:
    """The deterministic twin: coefficients are numbers of measurements of a level."""
    from process_models.gauge.expanded import _fitted
    from process_models.gauge.layout import Levels

    y, p, o, f = three_factors(rng)
    main = {"part": Levels.of(p), "operator": Levels.of(o), "fixture": Levels.of(f)}
    fit = _fitted(y, main, [("part", "operator")])
    assert fit.expected[0] == pytest.approx([12, 0, 0, 4, 1])
    assert fit.expected[1] == pytest.approx([0, 24, 0, 4, 1])
    assert fit.expected[2] == pytest.approx([0, 0, 36, 0, 1])
    assert fit.expected[3] == pytest.approx([0, 0, 0, 4, 1])


def test_a_further_factor_counts_to_reproducibility(rng: np.random.Generator) -> None:
    y, p, o, f = three_factors(rng)
    variance = expanded(y, p, o, {"fixture": f}, KEEP).variance
    between = ("operator", "interaction", "fixture", "part*fixture", "operator*fixture")
    assert variance["reproducibility"] == pytest.approx(sum(variance[name] for name in between))


def test_auto_leaves_out_interactions_that_are_not_there(rng: np.random.Generator) -> None:
    y, p, o, f = three_factors(rng)
    study = expanded(y, p, o, {"fixture": f}, GaugeOptions(interaction_alpha=1e-6))
    assert study.interaction_kept is False
    assert "part*fixture" not in study.anova


def test_missing_cells_and_odd_numbers_are_welcome(aiag: Study) -> None:
    study = expanded(*(column[4:] for column in aiag), None, KEEP)
    assert study.replicates is None
    assert study.variance["part"] == pytest.approx(1.09, rel=0.1)
    assert "approximate" in study.notes[0]


def test_one_measurement_a_cell_needs_the_interaction_dropped() -> None:
    y, p, o = np.arange(6.0) ** 2, list("112233"), list("ababab")
    with pytest.raises(InputError, match="nothing to tell repeatability"):
        expanded(y, p, o, None, KEEP)
    dropped = expanded(y, p, o, None, GaugeOptions(interaction="drop"))
    assert dropped.anova["repeatability"].df == 2


@pytest.mark.parametrize(
    ("factors", "words"),
    [({"day": list("111111")}, r"factor 'day' must have at least 2 levels, got 1 \('1'\)"),
     ({"gauge": list("121212")}, "must not be called 'gauge'"),
     ({"twin": list("ababab")}, "factor 'twin' cannot be told apart"),
     ({"day": list("12")}, "needs its labels: 6 and 2")],
)  # fmt: skip
def test_bad_factors_are_named(factors: dict[str, list[str]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        expanded(np.arange(6.0) ** 2, list("112233"), list("ababab"), factors)
