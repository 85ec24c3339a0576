"""`lacss capability`: what a characteristic does against its specification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.capability import CapabilityResult

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `capability` to the command."""
    app.command("capability")(_capability)


def _capability(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet table.")],
    value: Annotated[str, typer.Option(help="Column of values, in the order they were made.")],
    lsl: Annotated[float | None, typer.Option(help="Lower specification limit.")] = None,
    usl: Annotated[float | None, typer.Option(help="Upper specification limit.")] = None,
    target: Annotated[float | None, typer.Option(help="Target, for Cpm.")] = None,
    subgroup: Annotated[str | None, typer.Option(help="Column that labels subgroups.")] = None,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    distribution: Annotated[str, typer.Option(help="normal.")] = "normal",
    sigma_within: Annotated[float | None, typer.Option(help="Known sigma within.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Capability indices with confidence intervals, and parts out of specification."""
    from process_models.capability import capability
    from twin.tables import read_table

    read = read_table(file)
    values = read.numbers(value)
    labels = None if subgroup is None else read.texts(subgroup)
    try:
        result = capability(
            values,
            lsl=lsl,
            usl=usl,
            target=target,
            subgroup=labels,
            confidence=confidence,
            distribution=distribution,
            sigma_within=sigma_within,
        )
    except InputError as error:
        raise type(error)(f"{file}: column {value!r}: {error}") from error
    if as_json:
        emit(result.to_dict())
    else:
        _show(result, value)


def _show(result: CapabilityResult, name: str) -> None:
    rows = [(key, i.value, i.low, i.high) for key, i in result.indices.items()]
    level = f"{100 * result.confidence:g} %"
    table(f"{name}: {result.n} values", ("index", "value", f"{level} low", f"{level} high"), rows)
    spread: list[tuple[Any, ...]] = [
        ("mean", result.mean),
        ("sigma within", result.sigma_within),
        ("sigma overall", result.sigma_overall),
    ]
    spread += [
        (f"ppm {kind.replace('_', ' ')}", parts["total"]) for kind, parts in result.ppm.items()
    ]
    table("", ("", "value"), spread)
    if result.in_control:
        typer.echo("The chart of the same data is in control.")
    else:
        typer.echo("The chart of the same data has signals: the indices do not predict.")
