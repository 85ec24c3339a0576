"""`lacss what-if`: what changes if we change this, from now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.forecasting.interval import Interval
    from twin.what_if import Change, WhatIf

__all__ = ["register"]

_ROLLER = "roll"


def register(app: typer.Typer) -> None:
    """Add the command `what-if`."""
    app.command("what-if")(_what_if)


def _what_if(
    roller_out: Annotated[str, typer.Option(help="The roller stands from now, such as 4h.")] = "",
    station_out: Annotated[
        list[str] | None, typer.Option(help="STATION=4h: a station stands from now.")
    ] = None,
    maintenance: Annotated[
        list[str] | None,
        typer.Option(
            help="STATION@TIME,DURATION: planned work, such as roll@2026-01-08T22:00:00+00:00,2h."
        ),
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option(help="RECIPE.toml for lots not yet deposited.")
    ] = None,
    operators: Annotated[
        list[str] | None, typer.Option(help="POOL=-1: fewer or more people in a pool.")
    ] = None,
    horizon_h: Annotated[float, typer.Option(help="Lots are counted so far, h.")] = 24.0,
    replications: Annotated[
        int | None, typer.Option(help="Futures, each played twice; default 400, by SimPy 100.")
    ] = None,
    orders: Annotated[
        Path | None, typer.Option(help="CSV of orders: order_id, due_at, sheets.")
    ] = None,
    as_of: Annotated[str, typer.Option(help="Time with offset; default now.")] = "",
    level: Annotated[float, typer.Option(help="Probability of every interval.")] = 0.9,
    seed: Annotated[int, typer.Option(help="Fixes every random number.")] = 0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Compare going on as it is with going on after a change, from the line's state now."""
    changes = _changes(roller_out, station_out, maintenance, recipe, operators)
    made = _played(
        changes, orders, as_of, with_cells=recipe is not None, horizon_h=horizon_h,
        replications=replications, level=level, seed=seed,
    )  # fmt: skip
    emit(made.to_dict()) if as_json else _show(made)


def _played(
    changes: list[Change], orders: Path | None, as_of: str, *, with_cells: bool, **options: Any
) -> WhatIf:
    from twin import quality_artifact
    from twin.forecasting.orders import read_orders
    from twin.monitoring.plan import site_plan
    from twin.progress_bar import ProgressBar
    from twin.settings import Settings
    from twin.site import moment, site_line, site_recipe
    from twin.store import Store
    from twin.what_if import what_if

    settings = Settings.from_environment()
    with Store.open(settings) as store, ProgressBar("what-if") as bar:
        return what_if(
            store, site_line(settings), site_recipe(settings), site_plan(settings), changes,
            quality_artifact.load(settings.home) if with_cells else None,
            as_of=moment("as-of", as_of) if as_of else None,
            orders=read_orders(orders) if orders else (),
            progress=lambda done: bar.show(done, 1.0), **options,
        )  # fmt: skip


def _changes(
    roller_out: str,
    station_out: list[str] | None,
    maintenance: list[str] | None,
    recipe: Path | None,
    operators: list[str] | None,
) -> list[Change]:
    from twin import what_if
    from twin.recipe import read_recipe

    outs = [*(station_out or ()), *([f"{_ROLLER}={roller_out}"] if roller_out else [])]
    return [
        *(what_if.station_out(text) for text in outs),
        *(what_if.planned_maintenance(text) for text in maintenance or ()),
        *(what_if.operators_of(text) for text in operators or ()),
        *([what_if.NewRecipe(read_recipe(recipe))] if recipe else []),
    ]


def _show(made: WhatIf) -> None:
    rows = [
        [one.figure.replace("_", " "), one.unit, _text(one.base), _text(one.changed),
         _text(one.difference), round(one.p_better, 2)]
        for one in made.figures
    ]  # fmt: skip
    title = f"{'; '.join(made.changes)}: next {made.horizon_h:g} h from {made.as_of:%m-%d %H:%M %Z}"
    columns = ("figure", "unit", "as it is", "changed", "difference", "p better")
    table(f"{title} ({made.provenance})", columns, rows)
    for message in made.messages:
        typer.echo(message, err=True)


def _text(interval: Interval) -> str:
    return f"{interval.mean:.4g} ({interval.low:.4g} to {interval.high:.4g})"
