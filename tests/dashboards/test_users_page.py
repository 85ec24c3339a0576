"""Users and Audit: what an administrator does, what others see, and what is exported."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import access
from dashboards.components import as_csv, as_excel
from dashboards.formatting import csv_safe
from dashboards.opened import opened_store
from twin.access import passwords
from twin.access.accounts import Accounts
from twin.access.signing_in import sign_in
from twin.monitoring.audit import AuditLog

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: hasher)


@pytest.fixture
def signed_in(app: AppTest, empty: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The pages as somebody of a role sees them, with two accounts."""
    accounts = Accounts(opened_store())
    accounts.add("root", "admin", password=PASSWORD, user="setup")
    accounts.add("<b>bo</b>", "viewer", password=PASSWORD, user="root", reason="=1+1")

    def look(role: str, view: str) -> AppTest:
        if role != "admin":
            accounts.add(role, role, password=PASSWORD, user="root")
        token = sign_in(opened_store(), "root" if role == "admin" else role, PASSWORD)
        monkeypatch.setattr(access, "_tokens", lambda: [token])
        app.run()
        return app.switch_page(f"views/{view}.py").run()

    return look


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def sound(page: AppTest) -> AppTest:
    assert not page.exception
    assert [error.value for error in page.error] == []
    return page


def test_the_first_account_is_an_administrators(app: AppTest, empty: Path) -> None:
    app.run()
    page = sound(app.switch_page("views/users.py").run())
    assert any("There are no accounts" in str(m.value) for m in page.markdown)
    page.text_input(key="new-name").set_value("Ana")
    page.text_input(key="new-password").set_value(PASSWORD)
    page = pressed(page, "Add")
    assert [(a.name, a.role) for a in Accounts(opened_store()).list()] == [("ana", "admin")]
    assert any("signed out" in str(title.value) for title in page.title)


def test_an_administrator_adds_and_changes_accounts(signed_in: Callable[..., AppTest]) -> None:
    page = sound(signed_in("admin", "users"))
    assert any("2 people may sign in" in str(m.value) for m in page.markdown)
    page.text_input(key="new-name").set_value("eva")
    page.text_input(key="new-password").set_value(PASSWORD)
    page.selectbox(key="new-role").set_value("quality")
    page = sound(pressed(page, "Add"))
    page.selectbox(key="which").set_value("eva")
    page.radio(key="change").set_value("role")
    page.selectbox(key="changed-role").set_value("engineer")
    page.text_input(key="changed-reason").set_value("moved")
    page = sound(pressed(page, "Change"))
    assert Accounts(opened_store()).get("eva").role == "engineer"
    entry = AuditLog(opened_store()).entries("user eva")[-1]
    assert (entry.user, entry.action, entry.reason) == ("root", "user.role", "moved")


@pytest.mark.parametrize(
    ("change", "state"), [("disable", "disabled"), ("unlock", "active"), ("end", "active")]
)
def test_each_change_of_an_account(
    signed_in: Callable[..., AppTest], change: str, state: str
) -> None:
    page = signed_in("admin", "users")
    page.selectbox(key="which").set_value("<b>bo</b>")
    page.radio(key="change").set_value(change)
    sound(pressed(page, "Change"))
    assert Accounts(opened_store()).get("<b>bo</b>").state == state


def test_a_bad_password_and_the_last_administrator_are_one_line(
    signed_in: Callable[..., AppTest],
) -> None:
    page = signed_in("admin", "users")
    page.text_input(key="new-name").set_value("eva")
    page.text_input(key="new-password").set_value("short")
    page = pressed(page, "Add")
    assert "12 to 256 characters" in page.error[0].value
    page.selectbox(key="which").set_value("root")
    page.radio(key="change").set_value("disable")
    page = pressed(page, "Change")
    assert "one active administrator must be left" in page.error[0].value


@pytest.mark.parametrize("role", ["viewer", "operator", "engineer", "quality"])
def test_others_see_what_roles_may_do_and_no_accounts(
    signed_in: Callable[..., AppTest], role: str
) -> None:
    page = sound(signed_in(role, "users"))
    assert f"You are {role}" in page.info[0].value
    assert all("bo" not in str(frame.value) for frame in page.dataframe)
    assert "Add" not in [button.label for button in page.button]


@pytest.mark.parametrize("role", ["admin", "quality"])
def test_the_trail_is_read_filtered_and_verified(
    signed_in: Callable[..., AppTest], role: str
) -> None:
    page = sound(signed_in(role, "audit"))
    everything = page.dataframe[0].value
    assert {"root", "setup"} <= set(everything["Who"])
    page.text_input(key="who").set_value("setup")
    page = sound(page.run())
    assert set(page.dataframe[0].value["Who"]) == {"setup"}
    page = sound(pressed(page, "Verify the trail"))
    assert "Intact" in page.success[0].value
    with opened_store().database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET user = 'eve' WHERE audit_id = 1")
    page = pressed(page, "Verify the trail")
    assert "entry 1 was changed" in page.error[0].value


@pytest.mark.parametrize("role", ["viewer", "operator", "engineer"])
def test_the_trail_is_not_for_everybody(signed_in: Callable[..., AppTest], role: str) -> None:
    page = sound(signed_in(role, "audit"))
    assert "needs quality or admin" in page.info[0].value
    assert not page.dataframe


def test_signing_out_ends_the_session(
    signed_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "logout", MagicMock())
    page = signed_in("operator", "about")
    page = pressed(page, "Sign out")
    assert any("signed out" in str(title.value) for title in page.title)
    assert AuditLog(opened_store()).entries()[-1].action == "access.signed_out"


# Exports ---------------------------------------------------------------------------------------

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1+1",
    "=cmd|' /C x'!A0",
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_would_be_a_formula_is_text(cell: str) -> None:
    assert csv_safe(cell) == "'" + cell


@pytest.mark.parametrize("kind", [object, "str", "category"])
def test_no_export_carries_a_formula_and_numbers_stay_numbers(kind: Any) -> None:
    table = pd.DataFrame({"=lot": pd.Series(FORMULAS, dtype=kind), "n": [-1.5] * len(FORMULAS)})
    again = pd.read_csv(io.BytesIO(as_csv(table)), dtype={"'=lot": str})
    assert all(cell.startswith("'") for cell in again["'=lot"])
    assert list(again["n"]) == [-1.5] * len(FORMULAS)
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(as_excel(table))).worksheets[0]
    for name, value in sheet.iter_rows(min_row=2, values_only=True):
        assert str(name).startswith("'")
        assert value == -1.5
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


# Buttons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "why"),
    [("viewer", "Your role is viewer; this needs engineer or quality or admin."), ("quality", "")],
)
def test_a_button_that_a_role_may_not_use_is_drawn_disabled_with_the_reason(
    signed_in: Callable[..., AppTest], role: str, why: str
) -> None:
    page = sound(signed_in(role, "cells"))
    button = next(button for button in page.button if button.label == "Take in")
    assert (button.disabled, button.help) == (bool(why), why)
