"""The formulas behind a report: name, expression, parameters, and where each is from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from twin.reporting.document import Table
from twin.reporting.wording import number

__all__ = ["Formula", "formulas_table"]

_HEADINGS = ("Formula", "Expression", "Parameters", "Source")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as a textbook names it.

    Attributes
    ----------
    needs : tuple of str
        Names of its parameters, where they are known.
    """

    name: str
    expression: str
    source: str
    needs: tuple[str, ...] = ()

    def parameters(self, known: Mapping[str, object]) -> str:
        """Those of the parameters that are known, as `L = 3; sigma = 0.9774`."""
        there = ((name, known.get(name)) for name in self.needs)
        return "; ".join(f"{name} = {_value(v)}" for name, v in there if v is not None)


def formulas_table(formulas: Iterable[Formula], known: Mapping[str, object]) -> Table:
    """The sheet and table of formulas with their parameters filled in."""
    rows: Sequence[tuple[str, ...]] = [
        (f.name, f.expression, f.parameters(known), f.source) for f in formulas
    ]
    return Table.of_rows("Formulas", _HEADINGS, rows, widths=(0.19, 0.36, 0.2, 0.25))


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
