"""Cell tests that are kept: calls, evidence, audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from process_models.errors import InputError
from twin.cells.calls import Overruling
from twin.cells.desk import CellDesk
from twin.cells.labelling import label_files
from twin.evidence import read_evidence
from twin.monitoring.audit import AuditLog
from twin.recipe import Recipe
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.evidence_import import evidence_files


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = tmp_path / "home"
    home.mkdir()
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as found:
        yield found


def take_in(desk: CellDesk, path: Path, test: str = "ccd", **change: Any) -> Any:
    [found] = label_files([path], area_cm2=1.0, test=test)
    options: dict[str, Any] = {
        "sample": "A1", "laboratory": "ours", "recipe": Recipe(name="LACSS 40 s"),
        "step_ma_cm2": 0.1, "user": "eva", **change,
    }  # fmt: skip
    return desk.take_in(found, **options)


def evidence(store: Store) -> list[Any]:
    return [row for path in evidence_files(store.home) for row in read_evidence(path)]


def test_a_file_is_kept_with_the_call_of_the_rule(
    store: Store, ccd_file: Callable[..., Path]
) -> None:
    test = take_in(CellDesk(store), ccd_file())
    assert (test.number, test.state, test.label.ccd_failed_at_ma_cm2) == (1, "rule", 0.5)
    assert test.recipe == Recipe(name="LACSS 40 s")
    assert evidence(store) == []


def test_the_same_file_again_is_the_same_test(store: Store, ccd_file: Callable[..., Path]) -> None:
    desk, path = CellDesk(store), ccd_file()
    assert take_in(desk, path) == take_in(desk, path, user="max")
    assert len(desk.list()) == 1
    assert take_in(desk, path, test="symmetric").number == 2


def test_the_trace_comes_back_as_it_was(store: Store, ccd_file: Callable[..., Path]) -> None:
    desk, path = CellDesk(store), ccd_file()
    [found] = label_files([path], area_cm2=1.0, test="ccd")
    kept = desk.trace(take_in(desk, path).number)
    for name in ("test_time_s", "current_ma", "voltage_v", "cycle"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(found.file.trace, name))


def test_a_confirmed_call_is_evidence_with_the_hash_of_its_file(
    store: Store, ccd_file: Callable[..., Path]
) -> None:
    desk = CellDesk(store)
    test = desk.confirm(take_in(desk, ccd_file()).number, user="eva")
    [row] = evidence(store)
    assert (row.test, row.value, row.censoring) == ("ccd", 0.5, "exact")
    assert (row.ccd_last_survived_ma_cm2, row.sublimation_time_s) == (0.4, 40.0)
    assert (row.source_sha256, row.laboratory, row.half_cycle_s) == (test.sha256, "ours", 3600.0)
    assert row.in_regression


def test_a_life_test_carries_its_current_and_capacity(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "life.csv"
    rows = [
        f"{60 * n},{0.5 if n // 60 % 2 == 0 else -0.5},{0.02 if n // 60 % 2 == 0 else -0.02}"
        for n in range(600)
    ]
    path.write_text("\n".join(["test_time_s,current_ma,voltage_v", *rows]))
    desk = CellDesk(store)
    desk.confirm(take_in(desk, path, test="symmetric").number, user="eva")
    [row] = evidence(store)
    assert (row.test, row.censoring, row.value) == ("life", "right", None)
    assert row.lower == pytest.approx(599 / 60)
    assert (row.current_ma_cm2, row.capacity_mah_cm2) == (0.5, 0.5)


def test_an_engineer_overrules_with_a_reason(store: Store, ccd_file: Callable[..., Path]) -> None:
    desk = CellDesk(store)
    number = take_in(desk, ccd_file()).number
    later = desk.overrule(number, Overruling(12.25, "soft"), user="max", reason="9.5 h is a lead")
    assert later.label.ccd_failed_at_ma_cm2 == 0.7
    assert later.label.ccd_last_survived_ma_cm2 == 0.6
    assert later.label.short is not None
    assert (later.label.short.rule, later.state) == ("overruled", "overruled")
    assert evidence(store)[0].value == 0.7
    none = desk.overrule(number, None, user="max", reason="no short at all")
    assert (none.label.short, none.label.censoring) == (None, "right")
    assert evidence(store)[0].lower == 0.8
    assert [call.action for call in none.calls] == ["rule", "overruled", "overruled"]


def test_a_withdrawn_call_is_no_evidence(store: Store, ccd_file: Callable[..., Path]) -> None:
    desk = CellDesk(store)
    number = take_in(desk, ccd_file()).number
    desk.confirm(number, user="eva")
    assert desk.withdraw(number, user="eva", reason="wrong sample").state == "withdrawn"
    assert evidence(store) == []


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda desk: desk.get(9), "there is no cell test 9"),
        (lambda desk: desk.overrule(1, None, user="eva", reason=" "), "with a reason, got ' '"),
        (lambda desk: desk.withdraw(1, user="eva", reason=""), "with a reason, got ''"),
        (lambda desk: desk.confirm(1, user=""), "user must not be empty for cell.confirmed"),
        (lambda desk: desk.overrule(1, Overruling(99), user="eva", reason="late"),
         "must lie in the record, which ends at 15.98 h, got 99"),
    ],
)  # fmt: skip
def test_refusals_change_nothing(
    store: Store, ccd_file: Callable[..., Path], act: Callable[[CellDesk], Any], message: str
) -> None:
    desk = CellDesk(store)
    before = take_in(desk, ccd_file())
    with pytest.raises(InputError, match=message):
        act(desk)
    assert desk.list() == [before]
    assert evidence(store) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((-1.0, "hard"), "must be at least 0, got -1.0"),
        ((float("nan"), "hard"), "must be at least 0, got nan"),
        ((1.0, "odd"), "must be hard or soft, got 'odd'"),
    ],
)
def test_an_overruling_is_checked_where_it_is_made(options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Overruling(*options)


@pytest.mark.parametrize("name", ["sample", "laboratory", "user"])
def test_who_and_what_must_be_said(store: Store, ccd_file: Callable[..., Path], name: str) -> None:
    with pytest.raises(InputError, match=f"{name} must not be empty for a cell test, got ' '"):
        take_in(CellDesk(store), ccd_file(), **{name: " "})


def test_every_call_is_audited_and_cannot_be_changed(
    store: Store, ccd_file: Callable[..., Path]
) -> None:
    desk = CellDesk(store)
    number = take_in(desk, ccd_file()).number
    desk.confirm(number, user="eva")
    log = AuditLog(store)
    assert [entry.action for entry in log.entries()] == ["cell.rule", "cell.confirmed"]
    assert log.verify().intact
    with pytest.raises(Exception, match="append-only"), store.database.writing() as connection:
        connection.execute(sa.update(schema.cell_calls).values(reason="other"))


def test_a_damaged_trace_is_told(store: Store, ccd_file: Callable[..., Path]) -> None:
    desk = CellDesk(store)
    test = take_in(desk, ccd_file())
    path = store.home / "cells" / f"{test.sha256}.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="cannot be read"):
        desk.trace(test.number)


def test_a_simulated_trace_says_so_and_is_never_evidence(
    store: Store, ccd_file: Callable[..., Path]
) -> None:
    path = ccd_file()
    lines = path.read_text().splitlines()
    marked = [f"{lines[0]},provenance", *(f"{line},simulated" for line in lines[1:])]
    path.write_text("\n".join(marked))
    desk = CellDesk(store)
    [found] = label_files([path], area_cm2=1.0, test="ccd")
    assert found.to_dict()["provenance"] == "simulated"
    test = take_in(desk, path)
    assert test.to_dict()["provenance"] == "simulated"
    for decide in (
        lambda: desk.confirm(test.number, user="eva"),
        lambda: desk.overrule(test.number, None, user="eva", reason="x"),
    ):
        with pytest.raises(InputError, match="is simulated and cannot become evidence"):
            decide()
    assert evidence(store) == []
