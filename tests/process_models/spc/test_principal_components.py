"""Principal components: T2 inside the model and SPE outside it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart
from process_models.spc.principal_components import residual_limit


def plant(n: int = 300) -> np.ndarray:
    """Two hidden causes behind five variables."""
    rng = np.random.default_rng(41)
    causes = rng.normal(size=(n, 2))
    mixing = rng.normal(size=(2, 5))
    return causes @ mixing + 0.1 * rng.normal(size=(n, 5))


def test_all_components_give_t2_of_the_standardised_variables() -> None:
    values = np.random.default_rng(42).normal(size=(60, 3))
    whole = chart("pca", ChartData(values), ChartOptions(components=3))
    t2 = chart("t2_individuals", ChartData(values)).panels[0].points
    assert whole.panels[0].points == pytest.approx(t2)
    assert whole.panels[1].points == pytest.approx(np.zeros(60), abs=1e-12)


def test_eigenvalues_are_those_of_the_correlation() -> None:
    values = plant()
    result = chart("pca", ChartData(values))
    expected = np.linalg.eigvalsh(np.corrcoef(values, rowvar=False))[::-1]
    assert result.extras["eigenvalues"] == pytest.approx(expected)
    assert result.extras["components"] == 2
    assert result.to_dict()["eigenvalues"] == pytest.approx(expected.tolist())


def test_t2_limit_by_hand() -> None:
    result = chart("pca", ChartData(plant()), ChartOptions(components=2, alpha=0.01))
    expected = 2 * (300**2 - 1) / (300 * 298) * stats.f.ppf(0.99, 2, 298)
    assert result.panels[0].ucl == pytest.approx(expected)


def test_spe_limit_of_one_left_out_component_is_nearly_a_chi_square() -> None:
    assert residual_limit(np.array([2.0]), 0.01) == pytest.approx(
        2 * stats.chi2.ppf(0.99, 1), rel=0.05
    )
    assert residual_limit(np.empty(0), 0.01) == 0.0


def test_a_broken_correlation_shows_in_spe_and_names_the_variable() -> None:
    values = plant()
    values[250, 3] += 2.0
    printed = chart("pca", ChartData(values), ChartOptions(phase1=200)).to_dict()
    signal = next(s for s in printed["signals"] if s["point"] == 251 and s["panel"] == "spe")
    terms = signal["spe_contributions"]
    assert max(terms, key=terms.get) == "x4"


@pytest.mark.parametrize(
    ("values", "components", "message"),
    [
        (plant(), 6, "components must be at most the number of variables, 5, got 6"),
        (plant(4), None, r"needs 2 variables and p \+ 2 points, got 5 and 4"),
        (np.column_stack([np.arange(9.0), np.ones(9)]), None, "variable 2 does not vary"),
        (np.column_stack([np.arange(9.0), np.arange(9.0)]), 2, "component 2 does not vary"),
    ],
)
def test_refusals(values: np.ndarray, components: int | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart("pca", ChartData(values), ChartOptions(components=components))
