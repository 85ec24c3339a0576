"""`lacss kpi oee|warm-up|bottleneck`: key figures of what a plant wrote down itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the group `kpi`."""
    group = typer.Typer(
        no_args_is_help=True, help="Key figures: OEE, warm-up, shifting bottleneck."
    )
    group.command("oee")(oee)
    group.command("warm-up")(warm_up)
    group.command("bottleneck")(bottleneck)
    app.add_typer(group, name="kpi")


def oee(
    busy_s: Annotated[float, typer.Option(help="Planned busy time.")],
    run_s_per_item: Annotated[float, typer.Option(help="Planned run time for one item.")],
    produced: Annotated[float, typer.Option(help="Produced quantity.")],
    good: Annotated[float, typer.Option(help="Good quantity.")],
    down_s: Annotated[float, typer.Option(help="Down time in the busy time.")] = 0.0,
    setup_s: Annotated[float, typer.Option(help="Set-up time in the busy time.")] = 0.0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Overall equipment effectiveness by ISO 22400-2."""
    from twin.oee import oee as compute

    found = compute(
        busy_s=busy_s, down_s=down_s, setup_s=setup_s,
        run_s_per_item=run_s_per_item, produced=produced, good=good,
    ).to_dict()  # fmt: skip
    if as_json:
        emit(found)
    else:
        table("OEE (ISO 22400-2)", ("figure", "value"), found.items())


def warm_up(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet, in order of time.")],
    value: Annotated[str, typer.Option(help="Column of the series.")],
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """How many of the first values to leave out, by MSER-5."""
    from twin.column_file import read_column
    from twin.warm_up import mser5

    series = read_column(file, value, exact=True, least=None)
    try:
        found = mser5(series).to_dict()
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    if as_json:
        emit(found)
    else:
        table("Warm-up by MSER-5", ("figure", "value"), found.items())


def bottleneck(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or Parquet: machine, start_s, end_s.")
    ],
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Shifting bottleneck from active periods."""
    from twin.bottleneck import bottleneck as find
    from twin.period_file import read_periods

    found = find(read_periods(file))
    if as_json:
        sequence = [
            {"machine": m, "start_s": start, "end_s": end} for m, start, end in found.sequence
        ]
        emit({
            "sequence": sequence,
            "sole_share": found.sole_share,
            "shifting_share": found.shifting_share,
        })  # fmt: skip
        return
    table("Bottleneck periods", ("machine", "start, s", "end, s"), found.sequence)
    rows = ((name, share, found.shifting_share[name]) for name, share in found.sole_share.items())
    table("Shares of the time", ("machine", "sole", "shifting"), rows)
