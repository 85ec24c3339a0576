"""What every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres_cluster import (
    postgres_cluster,
    postgres_store_url,
    postgres_stores,
    postgres_url,
)
from tests.skipped_last import pytest_terminal_summary, pytest_unconfigure

__all__ = [
    "postgres_cluster", "postgres_store_url", "postgres_stores", "postgres_url",
    "pytest_terminal_summary", "pytest_unconfigure",
]  # fmt: skip

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """How often a campaign repeats: the first number in the tests, the second in `make soak`."""
    long = bool(os.environ.get("LACSS_SOAK"))

    def choose(short: int, soak: int) -> int:
        return soak if long else short

    return choose


DATABASES = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of the store once on each database, or on those its module names."""
    chosen = any("database_url" in mark.args[0] for mark in _parametrised(metafunc))
    if "database_url" in metafunc.fixturenames and not chosen:
        names = getattr(metafunc.module, "DATABASES", DATABASES)
        metafunc.parametrize("database_url", names, indirect=True)


def _parametrised(metafunc: pytest.Metafunc) -> list[pytest.Mark]:
    return list(metafunc.definition.iter_markers("parametrize"))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new store in the database that the test runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lacss.db'}"
    return str(request.getfixturevalue("postgres_store_url"))
