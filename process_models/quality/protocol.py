"""How a cell was tested, as covariates of ln CCD; zero is the protocol of the paper, or not given.

CCD depends on protocol. Each effect is a slope with a prior centred at what is commonly reported
and wide enough to be wrong; with one protocol in the evidence it stays what it was, and does not
move predictions, which are made at the reference protocol. Through the S-N law temperature and
stack pressure reach life too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from process_models.quality.evidence import EvidenceRow

__all__ = ["PROTOCOL", "ProtocolEffect", "covariates", "slopes_from_normal"]


@dataclass(frozen=True, slots=True)
class ProtocolEffect:
    """Slope of ln CCD along one column of the protocol.

    Attributes
    ----------
    reference : float
        Value at which the effect is zero.
    logarithmic : bool
        Whether the covariate is ln(value/reference), or (value - reference)/10.
    centre, spread : float
        Mean and standard deviation of the slope's normal prior, assumed.
    tests : tuple of str
        Tests that it acts upon.
    """

    reference: float
    logarithmic: bool
    centre: float
    spread: float
    tests: tuple[str, ...]


PROTOCOL: Mapping[str, ProtocolEffect] = MappingProxyType({
    "step_ma_cm2": ProtocolEffect(0.1, True, 0.03, 0.05, ("ccd",)),
    "half_cycle_s": ProtocolEffect(3600.0, True, -0.1, 0.15, ("ccd",)),
    "temperature_c": ProtocolEffect(25.0, False, 0.1, 0.1, ("ccd", "life")),
    "stack_pressure_mpa": ProtocolEffect(6.0, True, 0.0, 0.4, ("ccd", "life")),
})  # fmt: skip
"""Columns of the evidence that act on the result of a test, all assumed."""
_LEAST = 0.01  # MPa; an unloaded cell still feels its casing


def covariates(row: EvidenceRow) -> list[float]:
    """One number for every effect of `PROTOCOL`; 0 where the row does not give it.

    Examples
    --------
    >>> row = EvidenceRow(id="1", sample="a", test="ccd", process="bare", value=1.0,
    ...                   unit="mA/cm2", temperature_c=45.0)
    >>> covariates(row)
    [0.0, 0.0, 2.0, 0.0]
    """
    return [_covariate(row, name, effect) for name, effect in PROTOCOL.items()]


def _covariate(row: EvidenceRow, name: str, effect: ProtocolEffect) -> float:
    value = getattr(row, name)
    if value is None or row.test not in effect.tests:
        return 0.0
    if effect.logarithmic:
        return math.log(max(value, _LEAST) / effect.reference)
    return float(value - effect.reference) / 10.0


def slopes_from_normal(z: Any, xp: Any = np) -> Any:
    """Slopes for standard normals `z`, last axis in the order of `PROTOCOL`."""
    centre = xp.asarray([effect.centre for effect in PROTOCOL.values()])
    spread = xp.asarray([effect.spread for effect in PROTOCOL.values()])
    return centre + spread * z
