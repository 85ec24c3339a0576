"""Judgements of an attribute study, arranged part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.gauge.layout import Levels, natural_order

__all__ = ["Ratings", "rated"]

Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Ratings:
    """Every operator judged every part equally often.

    Attributes
    ----------
    codes : (parts, operators, trials) array of int
        Category of each judgement.
    operators, categories : tuple of str
    standard : (parts,) array of int or None
    """

    codes: Codes
    operators: tuple[str, ...]
    categories: tuple[str, ...]
    standard: Codes | None

    @property
    def parts(self) -> int:
        """Number of parts."""
        return int(self.codes.shape[0])

    @property
    def trials(self) -> int:
        """Judgements of a part by an operator."""
        return int(self.codes.shape[2])

    def counts(self, codes: Codes) -> Codes:
        """How often each row of `codes` has each category."""
        return np.asarray((codes[:, :, None] == np.arange(len(self.categories))).sum(axis=1))

    def cross(self, one: Codes, other: Codes) -> Codes:
        """Square table of how often `one` and `other` said what."""
        size = len(self.categories)
        return np.bincount(one * size + other, minlength=size * size).reshape(size, size)


def rated(
    ratings: Sequence[object],
    parts: Sequence[object],
    operators: Sequence[object],
    standard: Sequence[object] | None,
) -> Ratings:
    """Judgements arranged, trials in the order of rows.

    Raises
    ------
    InputError
        When they are not balanced, a part has two standards, or nothing can disagree.
    """
    columns = (ratings, parts, operators) if standard is None else (
        ratings, parts, operators, standard)  # fmt: skip
    if len({len(column) for column in columns}) != 1:
        raise InputError("every judgement needs its part, operator and standard")
    if len(ratings) == 0:
        raise InputError("an agreement study needs judgements, got none")
    part, operator = Levels.of(parts), Levels.of(operators)
    told = [str(rating) for rating in ratings]
    true = [] if standard is None else [str(category) for category in standard]
    categories = natural_order(told + true)
    if len(categories) < 2:
        raise InputError(f"judgements must vary, all {len(told)} are {told[0]!r}")
    place = {name: code for code, name in enumerate(categories)}
    codes = np.array([place[name] for name in told], dtype=np.intp)
    grid = _grid(codes, part, operator)
    reference = None if standard is None else _standard([place[name] for name in true], part)
    return Ratings(grid, operator.names, categories, reference)


def _grid(codes: Codes, part: Levels, operator: Levels) -> Codes:
    shape = (len(part.names), len(operator.names))
    counts = np.zeros(shape, dtype=int)
    np.add.at(counts, (part.codes, operator.codes), 1)
    usual = int(counts.max())
    odd = np.argwhere(counts != usual)
    if odd.size:
        p, o = odd[0]
        raise InputError(
            f"part {part.names[p]!r} must be judged {usual} times by operator "
            f"{operator.names[o]!r} as the others, got {counts[p, o]}"
        )
    if usual * shape[1] < 2:
        raise InputError("every part must be judged at least 2 times, got 1")
    order = np.lexsort((np.arange(codes.size), operator.codes, part.codes))
    return codes[order].reshape(*shape, usual)


def _standard(true: list[int], part: Levels) -> Codes:
    reference = np.full(len(part.names), -1, dtype=np.intp)
    for row, (code, category) in enumerate(zip(part.codes, true, strict=True), start=1):
        if reference[code] not in (-1, category):
            raise InputError(f"row {row}: part {part.names[code]!r} has two different standards")
        reference[code] = category
    return reference
