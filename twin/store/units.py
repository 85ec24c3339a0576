"""Units at the edge: what the source says, converted to the characteristic's own unit.

Each known unit is a line `base = factor * value + offset` within its dimension.
"""

from __future__ import annotations

from process_models.errors import InputError

__all__ = ["convert"]

_UNITS: dict[str, tuple[str, float, float]] = {
    **{name: ("length", factor, 0.0) for name, factor in
       {"nm": 1e-9, "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0,
        "mil": 25.4e-6, "thou": 25.4e-6, "in": 25.4e-3}.items()},
    **{name: ("time", factor, 0.0) for name, factor in
       {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}.items()},
    "C": ("temperature", 1.0, 273.15), "degC": ("temperature", 1.0, 273.15),
    "°C": ("temperature", 1.0, 273.15), "K": ("temperature", 1.0, 0.0),
    **dict.fromkeys(("F", "degF", "°F"), ("temperature", 5 / 9, 273.15 - 160 / 9)),
    "ppb": ("fraction", 1e-9, 0.0), "ppm": ("fraction", 1e-6, 0.0), "%": ("fraction", 1e-2, 0.0),
    **{name: ("pressure", factor, 0.0) for name, factor in
       {"Pa": 1.0, "hPa": 1e2, "mbar": 1e2, "kPa": 1e3, "bar": 1e5, "MPa": 1e6, "N/mm2": 1e6,
        "psi": 6894.757293168}.items()},
    "mN": ("force", 1e-3, 0.0), "N": ("force", 1.0, 0.0), "kN": ("force", 1e3, 0.0),
    "lbf": ("force", 4.4482216152605, 0.0),
    "A/m2": ("current density", 1.0, 0.0), "mA/cm2": ("current density", 10.0, 0.0),
    "A/cm2": ("current density", 1e4, 0.0),
    "mAh/cm2": ("areal capacity", 1.0, 0.0), "Ah/m2": ("areal capacity", 0.1, 0.0),
    "C/cm2": ("areal capacity", 1 / 3.6, 0.0),
    "mg/cm2": ("areal mass", 10.0, 0.0), "g/m2": ("areal mass", 1.0, 0.0),
    "ug/cm2": ("areal mass", 1e-2, 0.0), "µg/cm2": ("areal mass", 1e-2, 0.0),
    "ohm cm2": ("area resistance", 1.0, 0.0), "mohm cm2": ("area resistance", 1e-3, 0.0),
    "ohm m2": ("area resistance", 1e4, 0.0),
}  # fmt: skip
_SPELLINGS = {
    "²": "2", "^2": "2", "\u03a9": "ohm", "\u2126": "ohm", "Ohm": "ohm", "*": " ", "·": " ",
}  # fmt: skip


def convert(value: float, unit: str, own: str) -> float:
    """`value` in the unit `own`.

    Raises
    ------
    InputError
        When a unit is not known, or measures something else.

    >>> convert(0.06, "mm", "um")
    60.0
    >>> convert(451.15, "K", "C")
    178.0
    """
    given, wanted = _spelled(unit), _spelled(own)
    if given == wanted:
        return value
    source, target = _UNITS.get(given), _UNITS.get(wanted)
    if source is None or target is None:
        raise InputError(f"unit must be {own} or one that converts to it, got {unit!r}")
    if source[0] != target[0]:
        raise InputError(f"unit must be one of {target[0]}, such as {own}, got {unit!r}")
    converted = (value * source[1] + source[2] - target[2]) / target[1]
    return float(f"{converted:.12g}")


def _spelled(unit: str) -> str:
    text = unit.strip()
    for old, new in _SPELLINGS.items():
        text = text.replace(old, new)
    return text
