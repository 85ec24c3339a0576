"""`lacss cells`: what cell tests showed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from twin.commands.cells_kept import add_kept
from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `cells` to the command."""
    group = typer.Typer(help="Cell tests: read, label, keep.", no_args_is_help=True)
    group.command("label")(label)
    add_kept(group)
    app.add_typer(group, name="cells")


def label(
    files: Annotated[list[Path], typer.Argument(help="Neware .nda or .ndax, BDF, CSV or Parquet.")],
    test: Annotated[str, typer.Option(help="ccd, symmetric or full.")],
    area_cm2: Annotated[
        float | None, typer.Option(help="Area of the electrode; asked for when left out.")
    ] = None,
    step_ma_cm2: Annotated[float, typer.Option(help="Step of the CCD test.")] = 0.1,
    mapping: Annotated[
        str | None,
        typer.Option("--map", help="test_time_s=TIME,current_ma=I,... or a TOML mapping file."),
    ] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Say of each file at which current or hour its cell shorted, and by which criterion."""
    from process_models.cells import TESTS
    from twin.cells.labelling import label_files
    from twin.cells.mapping import column_mapping

    if test not in TESTS:
        raise typer.BadParameter(f"--test is one of {', '.join(TESTS)}, got {test!r}")
    found = label_files(
        files,
        area_cm2=_asked_area() if area_cm2 is None else area_cm2,
        test=test,
        step_ma_cm2=step_ma_cm2,
        mapping=column_mapping(mapping),
    )
    cells = [one.to_dict() for one in found]
    if as_json:
        emit({"cells": cells})
    else:
        _print(cells)


def _asked_area() -> float:
    if not sys.stdin.isatty():
        raise typer.BadParameter("--area-cm2 is needed: the area is not in the file")
    return float(typer.prompt("Area of the electrode, cm2", type=float))


def _print(cells: list[dict[str, Any]]) -> None:
    rows = []
    for cell in cells:
        short = cell["short"]
        call = "none" if short is None else f"{short['kind']} at {short['time_h']:.4g} h"
        rows.append((
            Path(cell["file"]).name, cell["ccd_failed_at_ma_cm2"],
            cell["ccd_last_survived_ma_cm2"], cell["life_h"], cell["cycles"], cell["censoring"],
            call, "" if short is None else short["rule"], cell["cumulative_capacity_mah_cm2"],
        ))  # fmt: skip
    columns = (
        "file", "failed at, mA/cm2", "survived, mA/cm2", "life, h", "cycles", "censoring",
        "short", "criterion", "charge, mAh/cm2",
    )  # fmt: skip
    table(f"Cell tests ({cells[0]['test']}, imported)", columns, rows)
