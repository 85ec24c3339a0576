"""`lacss forecast`: lots in process and the line, from what is known now or was known then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.forecast import Forecast
    from twin.forecasting.interval import Interval

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `forecast`."""
    app.command("forecast")(_forecast)


def _forecast(
    lots: Annotated[str, typer.Option(help="Only these lots, separated by commas.")] = "",
    horizon_h: Annotated[float, typer.Option(help="For the figures of the line, h.")] = 168.0,
    replications: Annotated[
        int | None, typer.Option(help="Futures; 1000 by the exact engine, 100 by SimPy.")
    ] = None,
    as_of: Annotated[
        str, typer.Option(help="Time with offset; only what was known then is used.")
    ] = "",
    level: Annotated[float, typer.Option(help="Probability of every interval.")] = 0.9,
    seed: Annotated[int, typer.Option(help="Fixes every random number.")] = 0,
    orders: Annotated[
        Path | None, typer.Option(help="CSV with order_id, due_at, sheets; else orders.csv.")
    ] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Forecast finish, yield and conformance of lots in process, and good lots of the line."""
    from twin import quality_artifact
    from twin.forecast import forecast
    from twin.forecasting.orders import read_orders, site_orders
    from twin.monitoring.plan import site_plan
    from twin.progress_bar import ProgressBar
    from twin.settings import Settings
    from twin.site import moment, site_line, site_recipe
    from twin.store import Store

    settings = Settings.from_environment()
    wanted = [lot.strip() for lot in lots.split(",") if lot.strip()]
    known_orders = site_orders(settings.home) if orders is None else read_orders(orders)
    with Store.open(settings) as store, ProgressBar("forecast") as bar:
        made = forecast(
            store, site_line(settings), site_recipe(settings), site_plan(settings),
            quality_artifact.load(settings.home), lots=wanted or None, horizon_h=horizon_h,
            replications=replications, as_of=moment("as-of", as_of) if as_of else None,
            level=level, seed=seed, orders=known_orders, progress=lambda done: bar.show(done, 1.0),
        )
    if as_json:
        emit(made.to_dict())
    else:
        _show(made)


def _show(made: Forecast) -> None:
    rows = [
        [
            lot.lot_id, lot.station,
            *(
                [f"{getattr(lot.finish, name):%m-%d %H:%M}" for name in ("mean", "low", "high")]
                if lot.finish else [None, None, None]
            ),
            _text(lot.yield_), lot.p_conforming,
            lot.drivers[0].characteristic if lot.drivers else None,
        ]
        for lot in made.lots
    ]
    columns = (
        "lot", "station", "finish (UTC)", "low", "high", "yield", "p conforming", "drivers",
    )
    title = f"Lots in process at {made.as_of:%Y-%m-%d %H:%M %Z} ({made.provenance})"
    table(title, columns, rows)
    line = [
        [name.replace("_", " "), _text(getattr(made.line, name))]
        for name in ("finished_lots", "good_lots", "good_sheets", "throughput_per_h")
    ]
    table(f"The line in the next {made.horizon_h:g} h", ("figure", f"{made.level:.0%}"), line)
    if made.orders:
        told = [
            [one.order.order_id, f"{one.order.due_at:%m-%d %H:%M}", one.order.sheets,
             one.p_on_time, "at risk" if one.at_risk else ""]
            for one in made.orders
        ]
        table("Orders", ("order", "due", "sheets", "p on time", ""), told)
    for message in made.messages:
        typer.echo(message, err=True)


def _text(interval: Interval | None) -> str | None:
    if interval is None:
        return None
    return f"{interval.mean:.4g} ({interval.low:.4g} to {interval.high:.4g})"
