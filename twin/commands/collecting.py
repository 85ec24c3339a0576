"""What `lacss collect` does with a file of sources: check it, or run them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import InputError
from twin.output import table

if TYPE_CHECKING:
    from twin.live.sourcing import MapRow, SourceConfig
    from twin.live.sourcing.supervisor import SourceOutcome
    from twin.monitoring.plan import ControlPlan

__all__ = ["checked", "collect_sources", "show_checked", "show_collected"]

_MAP_COLUMNS = (
    "channel", "value", "carries", "characteristic", "station", "unit", "planned_unit", "lot",
    "watched",
)  # fmt: skip
_RUN_COLUMNS = (
    "source", "kind", "state", "records", "refused", "accepted", "duplicates", "conflicts",
    "late", "reconnects", "open_gaps", "detail",
)  # fmt: skip


def checked(path: Path | None, names: Sequence[str]) -> dict[str, Any]:
    """What the sources would read, as plain data; nothing is connected to.

    Raises
    ------
    InputError
        When the file, a setting or a file of credentials breaks a rule, or a unit does not
        convert to the planned one.
    """
    from twin.live.sourcing.kinds import source_of
    from twin.monitoring.plan import site_plan

    plan = site_plan()
    told = []
    for config in _configs(path, names):
        source_of(config)
        try:
            maps = [_meaning(row, plan) for row in config.maps]
        except InputError as error:
            raise InputError(f"source {config.name}: {error}") from error
        told.append(
            {"name": config.name, "kind": config.kind, "address": config.address, "maps": maps}
        )
    return {"sources": told}


def _configs(path: Path | None, names: Sequence[str]) -> tuple[SourceConfig, ...]:
    from twin.live.sourcing.config_file import read_sources, site_sources
    from twin.settings import Settings

    home = Settings.from_environment().home
    found = site_sources(home) if path is None else read_sources(path)
    known = [config.name for config in found]
    for name in names:
        if name not in known:
            raise InputError(f"only must name sources of {', '.join(known)}, got {name!r}")
    return tuple(config for config in found if not names or config.name in names)


def _meaning(row: MapRow, plan: ControlPlan) -> dict[str, Any]:
    from twin.live.sourcing.template import names_in
    from twin.store.units import convert

    fixed = not (names_in(row.characteristic) or names_in(row.station))
    planned = plan.find(row.characteristic, row.station) if fixed else None
    if planned is not None and row.unit and not names_in(row.unit):
        try:
            convert(1.0, row.unit, planned.unit)
        except InputError as error:
            raise InputError(f"channel {row.channel.text}: {error}") from error
    return {
        "channel": row.channel.text, "value": row.value, "carries": row.carries,
        "characteristic": row.characteristic, "station": row.station,
        "unit": row.unit, "planned_unit": None if planned is None else planned.unit,
        "lot": row.lot or f"from {row.lot_from}", "watched": planned is not None if fixed else None,
    }  # fmt: skip


def collect_sources(
    path: Path | None, names: Sequence[str], idle_s: float | None
) -> tuple[dict[str, Any], InputError | None]:
    """Run the sources until a signal comes, or nothing more does.

    Returns
    -------
    dict, InputError or None
        What each of them brought, and the first that could not be read, where there is one.
    """
    import asyncio

    from twin.live.plant_service import stop_on_signals
    from twin.live.sourcing.supervisor import Supervisor
    from twin.monitoring.plan import site_plan
    from twin.store import Store

    configs = _configs(path, names)

    async def run(supervisor: Supervisor) -> tuple[SourceOutcome, ...]:
        stop = asyncio.Event()
        stop_on_signals(stop)
        return await supervisor.run(stop)

    with Store.open() as store:
        supervisor = Supervisor(store, site_plan(), configs, idle_s=_idle_s(configs, idle_s))
        outcomes = asyncio.run(run(supervisor))
        payload = {"sources": [_outcome(one, store) for one in outcomes], **_stored(store)}
    for one in outcomes:
        if one.state.state in ("failed", "disconnected"):
            return payload, InputError(f"source {one.state.source}: {one.state.detail}")
    return payload, None


def _idle_s(configs: Sequence[SourceConfig], idle_s: float | None) -> float | None:
    """A file is taken only once it has not changed for a while; that is no silence."""
    if idle_s is None:
        return None
    options = [config.options for config in configs if config.kind == "files"]
    settling = [
        float(one.get("stable_s", 2.0)) + 2 * float(one.get("poll_s", 1.0)) for one in options
    ]
    return max(idle_s, *settling) if settling else idle_s


def _stored(store: Any) -> dict[str, int]:
    counts = store.counts()
    return {"stored_measurements": counts["measurements"], "stored_events": counts["events"]}


def _outcome(one: SourceOutcome, store: Any) -> dict[str, Any]:
    from twin.store.gaps import gaps

    state, receipt = one.state, one.receipt
    return {
        "source": state.source, "kind": state.kind, "state": state.state,
        "records": state.records, "refused": state.refused, "accepted": receipt.accepted,
        "duplicates": receipt.duplicates, "conflicts": receipt.conflicts, "late": receipt.late,
        "reconnects": state.reconnects, "detail": state.detail,
        "open_gaps": len(gaps(store, state.source, open_only=True)),
    }  # fmt: skip


def show_checked(found: dict[str, Any]) -> None:
    """Print a table a source."""
    for source in found["sources"]:
        title = f"{source['name']} ({source['kind']}, {source['address']})"
        rows = [tuple(row[name] for name in _MAP_COLUMNS) for row in source["maps"]]
        table(title, [name.replace("_", " ") for name in _MAP_COLUMNS], rows)


def show_collected(payload: dict[str, Any]) -> None:
    """Print what each source brought."""
    rows = [tuple(row[name] for name in _RUN_COLUMNS) for row in payload["sources"]]
    table("Collected", [name.replace("_", " ") for name in _RUN_COLUMNS], rows)
