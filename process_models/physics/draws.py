"""Many sets of constants at once: a column a draw, which broadcasts against lots in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats
from process_models.physics.priors import PRIORS
from process_models.physics.recipe_parameters import ProcessParameters

__all__ = ["Constants", "ParameterDraws", "constants_of", "draw_parameters"]


@dataclass(frozen=True, slots=True, eq=False)
class ParameterDraws:
    """Draws of the constants of the process, by the attribute names of `ProcessParameters`.

    Attributes
    ----------
    values : mapping of str to ndarray, shape (draws, 1)
        One entry a prior of `process_models.physics.priors.PRIORS`.

    Raises
    ------
    InputError
        When a constant is missing or has another shape.

    Examples
    --------
    >>> draws = draw_parameters(np.random.default_rng(1), 3)
    >>> draws.m40_mg_cm2.shape, draws.count
    ((3, 1), 3)
    """

    values: Mapping[str, Floats]

    def __post_init__(self) -> None:
        missing = sorted(set(PRIORS) - set(self.values))
        if missing:
            raise InputError(f"draws must hold every constant, {missing[0]} is missing")
        shape = (self.count, 1)
        for name, value in self.values.items():
            if np.shape(value) != shape:
                raise InputError(f"draws of {name} must be {shape}, got {np.shape(value)}")

    def __getattr__(self, name: str) -> Floats:
        if name.startswith("_") or name not in self.values:
            raise AttributeError(name)
        return self.values[name]

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(np.shape(next(iter(self.values.values())))[0])


Constants = ProcessParameters | ParameterDraws
"""One set of constants, or many."""


def draw_parameters(rng: np.random.Generator, draws: int) -> ParameterDraws:
    """`draws` sets of constants from the priors.

    Raises
    ------
    InputError
        When `draws` is not at least 1.
    """
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    return ParameterDraws(
        {name: prior.value(rng.standard_normal((draws, 1))) for name, prior in PRIORS.items()}
    )


def constants_of(parameters: Constants) -> dict[str, float | Floats]:
    """The constants by name, as `process_models.physics.cell` takes them.

    Examples
    --------
    >>> constants_of(ProcessParameters())["life0_h"]
    160.0
    """
    if isinstance(parameters, ParameterDraws):
        return dict(parameters.values)
    return asdict(parameters)
