"""`lacss capability`: what a characteristic does against its specification."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.commands.capability_tables import show_binomial, show_poisson, show_study
from twin.commands.exporting import Making, capability_report, exported
from twin.output import JSON_OPTION, emit

if TYPE_CHECKING:
    from twin.tables import Table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `capability` to the command."""
    app.command("capability")(exported(_capability))


_Column = typer.Option(metavar="COL", help="Column of values, in the order they were made.")
_Distribution = typer.Option(
    help="normal, lognormal, weibull, gamma, johnson, boxcox, or auto for the best of them."
)
_IntervalDf = typer.Option(
    help="Degrees of freedom of the intervals of Cp and Cpk: nominal (n - 1), effective, or auto."
)
_OPTIONS = (
    "lsl", "usl", "target", "lsl_natural", "usl_natural", "between_within", "distribution",
    "sigma_within", "sigma_method", "constants", "interval_df", "seed",
)  # fmt: skip
_Natural = "Whether it is a natural boundary, beyond which nothing can lie."


def _capability(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet table.")],
    value: Annotated[str | None, _Column] = None,
    defectives: Annotated[str | None, typer.Option(help="Column of defective items.")] = None,
    defects: Annotated[str | None, typer.Option(help="Column of defects.")] = None,
    size: Annotated[str | None, typer.Option(help="Column of items or units inspected.")] = None,
    lsl: Annotated[float | None, typer.Option(help="Lower specification limit.")] = None,
    usl: Annotated[float | None, typer.Option(help="Upper specification limit.")] = None,
    target: Annotated[float | None, typer.Option(help="Target, for Cpm.")] = None,
    lsl_natural: Annotated[bool, typer.Option("--lsl-natural", help=_Natural)] = False,
    usl_natural: Annotated[bool, typer.Option("--usl-natural", help=_Natural)] = False,
    subgroup: Annotated[str | None, typer.Option(help="Column that labels subgroups.")] = None,
    between_within: Annotated[
        bool, typer.Option("--between-within", help="Add sigma between subgroups.")
    ] = False,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    distribution: Annotated[str, _Distribution] = "normal",
    sigma_within: Annotated[float | None, typer.Option(help="Known sigma within.")] = None,
    sigma_method: Annotated[str | None, typer.Option(help="As of the chart.")] = None,
    constants: Annotated[str, typer.Option(help="exact or rounded, as in tables.")] = "exact",
    interval_df: Annotated[str, _IntervalDf] = "auto",
    seed: Annotated[int, typer.Option(help="Of the bootstrap of fitted distributions.")] = 0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> Making:
    """Capability indices with confidence intervals, and parts out of specification."""
    given = dict(locals())
    column = _one_column(value, defectives, defects, size)
    options = {name: given[name] for name in _OPTIONS}
    study, show = _study(file, value, defectives, defects, size, subgroup, confidence, options)
    try:
        result = study()
    except InputError as error:
        raise type(error)(f"{file}: column {column!r}: {error}") from error
    if as_json:
        emit(result.to_dict())
    else:
        show(result, column)
    return lambda: capability_report(given, options)


def _one_column(
    value: str | None, defectives: str | None, defects: str | None, size: str | None
) -> str:
    given = [column for column in (value, defectives, defects) if column is not None]
    if len(given) != 1:
        raise typer.BadParameter("give one of --value, --defectives and --defects")
    if value is None and size is None:
        raise typer.BadParameter("--defectives and --defects need --size")
    if value is not None and size is not None:
        raise typer.BadParameter("--size goes with --defectives or --defects")
    return given[0]


def _study(
    file: Path,
    value: str | None,
    defectives: str | None,
    defects: str | None,
    size: str | None,
    subgroup: str | None,
    confidence: float,
    options: dict[str, Any],
) -> tuple[Callable[[], Any], Callable[[Any, str], None]]:
    """What to compute from the columns that are asked for, and how to show it."""
    from process_models.capability import binomial_capability, capability, poisson_capability
    from twin.tables import read_table

    read: Table = read_table(file)
    if value is not None:
        numbers = read.numbers(value)
        labels = None if subgroup is None else read.texts(subgroup)
        return (
            lambda: capability(numbers, subgroup=labels, confidence=confidence, **options),
            show_study,
        )
    sizes = read.numbers(str(size))
    if defectives is not None:
        counts = read.numbers(defectives)
        return lambda: binomial_capability(counts, sizes, confidence=confidence), show_binomial
    counts = read.numbers(str(defects))
    return lambda: poisson_capability(counts, sizes, confidence=confidence), show_poisson
