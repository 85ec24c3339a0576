"""Factors of a sweep: a key of the line file and the values that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from process_models.errors import InputError
from twin.experiments.scenario import Scenario, key_path
from twin.experiments.scenario_text import parse_value, split_values

__all__ = ["Factor", "factorial_scenarios", "one_at_a_time", "parse_factor"]

MOST_RUNS = 256


@dataclass(frozen=True)
class Factor:
    """A key and its levels, in order.

    Raises
    ------
    InputError
        When there are fewer than two levels, or one is there twice.
    """

    key: str
    levels: tuple[Any, ...]

    def __post_init__(self) -> None:
        key_path(self.key)
        for level in self.levels:
            if self.levels.count(level) > 1:
                raise InputError(f"factor {self.key}: levels must differ, got {level!r} twice")
        if not self.levels:
            raise InputError(f"factor {self.key}: needs at least one level, got none")

    def named(self, place: int) -> str:
        """A level in words, such as roll.servers = 2.

        Examples
        --------
        >>> Factor("wind.buffer", (2, None)).named(1)
        'wind.buffer = none'
        """
        level = self.levels[place]
        return f"{self.key} = {'none' if level is None else level}"


def parse_factor(text: str) -> Factor:
    """A factor from KEY=VALUE,VALUE,...

    Raises
    ------
    InputError
        When it is not that.

    Examples
    --------
    >>> parse_factor("roll.servers=1,2")
    Factor(key='roll.servers', levels=(1, 2))
    """
    key, equals, values = text.partition("=")
    if not equals:
        raise InputError(f"a factor must be KEY=VALUE,VALUE as in roll.servers=1,2, got {text!r}")
    levels = tuple(parse_value(value) for value in split_values(values))
    return Factor(key.strip(), levels)


def one_at_a_time(factors: Sequence[Factor]) -> list[Scenario]:
    """Every level of every factor by itself.

    Examples
    --------
    >>> [one.name for one in one_at_a_time([parse_factor("a.servers=1,2")])]
    ['a.servers = 1', 'a.servers = 2']
    """
    _check(factors)
    scenarios = [
        Scenario(factor.named(place), {factor.key: level})
        for factor in factors
        for place, level in enumerate(factor.levels)
    ]
    _check_number(len(scenarios))
    return scenarios


def factorial_scenarios(factors: Sequence[Factor]) -> list[Scenario]:
    """Every combination of levels; the last factor changes fastest.

    Raises
    ------
    InputError
        When a factor has fewer than two levels, or the combinations are more than 256.
    """
    _check(factors)
    number = 1
    for factor in factors:
        if len(factor.levels) < 2:
            raise InputError(
                f"factor {factor.key}: a factorial needs at least two levels, got {factor.levels}"
            )
        number *= len(factor.levels)
    _check_number(number)
    places = product(*(range(len(factor.levels)) for factor in factors))
    return [
        Scenario(
            ", ".join(factor.named(at) for factor, at in zip(factors, chosen, strict=True)),
            {factor.key: factor.levels[at] for factor, at in zip(factors, chosen, strict=True)},
        )
        for chosen in places
    ]


def _check(factors: Sequence[Factor]) -> None:
    if not factors:
        raise InputError("a sweep needs at least one factor, such as roll.servers=1,2")
    keys = [factor.key for factor in factors]
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(f"factors must differ, got {key!r} twice")


def _check_number(number: int) -> None:
    if number > MOST_RUNS:
        raise InputError(f"a sweep must have at most {MOST_RUNS} lines, got {number}")
