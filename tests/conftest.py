"""What every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """How often a campaign repeats: the first number in the tests, the second in `make soak`."""
    long = bool(os.environ.get("LACSS_SOAK"))

    def choose(short: int, soak: int) -> int:
        return soak if long else short

    return choose
