"""A home whose store holds a made line: lots in process, readings, a shift that signals."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from twin.measurement import Event, Measurement
from twin.monitoring.plan import reference_plan
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
SERVICE_S = {
    "unwind": 200, "polish": 300, "sublimation": 440, "cool": 400, "wind": 360, "roll": 480,
    "inspect": 240,
}  # fmt: skip
LOTS, SEED, SHIFT_AT = 260, 20240, 232


def made_events(until: datetime, lots: int = LOTS) -> tuple[list[Event], list[datetime | None]]:
    """Events up to `until` of a serial line that makes `lots` lots, and when each was rolled."""
    rng = np.random.default_rng(SEED)
    free = dict.fromkeys(SERVICE_S, 0.0)
    begin = until - timedelta(seconds=(lots - 6) * 480.0)
    events, rolled = [], []
    for lot in range(lots):
        at, lot_id = lot * 470.0, f"L{lot + 1:05d}"
        passed = None
        for station, mean in SERVICE_S.items():
            start = max(at, free[station])
            finish = start + float(rng.normal(mean, 0.05 * mean))
            steps = {"arrive": at, "start": start, "finish": finish, "depart": finish}
            for kind, when in steps.items():
                moment = begin + timedelta(seconds=when)
                if moment <= until:
                    events.append(
                        Event(
                            occurred_at=moment, station=station, event=kind, lot_id=lot_id,
                            recipe="LACSS 40 s", source="test", provenance="simulated",
                            sequence=len(events),
                        )
                    )
                    passed = moment if station == "roll" and kind == "finish" else passed
            at = free[station] = finish
        rolled.append(passed)
    return events, rolled


def made_measurements(rolled: list[datetime | None]) -> list[Measurement]:
    """Thickness at five places, loading and chamber temperature; thickness shifts at the end."""
    rng = np.random.default_rng(SEED + 1)
    rows = []
    for lot, when in enumerate(rolled):
        noise = rng.normal(0.0, 1.0, 8)
        if when is None:
            continue
        shift = 2.6 if lot >= SHIFT_AT else 0.0
        level = 60.0 + shift + 0.4 * noise[7]
        readings = [("thickness_um", "roll", "um", level + 0.8 * noise[i], i + 1) for i in range(5)]
        readings += [
            ("loading_mg_cm2", "sublimation", "mg/cm2", 0.25 + 0.01 * noise[5], 0),
            ("chamber_temperature_c", "sublimation", "C", 178.0 + 0.3 * noise[6], 0),
        ]
        rows += [
            Measurement(
                measured_at=when - timedelta(seconds=900 if station == "sublimation" else 0),
                lot_id=f"L{lot + 1:05d}", station=station, characteristic=name, value=value,
                unit=unit, position=position, source="test", sequence=lot, provenance="simulated",
            )
            for name, station, unit, value, position in readings
        ]
    return rows


def fill(home: Path) -> Settings:
    """Fill the store of `home`, watch it, and return its settings."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home, f"sqlite:///{home / 'lacss.db'}")
    events, rolled = made_events(datetime.now(UTC) - timedelta(minutes=5))
    with Store.open(settings) as store:
        store.add_events(events)
        store.add_measurements(made_measurements(rolled))
        watch_once(store, reference_plan())
    return settings


@pytest.fixture(scope="session")
def full_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled home, shared by the tests that only look."""
    home = tmp_path_factory.mktemp("full") / "home"
    fill(home)
    return home


@pytest.fixture(autouse=True)
def _clean_session() -> Iterator[None]:
    st.cache_data.clear()
    st.cache_resource.clear()
    before = st.get_option("server.address")
    st.config.set_option("server.address", "127.0.0.1")
    yield
    st.config.set_option("server.address", before)
    st.cache_resource.clear()


@pytest.fixture
def full(full_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment names the filled home."""
    monkeypatch.setenv("LACSS_HOME", str(full_home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return full_home


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment names a home in which nothing is stored."""
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return tmp_path / "empty"


@pytest.fixture
def app() -> AppTest:
    """The dashboards, not yet run."""
    return AppTest.from_file(str(APP), default_timeout=60)


@pytest.fixture
def own_home(tmp_path: Path, full_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the filled home, to be changed."""
    home = Path(shutil.copytree(full_home, tmp_path / "own"))
    monkeypatch.setenv("LACSS_HOME", str(home))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return home


@pytest.fixture
def page(app: AppTest, own_home: Path) -> AppTest:
    """Control charts on a home of its own."""
    app.run()
    return app.switch_page("views/control_charts.py").run()
