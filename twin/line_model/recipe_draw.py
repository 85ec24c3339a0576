"""Which recipe the lots of a mix get."""

from __future__ import annotations

from process_models.errors import InputError
from twin.line_mix import Mix
from twin.line_model.streams import Stream, Streams

__all__ = ["RecipeDraw"]


class RecipeDraw:
    """Recipes by lot number: where shares are drawn, lot n gets number n of a stream of its own.

    Attributes
    ----------
    stream : Stream or None
        Of the numbers of the lots to come; None where nothing is drawn.
    """

    __slots__ = ("_streams", "mix", "stream")

    def __init__(self, mix: Mix, streams: Streams, first_number: int) -> None:
        self.mix = mix
        self._streams = streams
        self.stream: Stream | None = None
        if mix.shares:
            self.stream = streams.unit("", "mix")
            self.stream.generator.random(first_number - 1)

    def coming(self, number: int) -> int:
        """Recipe of the next new lot; to be asked for every new lot, in order."""
        return self.mix.place_of(number, 0.0 if self.stream is None else self.stream.draw())

    def known(self, number: int | None, recipe: str) -> int:
        """Recipe of a lot that is in the line already: by name, else by its number.

        Raises
        ------
        InputError
            When the mix has no recipe of that name.
        """
        if recipe:
            if recipe not in self.mix.names:
                known = ", ".join(self.mix.names)
                raise InputError(f"recipe must be one of the mix ({known}), got {recipe!r}")
            return self.mix.names.index(recipe)
        if number is None:
            return self.mix.order[0] if self.mix.order else 0
        drawn = 0.0
        if self.mix.shares:
            drawn = float(self._streams.generator("", "mix").random(number)[-1])
        return self.mix.place_of(number, drawn)
