"""Alloys of lithium from the melt: whether the metal separates to the surface when rolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from process_models.errors import InputError
from process_models.physics.checked import not_negative

__all__ = ["MELTS", "REFERENCE_MELT_AT_PERCENT", "Melt", "separates"]

REFERENCE_MELT_AT_PERCENT = 1.9
"""Alloying metal in the melts of the paper."""


@dataclass(frozen=True, slots=True)
class Melt:
    """A metal in lithium.

    Attributes
    ----------
    phase : str
        What it forms with an excess of lithium, from the phase diagram.
    separates : bool
        What the paper saw at 1.9 at%: told, not derived.
    """

    phase: str
    separates: bool


MELTS: Mapping[str, Melt] = MappingProxyType(
    {
        "Al": Melt("Li9Al4", separates=True),
        "In": Melt("Li13In3", separates=False),
        "Sn": Melt("Li22Sn5", separates=False),
        "Mg": Melt("solid solution", separates=False),
    }
)
"""Metals that were tried; only Al separates [paper]."""


def separates(metal: str, at_percent: float = REFERENCE_MELT_AT_PERCENT) -> bool:
    """Whether a melt with `at_percent` of `metal` separates when rolled.

    Known at 1.9 at% alone; any other content than none is taken as that (assumed).

    Raises
    ------
    InputError
        When the metal was never tried, or the content is not 0 to 100.

    Examples
    --------
    >>> [metal for metal in MELTS if separates(metal)]
    ['Al']
    """
    if metal not in MELTS:
        raise InputError(f"metal must be one of {', '.join(MELTS)}, got {metal!r}")
    content = float(not_negative("at_percent", at_percent))
    if content > 100:
        raise InputError(f"at_percent must be at most 100, got {content:g}")
    return MELTS[metal].separates and content > 0
