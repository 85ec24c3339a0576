"""Short circuits: named criteria, none of which is agreed in the field.

A lithium symmetric cell is called shorted at the first of

- `voltage_fall`: within a half-cycle |V| falls by more than max(25 %, 6 sigma of the noise);
- `resistance_drop`: |V/i| of a half-cycle is 30 % below the median of the three before it, and
  by more than 3 sigma;
- `noise_rise`: the noise of the points is five times what it was.

Of a full cell, whose voltage moves with its charge, only what a short does to a charge is judged:

- `charge_fall`: while it is charged, the voltage falls by more than max(0.1 V, 6 sigma);
- `efficiency_drop`: a charge takes 30 % more than any charge or discharge before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["HARD", "RULES", "Short", "kind_of"]

RULES = ("voltage_fall", "resistance_drop", "noise_rise", "charge_fall", "efficiency_drop")
HARD = 0.25
"""A short is hard when |V| went under this share of what it was."""


@dataclass(frozen=True, slots=True)
class Short:
    """Where and how a cell shorted.

    Attributes
    ----------
    kind : str
        hard when |V| went under a quarter of what it was, else soft.
    time_h : float
        Hours from the start of the test.
    rule : str
        The criterion, of `RULES`.
    point, half_cycle : int
        Place in the trace and among the half-cycles, from 0.
    before_v, after_v : float
        |V| before and after.
    """

    kind: Literal["hard", "soft"]
    time_h: float
    rule: str
    point: int
    half_cycle: int
    before_v: float
    after_v: float


def kind_of(before_v: float, after_v: float) -> Literal["hard", "soft"]:
    """Whether a fall from `before_v` to `after_v` is a hard short.

    Examples
    --------
    >>> kind_of(0.1, 0.02), kind_of(0.1, 0.06)
    ('hard', 'soft')
    """
    return "hard" if after_v < HARD * before_v else "soft"
