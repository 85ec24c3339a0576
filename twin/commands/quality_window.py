"""`lacss quality window|next-experiment|running`: where to run, what to test, what it foretells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from process_models.quality.next_experiment import Experiment
    from process_models.quality.window import ProcessWindow

__all__ = ["add_window"]

_Json = Annotated[bool, JSON_OPTION]
_Ccd = Annotated[float, typer.Option("--ccd-min", help="CCD to reach, mA/cm2.")]
_Life = Annotated[float, typer.Option("--life-min-h", help="Life to reach, h.")]
_Probability = Annotated[float, typer.Option(help="Asked of a new cell, 0 to 1.")]
_Current = Annotated[float, typer.Option(help="Current of the life test.")]
_Capacity = Annotated[float, typer.Option(help="Capacity of a half-cycle.")]
_Process = Annotated[str, typer.Option(help="lacss, drac, bare or coarse_powder.")]


def add_window(group: typer.Typer) -> None:
    """Add the commands to the group `quality`."""
    group.command("window")(_window)
    group.command("next-experiment")(_next_experiment)
    group.command("running")(_running)


def _model() -> QualityModel:
    from twin.quality_artifact import load_or_fit
    from twin.settings import Settings

    return load_or_fit(
        Settings.from_environment().home, progress=lambda text: typer.echo(text, err=True)
    )


def _window(
    ccd_min: _Ccd = 2.0,
    life_min_h: _Life = 400.0,
    probability: _Probability = 0.8,
    current_ma_cm2: _Current = 0.5,
    capacity_mah_cm2: _Capacity = 0.5,
    process: _Process = "lacss",
    as_json: _Json = False,
) -> None:
    """Where P(CCD and life reach the goal) is as high as asked, as a map and as limits."""
    from process_models.quality.acceptance import Goal
    from process_models.quality.window import check_probability, process_window

    check_probability(probability)
    goal = Goal(ccd_min, life_min_h, current_ma_cm2, capacity_mah_cm2, process)
    window = process_window(_model(), goal, probability=probability)
    if as_json:
        emit(window.to_dict())
    else:
        _show_window(window)


def _show_window(window: ProcessWindow) -> None:
    goal = window.goal
    table(
        f"P(CCD >= {goal.ccd_min_ma_cm2:g} mA/cm2 and life >= {goal.life_min_h:g} h)"
        f" >= {window.probability:g}",
        ("input", "low", "high", "robust optimum", "share of prior"),
        [
            (name, *(window.limits[name] if window.limits else (None, None)),
             window.optimum[name], window.prior_share.get(name))
            for name in window.axes
        ],
    )  # fmt: skip
    typer.echo(
        f"{window.share:.1%} of the allowed region is inside; at the optimum, with the line's"
        f" variation, the probability is {window.p_at_optimum:.2f}"
    )
    if window.limits is None:
        typer.echo("nowhere is the probability as high as asked", err=True)


def _next_experiment(
    ccd_min: _Ccd = 2.0,
    life_min_h: _Life = 400.0,
    probability: _Probability = 0.8,
    cells: Annotated[int, typer.Option(help="How many cells to propose.", min=1, max=12)] = 3,
    by_hour: Annotated[
        bool, typer.Option("--by-hour", help="Rank by narrowing an hour on the cycler.")
    ] = False,
    current_ma_cm2: _Current = 0.5,
    capacity_mah_cm2: _Capacity = 0.5,
    seed: Annotated[int, typer.Option(help="Of the simulated results.", min=0)] = 0,
    as_json: _Json = False,
) -> None:
    """The few cells whose results would narrow the window most, and what each would do to it."""
    from process_models.quality.acceptance import Goal
    from process_models.quality.next_experiment import next_experiments, summary
    from process_models.quality.window import check_probability

    check_probability(probability)
    goal = Goal(ccd_min, life_min_h, current_ma_cm2, capacity_mah_cm2)
    found = next_experiments(
        _model(), goal, probability=probability, cells=cells, by_hour=by_hour, seed=seed
    )
    if as_json:
        emit({"experiments": summary(found)})
    else:
        _show_experiments(found)


def _show_experiments(found: tuple[Experiment, ...]) -> None:
    table(
        "Next cells to test, each given those before it",
        ("test", "time s", "pressure MPa", "thickness um", "hours", "narrows the window by",
         "an hour x 100", "information, bits"),
        [
            (one.candidate.test, one.candidate.sublimation_time_s,
             one.candidate.rolling_pressure_mpa, one.candidate.thickness_um, one.cost_h,
             f"{one.narrowing:.1%}", f"{one.narrowing_per_100_h:.1%}", one.information_bits)
            for one in found
        ],
    )  # fmt: skip
    table(
        "What a result would do",
        ("cell", "result", "window afterwards"),
        [
            (one.candidate.name, f"{'>' if result.censored else ''}{result.value:.3g}",
             f"{result.window_share:.1%}")
            for one in found
            for result in one.results
        ],
    )  # fmt: skip


def _running(
    file: Annotated[Path, typer.Argument(help="The trace of a life test so far.")],
    area_cm2: Annotated[float, typer.Option(help="Area of the electrode.")],
    sublimation_time_s: Annotated[float, typer.Option(help="Exposure to the vapour, s.")],
    rolling_pressure_mpa: Annotated[float, typer.Option(help="Mean roll pressure, MPa.")],
    thickness_um: Annotated[float, typer.Option(help="Sheet thickness, um.")],
    process: _Process = "lacss",
    mapping: Annotated[str | None, typer.Option("--map", help="As for cells label.")] = None,
    as_json: _Json = False,
) -> None:
    """From the first hours of a running life test: how long the cell will last."""
    from dataclasses import asdict

    from process_models.physics import ProcessSettings
    from process_models.quality.running_test import running_test, survival_forecast
    from twin.cells.mapping import column_mapping
    from twin.cells.reading import read_trace

    recipe: dict[str, Any] = {
        "sublimation_time_s": sublimation_time_s,
        "rolling_pressure_mpa": rolling_pressure_mpa,
        "thickness_um": thickness_um,
    }
    ProcessSettings(process=process, **recipe)
    test = running_test(read_trace(file, column_mapping(mapping)).trace, area_cm2=area_cm2)
    found = survival_forecast(_model(), test, process=process, **recipe)
    if as_json:
        emit({"test": asdict(test), **found.to_dict()})
        return
    table(
        f"{file.name}: alive at {test.alive_h:.4g} h",
        ("hours", "P(beyond)", "before the test", "by the model", "by the trend"),
        zip(found.hours, found.probability, found.before, found.by_model, found.by_trend,
            strict=True),
    )  # fmt: skip
    typer.echo(found.basis)
