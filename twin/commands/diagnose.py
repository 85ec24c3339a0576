"""`lacss diagnose`: which cause lies behind an alert, since when, and which lots to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.diagnosis.result import Diagnosis

__all__ = ["register"]

_SHOWN_LOTS = 20


def register(app: typer.Typer) -> None:
    """Add the command `diagnose`."""
    app.command("diagnose")(_diagnose)


def _diagnose(
    alert_id: Annotated[
        int | None, typer.Argument(help="Number of the alert; without it all that are due.")
    ] = None,
    within_s: Annotated[
        float, typer.Option(help="For all: begin no further diagnosis after so many s.", min=0.0)
    ] = 300.0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Rank the causes behind an alert, with the evidence, the onset and the lots to hold."""
    from twin.diagnosis.diagnosing import Diagnostician
    from twin.diagnosis.keeping import diagnose_and_keep, refresh
    from twin.monitoring.plan import site_plan
    from twin.settings import Settings
    from twin.site import site_line, site_recipe
    from twin.store import Store

    settings = Settings.from_environment()
    with Store.open(settings) as store:
        path = [station.name for station in site_line(settings).path]
        made_of = site_recipe(settings).settings
        diagnostician = Diagnostician(store, site_plan(settings), made_of, path=path)
        if alert_id is None:
            made = refresh(store, diagnostician, within_s=within_s)
            emit({"diagnosed": made}) if as_json else typer.echo(f"{made} alerts diagnosed")
            return
        found = diagnose_and_keep(store, diagnostician, alert_id)
    emit(found.to_dict()) if as_json else _show(found)


def _show(found: Diagnosis) -> None:
    ranked = [[one.cause, one.probability] for one in found.ranking if one.probability >= 0.001]
    table(f"Causes behind alert {found.alert_id}", ("cause", "probability"), ranked)
    table(
        f"Evidence for {found.ranking[0].cause}",
        ("characteristic", "station", "speaks", "ln Bayes factor", "shift (sd)"),
        [
            [one.characteristic, one.station, one.words, round(one.log_bayes_factor, 1),
             round(one.shift_sd, 1)]
            for one in found.evidence
        ],
    )  # fmt: skip
    if found.onset is not None:
        low, at, high = (
            f"{getattr(found.onset, name):%Y-%m-%d %H:%M}" for name in ("low", "at", "high")
        )
        typer.echo(f"Began {at} UTC ({low} to {high}, {found.onset.level:.0%})")
    lots = [[lot.lot_id, lot.probability, lot.foil_roll] for lot in found.lots[:_SHOWN_LOTS]]
    title = f"Lots to {found.action}: {len(found.lots)}"
    table(title, ("lot", "probability", "foil roll"), lots)
