"""Phase I estimates, frozen: what a store keeps as a version of the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.spc.constants import Constants, constants_called
from process_models.spc.result import FloatArray

__all__ = ["FrozenLimits"]


@dataclass(frozen=True)
class FrozenLimits:
    """The estimates of one Phase I, which Phase II is judged against.

    Attributes
    ----------
    kind : str
        Chart.
    phase1 : int
        How many points the estimates come from, the excluded ones among them.
    excluded : tuple of int
        Points, from 1, that were left out.
    parameters : mapping
        Numbers, texts, lists and tables of them only, so that JSON carries them without loss.
    reason : str
        Why points were left out.
    """

    kind: str
    phase1: int
    excluded: tuple[int, ...]
    parameters: Mapping[str, Any]
    reason: str = ""

    @property
    def constants(self) -> Constants:
        """The constants that these estimates were made with."""
        return constants_called(str(self.parameters.get("constants", "exact")))

    def number(self, name: str) -> float:
        """Parameter `name` as a float.

        Raises
        ------
        InputError
            When these limits have no such number.
        """
        try:
            return float(self.parameters[name])
        except (KeyError, TypeError, ValueError):
            raise InputError(f"limits of chart {self.kind} have no number {name!r}") from None

    def array(self, name: str) -> FloatArray:
        """Parameter `name` as an array.

        Raises
        ------
        InputError
            When these limits have no such list.
        """
        try:
            return np.asarray(self.parameters[name], dtype=np.float64)
        except (KeyError, TypeError, ValueError):
            raise InputError(f"limits of chart {self.kind} have no list {name!r}") from None

    def to_dict(self) -> dict[str, Any]:
        """The limits as plain JSON data; `from_dict` gives the same limits back."""
        return {
            "kind": self.kind,
            "phase1": self.phase1,
            "excluded": list(self.excluded),
            "parameters": dict(self.parameters),
            **({"reason": self.reason} if self.reason else {}),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> FrozenLimits:
        """Limits from what `to_dict` gave.

        Raises
        ------
        InputError
            When a key is missing or of the wrong type.
        """
        try:
            excluded = tuple(int(point) for point in stored["excluded"])
            parameters = dict(stored["parameters"])
            reason = str(stored.get("reason", ""))
            return cls(str(stored["kind"]), int(stored["phase1"]), excluded, parameters, reason)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"stored limits cannot be read: {error!r}") from None
