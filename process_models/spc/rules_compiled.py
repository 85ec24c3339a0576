"""Run rules on a long series: one compiled pass for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.spc.arrays import FloatArray
from process_models.spc.distance import Distances

if TYPE_CHECKING:
    from process_models.spc.rules import Rule

__all__ = ["broken"]


def broken(
    rules: Sequence[Rule], points: FloatArray, z: FloatArray | Distances
) -> list[NDArray[np.intp]]:
    """Indices at which each rule is broken; see `rules.broken_rules`. At most 64 rules."""
    from process_models.spc import rules_kernel as kernel

    lines = z.straight() if isinstance(z, Distances) else None
    source = points if lines else z.all() if isinstance(z, Distances) else z
    some, bits = kernel.advance(
        np.ascontiguousarray(points),
        np.ascontiguousarray(source),
        *(lines or (0.0, 1.0)),
        np.array([getattr(kernel, rule.pattern.upper()) for rule in rules], dtype=np.int64),
        np.array([rule.count for rule in rules], dtype=np.int64),
        np.array([rule.window for rule in rules], dtype=np.int64),
        np.array([rule.zone for rule in rules], dtype=np.float64),
        np.zeros(len(rules), dtype=np.uint64),
        np.zeros(len(rules), dtype=np.uint64),
        np.full(3, np.nan),
    )
    return [some[(bits >> np.uint64(r)) & np.uint64(1) > 0] for r in range(len(rules))]
