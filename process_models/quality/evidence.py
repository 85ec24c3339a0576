"""One fact of the evidence table: what was tested how, and what is known of the value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from process_models.errors import InputError
from process_models.quality.evidence_rules import UNITS, check_row

__all__ = ["COLUMNS", "OWN_LABORATORY", "Censoring", "EvidenceRow"]

Censoring = Literal["exact", "left", "right", "interval", "ordinal"]
Kind = Literal["measured", "ordinal", "computed", "cited", "setpoint"]
OWN_LABORATORY = "LACSS paper"
"""Laboratory for which predictions are made; every other has an effect of its own."""


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
    current_ma_cm2, capacity_mah_cm2, step_ma_cm2, half_cycle_s, temperature_c, stack_pressure_mpa,
    area_cm2 : float or None
        Process and protocol; None where not given. A missing pressure or thickness of a cell test
        is taken as that of the reference recipe, a missing protocol as the paper's.
    value, lower, upper : float or None
        The value, or the bounds that hold it; `upper` may be infinite.
    ccd_failed_at_ma_cm2, ccd_last_survived_ma_cm2 : float or None
        Of a CCD: the step at which the cell failed, and the highest that it survived. Where both
        are given, the CCD lies between them whatever `value` says.
    cumulative_capacity_mah_cm2 : float or None
        Charge passed in both directions up to the end of the test.
    censoring : {"exact", "left", "right", "interval", "ordinal"}
        What the bounds mean; ordinal: a comparison with the cells of other samples, and above
        `lower` and below `upper` where those are given.
    reference, better_than : str
        Of an ordinal row: the sample that it is not better than, the one that it is better than,
        or both ("between A and B"). Compared are cells of the same test, laboratory and current.
    kind : {"measured", "ordinal", "computed", "cited", "setpoint"}
    source_sha256 : str
        Hash of the file that the row was read from, 64 hexadecimal digits, or empty.

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
    half_cycle_s: float | None = None
    temperature_c: float | None = None
    stack_pressure_mpa: float | None = None
    area_cm2: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    ccd_failed_at_ma_cm2: float | None = None
    ccd_last_survived_ma_cm2: float | None = None
    cumulative_capacity_mah_cm2: float | None = None
    unit: str = ""
    censoring: Censoring = "exact"
    reference: str = ""
    better_than: str = ""
    kind: Kind = "measured"
    laboratory: str = ""
    source: str = ""
    source_sha256: str = ""
    where: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_row(self)

    @property
    def in_regression(self) -> bool:
        """Whether the quality model learns from this row."""
        return self.test in UNITS and self.process != ""

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
                f"column {min(unknown)!r} is unknown; columns are {', '.join(COLUMNS)}"
            )
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
