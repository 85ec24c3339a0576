"""What is wrong with an installation, if anything."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any, Literal

from process_models.errors import LacssError
from twin.settings import Settings, data_folder

__all__ = ["Check", "examine", "examine_hours"]

Verdict = Literal["ok", "warning", "fault"]
_PACKAGES = (
    "numpy", "pandas", "scipy", "simpy", "sqlalchemy", "asyncua", "streamlit", "plotly", "numpyro",
    "numba", "pyarrow", "joblib",
)
_DATA = ("line.toml", "control_plan.toml", "evidence.csv", "recipes")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; a fault makes the installation unusable, a warning does not."""

    name: str
    verdict: Verdict
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def examine() -> list[Check]:
    """Look at everything, in order; one fault does not hide the next."""
    return list(_checks())


def examine_hours(days: float, *, mend: bool = False) -> Check:
    """Whether the hourly figures say what their readings say, over the last `days` with data.

    Parameters
    ----------
    days : float
        Before the newest reading; the cost is that of reading so much. Infinite: everything.
    mend : bool
        Compute those anew that do not.
    """
    return _guarded("hours", lambda: _hours(days, mend=mend))


def _hours(days: float, *, mend: bool) -> Check:
    from datetime import UTC, datetime, timedelta

    from twin.store import Store
    from twin.store.hours import check_hours, rebuild_hours

    with Store.open() as store:
        newest = max((one.last_measured_at for one in store.characteristics()), default=None)
        if newest is None:
            return Check("hours", "ok", "no reading is stored")
        reach = newest - datetime(1970, 1, 2, tzinfo=UTC)
        since = newest - min(timedelta(days=min(days, 1e6)), reach)
        told = f"since {since.isoformat(timespec='minutes')}"
        if mend:
            return Check("hours", "ok", f"{rebuild_hours(store, since=since)} made anew, {told}")
        faults = check_hours(store, since=since)
    if not faults:
        return Check("hours", "ok", f"all agree with their readings, {told}")
    one = faults[0]
    first = f"{one.characteristic} at {one.station}, {one.hour_at.isoformat(timespec='minutes')}"
    return Check("hours", "fault", f"{len(faults)} do not say what their readings say, the first "
                 f"{first}: lacss doctor --hours --mend")  # fmt: skip


def _checks() -> Iterator[Check]:
    yield _python()
    yield _packages()
    yield _data()
    yield _guarded("home", _home)
    yield _sqlite()
    yield _guarded("database", _database)
    yield _guarded("quality model", _quality_model)
    yield _guarded("control plan", _control_plan)
    yield _guarded("parts", _parts)
    yield _guarded("letters", _letters)
    yield _dashboards()
    yield _chromium()


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except LacssError as error:
        return Check(name, "fault", str(error))


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    recent = sys.version_info >= (3, 11)
    return Check("python", "ok" if recent else "fault", f"{version} (3.11 or newer is needed)")


def _packages() -> Check:
    missing = []
    for name in _PACKAGES:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", "fault", f"missing: {', '.join(missing)} (make setup)")
    return Check("packages", "ok", f"all {len(_PACKAGES)} found")


def _data() -> Check:
    folder = data_folder()
    missing = [name for name in _DATA if not (folder / name).exists()]
    if missing:
        return Check("data", "fault", f"{folder}: missing {', '.join(missing)}")
    return Check("data", "ok", str(folder))


def _home() -> Check:
    home = Settings.from_environment().home
    try:
        with tempfile.NamedTemporaryFile(dir=home):
            pass
    except OSError as error:
        return Check("home", "fault", f"{home} cannot be written: {error.strerror}")
    free_gb = shutil.disk_usage(home).free / 1e9
    verdict: Verdict = "ok" if free_gb > 1 else "warning"
    return Check("home", verdict, f"{home}, {free_gb:.0f} GB free")


def _sqlite() -> Check:
    from twin.store import sqlite_warning

    warning = sqlite_warning()
    if warning and not os.environ.get("LACSS_DATABASE", "").startswith("postgresql"):
        return Check("sqlite", "warning", warning)
    return Check("sqlite", "ok", "recent enough")


def _database() -> Check:
    from twin.store import Store

    with Store.open() as store:
        counts = store.counts()
    return Check(
        "database", "ok", f"{counts['measurements']} measurements, {counts['events']} events"
    )


def _quality_model() -> Check:
    from twin import quality_artifact

    model = quality_artifact.load(Settings.from_environment().home)
    if model is None:
        return Check("quality model", "warning", "none stored: lacss quality fit")
    return Check("quality model", "ok", f"fitted on {model.record.evidence_rows} rows")


def _control_plan() -> Check:
    from twin.monitoring.plan import site_plan

    plan = site_plan()
    return Check("control plan", "ok", f"{plan.name}, {len(plan.characteristics)} characteristics")


def _parts() -> Check:
    """Whether what means to run does run: collector, watch, notifier."""
    from datetime import UTC, datetime

    from twin.store import Store
    from twin.store.sources import heartbeats

    with Store.open() as store:
        meant = [beat for beat in heartbeats(store) if beat.state != "stopped"]
    dead = [beat for beat in meant if beat.overdue(datetime.now(UTC))]
    if dead:
        told = ", ".join(f"{b.part} since {b.at.isoformat(timespec='seconds')}" for b in dead)
        return Check("parts", "warning", f"not heard of: {told}")
    return Check("parts", "ok", ", ".join(beat.part for beat in meant) or "none is running")


def _letters() -> Check:
    """Whether everybody who is to be told can be told."""
    from twin.monitoring.endpoints import read_endpoints
    from twin.monitoring.outbox import letters
    from twin.store import Store

    with Store.open() as store:
        endpoints, dead = read_endpoints(store.home), letters(store, "dead")
    if dead:
        text = f"{len(dead)} could not be delivered: lacss alerts letters --state dead"
        return Check("letters", "warning", text)
    return Check("letters", "ok", f"{len(endpoints)} endpoints in notify.toml")


def _dashboards() -> Check:
    from twin.running.dashboards import app_path

    try:
        return Check("dashboards", "ok", str(app_path()))
    except LacssError as error:
        return Check("dashboards", "fault", str(error))


def _chromium() -> Check:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return Check("chromium", "ok", found)
    return Check("chromium", "ok", "absent; only the tests of the pages need it")
