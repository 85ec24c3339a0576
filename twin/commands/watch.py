"""`lacss watch`: chart what arrives and raise alerts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.monitoring.alert import Alert
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["register"]

_DIAGNOSE_S = 120.0


def register(app: typer.Typer) -> None:
    """Add `watch` to the command."""
    app.command("watch")(_watch)


def _watch(
    once: Annotated[bool, typer.Option("--once", help="Work off what is stored and end.")] = False,
    interval_s: Annotated[
        float, typer.Option(help="Between two looks at silence, sensors and shelves, s.", min=0.1)
    ] = 2.0,
    heartbeat: Annotated[
        Path | None, typer.Option(help="File that is touched every 5 s, for a watchdog outside.")
    ] = None,
    heartbeat_url: Annotated[
        str, typer.Option(help="Address that is asked every 5 s, for the same purpose.")
    ] = "",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Evaluate the control plan on what was stored and open alerts for new signals."""
    from twin.monitoring.plan import site_plan
    from twin.monitoring.watch import watch_once
    from twin.store import Store

    plan = site_plan()
    with Store.open() as store:
        if not once:
            _loop(store, plan, interval_s, heartbeat, heartbeat_url)
            return
        raised = _diagnosed(store, plan, watch_once(store, plan))
    if as_json:
        emit({"alerts": [alert.to_dict() for alert in raised]})
        return
    columns = ("id", "since", "severity", "station", "characteristic", "rule", "lot_id", "count")
    rows = [[_cell(getattr(alert, name)) for name in columns] for alert in raised]
    table(f"{len(raised)} new alerts", columns, rows)


def _diagnosed(store: Store, plan: ControlPlan, raised: list[Alert]) -> list[Alert]:
    """The alerts as they are after their causes have been worked out, the newest first served."""
    from twin.diagnosis.diagnosing import Diagnostician
    from twin.diagnosis.keeping import refresh
    from twin.monitoring.alerts import AlertDesk

    if not raised:
        return raised
    numbers = [alert.id for alert in reversed(raised)]
    refresh(store, Diagnostician(store, plan), numbers, within_s=_DIAGNOSE_S, evidence=False)
    desk = AlertDesk(store, plan)
    return [desk.get(alert.id) for alert in raised]


def _cell(value: object) -> object:
    isoformat = getattr(value, "isoformat", None)
    return isoformat(timespec="seconds") if callable(isoformat) else value


def _loop(
    store: Store, plan: ControlPlan, interval_s: float, heartbeat: Path | None, url: str
) -> None:
    import signal
    import threading

    from twin.diagnosis.worker import DiagnosisWorker
    from twin.monitoring.notify import Notifier
    from twin.monitoring.watch import Watch

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    watch = Watch(
        store, plan, interval_s=interval_s, on_alert=_tell, on_error=_complain,
        heartbeat=heartbeat, heartbeat_url=url,
    )  # fmt: skip
    notifier = Notifier(store)
    sender = threading.Thread(target=notifier.run, args=(stop,), name="notifier")
    sender.start()
    diagnosing = threading.Thread(
        target=DiagnosisWorker(store, plan).run, args=(stop,), name="diagnosis"
    )
    diagnosing.start()
    n = len(plan.characteristics)
    typer.echo(f"lacss: watching {n} characteristics, Ctrl-C ends", err=True)
    try:
        watch.run(stop)
    finally:
        stop.set()  # a process without its watch must end, or nobody starts it again
    sender.join()
    diagnosing.join()


def _complain(error: str) -> None:
    typer.echo(f"lacss: {error}", err=True)


def _tell(alert: Alert) -> None:
    at = alert.opened_at.isoformat(timespec="seconds")
    lot = f", lot {alert.lot_id}" if alert.lot_id else ""
    muted = f" (muted: {alert.muted_by})" if alert.muted_by else ""
    typer.echo(f"{at} alert {alert.id} {alert.severity}: {alert.message}{lot}{muted}")
