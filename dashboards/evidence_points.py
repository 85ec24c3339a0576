"""The statements of the evidence as a table of a page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from twin.evidence_origin import Statement

__all__ = ["evidence_table"]

_INPUTS = ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")


def evidence_table(evidence: Sequence[Statement]) -> pd.DataFrame:
    """The statements that a fit learns from, as they stand in the evidence, with their origin."""
    names = ("sample", "process", "test", *_INPUTS, "current_ma_cm2", "capacity_mah_cm2", "value",
             "lower", "upper", "unit", "censoring", "reference", "better_than", "laboratory",
             "source", "where")  # fmt: skip
    rows = [
        {"origin": one.origin} | {name: getattr(one.row, name) for name in names}
        for one in evidence
    ]
    return pd.DataFrame(rows, columns=["origin", *names])
