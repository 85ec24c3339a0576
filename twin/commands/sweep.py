"""`lacss sweep`: what each factor of a line does, one at a time or all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twin.commands.run_options import (
    CLUSTER_OPTION,
    ENGINE_OPTION,
    HOURS_OPTION,
    LINE_ARGUMENT,
    LOTS_OPTION,
    PAIRED_OPTION,
    RECIPE_OPTION,
    SEED_OPTION,
    WARM_UP_HOURS_OPTION,
    WORKERS_OPTION,
    line_source,
)
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.experiments.sweep import Sweep

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `sweep`."""
    app.command("sweep")(sweep)


def sweep(
    line: LINE_ARGUMENT,
    factor: Annotated[
        list[str], typer.Option(metavar="KEY=VALUE,VALUE", help="A key and its levels; repeated.")
    ],
    design: Annotated[str, typer.Option(help="one-at-a-time or factorial.")] = "one-at-a-time",
    recipe: RECIPE_OPTION = None,
    hours: HOURS_OPTION = None,
    lots: LOTS_OPTION = None,
    warm_up_h: WARM_UP_HOURS_OPTION = 0.0,
    replications: PAIRED_OPTION = 20,
    seed: SEED_OPTION = 0,
    figure: Annotated[str, typer.Option(help="The figure to look at.")] = "throughput_per_h",
    engine: ENGINE_OPTION = "auto",
    workers: WORKERS_OPTION = None,
    cluster: CLUSTER_OPTION = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Sweep factors of a line: their effects on one figure, with 99 % intervals."""
    from twin.experiments.factor import parse_factor
    from twin.experiments.sweep import DESIGNS
    from twin.experiments.sweep import sweep as run
    from twin.progress_bar import ProgressBar

    if design not in DESIGNS:
        raise typer.BadParameter(f"--design is one of {', '.join(DESIGNS)}, got {design!r}")
    factors = [parse_factor(text) for text in factor]
    source = line_source(line, recipe, hours, lots, engine)
    with ProgressBar("sweep") as bar:
        found = run(
            source, factors, design=design, figure=figure, hours=hours, lots=lots,
            warm_up_h=warm_up_h, replications=replications, seed=seed, engine=engine,
            workers=workers, cluster=cluster, progress=bar.show,
        )  # fmt: skip
    if as_json:
        emit(found.to_dict())
    else:
        _print(found)


def _print(found: Sweep) -> None:
    title = f"{found.figure}: {found.design}, {found.replications} paired replications"
    base = "" if found.base is None else f"; as it is {found.base:.4g}"
    rows = ((one.level, one.mean, one.low, one.high, one.p_holm) for one in found.effects)
    table(title + base, ("change", "effect", "99 % low", "high", "p (Holm)"), rows)
    table("Lines", ("line", found.figure), found.cells)
