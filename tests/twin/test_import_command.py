from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from process_models.errors import InputError
from twin.cli import build

HEAD = "measured_at,lot_id,station,characteristic,value,unit\n"
GOOD = "2026-01-05T06:00:00Z,007,roll,thickness_um,60.1,um\n"
BAD = GOOD.replace("60.1", "thick").replace("06:00", "07:00")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    return tmp_path


def lacss(*arguments: str | Path) -> str:
    done = CliRunner().invoke(build(), [str(a) for a in arguments], catch_exceptions=True)
    if isinstance(done.exception, InputError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def answer(*arguments: str | Path) -> Any:
    return json.loads(lacss(*arguments, "--json"))


@pytest.fixture
def mixed(home: Path) -> Path:
    path = home / "mixed.csv"
    path.write_text(HEAD + GOOD + BAD)
    return path


def test_json_is_that_of_the_contract(mixed: Path) -> None:
    report = answer("import", mixed, "--user", "ana")
    assert {k: report[k] for k in ("accepted", "duplicates", "conflicts", "quarantined", "late",
                                   "stored_total")} == {
        "accepted": 1, "duplicates": 0, "conflicts": 0, "quarantined": 1, "late": 0,
        "stored_total": 1,
    }  # fmt: skip
    assert report["quarantine"] == [
        {"row": 2, "reason": "column value: must be a number, got 'thick'"}
    ]


def test_the_table_names_bad_rows(mixed: Path) -> None:
    text = lacss("import", mixed)
    assert "accepted" in text
    assert "must be a number" in text


def test_quarantine_is_listed_and_mended(mixed: Path) -> None:
    lacss("import", mixed)
    (row,) = answer("quarantine")["quarantine"]
    assert (row["file"], row["row"], row["column"], row["rule"], row["value"]) == (
        str(mixed), 2, "value", "must be a number", "thick",
    )  # fmt: skip
    mended = answer("quarantine", "mend", str(row["id"]), "--set", "value=60.2", "--user", "ana")
    assert mended["accepted"] == 1
    assert answer("quarantine")["quarantine"] == []
    assert len(answer("quarantine", "--state", "all")["quarantine"]) == 1
    assert "Quarantine" in lacss("quarantine", "--state", "mended")
    assert answer("import", mixed)["duplicates"] == 1


def test_a_change_without_column_is_refused(mixed: Path) -> None:
    lacss("import", mixed)
    with pytest.raises(InputError, match="--set must be COLUMN=VALUE, got 'value'"):
        lacss("quarantine", "mend", "1", "--set", "value", "--user", "ana")


@pytest.mark.parametrize(
    "arguments",
    [("import",), ("quarantine", "mend", "1", "--set", "a=b"), ("quarantine", "--state", "odd")],
)
def test_usage(home: Path, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(build(), list(arguments)).exit_code == 2


def test_an_unknown_kind(mixed: Path) -> None:
    with pytest.raises(InputError, match="kind must be one of measurements, events, evidence"):
        lacss("import", mixed, "--kind", "poems")


def test_lots(home: Path) -> None:
    path = home / "events.csv"
    path.write_text(
        "occurred_at,lot_id,station,event,recipe\n"
        "2026-01-05T06:00:00Z,L1,unwind,arrive,LACSS 40 s\n"
        "2026-01-05T07:00:00Z,L1,inspect,depart,\n"
        "2026-01-05T07:00:00Z,L2,unwind,arrive,\n"
    )
    lacss("import", path)
    first, second = answer("lots")["lots"]
    assert set(first) == {"lot_id", "state", "station", "entered_at", "finished_at", "yield",
                          "conforming", "recipe"}  # fmt: skip
    assert (first["state"], second["state"]) == ("finished", "in_process")
    assert len(answer("lots", "--state", "finished")["lots"]) == 1
    assert len(answer("lots", "--as-of", "2026-01-05T06:30:00+00:00")["lots"]) == 1
    assert "2 lots" in lacss("lots")
    for bad, message in (("soon", "must be an ISO 8601 time"), ("2026-01-05", "needs an offset")):
        with pytest.raises(InputError, match=message):
            lacss("lots", "--as-of", bad)
    with pytest.raises(InputError, match="state must be one of"):
        lacss("lots", "--state", "lost")


def test_untrusted_files_are_read_in_the_child(
    mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(*_: object) -> None:
        pytest.fail("read in the process of the command")

    monkeypatch.setattr("twin.store.tables.read_table", here)
    report = answer("import", mixed, "--untrusted")
    assert (report["accepted"], report["quarantined"]) == (1, 1)
