"""Who measured what how often: labels made into levels and, where it is balanced, into a grid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["Grid", "Levels", "checked_values", "crossed_grid", "natural_order", "nested_grid"]

FloatArray = NDArray[np.float64]
_ELSEWHERE = "; --design expanded takes unbalanced studies"


@dataclass(frozen=True, eq=False)
class Levels:
    """Labels of one factor, coded.

    Attributes
    ----------
    names : tuple of str
        In natural order: 2 before 10.
    codes : (n,) array of int
        Position in `names` of each row's label.
    """

    names: tuple[str, ...]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, labels: Sequence[object]) -> Levels:
        """Levels of the labels of all rows."""
        texts = [str(label) for label in labels]
        names = natural_order(texts)
        place = {name: code for code, name in enumerate(names)}
        return cls(names, np.array([place[text] for text in texts], dtype=np.intp))


@dataclass(frozen=True, eq=False)
class Grid:
    """A balanced study.

    Attributes
    ----------
    values : (parts, operators, replicates) array
        Of a nested study: parts within operators.
    parts, operators : tuple of str
    """

    values: FloatArray
    parts: tuple[str, ...]
    operators: tuple[str, ...]


def natural_order(names: Sequence[str]) -> tuple[str, ...]:
    """Each name once, numbers in them in order of size.

    Examples
    --------
    >>> natural_order(["P10", "P2", "P2"])
    ('P2', 'P10')
    """

    def key(name: str) -> list[tuple[int, int, str]]:
        pieces = re.findall(r"\d+|\D+", name)
        return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces]

    return tuple(sorted(dict.fromkeys(names), key=key))


def checked_values(values: Sequence[float] | FloatArray, *labels: Sequence[object]) -> FloatArray:
    """Values as an array, with one of each label and some variation.

    Raises
    ------
    InputError
        When there is no value, one is not finite, all are the same, or labels are too few.
    """
    checked = np.asarray(values, dtype=np.float64)
    for label in labels:
        if len(label) != checked.size:
            raise InputError(f"every value needs its labels: {checked.size} and {len(label)}")
    if checked.size == 0:
        raise InputError("a gauge study needs measurements, got none")
    if not np.isfinite(checked).all():
        row = int(np.flatnonzero(~np.isfinite(checked))[0])
        raise InputError(f"row {row + 1}: the value must be finite, got {checked[row]}")
    if np.ptp(checked) == 0:
        raise InputError(f"values must vary, all {checked.size} are {checked[0]:g}")
    return checked


def crossed_grid(
    values: Sequence[float] | FloatArray, parts: Sequence[object], operators: Sequence[object]
) -> Grid:
    """Every operator measured every part, equally often and at least twice.

    Raises
    ------
    InputError
        When a cell is missing or shorter than the others, or there are too few of anything.
    """
    checked = checked_values(values, parts, operators)
    part, operator = Levels.of(parts), Levels.of(operators)
    _enough("operators", operator.names)
    _enough("parts", part.names)
    counts = np.zeros((len(part.names), len(operator.names)), dtype=int)
    np.add.at(counts, (part.codes, operator.codes), 1)
    usual = int(np.bincount(counts.ravel()).argmax()) if counts.all() else int(counts.max())
    odd = np.argwhere(counts != usual)
    if odd.size:
        p, o = odd[0]
        raise InputError(
            f"part {part.names[p]!r} by operator {operator.names[o]!r} must be measured "
            f"{usual} times as the others, got {counts[p, o]}{_ELSEWHERE}"
        )
    _repeated(usual)
    order = np.lexsort((np.arange(checked.size), operator.codes, part.codes))
    shape = (len(part.names), len(operator.names), usual)
    return Grid(checked[order].reshape(shape), part.names, operator.names)


def nested_grid(
    values: Sequence[float] | FloatArray, parts: Sequence[object], operators: Sequence[object]
) -> Grid:
    """Every operator measured the same number of parts of their own, equally often.

    Part labels may repeat between operators; they are different parts.

    Raises
    ------
    InputError
        When the numbers of parts or measurements differ, or there are too few of anything.
    """
    checked = checked_values(values, parts, operators)
    operator = Levels.of(operators)
    _enough("operators", operator.names)
    texts = [str(part) for part in parts]
    blocks: list[list[FloatArray]] = []
    names: tuple[str, ...] = ()
    for code, name in enumerate(operator.names):
        rows = np.flatnonzero(operator.codes == code)
        own = Levels.of([texts[row] for row in rows])
        cells = [checked[rows[own.codes == part]] for part in range(len(own.names))]
        names = names or own.names
        wanted = (len(blocks[0]), len(blocks[0][0])) if blocks else (len(own.names), len(cells[0]))
        _same_shape(name, own.names, cells, wanted)
        blocks.append(cells)
    _enough(f"parts for each operator ({operator.names[0]!r})", names)
    _repeated(len(blocks[0][0]))
    grid = np.array(blocks, dtype=np.float64).transpose(1, 0, 2)
    return Grid(grid, names, operator.names)


def _same_shape(
    operator: str, parts: tuple[str, ...], cells: list[FloatArray], wanted: tuple[int, int]
) -> None:
    if len(cells) != wanted[0]:
        raise InputError(
            f"operator {operator!r} must measure {wanted[0]} parts as the first, got {len(cells)}"
        )
    for part, cell in zip(parts, cells, strict=True):
        if len(cell) != wanted[1]:
            raise InputError(
                f"part {part!r} of operator {operator!r} must be measured {wanted[1]} times as "
                f"the first, got {len(cell)}"
            )


def _enough(what: str, names: tuple[str, ...]) -> None:
    if len(names) < 2:
        raise InputError(f"a gauge study needs at least 2 {what}, got {len(names)} ({names[0]!r})")


def _repeated(times: int) -> None:
    if times < 2:
        raise InputError(
            "every operator must measure every part at least 2 times to tell repeatability, got 1"
        )
