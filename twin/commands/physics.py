"""`lacss physics`: the material systems of the paper, and any recipe from foil to cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.physics.chain import ChainStep
    from process_models.physics.checked import Floats

__all__ = ["register"]

_Json = Annotated[bool, JSON_OPTION]
_Draws = Annotated[int, typer.Option(help="Draws of the constants.", min=1, max=100_000)]
_Seed = Annotated[int, typer.Option(help="Seed of the draws.", min=0)]
_Fitted = Annotated[
    bool, typer.Option("--fitted", help="CCD and life from the fitted quality model.")
]


def register(app: typer.Typer) -> None:
    """Add `physics` with `systems` and `run`."""
    physics = typer.Typer(
        no_args_is_help=True, help="From foil to cell, by process physics and its priors."
    )
    physics.command("systems")(_systems)
    physics.command("run")(_run)
    app.add_typer(physics, name="physics")


def _systems(
    draws: _Draws = 1000,
    seed: _Seed = 0,
    fitted: _Fitted = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page of the documentation.")
    ] = False,
    json_output: _Json = False,
) -> None:
    """Every material system of the paper, its figures beside the model's."""
    from process_models.physics.materials_table import compare_with_paper, materials_markdown

    if markdown and (json_output or fitted):
        raise typer.BadParameter("--markdown goes with neither --json nor --fitted")
    rows = compare_with_paper(draws, seed, _posterior(fitted))
    if json_output:
        figures = [asdict(row) for row in rows]
        emit({
            "draws": draws, "seed": seed, "fitted": fitted, "systems": _listed(),
            "figures": figures,
        })  # fmt: skip
        return
    if markdown:
        typer.echo(materials_markdown(rows), nl=False)
        return
    columns = ("system", "quantity", "unit", "paper", "median", "low", "high", "agrees", "told")
    cells = [
        [getattr(row, name) if name != "agrees" else ("yes" if row.agrees else "NO")
         for name in columns]
        for row in rows
    ]  # fmt: skip
    table(f"Material systems: the paper and the model {_source(fitted)}", columns, cells)


def _listed() -> list[dict[str, Any]]:
    from process_models.physics.systems import SYSTEMS

    return [asdict(one) | {"melt": one.melt or None} for one in SYSTEMS.values()]


def _run(
    system: Annotated[str | None, typer.Argument(help="A name of `lacss physics systems`.")] = None,
    recipe: Annotated[Path | None, typer.Option(help="A recipe file instead.")] = None,
    draws: _Draws = 1000,
    seed: _Seed = 0,
    fitted: _Fitted = False,
    level: Annotated[float, typer.Option(help="Probability of the intervals.")] = 0.9,
    json_output: _Json = False,
) -> None:
    """Deposit, reaction, winding, rolling, segregation and cells, each number with its unit."""
    if (system is None) == (recipe is None):
        raise typer.BadParameter("give either SYSTEM or --recipe FILE")
    title, steps, reasons = _chain(system, recipe, (draws, seed, fitted))
    rows = [_row(step, level) for step in steps]
    if json_output:
        emit({
            "name": title, "draws": draws, "seed": seed, "fitted": fitted, "level": level,
            "limits": reasons, "steps": rows,
        })  # fmt: skip
        return
    table(
        f"{title}: {draws} draws {_source(fitted)}",
        ("stage", "quantity", "unit", "median", f"low ({100 * level:g} %)", "high"),
        [tuple(row.values()) for row in rows],
    )
    for reason in reasons:
        typer.echo(f"no prediction, because {reason}", err=True)


def _source(fitted: bool) -> str:
    return "with the fitted quality model" if fitted else "from its priors"


def _row(step: ChainStep, level: float) -> dict[str, Any]:
    median, low, high = step.interval(level)
    return {"stage": step.stage, "quantity": step.quantity, "unit": step.unit,
            "median": median, "low": low, "high": high}  # fmt: skip


def _chain(
    name: str | None, recipe: Path | None, how: tuple[int, int, bool]
) -> tuple[str, tuple[ChainStep, ...], tuple[str, ...]]:
    """Title, steps, and reasons against it; what cannot be read is refused before any fit."""
    from process_models.physics.chain import run_chain
    from process_models.physics.limits import limits
    from process_models.physics.systems import run_system, system

    draws, seed, fitted = how
    if recipe is None:
        chosen = system(name or "")
        steps = run_system(chosen, draws, seed, _posterior(fitted))
        return chosen.title, steps, limits(chosen.settings) if chosen.settings else ()
    from twin.recipe import read_recipe

    read = read_recipe(recipe)
    steps = run_chain(read.settings, draws, seed, _posterior(fitted))
    return read.name, steps, limits(read.settings)


def _posterior(fitted: bool) -> Mapping[str, Floats] | None:
    if not fitted:
        return None
    from process_models.physics.priors import PRIORS
    from twin.quality_artifact import load_or_fit
    from twin.settings import Settings

    model = load_or_fit(
        Settings.from_environment().home, progress=lambda text: typer.echo(text, err=True)
    )
    # laboratories and protocols have effects of their own there, which no recipe knows
    return {name: values for name, values in model.draws.items() if name in PRIORS}
