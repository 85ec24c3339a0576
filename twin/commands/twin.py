"""`lacss twin`: may the twin be trusted, what is it calibrated to, and what is to be approved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from datetime import datetime

    from twin.settings import Settings
    from twin.store import Store

__all__ = ["register"]

AsOf = Annotated[str, typer.Option(help="Time with offset; only what was known then is used.")]
User = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Add `twin` to the command."""
    group = typer.Typer(help="The twin itself: health, calibration, state.", no_args_is_help=True)
    for name, command in (
        ("health", _health), ("calibration", _calibration), ("propose", _propose),
        ("approve", _approve), ("reject", _reject), ("state", _state), ("judge", _judge),
        ("build", _build),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="twin")


def _moment(store: Store, as_of: str) -> datetime:
    from twin.forecasting.known import moment_of
    from twin.site import moment

    return moment_of(store, moment("as-of", as_of) if as_of else None)


def _health(as_of: AsOf = "", as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Say whether the twin is in step with its line, and why not."""
    from twin.in_step.health import twin_health
    from twin.in_step.judging import site_verdict
    from twin.monitoring.plan import site_plan
    from twin.settings import Settings
    from twin.site import site_line
    from twin.store import Store

    settings = Settings.from_environment()
    line, plan = site_line(settings), site_plan(settings)
    with Store.open(settings) as store:
        at = _moment(store, as_of)
        told = site_verdict(store, line, plan, at)
        found = twin_health(store, line, plan, at, verdict=told)
    if as_json:
        emit(found.to_dict())
        return
    rows = [
        [one["kind"], one["station"], one["characteristic"], one["status"], one["text"]]
        for one in (check.to_dict() for check in found.checks)
    ]
    table(f"Twin: {found.status}", ("check", "station", "of", "status", ""), rows)


def _calibration(as_of: AsOf = "", as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Print what the line's times are fitted to, and how sure that is."""
    from twin.calibration import calibrated
    from twin.calibration.process import process_parameters
    from twin.settings import Settings
    from twin.site import site_line, site_recipe
    from twin.store import Store

    settings = Settings.from_environment()
    with Store.open(settings) as store:
        at = _moment(store, as_of)
        fitted = calibrated(store, site_line(settings), at)
        process = process_parameters(store, site_recipe(settings), at)
    if as_json:
        emit({**fitted.to_dict(), "process": process.to_dict()})
        return
    rows = [
        [
            name,
            fit.service.family,
            f"{fit.service.distribution.mean_s:.1f}",
            f"{fit.factor:.3f}",
            fit.service.n,
            f"{fit.to_failure.distribution.mean_s / 3600:.1f}" if fit.to_failure else None,
        ]
        for name, fit in fitted.stations.items()
    ]
    columns = ("station", "family", "service s", "over assumed", "seen", "failure after h")
    table("Calibration", columns, rows)
    table(
        "Process",
        ("parameter", "estimate", "low", "high", "seen"),
        [[one.name, one.value, one.low, one.high, one.n] for one in process.estimates],
    )


def _propose(reason: Reason = "asked for", as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Fit the line to what is known and keep that to be approved."""
    from twin.calibration import calibrated
    from twin.calibration.proposals import proposals, propose
    from twin.settings import Settings
    from twin.site import site_line
    from twin.store import Store

    settings = Settings.from_environment()
    with Store.open(settings) as store:
        fitted = calibrated(store, site_line(settings), _moment(store, ""))
        number = propose(store, fitted, reason=reason)
        found = next(one for one in proposals(store) if one.number == number)
    _show(found.to_dict(), as_json=as_json)


def _approve(
    number: int, user: User, reason: Reason, as_json: Annotated[bool, JSON_OPTION] = False
) -> None:
    """Approve a proposed calibration: it becomes what the twin is judged by."""
    _decided(number, user, reason, approve=True, as_json=as_json)


def _reject(
    number: int, user: User, reason: Reason, as_json: Annotated[bool, JSON_OPTION] = False
) -> None:
    """Reject a proposed calibration."""
    _decided(number, user, reason, approve=False, as_json=as_json)


def _decided(number: int, user: str, reason: str, *, approve: bool, as_json: bool) -> None:
    from twin.calibration.proposals import decide
    from twin.store import Store

    with Store.open() as store:
        found = decide(store, number, approve=approve, user=user, reason=reason)
    _show(found.to_dict(), as_json=as_json)


def _show(payload: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        emit(payload)
        return
    changed = payload["changes"]
    rows = [
        [one["station"], one["parameter"], one["old"], one["new"]]
        for one in (changed if isinstance(changed, list) else [])
    ]
    table(f"Calibration {payload['number']}: {payload['state']}",
          ("station", "parameter", "old", "new"), rows)  # fmt: skip


def _state(as_of: AsOf = "", as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Print where every lot is, what each station does, and what cannot be seen."""
    from dataclasses import asdict

    from twin.calibration import calibrated
    from twin.in_step import current_state, particles
    from twin.settings import Settings
    from twin.site import site_line
    from twin.store import Store

    settings = Settings.from_environment()
    with Store.open(settings) as store:
        at, line = _moment(store, as_of), site_line(settings)
        now = current_state(store, line, at)
        unseen = particles(calibrated(store, line, at), now.state, now.passes)
    if as_json:
        lots = [{**asdict(lot), "since": lot.since.isoformat(),
                 "entered_at": lot.entered_at.isoformat()} for lot in now.state.lots]  # fmt: skip
        stations = {
            name: {"condition": one.condition, "queued": one.queued, "in_service": one.in_service,
                   "blocked": one.blocked, "servers_down": one.servers_down}
            for name, one in now.state.stations.items()
        }  # fmt: skip
        emit({"as_of": at.isoformat(), "lots": lots, "stations": stations,
              "passes": dict(now.passes), "unseen": unseen.to_dict()})  # fmt: skip
        return
    rows = [[lot.lot_id, lot.station, lot.phase, f"{lot.since:%m-%d %H:%M}"]
            for lot in now.state.in_process]  # fmt: skip
    table(f"Line at {at:%Y-%m-%d %H:%M %Z}", ("lot", "station", "phase", "since"), rows)


def _judge(as_of: AsOf = "", as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Compare the forecasts that were kept with what happened."""
    from twin.in_step.judging import site_verdict
    from twin.monitoring.plan import site_plan
    from twin.settings import Settings
    from twin.site import site_line
    from twin.store import Store

    settings: Settings = Settings.from_environment()
    with Store.open(settings) as store:
        at = _moment(store, as_of)
        found = site_verdict(store, site_line(settings), site_plan(settings), at)
    if as_json:
        emit(found.to_dict())
        return
    rows = [
        [
            one.quantity,
            one.n,
            one.forecasts,
            *(f"{share:.0%}" for share in one.coverage.values()),
            one.crps,
            one.skill,
        ]
        for one in found.quantities
    ]
    table("Forecasts so far", ("quantity", "cases", "forecasts", "50 %", "80 %", "90 %", "95 %",
                               "CRPS", "skill"), rows)  # fmt: skip


def _build(folder: Path, as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """Build state, calibration, charts and forecasts from a folder of CSV files."""
    from twin.in_step.imported import build_from_folder
    from twin.settings import Settings

    found = build_from_folder(folder, Settings.from_environment())
    if as_json:
        emit(found.to_dict())
        return
    table("Imported", ("file", "kind", "accepted", "quarantined"),
          [[one.file, one.kind, one.accepted, one.quarantined] for one in found.files])  # fmt: skip
    for one in found.missing:
        typer.echo(f"missing: {one}", err=True)
