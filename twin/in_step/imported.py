"""A twin from a folder of files: measurements and events in, state, charts and forecasts out.

What the files do not hold is said, together with what it keeps the twin from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.forecast import Forecast
    from twin.in_step.health import Health
    from twin.line import LineModel
    from twin.monitoring.plan import ControlPlan
    from twin.settings import Settings
    from twin.store import Store

__all__ = ["Built", "ImportedFile", "build_from_folder", "missing_for"]

_FEWEST_SERVICES, _FEWEST_LOTS = 20, 60


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file and what became of its rows."""

    file: str
    kind: str
    accepted: int
    duplicates: int
    quarantined: int


@dataclass(frozen=True)
class Built:
    """What the folder gave.

    Attributes
    ----------
    files : tuple of ImportedFile
    lots_in_process, alerts : int
    charts : int
        Characteristics whose limits could be frozen.
    forecast, health : or None
        None where there is not enough for it; `missing` says what.
    missing : tuple of str
        What is not there, and what for.
    """

    files: tuple[ImportedFile, ...]
    lots_in_process: int
    charts: int
    alerts: int
    forecast: Forecast | None
    health: Health | None
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "files": [
                {"file": one.file, "kind": one.kind, "accepted": one.accepted,
                 "duplicates": one.duplicates, "quarantined": one.quarantined}
                for one in self.files
            ],
            "lots_in_process": self.lots_in_process, "charts": self.charts, "alerts": self.alerts,
            "forecast": self.forecast.to_dict() if self.forecast else None,
            "health": self.health.to_dict() if self.health else None,
            "missing": list(self.missing),
        }  # fmt: skip


def build_from_folder(
    folder: Path, settings: Settings, *, replications: int | None = None, user: str = ""
) -> Built:
    """Import every CSV and Parquet file of a folder, then build all that its rows allow.

    Raises
    ------
    InputError
        When the folder is none, or holds no table.
    """
    from twin import quality_artifact
    from twin.forecast import forecast
    from twin.in_step.health import twin_health
    from twin.monitoring.plan import site_plan
    from twin.monitoring.watch import watch_once
    from twin.site import site_line, site_recipe
    from twin.store import Store

    paths = _tables(folder)
    line, plan = site_line(settings), site_plan(settings)
    with Store.open(settings) as store:
        files = tuple(_imported(store, path, user) for path in paths)
        missing = missing_for(store, line, plan)
        alerts = watch_once(store, plan)
        events = store.events()
        made = health = None
        if not events.empty:
            moment = events["occurred_at"].iloc[-1].to_pydatetime()
            made = forecast(
                store,
                line,
                site_recipe(settings),
                plan,
                quality_artifact.load(settings.home),
                as_of=moment,
                replications=replications,
            )
            health = twin_health(store, line, plan, moment)
        return Built(
            files,
            len(made.lots) if made else 0,
            store.counts()["limits"],
            len(alerts),
            made,
            health,
            missing,
        )


def _tables(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".csv", ".parquet"))
    if not paths:
        raise InputError(f"{folder}: holds no CSV or Parquet file")
    return paths


def _imported(store: Store, path: Path, user: str) -> ImportedFile:
    from twin.store.importing import import_file, kind_of
    from twin.store.tables import read_table

    kind = kind_of(path, read_table(path).columns)
    report = import_file(store, path, kind=kind, user=user)
    return ImportedFile(path.name, kind, report.accepted, report.duplicates, report.quarantined)


def missing_for(store: Store, line: LineModel, plan: ControlPlan) -> tuple[str, ...]:
    """What the store lacks, and what for, in one line each."""
    events, found = store.events(), []
    if events.empty:
        found.append("events: no state, no calibration of times, no finish times")
    else:
        found += _missing_events(events, line)
    series = {(one.characteristic, one.station): one.n for one in store.characteristics()}
    if not series:
        found.append("measurements: no charts, no yields, no process parameters")
    for one in plan.characteristics:
        n = series.get((one.name, one.station), 0)
        phase1 = one.phase1 * max(one.subgroup, 1)
        if series and n < phase1:
            found.append(
                f"{one.name} at {one.station}: {n} readings, {phase1} are needed to freeze limits"
            )
    return tuple(found)


def _missing_events(events: Any, line: LineModel) -> list[str]:
    found = []
    for station in line.path:
        own = events[events["station"] == station.name]
        kinds = set(own["event"])
        services = int((own["event"] == "finish").sum())
        if not {"start", "finish"} <= kinds:
            found.append(f"start and finish at {station.name}: its times stay as the file says")
        elif services < _FEWEST_SERVICES:
            found.append(
                f"services at {station.name}: {services}, {_FEWEST_SERVICES} are needed to "
                "choose a distribution"
            )
        if station.failure is not None and "down" not in kinds:
            found.append(f"down and up at {station.name}: its failures stay as the file says")
    done = events[(events["station"] == line.path[-1].name) & (events["event"] == "depart")]
    if len(done) < _FEWEST_LOTS:
        found.append(
            f"finished lots: {len(done)}, {_FEWEST_LOTS} are needed to find moments like now"
        )
    return found
