"""What a gauge study is worked out from: a table brought along, or a simulated example."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.gauge import (
    Cells,
    GaugeOptions,
    GaugeStudy,
    cells,
    crossed,
    example_study,
    expanded,
    nested,
)

__all__ = ["DESIGNS", "GaugeData", "example", "of_file", "studied"]

DESIGNS = ("crossed", "nested", "expanded")


@dataclass(frozen=True, eq=False)
class GaugeData:
    """Measurements with their labels, one a row.

    Attributes
    ----------
    name, unit : str
        Of what is measured; the unit is empty where the table does not tell.
    provenance : str
        `simulated` or `imported`.
    """

    values: NDArray[np.float64]
    parts: tuple[str, ...]
    operators: tuple[str, ...]
    name: str
    unit: str
    provenance: str
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def example() -> GaugeData:
    """The simulated study of the thickness gauge."""
    made = example_study()
    return GaugeData(made.thickness_um, made.parts, made.operators, "Thickness", "um", "simulated")


@st.cache_data(show_spinner="Reading the file", max_entries=4)
def of_file(
    name: str, content: bytes, value: str, part: str, operator: str, factors: tuple[str, ...]
) -> GaugeData:
    """The study in an uploaded table, by the names of its columns.

    Raises
    ------
    InputError
        When the file is no table or a cell breaks a rule; the message names row and column.
    """
    from twin.store.limited import read_columns_limited

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "upload.csv")
        path.write_bytes(content)
        try:
            table = read_columns_limited(path)
            return GaugeData(
                table.numbers(value),
                tuple(table.texts(part)),
                tuple(table.texts(operator)),
                value,
                "",
                "imported",
                {factor: tuple(table.texts(factor)) for factor in factors},
            )
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error


def studied(data: GaugeData, design: str, options: GaugeOptions) -> tuple[GaugeStudy, Cells]:
    """The study and what is drawn of it.

    Raises
    ------
    InputError
        When the data do not fit the design.
    """
    rows = (data.values, data.parts, data.operators)
    drawn = cells(*rows)
    if design == "expanded":
        return expanded(*rows, data.factors, options), drawn
    return (nested if design == "nested" else crossed)(*rows, options), drawn
