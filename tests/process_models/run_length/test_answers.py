"""The two questions of the room: how long, and which limit."""

from __future__ import annotations

import math
from typing import Any

import pytest

from process_models.errors import InputError
from process_models.run_length import Conditions, Scheme, design, run_lengths


def test_averages_and_quantiles_at_every_shift() -> None:
    found = run_lengths(Scheme(), (0.0, 1.0), quantiles=(0.1, 0.5))
    assert found.arl == pytest.approx((370.3983, 43.8947), rel=1e-6)
    assert found.quantiles == {"0.1": (39.0, 5.0), "0.5": (257.0, 31.0)}
    assert found.standard_error is None


def test_to_dict_is_the_answer_in_plain_types() -> None:
    told = run_lengths(Scheme(chart="rules", rules=("we",)), (0.0,)).to_dict()
    assert set(told) == {"arl", "quantiles", "standard_error", "method", "parameters"}
    assert told["parameters"]["rules"] == ["we"]
    assert told["parameters"]["states"] == 215


@pytest.mark.parametrize(
    ("scheme", "names"),
    [
        (Scheme(), {"nsigma"}),
        (Scheme(chart="cusum"), {"k", "h", "head_start"}),
        (Scheme(chart="ewma"), {"lambda", "width", "limits"}),
        (Scheme(chart="mewma", h=8.0), {"lambda", "h", "width", "limits", "variables"}),
        (Scheme(chart="t2", h=8.0), {"h", "width", "variables"}),
    ],
)
def test_parameters_are_those_of_the_chart(scheme: Scheme, names: set[str]) -> None:
    always = {"chart", "one_sided", "shift", "spread", "phi", "steady_state", "estimated_from"}
    assert set(run_lengths(scheme).parameters) == names | always


def test_a_simulated_answer_has_an_error_at_every_shift() -> None:
    found = run_lengths(Scheme(chart="cusum", h=3.0), (0.0, 2.0), Conditions(phi=0.4))
    assert found.method == "simulation"
    assert found.standard_error is not None
    assert all(0 < error < 2 for error in found.standard_error)


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.5, math.nan])
def test_impossible_quantiles_are_refused(probability: float) -> None:
    with pytest.raises(InputError, match="quantiles must be above 0 and below 1"):
        run_lengths(Scheme(), quantiles=(probability,))


def test_no_shift_is_refused() -> None:
    with pytest.raises(InputError, match="shift must name at least one shift, got none"):
        run_lengths(Scheme(), ())


DESIGNS: tuple[dict[str, Any], ...] = (
    {"chart": "shewhart"},
    {"chart": "shewhart", "one_sided": True},
    {"chart": "rules", "rules": ("beyond_limits", "nelson_2", "nelson_5")},
    {"chart": "rules", "rules": ("beyond_limits", "nelson_3"), "moving_range": True},
    {"chart": "cusum", "k": 0.25},
    {"chart": "cusum", "k": 0.5, "head_start": 2.0, "one_sided": True},
    {"chart": "ewma", "lam": 0.05},
    {"chart": "ewma", "lam": 0.3, "limits": "asymptotic", "one_sided": True},
    {"chart": "mewma", "variables": 4},
    {"chart": "t2", "variables": 4},
)


@pytest.mark.parametrize("given", DESIGNS)
@pytest.mark.parametrize("arl0", [100.0, 250.0])
def test_a_design_runs_as_long_as_asked(given: dict[str, Any], arl0: float) -> None:
    scheme = design(Scheme(**given), arl0)
    assert run_lengths(scheme).arl[0] == pytest.approx(arl0, rel=1e-7)


def test_designs_known_by_hand() -> None:
    assert design(Scheme(), 370.3983473449564).nsigma == pytest.approx(3.0, rel=1e-10)
    assert design(Scheme(chart="t2", variables=2), 200).h == pytest.approx(
        2 * math.log(200), rel=1e-10
    )
    assert design(Scheme(chart="ewma", lam=0.1, limits="asymptotic"), 500).width == pytest.approx(
        2.8143, abs=1e-4
    )


def test_a_design_for_estimated_limits_and_for_autocorrelated_data() -> None:
    for conditions in (Conditions(estimated_from=60), Conditions(phi=0.5)):
        scheme = design(Scheme(), 370, conditions)
        assert run_lengths(scheme, (0.0,), conditions).arl[0] == pytest.approx(370, rel=1e-7)


def test_the_rule_of_three_sigma_becomes_the_limit() -> None:
    scheme = design(Scheme(chart="rules", rules=("we",)), 100)
    assert scheme.rules == ("beyond_limits", "we_2", "we_3", "we_4")
    assert scheme.nsigma > 3


@pytest.mark.parametrize(
    ("scheme", "arl0", "message"),
    [
        (Scheme(), 1.0, "arl0 must be above 1 and at most 1e\\+10, got 1"),
        (Scheme(), math.nan, "arl0 must be above 1"),
        (Scheme(chart="rules", rules=("we_2",)), 100, "a design needs the rule beyond_limits"),
        (
            Scheme(chart="rules", rules=("beyond_limits", "we_4")), 300,
            "arl0 must be at most 255 with these rules, whatever the limit, got 300",
        ),
        (Scheme(chart="cusum", k=0.5, one_sided=True), 2.0, "arl0 must be at least 3.2"),
    ],
)  # fmt: skip
def test_designs_that_cannot_be(scheme: Scheme, arl0: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        design(scheme, arl0)


@pytest.mark.parametrize("chart", ["shewhart", "rules", "cusum", "ewma"])
def test_run_lengths_shorten_as_the_shift_grows(chart: str) -> None:
    arl = run_lengths(Scheme(chart=chart), (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)).arl
    assert list(arl) == sorted(arl, reverse=True)
    assert arl[-1] < 2.1


@pytest.mark.parametrize("chart", ["shewhart", "rules", "cusum", "ewma"])
def test_up_and_down_are_alike_on_both_sides(chart: str) -> None:
    up, down = run_lengths(Scheme(chart=chart), (0.7, -0.7)).arl
    assert up == pytest.approx(down, rel=1e-9)


@pytest.mark.parametrize("chart", ["shewhart", "rules", "cusum", "ewma", "mewma", "t2"])
def test_more_spread_signals_sooner(chart: str) -> None:
    scheme = Scheme(chart=chart, h=9.0 if chart in ("mewma", "t2") else 5.0)
    lengths = [run_lengths(scheme, (0.0,), Conditions(spread=s)).arl[0] for s in (0.8, 1.0, 1.5)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[2] < lengths[1] / 3


@pytest.mark.parametrize("chart", ["shewhart", "rules", "cusum", "ewma", "mewma", "t2"])
def test_quantiles_rise_with_the_probability_and_bracket_the_mean(chart: str) -> None:
    scheme = Scheme(chart=chart, h=9.0 if chart in ("mewma", "t2") else 5.0)
    found = run_lengths(scheme, (0.5,), quantiles=(0.05, 0.5, 0.95))
    low, middle, high = (values[0] for values in found.quantiles.values())
    assert 1 <= low < middle < high
    assert low < found.arl[0] < high


@pytest.mark.parametrize("chart", ["cusum", "ewma", "mewma"])
def test_a_chart_with_a_memory_is_ready_sooner_after_a_long_time(chart: str) -> None:
    scheme = Scheme(chart=chart, h=9.0 if chart == "mewma" else 5.0, limits="asymptotic")
    early = run_lengths(scheme, (1.0,)).arl[0]
    late = run_lengths(scheme, (1.0,), Conditions(steady="conditional")).arl[0]
    assert late < early
