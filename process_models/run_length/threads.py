"""Linear algebra of many small matrices goes fastest on one thread, above all on a busy machine."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

__all__ = ["one_thread"]


def one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra to the calling thread as long as the context lasts."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits
