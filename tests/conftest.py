"""What every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """How often a campaign repeats: the first number in the tests, the second in `make soak`."""
    long = bool(os.environ.get("LACSS_SOAK"))

    def choose(short: int, soak: int) -> int:
        return soak if long else short

    return choose
