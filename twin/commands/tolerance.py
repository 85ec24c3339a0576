"""`lacss tolerance`: tolerance factors, sample sizes and intervals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.tolerance import ToleranceInterval

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `tolerance` to the command."""
    app.command("tolerance")(_tolerance)


def _tolerance(
    file: Annotated[Path | None, typer.Argument(help="CSV or Parquet table.")] = None,
    value: Annotated[str | None, typer.Option(help="Column of values of FILE.")] = None,
    n: Annotated[int | None, typer.Option(help="Sample size of the factor.")] = None,
    coverage: Annotated[float, typer.Option(help="Share of the population held.")] = 0.95,
    confidence: Annotated[float, typer.Option(help="How sure.")] = 0.95,
    sides: Annotated[int, typer.Option(help="1 or 2.")] = 2,
    distribution_free: Annotated[
        bool, typer.Option("--distribution-free", help="Whatever the distribution.")
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Tolerance factor k, sample size n, or the interval of a column."""
    if file is not None:
        if value is None:
            raise typer.BadParameter("--value COL is needed with a FILE")
        if n is not None:
            raise typer.BadParameter("--n goes without a FILE, whose rows give it")
        found = _interval(file, value, coverage, confidence, sides, distribution_free)
        payload = {**found.to_dict(), **_normality(file, value)}
    elif distribution_free:
        payload = _sample_size(coverage, confidence, sides)
    elif n is None:
        raise typer.BadParameter("give --n, --distribution-free, or a FILE with --value")
    else:
        payload = _factor(n, coverage, confidence, sides)
    if as_json:
        emit(payload)
    else:
        shown = [(key.replace("_", " "), item) for key, item in payload.items() if item is not None]
        table(_title(payload), ("", "value"), shown)


def _factor(n: int, coverage: float, confidence: float, sides: int) -> dict[str, Any]:
    from process_models.tolerance import howe_factor, normal_factor

    k = normal_factor(n, coverage, confidence, sides)
    howe = {"k_howe": howe_factor(n, coverage, confidence)} if sides == 2 else {}
    return {"k": k, **howe, "n": n, "coverage": coverage, "confidence": confidence, "sides": sides}


def _sample_size(coverage: float, confidence: float, sides: int) -> dict[str, Any]:
    from process_models.tolerance import distribution_free_n

    n = distribution_free_n(coverage, confidence, sides)
    return {"n": n, "coverage": coverage, "confidence": confidence, "sides": sides}


def _interval(
    file: Path, value: str, coverage: float, confidence: float, sides: int, free: bool
) -> ToleranceInterval:
    from process_models.tolerance import distribution_free_interval, normal_interval
    from twin.tables import read_table

    values = read_table(file).numbers(value)
    interval = distribution_free_interval if free else normal_interval
    try:
        return interval(values, coverage, confidence, sides)
    except InputError as error:
        raise InputError(f"{file}: column {value!r}: {error}") from error


def _normality(file: Path, value: str) -> dict[str, Any]:
    """Anderson-Darling p value, so that a normal interval of other data does not pass unseen."""
    from statsmodels.stats.diagnostic import normal_ad

    from twin.tables import read_table

    values = read_table(file).numbers(value)
    if values.size < 8:
        return {"normality_p": None}
    return {"normality_p": float(normal_ad(values)[1])}


def _title(payload: dict[str, Any]) -> str:
    sides = "one-sided" if payload["sides"] == 1 else "two-sided"
    return (
        f"{sides} tolerance: {100 * payload['coverage']:g} % of the population, "
        f"confidence {100 * payload['confidence']:g} %"
    )
