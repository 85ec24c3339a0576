"""Which recipe each lot of a line is made by."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from process_models.errors import InputError

if TYPE_CHECKING:
    from twin.recipe import Recipe

__all__ = ["Mix"]


@dataclass(frozen=True)
class Mix:
    """Recipes, and how lots get them by their number.

    Attributes
    ----------
    recipes : tuple of Recipe
        Each once; a lot's recipe is a place in it.
    order : tuple of int
        Places in `recipes` of lots 1, 2, ..., over and over; empty where they are drawn.
    shares : tuple of float
        Of each recipe where they are drawn, adding up to 1; else empty.

    Raises
    ------
    InputError
        When a recipe is there twice, or there is not exactly one of order and shares.

    Examples
    --------
    >>> from twin.recipe import Recipe
    >>> mix = Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 0, 1))
    >>> [mix.place_of(number) for number in (1, 2, 3, 4)]
    [0, 0, 1, 0]
    """

    recipes: tuple[Recipe, ...]
    order: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        names = self.names
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"recipes of a mix must differ, got {name!r} twice")
        if bool(self.order) == bool(self.shares):
            raise InputError("a mix needs an order or shares, and not both")
        if self.shares:
            if len(self.shares) != len(names):
                raise InputError(f"shares must be {len(names)}, one a recipe, got {self.shares}")
            if min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-9:
                raise InputError(f"shares must add up to 1, got {sum(self.shares):g}")
        elif not set(self.order) <= set(range(len(names))):
            raise InputError(f"order must be places in {len(names)} recipes, got {self.order}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the recipes."""
        return tuple(recipe.name for recipe in self.recipes)

    @property
    def weights(self) -> tuple[float, ...]:
        """Share of the lots that each recipe has in the long run.

        Examples
        --------
        >>> from twin.recipe import Recipe
        >>> Mix((Recipe(name="A"), Recipe(name="B")), order=(0, 0, 0, 1)).weights
        (0.75, 0.25)
        """
        lots = len(self.order)
        places = range(len(self.recipes))
        return self.shares or tuple(self.order.count(place) / lots for place in places)

    def place_of(self, number: int, drawn: float = 0.0) -> int:
        """The recipe of lot `number`, from 1; `drawn` from 0 to below 1 decides between shares."""
        if self.order:
            return self.order[(number - 1) % len(self.order)]
        place = bisect_right(list(accumulate(self.shares)), drawn)
        return min(place, len(self.shares) - 1)
