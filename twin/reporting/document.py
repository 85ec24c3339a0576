"""What a report says, before it is known whether Excel, PDF or SVG will say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal, TypeAlias

import numpy as np

from process_models.errors import InputError
from twin.reporting.wording import minute, unit_name

__all__ = ["About", "Cell", "Document", "Figure", "Plot", "Table"]

Cell: TypeAlias = str | float | int | datetime | None
Place = Literal["both", "excel", "pdf"]


@dataclass(frozen=True, kw_only=True)
class About:
    """Of what, from where, by whom and when.

    Attributes
    ----------
    name, unit : str
        Of the characteristic, as people write it; the unit as it is stored.
    provenance : str
        measured, imported, simulated or prior; several are joined by `+`.
    source : str
        Where the data are, as a file name or `store, station roll`.
    made_by : str
    made_at : datetime
        With an offset.
    zone : tzinfo
        In which times are printed.

    Raises
    ------
    InputError
        When `made_at` has no offset.
    """

    name: str
    provenance: str
    source: str
    made_at: datetime
    made_by: str = ""
    unit: str = ""
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise InputError(f"made_at must have an offset, got {self.made_at.isoformat()}")

    @property
    def simulated(self) -> bool:
        """Whether any of the data come from a simulation; then every title says so."""
        return "simulated" in self.provenance

    @property
    def printed_unit(self) -> str:
        """The unit as it is printed."""
        return unit_name(self.unit)

    @property
    def made(self) -> str:
        """Who and when, in one line."""
        by = f" by {self.made_by}" if self.made_by else ""
        return f"Made {minute(self.made_at, self.zone)}{by}"

    def titled(self, text: str) -> str:
        """`text` with the word simulated where the data are."""
        return f"{text}, simulated data" if self.simulated else text


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of equal length.

    Attributes
    ----------
    name : str
        Also the name of the sheet, so at most 31 characters.
    columns : mapping of str to sequence or (n,) array
    place : {"both", "excel", "pdf"}
        Where it is shown.
    widths : tuple of float
        Shares of the printed width; empty means alike.
    """

    name: str
    columns: Mapping[str, Sequence[Cell] | np.ndarray[Any, Any]]
    place: Place = "both"
    widths: tuple[float, ...] = ()

    @classmethod
    def of_rows(
        cls,
        name: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        place: Place = "both",
        widths: tuple[float, ...] = (),
    ) -> Table:
        """A table from its rows."""
        columns = {h: [row[i] for row in rows] for i, h in enumerate(headings)}
        return cls(name, columns, place, widths)

    @property
    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The rows, numbers as Python has them."""
        plain = (c.tolist() if isinstance(c, np.ndarray) else c for c in self.columns.values())
        return zip(*plain, strict=True)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True)
class Figure:
    """A drawing and the words around it.

    Attributes
    ----------
    draw : callable
        Width in points to a `reportlab.graphics.shapes.Drawing`.
    """

    title: str
    caption: str
    draw: Callable[[float], Any]


@dataclass(frozen=True)
class Plot:
    """A line chart that Excel draws itself from the columns of a sheet.

    Attributes
    ----------
    sheet, x : str
        Sheet, and column of the category axis.
    series : mapping of str to str
        Column to what it is: `points`, `centre`, `control` or `signals`.
    low, high : float
        Of the value axis.
    """

    title: str
    sheet: str
    x: str
    x_title: str
    y_title: str
    series: Mapping[str, str]
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, sentence : str
        What it shows, and the answer in one sentence.
    facts : mapping of str to Cell
        Single numbers and words, in the order in which they are shown.
    """

    title: str
    sentence: str
    about: About
    facts: Mapping[str, Cell]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...] = ()
    plot: Plot | None = None
    notes: tuple[str, ...] = field(default=())
