"""What is believed of the constants of the cells around the sheet, and draws of them.

Apart from `process_models.physics.priors`, whose constants say what a lot becomes: these say how
its cells look to an electrochemist. Marks: told = set to the paper's figure; assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats
from process_models.physics.priors import Prior

__all__ = ["CELL_PRIORS", "draw_cell_constants", "median_cell_constants"]

_RATE = "told: 172.9, 147.5 and 97.2 mAh/g at 0.1, 0.5 and 2 C; spread assumed"

CELL_PRIORS: Mapping[str, Prior] = MappingProxyType({
    "exchange_bare_ma_cm2": Prior("lognormal", 0.69, 0.1, "told: sweep of the paper"),
    "exchange_covered_ma_cm2": Prior("lognormal", 1.11, 0.1, "told: sweep of the paper"),
    "interface_growth": Prior("lognormal", 0.15, 0.5, "assumed; bare lithium grows more"),
    "rate_capacity_mah_g": Prior("lognormal", 183.5, 0.03, _RATE),
    "rate_time_h": Prior("lognormal", 0.238, 0.1, _RATE),
    "rate_exponent": Prior("lognormal", 0.762, 0.05, _RATE),
    "first_cycle_excess": Prior("lognormal", 0.134, 0.3, "told: 200.9 mAh/g at first, 0.05 C"),
    "fade_in_300": Prior("lognormal", 0.0769, 0.1, "told: 92.3 % left after 300 cycles"),
    "fade_exponent": Prior("normal", 0.75, 0.15, "assumed, 0.5 to 1", 0.5, 1.0),
})  # fmt: skip
"""Constants of charge transfer, ageing of the interface, rate capability and fade."""


def median_cell_constants() -> dict[str, float]:
    """The medians.

    Examples
    --------
    >>> median_cell_constants()["exchange_covered_ma_cm2"]
    1.11
    """
    return {name: prior.centre for name, prior in CELL_PRIORS.items()}


def draw_cell_constants(rng: np.random.Generator, draws: int) -> dict[str, Floats]:
    """`draws` of each, shape (draws, 1).

    Raises
    ------
    InputError
        When `draws` is not at least 1.
    """
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    return {
        name: np.asarray(prior.value(rng.standard_normal((draws, 1))))
        for name, prior in CELL_PRIORS.items()
    }
