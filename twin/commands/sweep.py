"""`lacss sweep`: what each factor of a line does, one at a time or all together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.experiments.sweep import Sweep

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `sweep`."""
    app.command("sweep")(sweep)


def sweep(
    line: Annotated[Path, typer.Argument(metavar="LINE.toml", help="The line as it is.")],
    factor: Annotated[
        list[str], typer.Option(metavar="KEY=VALUE,VALUE", help="A key and its levels; repeated.")
    ],
    design: Annotated[str, typer.Option(help="one-at-a-time or factorial.")] = "one-at-a-time",
    recipe: Annotated[Path | None, typer.Option(help="Recipe to make (TOML).")] = None,
    hours: Annotated[float | None, typer.Option(help="Hours to measure after the warm-up.")] = None,
    lots: Annotated[int | None, typer.Option(help="Lots that enter, and all leave.")] = None,
    warm_up_h: Annotated[float, typer.Option(help="Hours left out at the beginning.")] = 0.0,
    replications: Annotated[int, typer.Option(help="Paired runs of every line.")] = 20,
    seed: Annotated[int, typer.Option(help="Fixes every random number.")] = 0,
    figure: Annotated[str, typer.Option(help="The figure to look at.")] = "throughput_per_h",
    engine: Annotated[str, typer.Option(help="auto, simpy or recursion.")] = "auto",
    workers: Annotated[int | None, typer.Option(help="Processes or threads to use.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Dask scheduler that runs it.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Sweep factors of a line: their effects on one figure, with 99 % intervals."""
    from twin.experiments.factor import parse_factor
    from twin.experiments.scenario import LineSource
    from twin.experiments.sweep import DESIGNS
    from twin.experiments.sweep import sweep as run
    from twin.progress_bar import ProgressBar
    from twin.recipe import read_recipe

    if (hours is None) == (lots is None):
        raise typer.BadParameter("give either --hours or --lots")
    if design not in DESIGNS:
        raise typer.BadParameter(f"--design is one of {', '.join(DESIGNS)}, got {design!r}")
    factors = [parse_factor(text) for text in factor]
    source = LineSource.read(line, None if recipe is None else read_recipe(recipe))
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
