"""What is refused, and what the line says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from process_models.errors import InputError
from process_models.run_length import Conditions, Scheme


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"chart": "p"}, "chart must be one of shewhart, rules, cusum, ewma, mewma, t2, got 'p'"),
        ({"nsigma": 0.0}, "nsigma must be above 0, got 0"),
        ({"h": -1.0}, "h must be above 0, got -1"),
        ({"width": math.nan}, "width must be above 0, got nan"),
        ({"k": -0.5}, "k must be 0 or more, got -0.5"),
        ({"lam": 1.5}, "lambda must be above 0 and at most 1, got 1.5"),
        ({"lam": 0.0}, "lambda must be above 0 and at most 1, got 0"),
        (
            {"chart": "cusum", "h": 4.0, "head_start": 4.0},
            "head-start must be at least 0 and below h = 4, got 4",
        ),
        ({"limits": "wide"}, "limits must be exact or asymptotic, got 'wide'"),
        ({"variables": 0}, "variables must be from 1 to 50, got 0"),
        ({"chart": "t2", "one_sided": True}, "one-sided does not go with t2, which has no sides"),
        ({"rules": ()}, "rules must name at least one rule, got none"),
        ({"score_limits": (1.0, 0.0, 2.0)}, "score-limits must ascend, got 1, 0, 2"),
    ],
)
def test_a_scheme_refuses(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Scheme(**given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"shift": math.inf}, "shift must be from -50 to 50, got inf"),
        ({"spread": 0.0}, "spread must be from 0.02 to 50, got 0"),
        ({"phi": 1.0}, "phi must be from -0.99 to 0.99, got 1"),
        ({"estimated_from": 1}, "estimated-from must be at least 2, got 1"),
        ({"sigma_method": "range"}, "sigma-method must be one of sd, sd_c4, mr_d2, got 'range'"),
        ({"steady": "soon"}, "steady state must be conditional or cyclical, got 'soon'"),
    ],
)
def test_conditions_refuse(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Conditions(**given)
    assert str(caught.value) == message


def test_lines_of_a_chart() -> None:
    assert Scheme(nsigma=2.5).lines == (-2.5, 0.0, 2.5)
    assert Scheme(score_limits=(-1.0, 0.1, 2.0)).lines == (-1.0, 0.1, 2.0)


def test_multivariate_charts() -> None:
    assert [Scheme(chart=kind).multivariate for kind in ("t2", "mewma", "ewma")] == [
        True, True, False,
    ]  # fmt: skip
