"""The joint posterior of CCD and life, drawn with NumPyro's NUTS.

Only this module needs jax, and only while it draws. The compiled program depends on the number of
rows, not on what they say, so that a second fit of a table of the same shape starts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality.design import Design
from process_models.quality.protocol import PROTOCOL, slopes_from_normal
from process_models.quality.response import constants_from_normal
from process_models.quality.rows_likelihood import Effects, design_arrays, log_likelihood

__all__ = ["CHAINS", "Draws", "draw_posterior", "laboratory_effects"]

Floats = NDArray[np.float64]
CHAINS = 4
_CCD_SD, _LIFE_SD, _SD_OF_LN = 0.2, 0.3, 0.4  # between laboratories, assumed; sd of ln of those


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws in standard-normal units and how well they mixed.

    Attributes
    ----------
    z : ndarray, shape (draws, len(QUALITY_PARAMETERS))
    protocol : ndarray, shape (draws, len(PROTOCOL))
        Slopes of ln CCD.
    share : ndarray, shape (draws, anchors)
        Of the cells with which others are compared, see `Effects`.
    laboratory_ccd, laboratory_life : ndarray, shape (draws, laboratories)
        Effects of every foreign laboratory on ln CCD and ln life.
    r_hat_max, ess_min : float
        Worst split r-hat and smallest effective sample size of any parameter.
    divergences : int
    """

    z: Floats
    protocol: Floats
    share: Floats
    laboratory_ccd: Floats
    laboratory_life: Floats
    r_hat_max: float
    ess_min: float
    divergences: int

    def effects(self, draw: int) -> Effects:
        """The effects of one draw."""
        own = np.zeros(1)
        return Effects(
            laboratory_ccd=np.concatenate([own, self.laboratory_ccd[draw]]),
            laboratory_life=np.concatenate([own, self.laboratory_life[draw]]),
            protocol=self.protocol[draw],
            share=self.share[draw],
        )


def draw_posterior(
    design: Design, *, seed: int, draws: int, warmup: int, chains: int = CHAINS
) -> Draws:
    """Draw from the posterior; the same seed gives the same draws.

    Parameters
    ----------
    design : Design
    seed : int
    draws, warmup : int
        Kept draws of all chains together, and warm-up of each.
    chains : int
        Run side by side; one step takes as long as that of the slowest.
    """
    import jax

    kept = -(-draws // chains)
    run = _sampler(len(design.anchors), len(design.laboratories), kept, warmup)
    z, diverging = run(jax.random.split(jax.random.PRNGKey(seed), chains), design_arrays(design))
    return _collect({name: np.asarray(value) for name, value in z.items()}, diverging, draws)


def laboratory_effects(z: Any, xp: Any = np) -> tuple[Any, Any]:
    """Effects on ln CCD and ln life of foreign laboratories, shape (..., laboratories) each.

    Parameters
    ----------
    z : array, shape (..., 2 * laboratories + 1)
        Standard normals: those of CCD, those of life, and that of how much laboratories differ.
        Our own laboratory has no effect, which is what makes the others' identifiable.
    """
    count = (z.shape[-1] - 1) // 2
    scale = xp.exp(_SD_OF_LN * z[..., -1:])
    return _CCD_SD * scale * z[..., :count], _LIFE_SD * scale * z[..., count:-1]


@lru_cache(maxsize=16)
def _sampler(anchors: int, laboratories: int, kept: int, warmup: int) -> Any:
    """All chains from start to end as one compiled program; jax caches it by the rows' shapes."""
    import jax
    import jax.numpy as jnp
    import numpyro
    from numpyro.infer import NUTS, init_to_value

    numpyro.enable_x64()
    start = init_to_value(values={"z": np.zeros(len(QUALITY_PARAMETERS))})
    kernel = NUTS(
        _model(anchors, laboratories, jnp),
        target_accept_prob=0.9,
        dense_mass=True,
        init_strategy=start,
    )

    def run(keys: Any, rows: dict[str, Any]) -> Any:
        def step(state: Any, _: Any) -> Any:
            after = kernel.sample(state, (rows,), {})
            return after, (after.z, after.diverging)

        state = kernel.init(keys, warmup, None, (rows,), {})
        _, (z, diverging) = jax.lax.scan(step, state, None, length=warmup + kept)
        return {name: value[warmup:] for name, value in z.items()}, diverging[warmup:]

    # a quarter less time to compile, and no more to run
    return jax.jit(run, compiler_options={"xla_backend_optimization_level": 1})


def _model(anchors: int, laboratories: int, xp: Any) -> Any:
    import numpyro
    from numpyro import distributions as dist

    def normals(name: str, size: int) -> Any:
        return numpyro.sample(name, dist.Normal(0.0, 1.0).expand([size]).to_event(1))

    def model(rows: dict[str, Any]) -> None:
        from jax.scipy.special import ndtr

        z = normals("z", len(QUALITY_PARAMETERS))
        protocol = slopes_from_normal(normals("protocol", len(PROTOCOL)), xp)
        share = ndtr(normals("anchor", anchors)) if anchors else xp.zeros(0)
        ccd = life = xp.zeros(1)
        if laboratories:
            foreign = laboratory_effects(normals("laboratory", 2 * laboratories + 1), xp)
            ccd, life = (xp.concatenate([xp.zeros(1), effect]) for effect in foreign)
        effects = Effects(ccd, life, protocol, share)
        numpyro.factor(
            "rows", log_likelihood(rows, constants_from_normal(z, xp), effects, xp).sum()
        )

    return model


def _collect(samples: dict[str, Floats], diverging: Any, draws: int) -> Draws:
    """From arrays (kept, chains, size) to draws and how well they mixed."""
    from numpyro.diagnostics import summary
    from scipy.special import ndtr

    mixed = summary({name: value.swapaxes(0, 1) for name, value in samples.items()})
    flat = {name: value.reshape(-1, value.shape[-1])[:draws] for name, value in samples.items()}
    count = len(flat["z"])
    ccd, life = laboratory_effects(flat.get("laboratory", np.zeros((count, 1))))
    return Draws(
        z=flat["z"],
        protocol=slopes_from_normal(flat["protocol"]),
        share=ndtr(flat.get("anchor", np.zeros((count, 0)))),
        laboratory_ccd=ccd,
        laboratory_life=life,
        r_hat_max=max(float(np.max(entry["r_hat"])) for entry in mixed.values()),
        ess_min=min(float(np.min(entry["n_eff"])) for entry in mixed.values()),
        divergences=int(np.sum(np.asarray(diverging))),
    )
