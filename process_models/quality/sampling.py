"""The joint posterior of CCD and life, drawn with NumPyro's NUTS.

Only this module needs jax, and only while it draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.physics.cell import ln_life_h
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import likelihood
from process_models.quality.design import Design
from process_models.quality.response import constants_from_normal, median_ln_ccd

__all__ = ["Draws", "draw_posterior", "log_likelihood"]

Floats = NDArray[np.float64]
_LABORATORY_SD = 0.2  # of ln CCD between laboratories, assumed
_CHAINS = 2


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws in standard-normal units and how well they mixed.

    Attributes
    ----------
    z : ndarray, shape (draws, len(QUALITY_PARAMETERS))
    laboratory : ndarray, shape (draws, laboratories)
        Effect of every foreign laboratory on ln CCD.
    r_hat_max, ess_min : float
        Worst split r-hat and smallest effective sample size of any parameter.
    divergences : int
    """

    z: Floats
    laboratory: Floats
    r_hat_max: float
    ess_min: float
    divergences: int


def log_likelihood(design: Design, constants: Any, laboratory: Any, xp: Any = np) -> Any:
    """ln likelihood of every row, shape (r,), for one set of constants.

    Parameters
    ----------
    design : Design
    constants : mapping
        Floats by name, see `constants_from_normal`.
    laboratory : array, shape (laboratories + 1,)
        Effects on ln CCD; the first, our own, is 0.
    xp : module
        numpy or jax.numpy.
    """
    ccd = median_ln_ccd(design.cell, constants, xp) + laboratory[design.laboratory]
    life = ln_life_h(ccd, design.current_ma_cm2, design.capacity_mah_cm2, constants, xp)
    mean = xp.where(design.is_life, life, ccd)
    sd = xp.where(design.is_life, constants["life_spread"], constants["ccd_spread"])
    exact = likelihood.exact(design.value, mean, sd, xp)
    within = likelihood.interval(design.lower, design.upper, mean, sd, xp)
    rows = xp.where(design.is_exact, exact, within)
    ordinal = np.flatnonzero(design.reference >= 0)
    if not len(ordinal):
        return rows
    other = design.reference[ordinal]
    low = np.where(design.is_exact, design.value - 1e-6, design.lower)[other]
    high = np.where(design.is_exact, design.value + 1e-6, design.upper)[other]
    compared = likelihood.not_better_than(
        design.lower[ordinal], mean[ordinal], sd[ordinal], low, high, mean[other], xp)
    if xp is np:
        rows[ordinal] = compared
        return rows
    return rows.at[ordinal].set(compared)


def draw_posterior(
    design: Design, *, seed: int, draws: int, warmup: int, progress: bool = False
) -> Draws:
    """Draw from the posterior; the same seed gives the same draws.

    Parameters
    ----------
    design : Design
    seed : int
    draws, warmup : int
        Kept draws of all chains together, and warm-up of each.
    progress : bool
        Show NumPyro's bar on stderr.
    """
    import jax
    import jax.numpy as jnp
    import numpyro
    from numpyro.infer import MCMC, NUTS, init_to_value

    numpyro.enable_x64()
    start = init_to_value(values={"z": np.zeros(len(QUALITY_PARAMETERS))})
    kernel = NUTS(
        _model(design, jnp), target_accept_prob=0.9, dense_mass=True, init_strategy=start)
    chains = MCMC(
        kernel, num_warmup=warmup, num_samples=-(-draws // _CHAINS), num_chains=_CHAINS,
        chain_method="vectorized", progress_bar=progress,
    )
    chains.run(jax.random.PRNGKey(seed))
    return _collect(chains, len(design.laboratories))


def _model(design: Design, xp: Any) -> Any:
    import numpyro
    from numpyro import distributions as dist

    def model() -> None:
        z = numpyro.sample("z", dist.Normal(0.0, 1.0).expand([len(QUALITY_PARAMETERS)]).to_event(1))
        own = xp.zeros(1)
        if design.laboratories:
            foreign = dist.Normal(0.0, 1.0).expand([len(design.laboratories)]).to_event(1)
            own = xp.concatenate([own, _LABORATORY_SD * numpyro.sample("laboratory", foreign)])
        numpyro.factor("rows", log_likelihood(design, constants_from_normal(z, xp), own, xp).sum())

    return model


def _collect(chains: Any, laboratories: int) -> Draws:
    from numpyro.diagnostics import summary

    grouped = {name: np.asarray(value) for name, value in
               chains.get_samples(group_by_chain=True).items()}
    mixed = summary(grouped)
    z = grouped["z"].reshape(-1, len(QUALITY_PARAMETERS))
    effects = grouped.get("laboratory")
    return Draws(
        z=z,
        laboratory=np.zeros((len(z), 0)) if effects is None
        else _LABORATORY_SD * effects.reshape(-1, laboratories),
        r_hat_max=max(float(np.max(entry["r_hat"])) for entry in mixed.values()),
        ess_min=min(float(np.min(entry["n_eff"])) for entry in mixed.values()),
        divergences=int(np.sum(np.asarray(chains.get_extra_fields()["diverging"]))),
    )
