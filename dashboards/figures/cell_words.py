"""The criteria of a short circuit in words, on figures and pages."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["RULE_NAMES"]

RULE_NAMES = MappingProxyType(
    {
        "voltage_fall": "voltage fell",
        "resistance_drop": "resistance dropped",
        "noise_rise": "noise rose",
        "charge_fall": "voltage fell in charge",
        "efficiency_drop": "charge did not end",
        "overruled": "called by a person",
    }
)
