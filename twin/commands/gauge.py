"""`lacss gauge`: measurement system studies of a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `gauge` to the command."""
    app.command("gauge")(_gauge)


def _gauge(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet table, one measurement a row.")],
    value: Annotated[str, typer.Option(help="Column of measurements, or of judgements.")],
    part: Annotated[str | None, typer.Option(help="Column of parts.")] = None,
    operator: Annotated[str | None, typer.Option(help="Column of operators.")] = None,
    study: Annotated[
        str, typer.Option(help="rr, type1, bias, linearity, stability or attribute.")
    ] = "rr",
    design: Annotated[str, typer.Option(help="Of rr: crossed, nested or expanded.")] = "crossed",
    factors: Annotated[str, typer.Option(help="Further columns A,B of an expanded rr.")] = "",
    tolerance: Annotated[float | None, typer.Option(help="Width of the specification.")] = None,
    interaction: Annotated[str, typer.Option(help="auto, keep or drop.")] = "auto",
    interaction_alpha: Annotated[float, typer.Option(help="auto drops at this p or more.")] = 0.05,
    study_multiplier: Annotated[float, typer.Option(help="Sigmas in a study variation.")] = 6.0,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    reference: Annotated[str | None, typer.Option(help="True value, or its column.")] = None,
    tolerance_percent: Annotated[float, typer.Option(help="Of type1: K.")] = 20.0,
    resolution: Annotated[float | None, typer.Option(help="Of type1: step of the gauge.")] = None,
    process_variation: Annotated[
        float | None, typer.Option(help="Of linearity: 6 sigma of the process.")
    ] = None,
    time: Annotated[str | None, typer.Option(help="Of stability: column of occasions.")] = None,
    rules: Annotated[str, typer.Option(help="Of stability: run rules.")] = "beyond_limits",
    standard: Annotated[str | None, typer.Option(help="Of attribute: true category.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Gauge R&R, type 1, bias, linearity, stability, attribute agreement."""
    result, show = _answer(study, dict(locals()))
    if as_json:
        emit(result.to_dict())
    else:
        show(result)


def _answer(study: str, given: Mapping[str, Any]) -> tuple[Any, Any]:
    """The study's result, and what prints it."""
    from process_models.errors import InputError
    from twin import gauge_report, gauge_study

    if study not in gauge_study.STUDIES:
        known = ", ".join(gauge_study.STUDIES)
        raise typer.BadParameter(f"--study must be one of {known}, got {study!r}")
    missing = [name for name in gauge_study.NEEDED[study] if given[name] is None]
    if missing:
        options = ", ".join(f"--{name}" for name in missing)
        raise typer.BadParameter(f"--study {study} needs {options}")
    from twin.tables import read_table

    read = read_table(given["file"])
    try:
        result = gauge_study.STUDIES[study](read, given)
    except InputError as error:
        if str(error).startswith(str(read.path)):
            raise
        raise type(error)(f"{read.path}: {error}") from error
    return result, gauge_report.REPORTS[study]
