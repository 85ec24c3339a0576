from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.access import passwords
from twin.settings import Settings
from twin.store import Store

PASSWORD = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, database_url)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: hasher)
    passwords._nobodys.cache_clear()
