from __future__ import annotations

import pytest

from process_models.errors import InputError
from twin.store.units import convert


@pytest.mark.parametrize(
    ("value", "unit", "own", "expected"),
    [
        (60, "um", "um", 60), (0.06, "mm", "um", 60), (6e-5, "m", "um", 60), (60, "µm", "um", 60),
        (451.15, "K", "C", 178), (352.4, "F", "C", 178), (178, "degC", "C", 178),
        (2, "h", "s", 7200), (90, "min", "h", 1.5), (50, "ppb", "ppm", 0.05),
        (360, "bar", "MPa", 36), (36000, "kPa", "MPa", 36), (36, "N/mm2", "MPa", 36),
        (25, "A/m2", "mA/cm2", 2.5), (2.5, "g/m2", "mg/cm2", 0.25), (0.002, "kN", "N", 2),
        (2.5, "mA/cm²", "mA/cm2", 2.5), (30, "Ω·cm²", "ohm cm2", 30),
        (30, "ohm*cm2", "ohm cm2", 30),
        (352.4, "degF", "C", 178), (1, "mil", "um", 25.4), (2, "in", "mm", 50.8),
        (1000, "psi", "MPa", 6.894757293168), (1013.25, "mbar", "kPa", 101.325),
        (1, "lbf", "N", 4.4482216152605),
        (1, "banana", "banana", 1),
    ],
)  # fmt: skip
def test_known_units_are_converted(value: float, unit: str, own: str, expected: float) -> None:
    assert convert(value, unit, own) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "own"),
    [("inch", "um"), ("s", "um"), ("C", "um"), ("MPa", "N"), ("UM", "um"), ("", "um")],
)
def test_unknown_and_incompatible_units_are_refused(unit: str, own: str) -> None:
    with pytest.raises(InputError, match=f"got '{unit}'"):
        convert(1.0, unit, own)


def test_a_round_value_stays_round() -> None:
    assert convert(0.0601, "mm", "um") == 60.1
