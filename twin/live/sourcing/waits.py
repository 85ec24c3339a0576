"""Waiting that ends at once when it is time to stop."""

from __future__ import annotations

import asyncio

__all__ = ["pause"]


async def pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait, but not longer than until `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
