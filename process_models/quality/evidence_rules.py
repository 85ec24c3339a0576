"""The rules that one row of evidence must obey; a broken one names column, rule and value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from process_models.errors import InputError
from process_models.physics.recipe_parameters import PROCESSES

if TYPE_CHECKING:
    from process_models.quality.evidence import EvidenceRow

__all__ = ["UNITS", "check_row"]

UNITS = {"ccd": "mA/cm2", "life": "h"}
"""Tests that the regression learns from, with the unit of their values."""
_CENSORINGS = ("exact", "left", "right", "interval", "ordinal")
_KINDS = ("measured", "ordinal", "computed", "cited", "setpoint")
_NEEDED = {"exact": ("value",), "left": ("upper",), "right": ("lower",),
           "interval": ("lower", "upper")}  # fmt: skip
_POSITIVE = (
    "thickness_um", "rolling_pressure_mpa", "current_ma_cm2", "capacity_mah_cm2", "step_ma_cm2",
    "half_cycle_s", "area_cm2", "ccd_failed_at_ma_cm2",
)  # fmt: skip
_NOT_NEGATIVE = (
    "sublimation_time_s", "vapour_g_l", "stack_pressure_mpa", "ccd_last_survived_ma_cm2",
    "cumulative_capacity_mah_cm2",
)  # fmt: skip
_STEPS = ("ccd_last_survived_ma_cm2", "ccd_failed_at_ma_cm2")
_ABSOLUTE_ZERO_C = -273.15
_HEX = frozenset("0123456789abcdef")
_LARGEST, _SMALLEST = 1e12, 1e-12  # of a value of a cell test; beyond it is a slip of units


def check_row(row: EvidenceRow) -> None:
    """Refuse a row that breaks a rule.

    Raises
    ------
    InputError
        Naming column, rule and value.
    """
    _one_of("censoring", row.censoring, _CENSORINGS)
    _one_of("kind", row.kind, _KINDS)
    _one_of("process", row.process, ("", *PROCESSES))
    for name in ("id", "sample", "test"):
        if not getattr(row, name):
            raise InputError(f"column {name}: must not be empty, got ''")
    _check_inputs(row)
    _check_bounds(row)
    if row.in_regression:
        _check_cell_test(row)
        _check_steps(row)
        _check_comparison(row)


def _check_inputs(row: EvidenceRow) -> None:
    for name in (*_POSITIVE, *_NOT_NEGATIVE):
        value = getattr(row, name)
        if value is None:
            continue
        if not math.isfinite(value) or value < 0 or (name in _POSITIVE and value == 0):
            rule = "above 0" if name in _POSITIVE else "0 or more"
            raise InputError(f"column {name}: must be {rule}, got {value:g}")
    for name in ("chamber_temperature_c", "temperature_c"):
        value = getattr(row, name)
        if value is not None and not _ABSOLUTE_ZERO_C < value < math.inf:
            rule = f"above {_ABSOLUTE_ZERO_C} and finite"
            raise InputError(f"column {name}: must be {rule}, got {value:g}")
    digest = row.source_sha256
    if digest and not (len(digest) == 64 and set(digest) <= _HEX):
        raise InputError(
            f"column source_sha256: must be 64 hexadecimal digits, got {digest[:80]!r}"
        )


def _check_bounds(row: EvidenceRow) -> None:
    low, high, value = row.lower, row.upper, row.value
    if low is not None and high is not None and low > high:
        raise InputError(f"column lower: must not exceed upper {high:g}, got {low:g}")
    if value is not None and low is not None and value < low:
        raise InputError(f"column value: must not be below lower {low:g}, got {value:g}")
    if value is not None and high is not None and value > high:
        raise InputError(f"column value: must not exceed upper {high:g}, got {value:g}")
    for column in _NEEDED.get(row.censoring, ()):
        if getattr(row, column) is None:
            article = "an" if row.censoring[0] in "aeiou" else "a"
            raise InputError(f"column {column}: {article} {row.censoring} row needs it, got ''")


def _check_cell_test(row: EvidenceRow) -> None:
    _one_of("unit", row.unit, (UNITS[row.test],))
    if row.process != "bare" and row.sublimation_time_s is None:
        raise InputError(
            f"column sublimation_time_s: a {row.test} row of a coated process needs it, got ''"
        )
    if row.test == "life":
        for name in ("current_ma_cm2", "capacity_mah_cm2"):
            if getattr(row, name) is None:
                raise InputError(f"column {name}: a life row needs it, got ''")
    for name in ("value", "lower", "upper"):
        bound = getattr(row, name)
        if bound is not None and bound < 0:
            raise InputError(f"column {name}: must not be negative, got {bound:g}")
        if bound and bound != math.inf and not _SMALLEST <= bound <= _LARGEST:
            rule = f"0 or between {_SMALLEST:g} and {_LARGEST:g}"
            raise InputError(f"column {name}: must be {rule}, got {bound:g}")
    top = "value" if row.censoring == "exact" else "upper"
    if getattr(row, top) == 0:
        raise InputError(f"column {top}: must be above 0, got 0")
    if row.censoring == "interval" and row.lower == row.upper:
        raise InputError(f"column lower: must be below upper of an interval, got {row.lower:g}")


def _check_steps(row: EvidenceRow) -> None:
    """What a stepped CCD test reports must agree with the value and its censoring."""
    survived, failed = row.ccd_last_survived_ma_cm2, row.ccd_failed_at_ma_cm2
    if row.test != "ccd":
        for name in _STEPS:
            if getattr(row, name) is not None:
                got = getattr(row, name)
                raise InputError(f"column {name}: belongs to test ccd only, got {got:g}")
        return
    if survived is not None and failed is not None and survived >= failed:
        raise InputError(
            f"column {_STEPS[0]}: must be below ccd_failed_at_ma_cm2 {failed:g}, got {survived:g}"
        )
    if failed is not None and row.censoring == "right":
        raise InputError(
            f"column {_STEPS[1]}: must be empty in a right row, which did not fail, got {failed:g}"
        )
    if row.censoring == "exact" and row.value is not None:
        if survived is not None and row.value < survived:
            rule = f"must not be below ccd_last_survived_ma_cm2 {survived:g}"
            raise InputError(f"column value: {rule}, got {row.value:g}")
        if failed is not None and row.value > failed:
            rule = f"must not exceed ccd_failed_at_ma_cm2 {failed:g}"
            raise InputError(f"column value: {rule}, got {row.value:g}")


def _check_comparison(row: EvidenceRow) -> None:
    if row.censoring != "ordinal":
        for name in ("reference", "better_than"):
            if getattr(row, name):
                got = getattr(row, name)
                raise InputError(f"column {name}: belongs to ordinal rows only, got {got!r}")
        return
    if not row.reference and not row.better_than:
        raise InputError(
            "column reference: an ordinal row names the sample that it does not exceed, here or"
            " in better_than the one that it exceeds, got ''"
        )
    if row.reference == row.better_than:
        rule = "must name another sample than reference"
        raise InputError(f"column better_than: {rule}, got {row.better_than!r}")
    for name in ("reference", "better_than"):
        if getattr(row, name) == row.sample:
            raise InputError(f"column {name}: must name another sample, got {row.sample!r}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        words = ", ".join(word or "(empty)" for word in allowed)
        raise InputError(f"column {name}: must be one of {words}, got {value!r}")
