"""How reports write numbers, units, rules and charts: in the words of the shop floor."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

from twin.reporting.rule_words import rule_meaning, rule_name

__all__ = [
    "bounds",
    "chart_name",
    "label",
    "minute",
    "number",
    "rule_meaning",
    "rule_name",
    "statistic_name",
    "unit_name",
    "words",
    "written",
]

_UNITS = {
    "um": "µm",
    "nm": "nm",
    "c": "°C",
    "C": "°C",
    "degC": "°C",
    "s": "s",
    "h": "h",
    "n": "N",
    "mpa": "MPa",
    "ppm": "ppm",
    "mg_cm2": "mg/cm²",
    "mg/cm2": "mg/cm²",
    "ma_cm2": "mA/cm²",
    "mA/cm2": "mA/cm²",
    "mah_cm2": "mAh/cm²",
    "mAh/cm2": "mAh/cm²",
    "ohm_cm2": "Ω cm²",
    "ohm cm2": "Ω cm²",
    "ohm*cm2": "Ω cm²",
    "g_l": "g/L",
    "1": "",
}
_SUFFIXES = sorted((u for u in _UNITS if u.islower() or "_" in u), key=len, reverse=True)
_SPELLED = {"h2o": "H2O", "o2": "O2", "ccd": "CCD", "asr": "ASR", "drac": "DRAC", "lacss": "LACSS"}
_STATISTICS = {
    "xbar": "mean",
    "r": "range",
    "s": "standard deviation",
    "individual": "single values",
    "sd": "standard deviation",
    "ewma": "EWMA",
    "ma": "moving average",
    "cusum_high": "CUSUM upward",
    "cusum_low": "CUSUM downward",
    "p": "proportion",
    "np": "number defective",
    "c": "count",
    "u": "rate",
    "laney_p": "proportion",
    "laney_u": "rate",
    "t2": "T²",
    "t2_individuals": "T²",
    "spe": "SPE",
    "mewma": "MEWMA",
    "mcusum": "MCUSUM",
    "det_s": "determinant of S",
    "g": "opportunities between events",
    "t": "time between events",
}
_CHARTS = {
    "xbar_r": "Xbar-R", "xbar_s": "Xbar-S", "xbar": "Xbar", "i_mr": "I-MR", "i_mr_rs": "I-MR-R/S",
    "ma": "moving average", "short_run": "short-run", "laney_p": "Laney p'", "laney_u": "Laney u'",
    "ewma": "EWMA", "cusum": "CUSUM", "t2": "T²", "t2_individuals": "T²", "mewma": "MEWMA",
    "mcusum": "MCUSUM", "pca": "PCA", "ar_residual": "residual", "r": "R", "s": "S",
    "generalized_variance": "generalized variance",
}  # fmt: skip


def number(value: float | None, digits: int = 4) -> str:
    """`value` to `digits` significant digits; a dash when there is none.

    Examples
    --------
    >>> number(2.45127), number(61234.0), number(0.05), number(None), number(3.2e-9)
    ('2.451', '61,234', '0.05', '–', '3.200e-09')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{digits - 1}e}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text and abs(value) < 1 else text


def bounds(low: float | None, high: float | None) -> str:
    """An interval, as `1.97 to 2.93`."""
    return f"{number(low, 3)} to {number(high, 3)}"


def written(value: object) -> str:
    """A cell of a table as text; times in UTC, which their heading tells.

    Examples
    --------
    >>> written(0.123456), written(None), written(True), written(12)
    ('0.1235', '–', 'yes', '12')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    return "–" if value is None or value == "" else str(value)


def minute(moment: datetime, zone: tzinfo = UTC) -> str:
    """Date and time of day in `zone`.

    Examples
    --------
    >>> minute(datetime(2026, 3, 5, 14, 20, tzinfo=UTC))
    '2026-03-05 14:20 UTC'
    """
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def unit_name(unit: str) -> str:
    """A unit as it is printed: `mA/cm2` becomes `mA/cm²`."""
    return _UNITS.get(unit, unit)


def words(name: str) -> str:
    """A name of the code as words: `vapour_depletion` becomes `Vapour depletion`."""
    text = " ".join(_SPELLED.get(part, part) for part in name.split("_"))
    return text[:1].upper() + text[1:]


def label(characteristic: str) -> str:
    """A characteristic as a person writes it.

    Examples
    --------
    >>> label("rolling_pressure_mpa"), label("h2o_ppm"), label("polish_time")
    ('Rolling pressure', 'H2O', 'Polish time')
    """
    fitting = (s for s in _SUFFIXES if characteristic.endswith(f"_{s}"))
    unit = next(fitting, None)
    return words(characteristic if unit is None else characteristic.removesuffix(f"_{unit}"))


def statistic_name(statistic: str, chart: str = "") -> str:
    """What a panel of a chart plots: `moving_range` becomes `Moving range`."""
    if chart == "i_mr_rs" and statistic == "individual":
        return "Subgroup means"
    text = _STATISTICS.get(statistic) or words(statistic)
    return text[:1].upper() + text[1:]


def chart_name(kind: str) -> str:
    """A kind of chart as a title has it: `xbar_r` becomes `Xbar-R chart`."""
    return f"{_CHARTS.get(kind, kind.replace('_', '-'))} chart"
