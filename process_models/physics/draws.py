"""Many sets of constants at once: a column a draw, which broadcasts against lots in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, finite
from process_models.physics.priors import PRIORS
from process_models.physics.recipe_parameters import ProcessParameters

__all__ = ["Constants", "ParameterDraws", "constants_of", "draw_parameters", "with_posterior"]


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


def with_posterior(
    draws: ParameterDraws, posterior: Mapping[str, Floats], rng: np.random.Generator
) -> ParameterDraws:
    """`draws` in which fitted constants have taken the place of their priors.

    Whole draws of the posterior are taken, with replacement, so that what hangs together in it
    stays together.

    Parameters
    ----------
    draws : ParameterDraws
    posterior : mapping of str to ndarray, shape (n,)
        By names of `PRIORS`.
    rng : Generator
        Of the choice.

    Raises
    ------
    InputError
        When a name is unknown, or the arrays are empty or differ in length.

    Examples
    --------
    >>> prior = draw_parameters(np.random.default_rng(0), 4)
    >>> fitted = with_posterior(prior, {"lag_s": np.full(9, 3.0)}, np.random.default_rng(1))
    >>> fitted.lag_s.ravel().tolist(), fitted.m40_mg_cm2 is prior.m40_mg_cm2
    ([3.0, 3.0, 3.0, 3.0], True)
    """
    sizes = {np.shape(values) for values in posterior.values()}
    if len(sizes) > 1 or any(len(shape) != 1 or shape[0] < 1 for shape in sizes):
        raise InputError(f"posterior must hold one draw a row of each constant, got {sizes}")
    unknown = sorted(set(posterior) - set(PRIORS))
    if unknown:
        raise InputError(f"posterior must hold constants of the process, got {unknown[0]!r}")
    if not sizes:
        return draws
    chosen = rng.integers(0, next(iter(sizes))[0], draws.count)
    fitted = {name: finite(name, values)[chosen][:, None] for name, values in posterior.items()}
    return ParameterDraws({**draws.values, **fitted})


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
