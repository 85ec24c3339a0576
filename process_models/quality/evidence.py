"""One fact of the evidence table, and the rules that it must obey."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

from process_models.errors import InputError
from process_models.physics.recipe_parameters import PROCESSES

__all__ = ["COLUMNS", "OWN_LABORATORY", "Censoring", "EvidenceRow"]

Censoring = Literal["exact", "left", "right", "interval", "ordinal"]
Kind = Literal["measured", "ordinal", "computed", "cited", "setpoint"]
OWN_LABORATORY = "LACSS paper"
"""Laboratory for which predictions are made; every other has an effect of its own."""

_UNITS = {"ccd": "mA/cm2", "life": "h"}
_POSITIVE = ("thickness_um", "rolling_pressure_mpa", "current_ma_cm2", "capacity_mah_cm2",
             "step_ma_cm2")
_NOT_NEGATIVE = ("sublimation_time_s", "vapour_g_l", "stack_pressure_mpa")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One statement about one sample, with what is known of its value.

    Attributes
    ----------
    id, sample, quantity, condition, unit, laboratory, source, where, note : str
        Who says what, and where it stands.
    process : str
        One of `PROCESSES`, or empty when the row is not about one of them.
    test : str
        `ccd` and `life` enter the regression; other words are kept as context.
    sublimation_time_s, chamber_temperature_c, vapour_g_l, rolling_pressure_mpa, thickness_um,
    current_ma_cm2, capacity_mah_cm2, step_ma_cm2, temperature_c, stack_pressure_mpa : float or None
        Process and protocol; None where not given. A missing pressure or thickness of a cell test
        is taken as that of the reference recipe.
    value, lower, upper : float or None
        The value, or the bounds that hold it; `upper` may be infinite.
    censoring : {"exact", "left", "right", "interval", "ordinal"}
        What the bounds mean; ordinal: above `lower` and not better than sample `reference`.
    reference : str
        Sample that an ordinal value does not exceed.
    kind : {"measured", "ordinal", "computed", "cited", "setpoint"}

    Raises
    ------
    InputError
        Naming column, rule and value.
    """

    id: str
    sample: str
    process: str = ""
    sublimation_time_s: float | None = None
    chamber_temperature_c: float | None = None
    vapour_g_l: float | None = None
    rolling_pressure_mpa: float | None = None
    thickness_um: float | None = None
    test: str
    quantity: str = ""
    condition: str = ""
    current_ma_cm2: float | None = None
    capacity_mah_cm2: float | None = None
    step_ma_cm2: float | None = None
    temperature_c: float | None = None
    stack_pressure_mpa: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    censoring: Censoring = "exact"
    reference: str = ""
    kind: Kind = "measured"
    laboratory: str = ""
    source: str = ""
    where: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _one_of("censoring", self.censoring, get_args(Censoring))
        _one_of("kind", self.kind, get_args(Kind))
        _one_of("process", self.process, ("", *PROCESSES))
        for name in ("id", "sample", "test"):
            if not getattr(self, name):
                raise InputError(f"column {name}: must not be empty, got ''")
        self._check_inputs()
        self._check_bounds()
        if self.in_regression:
            self._check_cell_test()

    @property
    def in_regression(self) -> bool:
        """Whether the quality model learns from this row."""
        return self.test in _UNITS and self.process != ""

    @classmethod
    def from_text(cls, cells: Mapping[str, str]) -> EvidenceRow:
        """A row from the text of its cells; an empty cell is "not given".

        Raises
        ------
        InputError
            Naming column, rule and value.
        """
        unknown = set(cells) - set(COLUMNS)
        if unknown:
            raise InputError(
                f"column {min(unknown)!r} is unknown; columns are {', '.join(COLUMNS)}")
        values: dict[str, object] = {}
        for name, text in cells.items():
            text = text.strip()
            if name in _NUMERIC:
                values[name] = _number(name, text)
            else:
                values[name] = text
        for name in ("id", "sample", "test"):
            values.setdefault(name, "")
        return cls(**values)  # type: ignore[arg-type]

    def _check_inputs(self) -> None:
        for name in (*_POSITIVE, *_NOT_NEGATIVE):
            value = getattr(self, name)
            if value is None:
                continue
            if not math.isfinite(value) or value < 0 or (name in _POSITIVE and value == 0):
                rule = "above 0" if name in _POSITIVE else "0 or more"
                raise InputError(f"column {name}: must be {rule}, got {value:g}")

    def _check_bounds(self) -> None:
        low, high = self.lower, self.upper
        if low is not None and high is not None and low > high:
            raise InputError(f"column lower: must not exceed upper {high:g}, got {low:g}")
        value = self.value
        if value is not None and low is not None and value < low:
            raise InputError(f"column value: must not be below lower {low:g}, got {value:g}")
        if value is not None and high is not None and value > high:
            raise InputError(f"column value: must not exceed upper {high:g}, got {value:g}")
        needed = {"exact": "value", "left": "upper", "right": "lower", "interval": "lower"}
        column = needed.get(self.censoring)
        if column and getattr(self, column) is None:
            raise InputError(f"column {column}: a {self.censoring} row needs it, got ''")
        if self.censoring == "interval" and high is None:
            raise InputError("column upper: an interval row needs it, got ''")

    def _check_cell_test(self) -> None:
        _one_of("unit", self.unit, (_UNITS[self.test],))
        if self.process != "bare" and self.sublimation_time_s is None:
            raise InputError(f"column sublimation_time_s: a {self.test} row of a coated process"
                             " needs it, got ''")
        if self.test == "life":
            for name in ("current_ma_cm2", "capacity_mah_cm2"):
                if getattr(self, name) is None:
                    raise InputError(f"column {name}: a life row needs it, got ''")
        for name in ("value", "lower", "upper"):
            bound = getattr(self, name)
            if bound is not None and bound < 0:
                raise InputError(f"column {name}: must not be negative, got {bound:g}")
        if self.censoring == "exact" and self.value == 0:
            raise InputError("column value: must be above 0, got 0")
        if self.censoring == "ordinal" and not self.reference:
            raise InputError("column reference: an ordinal row names the sample that it does not"
                             " exceed, got ''")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        words = ", ".join(word or "(empty)" for word in allowed)
        raise InputError(f"column {name}: must be one of {words}, got {value!r}")


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"column {name}: must be a number, got {text!r}") from None
    if math.isnan(value) or (math.isinf(value) and not (name == "upper" and value > 0)):
        raise InputError(f"column {name}: must be finite, got {text!r}")
    return value


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(EvidenceRow))
"""Columns of an evidence table, in order."""
_NUMERIC = frozenset(
    field.name for field in fields(EvidenceRow) if str(field.type) == "float | None"
)
