"""Replications on the workers of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from process_models.errors import InputError

__all__ = ["cluster_pool"]

ANSWER_WITHIN_S = 8
ATTEMPTS = 5


@contextmanager
def cluster_pool(address: str) -> Iterator[Executor]:
    """The workers behind a Dask scheduler; what has not begun is dropped at the end.

    A replication whose worker dies is run again by another one.

    Raises
    ------
    InputError
        When no scheduler answers at `address`, or it has no workers.
    """
    client = _client(address)
    try:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise InputError(f"cluster {address}: needs at least one worker, got none")
        pool: Executor = client.get_executor(pure=False, retries=ATTEMPTS)
        try:
            yield pool
        finally:
            pool.shutdown(wait=False)
    finally:
        client.close()


def _client(address: str) -> Any:
    from distributed import Client

    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        connect: Any = Client  # has no types
        return connect(address, timeout=ANSWER_WITHIN_S, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"cluster {address}: no Dask scheduler answers: {reason}") from error
