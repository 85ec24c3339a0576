"""Measurement system studies of a table: columns in, a result of `process_models.gauge` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.gauge import (
    AgreementStudy,
    BiasStudy,
    GaugeOptions,
    GaugeStudy,
    LinearityStudy,
    StabilityStudy,
    Type1Study,
    agreement,
    bias,
    crossed,
    expanded,
    linearity,
    nested,
    stability,
    type1,
)
from twin.tables import Table

__all__ = ["NEEDED", "STUDIES"]

Given = Mapping[str, Any]
Study = AgreementStudy | BiasStudy | GaugeStudy | LinearityStudy | StabilityStudy | Type1Study


def _repeatability(table: Table, given: Given) -> GaugeStudy:
    options = GaugeOptions(
        **{name: given[name] for name in ("tolerance", "interaction", "interaction_alpha",
                                          "study_multiplier", "confidence")}
    )  # fmt: skip
    factors = [name.strip() for name in given["factors"].split(",") if name.strip()]
    design = given["design"]
    parts, operators = table.texts(given["part"]), table.texts(given["operator"])
    values = table.numbers(given["value"])
    if design == "expanded":
        further = {name: table.texts(name) for name in factors}
        return expanded(values, parts, operators, further, options)
    if factors:
        raise InputError(f"factors need --design expanded, got --design {design}")
    if design == "crossed":
        return crossed(values, parts, operators, options)
    if design == "nested":
        return nested(values, parts, operators, options)
    raise InputError(f"design must be one of crossed, nested, expanded, got {design!r}")


def _type1(table: Table, given: Given) -> Type1Study:
    return type1(
        table.numbers(given["value"]),
        _one_reference(table, given["reference"]),
        given["tolerance"],
        percent=given["tolerance_percent"],
        study_multiplier=given["study_multiplier"],
        resolution=given["resolution"],
        confidence=given["confidence"],
    )


def _bias(table: Table, given: Given) -> BiasStudy:
    reference = _one_reference(table, given["reference"])
    return bias(table.numbers(given["value"]), reference, confidence=given["confidence"])


def _linearity(table: Table, given: Given) -> LinearityStudy:
    return linearity(
        table.numbers(given["value"]),
        _references(table, given["reference"]),
        process_variation=given["process_variation"],
        confidence=given["confidence"],
    )


def _stability(table: Table, given: Given) -> StabilityStudy:
    values = table.numbers(given["value"])
    time = given["time"]
    occasions = range(1, values.size + 1) if time is None else table.texts(time)
    reference = given["reference"]
    return stability(
        values,
        occasions,
        reference=None if reference is None else _one_reference(table, reference),
        rules=tuple(rule.strip() for rule in given["rules"].split(",")),
        confidence=given["confidence"],
    )


def _attribute(table: Table, given: Given) -> AgreementStudy:
    standard = given["standard"]
    return agreement(
        table.texts(given["value"]),
        table.texts(given["part"]),
        table.texts(given["operator"]),
        None if standard is None else table.texts(standard),
        confidence=given["confidence"],
    )


def _references(table: Table, reference: str) -> NDArray[np.float64]:
    """The column of that name, else the number itself for every row."""
    if reference in table.columns:
        return table.numbers(reference)
    try:
        return np.full(table.rows, float(reference))
    except ValueError:
        known = ", ".join(table.columns)
        raise InputError(
            f"{table.path}: reference must be a number or a column ({known}), got {reference!r}"
        ) from None


def _one_reference(table: Table, reference: str) -> float:
    found = np.unique(_references(table, reference))
    if found.size > 1:
        raise InputError(
            f"{table.path}: column {reference!r}: this study takes one reference, got "
            f"{found.size} different ones; --study linearity takes several"
        )
    if found.size == 0:
        raise InputError(f"{table.path}: a gauge study needs measurements, got none")
    return float(found[0])


STUDIES: Mapping[str, Callable[[Table, Given], Study]] = MappingProxyType(
    {
        "rr": _repeatability,
        "type1": _type1,
        "bias": _bias,
        "linearity": _linearity,
        "stability": _stability,
        "attribute": _attribute,
    }
)
NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rr": ("part", "operator"),
        "type1": ("reference", "tolerance"),
        "bias": ("reference",),
        "linearity": ("reference",),
        "stability": (),
        "attribute": ("part", "operator"),
    }
)
