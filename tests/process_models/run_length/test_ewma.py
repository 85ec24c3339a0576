"""EWMA against R's spc, Lucas and Saccucci (1990), limits, and plain simulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from process_models.run_length import Scheme
from process_models.run_length.ewma import ewma_chain
from process_models.run_length.shewhart import shewhart_law

SHIFTS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4)
LUCAS_SACCUCCI = {
    (0.4, 3.054): (500, 224, 71.2, 28.4, 14.3, 5.9, 3.5, 2.5, 2.0, 1.4),
    (0.25, 2.998): (500, 170, 48.2, 20.1, 11.1, 5.5, 3.6, 2.7, 2.3, 1.7),
    (0.2, 2.962): (500, 150, 41.8, 18.2, 10.5, 5.5, 3.7, 2.9, 2.4, 1.9),
    (0.1, 2.814): (500, 106, 31.3, 15.9, 10.3, 6.1, 4.4, 3.4, 2.9, 2.2),
    (0.05, 2.615): (500, 84.1, 28.8, 16.4, 11.4, 7.1, 5.2, 4.2, 3.5, 2.7),
}


def arl(lam: float, width: float, shift: float = 0.0, spread: float = 1.0, **more: Any) -> float:
    scheme = Scheme(chart="ewma", lam=lam, width=width, **{"limits": "asymptotic", **more})
    return ewma_chain(scheme, shift, spread).mean()


@pytest.mark.parametrize(("lam", "width"), LUCAS_SACCUCCI)
def test_table_of_lucas_and_saccucci(lam: float, width: float) -> None:
    found = [arl(lam, width, shift) for shift in SHIFTS]
    assert found == pytest.approx(LUCAS_SACCUCCI[lam, width], rel=4e-3, abs=0.06)


def test_every_figure_of_the_reference_case(case: Callable[[str], dict[str, Any]]) -> None:
    for table in case("V17")["ewma_fixed_limits"]:
        lam, width = table["lambda"], table["L"]
        fixed = [arl(lam, width, shift) for shift in table["shift"]]
        exact = [arl(lam, width, shift, limits="exact") for shift in table["shift"]]
        assert fixed == pytest.approx(table["arl"], rel=1e-10)
        assert exact == pytest.approx(table["arl_vacl"], rel=1e-7)


@pytest.mark.parametrize("limits", ["exact", "asymptotic"])
@pytest.mark.parametrize("shift", [0.0, 1.5])
def test_no_memory_is_a_shewhart_chart(limits: str, shift: float) -> None:
    expected = shewhart_law(Scheme(), shift, 1.0).mean()
    assert arl(1.0, 3.0, shift, limits=limits) == pytest.approx(expected, rel=1e-9)


def test_one_sided_without_memory_is_a_one_sided_shewhart_chart() -> None:
    expected = shewhart_law(Scheme(one_sided=True), 0.7, 1.0).mean()
    assert arl(1.0, 3.0, 0.7, one_sided=True) == pytest.approx(expected, rel=1e-9)


def test_scaling_everything_changes_nothing() -> None:
    assert arl(0.2, 5.4, 2.0, spread=2.0) == pytest.approx(arl(0.2, 2.7, 1.0), rel=1e-9)


def test_exact_limits_are_narrower_at_first() -> None:
    assert arl(0.1, 2.7, 1.0, limits="exact") < arl(0.1, 2.7, 1.0)


def test_first_point_with_exact_limits_is_a_shewhart_point() -> None:
    scheme = Scheme(chart="ewma", lam=0.1, width=3.0)
    survival = ewma_chain(scheme, 0.0, 1.0).curve().head
    assert 1 - survival[1] == pytest.approx(0.0026997960632601866, rel=1e-10)


def test_a_slow_average_is_found_as_exactly() -> None:
    fine = arl(0.01, 2.0)
    assert fine == pytest.approx(arl(0.01, 2.0 + 1e-7), rel=1e-5)
    assert fine > arl(0.01, 2.0, limits="exact") > 300


@pytest.mark.parametrize("one_sided", [False, True])
@pytest.mark.parametrize("limits", ["exact", "asymptotic"])
def test_plain_simulation_agrees(
    one_sided: bool,
    limits: str,
    simulate_plainly: Callable[..., Any],
    normal_values: Callable[..., Callable[[], Iterator[float]]],
) -> None:
    """3000 charts of seed 4 with shift 0.5 and spread 1.2, within 4 standard errors."""

    def new_chart() -> Callable[[float], bool]:
        state = {"z": 0.0, "n": 0}

        def step(x: float) -> bool:
            state["n"] += 1
            state["z"] = 0.85 * state["z"] + 0.15 * x
            if one_sided:
                state["z"] = max(state["z"], 0.0)
            growth = 1 - 0.85 ** (2 * state["n"]) if limits == "exact" else 1.0
            return abs(state["z"]) > 2.6 * math.sqrt(0.15 / 1.85 * growth)

        return step

    found = simulate_plainly(new_chart, normal_values(4, 0.5, 1.2), 3000)
    assert found.agrees_with(arl(0.15, 2.6, 0.5, 1.2, one_sided=one_sided, limits=limits))
