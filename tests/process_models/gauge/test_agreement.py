"""Attribute agreement: shares by hand, limits, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from process_models.errors import InputError
from process_models.gauge import agreement

PARTS = list("1122334411223344")
OPERATORS = list("aaaaaaaabbbbbbbb")
SAID = [
    "ok",
    "ok",
    "ok",
    "no",
    "no",
    "no",
    "no",
    "no",
    "ok",
    "ok",
    "ok",
    "ok",
    "no",
    "no",
    "ok",
    "no",
]
TRUE = ["ok", "ok", "ok", "ok", "no", "no", "no", "no"] * 2


def test_shares_by_hand() -> None:
    """Operator a wavers on part 2, b on part 4; parts 1 and 3 are never disputed."""
    study = agreement(SAID, PARTS, OPERATORS, TRUE)
    assert study.within is not None
    assert [study.within[o].agreed for o in "ab"] == [3, 3]
    assert study.versus_standard is not None
    assert [study.versus_standard[o].agreed for o in "ab"] == [3, 3]
    assert study.between is not None
    assert study.between.agreed == 2
    assert study.all_versus_standard is not None
    assert study.all_versus_standard.agreed == 2
    assert study.wrong == {"no": 1 / 8, "ok": 1 / 8}


def test_limits_of_shares_are_exact() -> None:
    study = agreement(SAID, PARTS, OPERATORS, TRUE)
    assert study.between is not None
    expected = proportion_confint(2, 4, 0.05, method="beta")
    limits = study.between.limits
    assert (limits.low, limits.high) == pytest.approx(expected)
    perfect = agreement(list("xyxyxyxy"), list("12341234"), list("aaaabbbb")[:8])
    assert perfect.between is not None
    assert perfect.between.limits.high == 1


def test_pairs_of_operators_trial_by_trial() -> None:
    """14 of 16 trials: said alike in 6 of 8 pairs, 3 + 3, with margins 3:5 and 5:3."""
    study = agreement(SAID, PARTS, OPERATORS)
    kappa = study.pairs[("a", "b")]
    by_chance = 3 / 8 * 5 / 8 + 5 / 8 * 3 / 8
    assert kappa.value == pytest.approx((6 / 8 - by_chance) / (1 - by_chance))
    assert study.versus_standard is None
    assert study.wrong is None


def test_perfect_and_random_judgements(rng: np.random.Generator) -> None:
    truth = np.where(rng.random(60) < 0.5, "good", "bad")
    parts, operators = np.tile(np.arange(60), 3), np.repeat(list("abc"), 60)
    perfect = agreement(np.tile(truth, 3), parts, operators, np.tile(truth, 3))
    assert perfect.kappa == pytest.approx(1)
    assert perfect.verdict == "acceptable"
    guessed = np.where(rng.random(180) < 0.5, "good", "bad")
    random = agreement(guessed, parts, operators, np.tile(truth, 3))
    assert random.kappa == pytest.approx(0, abs=0.3)
    assert random.verdict == "unacceptable"


def test_one_trial_has_no_within_and_one_operator_no_between() -> None:
    once = agreement(list("xyxy"), list("1212"), list("aabb"))
    assert once.within is None
    alone = agreement(list("xxyx"), list("1122"), list("aaaa"))
    assert alone.between is None
    assert alone.verdict in ("acceptable", "marginal", "unacceptable")
    plain = alone.to_dict()
    assert plain["between"] is None
    assert plain["within"]["a"]["matched"] == 1
    assert plain["within"]["a"]["cohen"] is not None


@pytest.mark.parametrize(
    ("said", "parts", "operators", "standard", "words"),
    [("xyx", "121", "aab", None, "part '2' must be judged 1 times by operator 'b'"),
     ("xy", "12", "aa", None, "at least 2 times, got 1"),
     ("xxxx", "1122", "abab", None, "judgements must vary, all 4 are 'x'"),
     ("xyxy", "1122", "abab", "xyxx", "row 2: part '1' has two different standards"),
     ("", "", "", None, "got none"), ("xy", "1", "ab", None, "every judgement needs")],
)  # fmt: skip
def test_bad_studies_are_named(
    said: str, parts: str, operators: str, standard: str | None, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        agreement(said, parts, operators, standard)


def test_bad_confidence_is_named() -> None:
    with pytest.raises(InputError, match="confidence"):
        agreement(SAID, PARTS, OPERATORS, confidence=95)
