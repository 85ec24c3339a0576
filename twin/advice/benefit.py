"""What following the advice would bring: the loop closed on the line as it has been, and not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from process_models.run_to_run import Controller, run_loop, spectral_radius
from twin.advice.learning import Effect, Wander
from twin.advice.result import Benefit
from twin.forecasting.interval import interval_of

__all__ = ["benefit_of", "best_controller", "p_stable"]

Floats = NDArray[np.float64]
_PATHS, _LOTS = 150, 60
_WEIGHTS = (0.1, 0.2, 0.35, 0.5)
_DRIFT_WEIGHTS = (0.0, 0.05)


def best_controller(
    make: Controller, effect: Effect, wander: Wander, seed: int
) -> tuple[Controller, Benefit]:
    """The weights with the least deviation from the target on possible lines.

    Parameters
    ----------
    make : Controller
        Everything but its weights.
    """
    tried = [
        replace(make, weight=weight, drift_weight=drift)
        for weight in _WEIGHTS for drift in _DRIFT_WEIGHTS
    ]  # fmt: skip
    found = [(benefit_of(one, effect, wander, seed), one) for one in tried]
    best, chosen = max(found, key=lambda pair: pair[0].less_deviation.mean)
    return chosen, best


def benefit_of(controller: Controller, effect: Effect, wander: Wander, seed: int) -> Benefit:
    """Deviation from the target with and without the controller, on the same simulated lots.

    Lines are drawn from what was learned: the effect of the setting and the drift differ from
    path to path, and the controller knows neither.
    """
    rng = np.random.default_rng((seed, 51))
    shape = (_PATHS, _LOTS)
    drift = wander.drift + wander.drift_sd * rng.standard_normal((_PATHS, 1))
    levels = controller.target + np.cumsum(
        drift + wander.step_sd * rng.standard_normal(shape), axis=1
    )
    noise = wander.noise_sd * rng.standard_normal(shape)
    gains = effect.draws(rng, _PATHS)
    steered = run_loop(controller, levels, noise, gains).outputs
    rms = [np.sqrt(np.mean((one - controller.target) ** 2, axis=1)) for one in (levels, steered)]
    return Benefit(
        lots=_LOTS, paths=_PATHS,
        deviation_without=interval_of(rms[0], 0.9), deviation_with=interval_of(rms[1], 0.9),
        less_deviation=interval_of(rms[0] - rms[1], 0.9),
        p_better=float(np.mean(rms[1] < rms[0])),
    )  # fmt: skip


def p_stable(controller: Controller, effect: Effect, seed: int) -> float:
    """Probability that errors die out, over what the true effect may be."""
    rng = np.random.default_rng((seed, 52))
    mismatch = effect.draws(rng, 400) / controller.gain
    radius = [
        spectral_radius(controller.weight, controller.drift_weight, one)
        for one in mismatch.tolist()
    ]
    return float(np.mean(np.array(radius) < 1.0))
