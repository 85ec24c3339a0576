"""`lacss physics`: the material systems of the paper, and any recipe from foil to cell."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.physics.chain import ChainStep

__all__ = ["register"]

_Json = Annotated[bool, JSON_OPTION]
_Draws = Annotated[int, typer.Option(help="Draws of the priors.", min=1, max=1_000_000)]
_Seed = Annotated[int, typer.Option(help="Seed of the draws.", min=0)]


def register(app: typer.Typer) -> None:
    """Add `physics` with `systems` and `run`."""
    physics = typer.Typer(
        no_args_is_help=True, help="From foil to cell, by process physics before any evidence.")
    physics.command("systems")(_systems)
    physics.command("run")(_run)
    app.add_typer(physics, name="physics")


def _systems(
    draws: _Draws = 1000,
    seed: _Seed = 0,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page of the documentation.")] = False,
    json_output: _Json = False,
) -> None:
    """Every material system of the paper, its figures beside the model's."""
    from process_models.physics.materials_table import compare_with_paper, materials_markdown

    if markdown and json_output:
        raise typer.BadParameter("--markdown and --json exclude each other")
    rows = compare_with_paper(draws, seed)
    if json_output:
        emit({
            "draws": draws, "seed": seed, "systems": _listed(),
            "figures": [asdict(row) for row in rows],
        })  # fmt: skip
    elif markdown:
        typer.echo(materials_markdown(rows), nl=False)
    else:
        table(
            "Material systems: the paper and the model from its priors",
            ("system", "quantity", "unit", "paper", "median", "low", "high", "agrees", "told"),
            [(row.system, row.quantity, row.unit, row.paper, row.median, row.low, row.high,
              "yes" if row.agrees else "NO", row.told) for row in rows])


def _listed() -> list[dict[str, Any]]:
    from process_models.physics.systems import SYSTEMS

    return [
        {"name": one.name, "title": one.title, "melt": one.melt or None, "rolled": one.rolled,
         "settings": None if one.settings is None else asdict(one.settings)}
        for one in SYSTEMS.values()
    ]  # fmt: skip


def _run(
    system: Annotated[
        str | None, typer.Argument(help="A system by name; `lacss physics systems` lists them."),
    ] = None,
    recipe: Annotated[Path | None, typer.Option(help="A recipe file instead.")] = None,
    draws: _Draws = 1000,
    seed: _Seed = 0,
    level: Annotated[float, typer.Option(help="Probability of the intervals.")] = 0.9,
    json_output: _Json = False,
) -> None:
    """Deposit, reaction, winding, rolling, segregation and cells, each number with its unit."""
    if (system is None) == (recipe is None):
        raise typer.BadParameter("give either SYSTEM or --recipe FILE")
    title, steps, reasons = _chain(system, recipe, draws, seed)
    rows = [_row(step, level) for step in steps]
    if json_output:
        emit({
            "name": title, "draws": draws, "seed": seed, "level": level, "limits": reasons,
            "steps": rows,
        })  # fmt: skip
        return
    table(
        f"{title}: from the priors, {draws} draws",
        ("stage", "quantity", "unit", "median", f"low ({100 * level:g} %)", "high"),
        [tuple(row.values()) for row in rows])
    for reason in reasons:
        typer.echo(f"no prediction, because {reason}", err=True)


def _row(step: ChainStep, level: float) -> dict[str, Any]:
    median, low, high = step.interval(level)
    return {"stage": step.stage, "quantity": step.quantity, "unit": step.unit,
            "median": median, "low": low, "high": high}  # fmt: skip


def _chain(
    name: str | None, recipe: Path | None, draws: int, seed: int
) -> tuple[str, tuple[ChainStep, ...], tuple[str, ...]]:
    from process_models.physics.chain import run_chain
    from process_models.physics.limits import limits
    from process_models.physics.systems import run_system, system

    if recipe is not None:
        from twin.recipe import read_recipe

        read = read_recipe(recipe)
        return read.name, run_chain(read.settings, draws, seed), limits(read.settings)
    chosen = system(name or "")
    reasons = () if chosen.settings is None else limits(chosen.settings)
    return chosen.title, run_system(chosen, draws, seed), reasons
