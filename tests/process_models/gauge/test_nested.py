"""Nested studies: by hand, against statsmodels and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge import nested


def test_two_operators_with_two_parts_each_by_hand() -> None:
    """Cells 1.5, 5.5, 3, 8.5; operators 3.5 and 5.75."""
    study = nested([1, 2, 5, 6, 3, 3, 9, 8], list("11221122"), list("aaaabbbb"))
    assert study.anova["operator"].ss == pytest.approx(4 * 2 * 1.125**2)
    assert study.anova["part"].ss == pytest.approx(2 * 2 * 2.0**2 + 2 * 2 * 2.75**2)
    assert study.anova["repeatability"].ss == 1.5
    assert study.anova["interaction"] is None
    assert study.anova["operator"].f == pytest.approx(10.125 / 23.125)
    assert study.variance["operator"] == 0
    assert study.components.negative == ("operator",)
    assert study.interaction_kept is None
    assert study.parts == 4


def test_part_labels_may_be_different_or_repeat() -> None:
    values = [1, 2, 5, 6, 3, 3, 9, 8]
    same = nested(values, list("11221122"), list("aaaabbbb"))
    own = nested(values, list("11223344"), list("aaaabbbb"))
    assert same.variance == own.variance


def test_sums_of_squares_agree_with_statsmodels() -> None:
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    rng = np.random.default_rng(2)
    operator, part, _ = (
        x.ravel() for x in np.meshgrid(range(3), range(5), range(2), indexing="ij")
    )
    y = rng.normal(size=30) + operator + rng.normal(size=5)[part]
    frame = pd.DataFrame({"y": y, "p": part.astype(str), "o": operator.astype(str)})
    table = anova_lm(ols("y ~ C(o) + C(o):C(p)", frame).fit())
    found = nested(y, part, operator).anova
    lines = {"operator": "C(o)", "part": "C(o):C(p)", "repeatability": "Residual"}
    for name, line in lines.items():
        assert found[name].ss == pytest.approx(table.loc[line, "sum_sq"])
        assert found[name].df == table.loc[line, "df"]


def test_limits_hold_the_truth_as_often_as_they_say() -> None:
    """Seed 6, 800 studies of 4 operators x 6 parts x 2: 95 % limits hold it 93 to 99 %."""
    rng = np.random.default_rng(6)
    operator, part, _ = (
        x.ravel() for x in np.meshgrid(range(4), range(6), range(2), indexing="ij")
    )
    held = {"gauge": 0, "part": 0, "ndc": 0}
    for _ in range(800):
        y = (rng.normal(0, 1, (4, 1, 1)) + rng.normal(0, 2, (4, 6, 1))
             + rng.normal(0, 0.5, (4, 6, 2))).ravel()  # fmt: skip
        found = nested(y, part, operator)
        limits = found.components.limits
        held["gauge"] += limits["gauge"].low <= 1.25 <= limits["gauge"].high
        held["part"] += limits["part"].low <= 4 <= limits["part"].high
        held["ndc"] += found.ndc_limits.low <= math.sqrt(8 / 1.25) <= found.ndc_limits.high
    assert all(0.93 <= count / 800 <= 0.99 for count in held.values())


@pytest.mark.parametrize(
    ("parts", "operators", "words"),
    [("11222", "aabbb", "must be measured 2 times as the first, got 3"),
     ("112233", "aabbbb", "operator 'b' must measure 1 parts as the first, got 2"),
     ("1122", "aabb", "at least 2 parts for each operator"),
     ("1234", "aabb", "at least 2 times to tell repeatability"),
     ("1122", "aaaa", "at least 2 operators")],
)  # fmt: skip
def test_bad_studies_are_named(parts: str, operators: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        nested(np.arange(len(parts), dtype=float), list(parts), list(operators))
