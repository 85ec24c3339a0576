"""Every command: one JSON object and nothing else, or one line and exit code 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from twin.cli import main

Answer = tuple[int, str, str]
Command = Callable[..., Answer]
FILES = {
    "line.toml": '[line]\nname="x"\n[[station]]\nname="a"\nservice_s=10\n',
    "numbers.csv": "x,part,operator\n"
    + "".join(f"{60 + i * 7 % 5 / 10},{i % 5},{i % 3}\n" for i in range(60)),
    "active.csv": "machine,start_s,end_s\na,0,5\nb,3,9\n",
    "measured.csv": "measured_at,lot_id,station,characteristic,value,unit\n"
    + "".join(
        f"2026-01-05T06:{i:02d}:00Z,L{i},roll,thickness_um,{90 if i > 50 else 60 + i % 3 / 3},um\n"
        for i in range(60)
    ),
    "moved.csv": "occurred_at,lot_id,station,event\n2026-01-05T06:00:00Z,L1,roll,arrive\n",
    "bytes": "\x00\x01",
    "empty.csv": "",
}
SPAN = ("--busy-s", 100, "--down-s", 10, "--setup-s", 5, "--run-s-per-item", 1)
ANSWERED = [
    ("import", "measured.csv", "moved.csv"),
    ("watch", "--once"),
    ("alerts", "list"),
    ("audit", "list"),
    ("audit", "verify"),
    ("lots",),
    ("lots", "--as-of", "0001-01-01T00:00:00+14:00"),
    ("quarantine",),
    ("chart", "numbers.csv", "--chart", "i_mr", "--value", "x"),
    ("capability", "numbers.csv", "--value", "x", "--lsl", 50, "--usl", 70),
    ("gauge", "numbers.csv", "--part", "part", "--operator", "operator", "--value", "x"),
    ("simulate", "line.toml", "--hours", 1),
    ("simulate", "line.toml", "--lots", 30, "--replications", 2),
    ("kpi", "oee", *SPAN, "--produced", 50, "--good", 40),
    ("kpi", "warm-up", "numbers.csv", "--value", "x"),
    ("kpi", "bottleneck", "active.csv"),
    ("sampling", "--prp", "0.01,0.95", "--crp", "0.05,0.10"),
    ("tolerance", "--n", 30, "--coverage", 0.95, "--confidence", 0.95),
    ("arl", "--chart", "shewhart", "--shift", "0,1"),
    ("doctor",),
]
REFUSED = [
    (("simulate", "line.toml", "--hours", 1, "--records", "empty.csv"), "cannot be written"),
    (("simulate", "line.toml", "--hours", 1, "--departures", "bytes/x"), "cannot be written"),
    (("simulate", "line.toml", "--hours", "nan"), "hours must be"),
    (("simulate", "line.toml", "--lots", 0), "lots must be"),
    (("simulate", ".", "--hours", 1), "directory"),
    (("import", "bytes"), "bytes"),
    (("import", "empty.csv"), "empty"),
    (("import", "measured.csv", "--map", "."), "mapping"),
    (("chart", "bytes", "--chart", "i_mr", "--value", "x"), "bytes"),
    (("chart", "--stored", "nothing", "--chart", "i_mr"), "nothing is stored"),
    (("kpi", "oee", *SPAN, "--produced", 40, "--good", 50), "good"),
    (("kpi", "bottleneck", "numbers.csv"), "column machine"),
    (("alerts", "show", 999), "no alert 999"),
    (("alerts", "ack", 1, "--user", " "), "user"),
    (("alerts", "shelve", 1, "--until", "2020-01-01T00:00:00Z", "--user", "a"), "future"),
    (("lots", "--as-of", "2026-01-01"), "offset"),
    (("lots", "--state", "lost"), "state"),
    (("genealogy", "X"), "has the id 'X'"),
    (("forecast",), "no events"),
    (("forecast", "--level", 2), "level"),
    (("quarantine", "mend", 9, "--user", "a", "--set", "value=1"), "quarantined row 9"),
]


@pytest.fixture
def lacss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command in this process, in a folder with a few files and a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["lacss", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return (code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("arguments", ANSWERED, ids=lambda given: " ".join(map(str, given)))
def test_json_is_one_object_and_nothing_else(lacss: Command, arguments: tuple[str, ...]) -> None:
    code, out, err = lacss(*arguments, "--json")
    assert (code, err) == (0, "")
    assert isinstance(json.loads(out), dict)
    assert out.count("\n") == 1


@pytest.mark.parametrize("arguments", ANSWERED, ids=lambda given: " ".join(map(str, given)))
def test_without_json_people_read_a_table(lacss: Command, arguments: tuple[str, ...]) -> None:
    code, out, err = lacss(*arguments)
    assert (code, err) == (0, "")
    assert out.strip()
    assert "{" not in out.splitlines()[0]


@pytest.mark.parametrize(("arguments", "says"), REFUSED)
def test_what_is_wrong_is_one_line_and_exit_code_1(
    lacss: Command, arguments: tuple[object, ...], says: str
) -> None:
    code, out, err = lacss(*arguments)
    assert (code, out) == (1, "")
    assert says in err
    assert (err.count("\n"), len(err) <= 400) == (1, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("LACSS_HOME", "/dev/null/home"), ("LACSS_DATABASE", "nonsense"),
     ("LACSS_DATABASE", "sqlite:////no/such/folder/x.db")],
)  # fmt: skip
@pytest.mark.parametrize("arguments", [("alerts", "list"), ("import", "measured.csv"), ("lots",)])
def test_a_store_that_cannot_be_is_one_line(
    lacss: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], name: str,
    value: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(name, value)
    code, out, err = lacss(*arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_departures_are_in_the_file_that_was_named(lacss: Command) -> None:
    assert lacss("simulate", "line.toml", "--lots", 3, "--departures", "out/departures")[0] == 0
    assert len(pd.read_parquet("out/departures")) == 3


def test_a_disk_that_is_full_is_one_line(
    lacss: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "lacss.db")

    monkeypatch.setattr("twin.store.Store.open", full)
    assert lacss("lots") == (1, "", "lacss: lacss.db: No space left on device\n")


def test_the_life_of_an_alert_from_the_command_line(lacss: Command) -> None:
    lacss("import", "measured.csv")
    lacss("watch", "--once")
    who = ("--user", "ana", "--reason", "why", "--json")
    for step in (("ack",), ("cause", "none_of_these"), ("act", "cleaned"), ("verify",), ("close",)):
        code, out, _ = lacss("alerts", step[0], 1, *step[1:], *who)
        assert (code, json.loads(out)["id"]) == (0, 1)
    assert json.loads(lacss("audit", "verify", "--json")[1])["entries"] == 6
