"""`lacss run`: the main job, all of it on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.running.summary import WeekSummary

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `run`."""
    app.command("run")(_run)


def _run(
    once: Annotated[
        bool, typer.Option("--once", help="One simulated week, a summary, and the end.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="Of the plant; default the one that is here, else 1.")
    ] = None,
    speed: Annotated[
        float, typer.Option(help="Plant seconds a second, once its history is made.")
    ] = 1.0,
    port: Annotated[int, typer.Option(help="Dashboards; the next free one from here.")] = 8501,
    address: Annotated[str, typer.Option(help="Dashboards; loopback only.")] = "127.0.0.1",
    replications: Annotated[int, typer.Option(help="Futures of each forecast.", min=1)] = 100,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Run the reference plant, the twin and the dashboards until Ctrl-C."""
    from process_models.errors import InputError
    from twin.run import run, run_once
    from twin.running.dashboards import checked_address
    from twin.running.live import LiveOptions
    from twin.settings import Settings

    if not speed > 0:
        raise InputError(f"speed must be above 0, got {speed:g}")

    def say(text: str) -> None:
        typer.echo(text, err=as_json)

    settings = Settings.from_environment()
    try:
        if not once:
            run(settings, say, LiveOptions(seed, speed, checked_address(address), port))
            return
        summary = run_once(settings, say, seed=seed, replications=replications)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if as_json:
        emit(summary.to_dict())
    else:
        _show(summary)


def _show(week: WeekSummary) -> None:
    typer.echo("")
    made = week.to_dict()
    lots, alerts, forecast = made["lots"], made["alerts"], made["forecast"]
    by_severity = ", ".join(f"{n} {name}" for name, n in sorted(alerts["by_severity"].items()))
    rows = [
        ["week", f"{week.start:%Y-%m-%d %H:%M} to {week.end:%Y-%m-%d %H:%M} UTC, simulated"],
        ["stored", f"{week.measurements:,} measurements, {week.events:,} events"],
        ["lots", ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in lots.items())],
        ["yield", f"{_share(week.mean_yield)} mean, {_share(week.conforming_share)} of lots good"],
        ["charts", f"{week.charts} planned, limits frozen for {week.limits_frozen}"],
        ["alerts", f"{alerts['total']} ({by_severity}), {week.other_alerts} without a cause"],
        ["forecast", _coverage(forecast)],
        ["time", f"{week.seconds:.0f} s"],
    ]
    table("One simulated week", ("", ""), rows)
    table(
        "Special causes of the plant, and what the twin made of them",
        ("cause", "start", "hours", "alerts", "first after h", "diagnosis"),
        [
            [
                one.cause, f"{one.start:%a %H:%M}",
                f"{(one.end - one.start).total_seconds() / 3600:.1f}", one.alerts,
                None if one.first_after_h is None else f"{one.first_after_h:.1f}",
                "first" if one.named_first else "in three" if one.named_among_three else None,
            ]
            for one in week.causes
        ],
    )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1%}"


def _coverage(forecast: Mapping[str, Any]) -> str:
    parts = [
        f"{name.replace('_', ' ')} {_share(forecast[name]['share'])}"
        f" of {forecast[name]['compared']}"
        for name in ("finish", "yield", "good_lots")
    ]
    return f"{forecast['level']:.0%} intervals held what happened: {', '.join(parts)}"
