"""Where an installation keeps its store."""

from __future__ import annotations

from pathlib import Path

import pytest

from process_models.errors import StoreError
from twin.settings import Settings, with_driver


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgres://h/d", "postgresql+psycopg://h/d"),
        ("postgresql://u:p@h:5432/d?sslmode=require",
         "postgresql+psycopg://u:p@h:5432/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////var/lacss.db", "sqlite:////var/lacss.db"),
        ("nonsense", "nonsense"),
    ],
)  # fmt: skip
def test_a_database_is_reached_by_the_driver_that_is_installed(given: str, taken: str) -> None:
    assert with_driver(given) == taken


def test_the_environment_names_home_and_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "new" / "home"))
    monkeypatch.setenv("LACSS_DATABASE", "postgresql://site/plant")
    settings = Settings.from_environment()
    assert settings.home.is_dir()
    assert settings.database_url == "postgresql+psycopg://site/plant"


def test_without_a_name_the_store_is_sqlite_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LACSS_HOME", str(tmp_path))
    monkeypatch.delenv("LACSS_DATABASE", raising=False)
    assert Settings.from_environment().database_url == f"sqlite:///{tmp_path / 'lacss.db'}"


def test_a_home_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LACSS_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StoreError, match=r"LACSS_HOME .*file/home cannot be created"):
        Settings.from_environment()
