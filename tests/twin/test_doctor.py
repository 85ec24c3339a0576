from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twin.cli import build
from twin.doctor import examine
from twin.measurement import Measurement
from twin.store import Store, schema
from twin.store.sources import beat
from twin.store.times import to_us


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    return tmp_path


def verdicts() -> dict[str, str]:
    return {check.name: check.verdict for check in examine()}


def test_a_sound_installation_has_no_fault(home: Path) -> None:
    found = verdicts()
    assert "fault" not in found.values()
    assert found["quality model"] == "warning"
    assert found["database"] == "ok"


def test_a_broken_plan_is_a_fault_and_the_rest_is_still_looked_at(home: Path) -> None:
    (home / "control_plan.toml").write_text("[plan")
    found = verdicts()
    assert found["control plan"] == "fault"
    assert found["dashboards"] == "ok"


def test_a_database_that_is_none_is_a_fault(home: Path) -> None:
    (home / "lacss.db").write_text("not a database" * 100)
    assert verdicts()["database"] == "fault"


def test_missing_packages_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.doctor._PACKAGES", ("numpy", "nothing-of-that-name"))
    check = next(one for one in examine() if one.name == "packages")
    assert (check.verdict, check.detail) == ("fault", "missing: nothing-of-that-name (make setup)")


def test_the_command_prints_one_object_and_its_exit_code_tells(home: Path) -> None:
    told = CliRunner().invoke(build(), ["doctor", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["usable"] is True
    (home / "control_plan.toml").write_text("[plan")
    told = CliRunner().invoke(build(), ["doctor", "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["usable"] is False


def test_the_table_is_readable(home: Path) -> None:
    told = CliRunner().invoke(build(), ["doctor"])
    assert "usable" in told.stdout
    assert "control plan" in told.stdout


def test_parts_that_died_and_letters_that_nobody_took_are_warnings(home: Path) -> None:
    assert (verdicts()["parts"], verdicts()["letters"]) == ("ok", "ok")
    with Store.open() as store:
        for part in ("watch", "notifier"):
            beat(store, part, 10.0, state="stopped" if part == "notifier" else "ok")
        with store.database.writing() as connection:
            connection.execute(schema.heartbeats.update().values(at=0))
    found = {check.name: check for check in examine()}
    assert found["parts"].verdict == "warning"
    assert found["parts"].detail == "not heard of: watch since 1970-01-01T00:00:00+00:00"
    (home / "notify.toml").write_text("nonsense")
    assert verdicts()["letters"] == "fault"


def test_hours_are_compared_with_their_readings_when_asked(home: Path) -> None:
    def asked(*more: str) -> tuple[int, str, str]:
        told = CliRunner().invoke(build(), ["doctor", "--json", "--hours", *more])
        [one] = [one for one in json.loads(told.stdout)["checks"] if one["name"] == "hours"]
        return told.exit_code, one["verdict"], one["detail"]

    assert asked() == (0, "ok", "no reading is stored")
    first = datetime(2026, 1, 5, tzinfo=UTC)
    with Store.open() as store:
        store.add_measurements([
            Measurement(measured_at=first + timedelta(days=day), lot_id="L1", station="roll",
                        characteristic="thickness_um", value=60.0, unit="um")
            for day in range(0, 60, 10)
        ])  # fmt: skip
    assert asked() == (0, "ok", "all agree with their readings, since 2026-01-24T00:00+00:00")
    with Store.open() as store, store.database.writing() as connection:
        connection.execute(
            schema.hourly.update()
            .where(schema.hourly.c.hour_at == to_us(first + timedelta(days=10)))
            .values(mean=61.0)
        )
    assert asked()[:2] == (0, "ok")
    code, verdict, detail = asked("--days", "inf")
    assert (code, verdict) == (1, "fault")
    assert detail.startswith(
        "1 do not say what their readings say, the first thickness_um at roll, 2026-01-15T00:00"
    )
    assert asked("--mend") == (0, "ok", "0 made anew, since 2026-01-24T00:00+00:00")
    assert asked("--mend", "--days", "inf")[2].startswith("1 made anew")
    assert asked("--days", "45")[:2] == (0, "ok")


def test_mending_is_of_hours(home: Path) -> None:
    told = CliRunner().invoke(build(), ["doctor", "--mend"])
    assert told.exit_code == 2
    assert "--mend goes with --hours" in told.stderr
