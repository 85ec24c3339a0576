"""Figures of cells: what differs between systems must come from what was done to them."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import ProcessSettings, draw_parameters, run_chain
from process_models.physics.cell_figures import (
    RATES,
    mixture_modulus_gpa,
    product_wt_percent,
)
from process_models.physics.draws import with_posterior
from process_models.physics.impedance import cycling_spectra, pellet_ohm_cm2
from process_models.physics.reaction import react

DRAWS = 200


def figures(process: str, **posterior: np.ndarray) -> dict[str, np.ndarray]:
    settings = ProcessSettings(process=process)
    return {s.quantity: s.values for s in run_chain(settings, DRAWS, 0, posterior or None)}


def test_lacss_exchanges_more_than_bare_in_the_median() -> None:
    lacss, drac, bare = (
        float(np.median(figures(p)["exchange_current_ma_cm2"])) for p in ("lacss", "drac", "bare")
    )
    assert bare == pytest.approx(0.69, rel=0.03)
    assert lacss == pytest.approx(1.11, rel=0.03)
    assert bare < drac < lacss


def test_bare_lithium_ages_more_in_every_draw() -> None:
    assert np.all(figures("bare")["asr_growth_ohm_cm2"] > figures("lacss")["asr_growth_ohm_cm2"])


def test_gitt_polarises_less_with_lacss_in_every_draw_but_few() -> None:
    less = figures("lacss")["gitt_polarisation_v"] < figures("bare")["gitt_polarisation_v"]
    assert np.mean(less) > 0.95


def test_only_what_the_paper_gives_a_rate_for_has_one() -> None:
    names = {f"rate_{rate:g}c_mah_g" for rate in RATES}
    assert names <= set(figures("lacss"))
    assert not names & set(figures("bare"))
    assert not names & set(figures("drac"))


def test_faster_discharge_gives_less_in_every_draw() -> None:
    lacss = figures("lacss")
    by_rate = np.array([lacss[f"rate_{rate:g}c_mah_g"] for rate in RATES])
    assert np.all(np.diff(by_rate, axis=0) < 0)


def test_np_ratio_follows_the_capacity() -> None:
    lacss = figures("lacss")
    assert lacss["np_ratio_cycling"] == pytest.approx(lacss["areal_capacity_mah_cm2"] / 1.78)
    assert lacss["np_ratio_rate"] == pytest.approx(lacss["areal_capacity_mah_cm2"] / 1.07)


def test_twice_the_current_is_a_shorter_life_in_the_median() -> None:
    lacss = figures("lacss")
    assert np.median(lacss["life_1_0_h"]) < np.median(lacss["life_0_5_h"])


def test_fitted_constants_take_the_place_of_priors() -> None:
    posterior = {"ccd0_ma_cm2": np.full(5, 3.0), "ccd_spread": np.full(5, 1e-9)}
    assert figures("bare", **posterior)["ccd_ma_cm2"] == pytest.approx(3.0)


def test_draws_of_a_posterior_stay_whole() -> None:
    prior = draw_parameters(np.random.default_rng(0), 50)
    posterior = {"lag_s": np.arange(9.0) / 4, "life0_h": 100 + np.arange(9.0)}
    fitted = with_posterior(prior, posterior, np.random.default_rng(1))
    assert fitted.life0_h == pytest.approx(100 + 4 * fitted.lag_s)
    assert len(np.unique(fitted.lag_s)) > 4
    assert fitted.m40_mg_cm2 is prior.m40_mg_cm2


@pytest.mark.parametrize(("posterior", "said"), [
    ({"lag_s": np.ones(3), "life0_h": np.ones(4)}, r"^posterior must hold one draw a row"),
    ({"lag_s": np.ones((3, 1))}, r"^posterior must hold one draw a row"),
    ({"lag_s": np.ones(0)}, r"^posterior must hold one draw a row"),
    ({"wear": np.ones(3)}, r"^posterior must hold constants of the process, got 'wear'"),
    ({"lag_s": np.array([1.0, np.nan])}, r"^lag_s must be finite, got nan at 2"),
])  # fmt: skip
def test_a_posterior_that_is_none(posterior: dict[str, np.ndarray], said: str) -> None:
    prior = draw_parameters(np.random.default_rng(0), 2)
    with pytest.raises(InputError, match=said):
        with_posterior(prior, posterior, np.random.default_rng(1))


def test_an_empty_posterior_changes_nothing() -> None:
    prior = draw_parameters(np.random.default_rng(0), 2)
    assert with_posterior(prior, {}, np.random.default_rng(1)) is prior


def test_share_of_products_by_hand() -> None:
    """0.93 mg/cm2 in 60 um: the 29 wt% that the capacity shortfall asks for."""
    assert float(product_wt_percent(react(0.93, 1.0, 60.0))) == pytest.approx(31.0, abs=2.5)
    assert float(product_wt_percent(react(0.0, 1.0, 60.0))) == 0.0
    assert float(product_wt_percent(react(0.0, 1.0, 0.0))) == 0.0
    assert float(product_wt_percent(react(1e6, 1.0, 60.0))) == pytest.approx(100.0)


def test_a_mixture_lies_between_its_components() -> None:
    assert 49.9 < mixture_modulus_gpa() < 62.4
    assert mixture_modulus_gpa() == pytest.approx(0.353 * 62.4 + 0.647 * 49.9, abs=0.05)


def test_spectra_before_and_after_cycling() -> None:
    before, after = cycling_spectra(np.array([25.0, 31.0]), 10, 0.15, np.array([0.0, 0.8]))
    assert before.real_ohm_cm2[:, -1] == pytest.approx([25.0, 31.0], abs=0.2)
    grown = after.real_ohm_cm2[:, -1] - before.real_ohm_cm2[:, -1]
    assert grown[0] > grown[1] > 0
    assert before.real_ohm_cm2[:, 0] == pytest.approx(after.real_ohm_cm2[:, 0], abs=1.0)
    with pytest.raises(InputError, match=r"^asr_ohm_cm2 less that of the pellet must not be neg"):
        cycling_spectra(pellet_ohm_cm2() - 1.0, 10, 0.15)
