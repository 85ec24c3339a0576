"""Replications on the workers of a Dask cluster."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from importlib import metadata
from typing import Any

from process_models.errors import InputError

__all__ = ["cluster_pool"]

ANSWER_WITHIN_S = 5
ATTEMPTS = 5


@contextmanager
def cluster_pool(address: str) -> Iterator[Executor]:
    """The workers behind a Dask scheduler; what has not begun is dropped at the end.

    A replication whose worker dies is run again by another one.

    Raises
    ------
    InputError
        When no scheduler answers at `address`, it has no workers, one of them has another version
        of this package or none, or all go away in the middle.
    """
    from distributed import KilledWorker

    client = _client(address)
    try:
        _check_workers(client, address)
        pool: Executor = client.get_executor(pure=False, retries=ATTEMPTS)
        try:
            yield pool
        except (CancelledError, KilledWorker) as error:
            raise InputError(f"cluster {address}: went away in the middle") from error
        finally:
            pool.shutdown(wait=False)
    finally:
        client.close(timeout=2)


def _client(address: str) -> Any:
    from distributed import Client

    if re.fullmatch(r"(\w+://)?[^\s:/]+:\d{1,5}", address) is None:
        raise InputError(f"cluster must be HOST:PORT or tcp://HOST:PORT, got {address!r}")
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    connect: Any = Client  # has no types
    try:
        return connect(address, timeout=ANSWER_WITHIN_S, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"cluster {address}: no Dask scheduler answers: {reason}") from error


def _check_workers(client: Any, address: str) -> None:
    try:
        versions: dict[str, str] = client.run(_version)
    except (ImportError, OSError) as error:
        raise InputError(f"cluster {address}: a worker cannot run lacss-twin: {error}") from error
    if not versions:
        raise InputError(f"cluster {address}: needs at least one worker, got none")
    for worker, version in versions.items():
        if version != _version():
            raise InputError(
                f"cluster {address}: worker {worker} must have lacss-twin {_version()},"
                f" got {version}"
            )


def _version() -> str:
    return metadata.version("lacss-twin")
