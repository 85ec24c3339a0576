"""A made-up study of the thickness gauge, to show what a study looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from process_models.gauge.intervals import FloatArray

__all__ = ["ExampleStudy", "example_study"]

_LEVEL_UM = 60.0
_SHEETS_SD_UM, _OPERATORS_SD_UM, _GAUGE_SD_UM = 1.8, 0.3, 0.5


@dataclass(frozen=True, eq=False)
class ExampleStudy:
    """Simulated measurements, one a row.

    Attributes
    ----------
    thickness_um : (n,) array
    parts, operators : tuple of str
        Of each row.
    """

    thickness_um: FloatArray
    parts: tuple[str, ...]
    operators: tuple[str, ...]


def example_study(
    *, sheets: int = 10, operators: int = 3, times: int = 3, seed: int = 11
) -> ExampleStudy:
    """Simulated thickness of sheets, each measured by every operator several times.

    Sheets vary with a standard deviation of 1.8 um, operators 0.3 um, and the gauge 0.5 um, the
    lower end of what is assumed of the line's thickness gauge.

    Examples
    --------
    >>> len(example_study().thickness_um)
    90
    """
    rng = np.random.default_rng(seed)
    shape = (operators, sheets, times)
    values = (
        _LEVEL_UM
        + rng.normal(0, _SHEETS_SD_UM, (1, sheets, 1))
        + rng.normal(0, _OPERATORS_SD_UM, (operators, 1, 1))
        + rng.normal(0, _GAUGE_SD_UM, shape)
    )
    names = [f"Operator {chr(65 + o)}" for o in range(operators)]
    rows = [(f"Sheet {s + 1}", o) for o in names for s in range(sheets) for _ in range(times)]
    parts, who = zip(*rows, strict=True)
    return ExampleStudy(np.round(values.ravel(), 2), parts, who)
