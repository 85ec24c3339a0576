"""`lacss budget`: false alarms a week of a whole control plan, and how to keep within what fits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.alarm_budget import PlanBudget

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `budget` to the command."""
    app.command("budget")(_budget)


def _budget(
    plan: Annotated[Path | None, typer.Option(help="Control plan; default: the site's.")] = None,
    budget: Annotated[
        float | None, typer.Option(help="False alarms a week that the team can answer.")
    ] = None,
    shift: Annotated[str, typer.Option(help="Shifts that matter, in sigma.")] = "1,2",
    weights: Annotated[str, typer.Option(help="How much delay matters: life_h=5,...")] = "",
    lots_per_week: Annotated[float, typer.Option(help="Assumed where nothing is stored.")] = 800.0,
    assume: Annotated[
        bool, typer.Option("--assume", help="Do not look into the store for sampling rates.")
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """False alarms a week and delays of the control plan; --budget: how to keep within it."""
    from twin.alarm_budget import plan_budget, sample_rates
    from twin.line import read_line
    from twin.monitoring.plan import read_plan, site_plan
    from twin.settings import data_folder
    from twin.store import Store

    chosen = site_plan() if plan is None else read_plan(plan)
    line = read_line(data_folder() / "line.toml")
    if assume:
        rates = sample_rates(chosen, line=line, lots_per_week=lots_per_week)
    else:
        with Store.open() as store:
            rates = sample_rates(chosen, store=store, line=line, lots_per_week=lots_per_week)
    found = plan_budget(
        chosen, _numbers(shift), rates=rates, allowed=budget, weights=_weights(weights)
    )
    if as_json:
        emit(found.to_dict())
    else:
        _show(found)


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",") if word.strip()]
    except ValueError:
        raise InputError(f"shift must be numbers as 1,2, got {text!r}") from None


def _weights(text: str) -> dict[str, float]:
    found = {}
    for pair in filter(None, (word.strip() for word in text.split(","))):
        name, _, value = pair.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise InputError(f"weights must be as life_h=5,thickness_um=2, got {pair!r}") from None
    return found


def _show(found: PlanBudget) -> None:
    told = found.to_dict()
    _show_part(f"{told['plan']}: as it is", told)
    for row in told["not_counted"]:
        typer.echo(f"not counted: {row['characteristic']} at {row['station']}: {row['reason']}")
    proposal = told["proposal"]
    if proposal is not None:
        _show_part(f"Within {told['budget']:g} false alarms a week", proposal)
        typer.echo(f"No choice of these rules and limits has less than "
                   f"{proposal['least_delay_h']:.4g} h of delay.")  # fmt: skip


def _show_part(title: str, part: dict[str, Any]) -> None:
    shifts = [delay["shift"] for delay in part["charts"][0]["delays"]]
    columns = [
        "characteristic", "station", "chart", "rules", "limit", "points a week", "ARL",
        "alarms a week", *(f"h at {shift:g} sigma" for shift in shifts),
    ]  # fmt: skip
    rows = [
        (
            row["characteristic"], row["station"], row["chart"], " ".join(row["rules"]),
            f"{row['limit']['name']} {row['limit']['value']:g}",
            f"{row['points_per_week']:.4g} {row['rate']}", row["arl0"],
            row["false_alarms_per_week"], *(delay["hours"] for delay in row["delays"]),
        )
        for row in part["charts"]
    ]  # fmt: skip
    alarms, delay_h = part["false_alarms_per_week"], part["weighted_delay_h"]
    table(f"{title}: {alarms:.4g} false alarms a week, {delay_h:.4g} h of delay", columns, rows)
