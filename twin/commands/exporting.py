"""Options `--excel`, `--pdf` and `--svg`, which write what a command shows to files."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

if TYPE_CHECKING:
    from process_models.spc import ChartOptions, ChartResult
    from twin.reporting import Report

__all__ = ["Making", "capability_report", "chart_report", "exported"]

Making: TypeAlias = Callable[[], Any]
"""Makes the report of what a command has shown; called only when a file was asked for."""

_FORMATS = {"excel": "an Excel workbook", "pdf": "a PDF report", "svg": "the drawing as SVG"}


def exported(command: Callable[..., Making]) -> Callable[..., None]:
    """`command` with an option a format; it returns how its report is made."""
    own = inspect.signature(command, eval_str=True)
    added = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                Path | None, typer.Option(metavar="FILE", help=f"Write {what} to this file.")
            ],
        )
        for name, what in _FORMATS.items()
    ]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        asked = {name: given.pop(name) for name in _FORMATS}
        make = command(**given)
        paths = {name: path for name, path in asked.items() if path is not None}
        if paths:
            from twin.reporting.saving import save

            save(make(), paths)

    parameters = [*own.parameters.values(), *added]
    run.__signature__ = own.replace(  # type: ignore[attr-defined] # what typer reads
        parameters=parameters, return_annotation=None
    )
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def chart_report(
    given: dict[str, Any], options: ChartOptions, payload: dict[str, Any], result: ChartResult
) -> Report:
    """The report of a chart, from the options of the command and what it prints."""
    from twin.reporting import ChartReport
    from twin.reporting.saving import about_now
    from twin.reporting.wording import label

    if given["file"] is not None:
        name = given["value"] or given["columns"]
        about = about_now(name, provenance="imported", source=given["file"].name)
        return ChartReport(result=result, about=about, options=options)
    from twin.monitoring.plan import site_plan

    name, station = payload["characteristic"], payload["station"]
    planned = site_plan().find(name, station)
    about = about_now(
        label(name), provenance=payload["provenance"], source=f"store, station {station}",
        unit=payload["unit"],
    )  # fmt: skip
    return ChartReport(
        result=result,
        about=about,
        times=tuple(moment.to_pydatetime() for moment in payload["times"]),
        lots=tuple(payload["lot_ids"]),
        lsl=None if planned is None else planned.lsl,
        usl=None if planned is None else planned.usl,
        limits_version=payload["limits_version"],
    )


def capability_report(given: dict[str, Any], options: dict[str, Any]) -> Report:
    """The report of a capability study of a column of values."""
    from process_models.capability import capability_sixpack
    from twin.reporting import CapabilityReport
    from twin.reporting.saving import about_now
    from twin.tables import read_table

    file, value = given["file"], given["value"]
    if value is None:
        raise typer.BadParameter("--excel, --pdf and --svg go with --value")
    read = read_table(file)
    values = read.numbers(value)
    labels = None if given["subgroup"] is None else read.texts(given["subgroup"])
    view = capability_sixpack(values, subgroup=labels, confidence=given["confidence"], **options)
    about = about_now(value, provenance="imported", source=file.name)
    return CapabilityReport(view=view, values=values, about=about)
