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
    postgres_template,
    postgres_url,
)

__all__ = ["postgres_cluster", "postgres_store_url", "postgres_template", "postgres_url"]

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """How often a campaign repeats: the first number in the tests, the second in `make soak`."""
    long = bool(os.environ.get("LACSS_SOAK"))

    def choose(short: int, soak: int) -> int:
        return soak if long else short

    return choose


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store's URL, once of each database; `indirect` parametrisation chooses one of them."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lacss.db'}"
    return str(request.getfixturevalue("postgres_store_url"))
