"""How the functions of this package are compiled, and when a kept compilation is out of date."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

__all__ = ["compiled", "inlined", "summing"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _stamp() -> str:
    digest = blake2b(digest_size=16)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


STAMP = _stamp()


def compiled(function: Function) -> Function:
    """Compile, without Python's lock, and keep the result beside the source."""
    return cast(
        Function, _dated(njit(nogil=True, cache=True, _nrt=False, error_model="numpy")(function))
    )


def inlined(function: Function) -> Function:
    """As `compiled`, and put into whatever calls it."""
    return cast(
        Function,
        _dated(
            njit(nogil=True, cache=True, forceinline=True, _nrt=False, error_model="numpy")(
                function
            )
        ),
    )


def summing(function: Function) -> Function:
    """As `compiled`; sums may be added in another order, so never for times."""
    free = {"reassoc", "nsz", "nnan"}
    return cast(
        Function,
        _dated(
            njit(nogil=True, cache=True, _nrt=False, error_model="numpy", fastmath=free)(function)
        ),
    )


def _dated(dispatcher: Any) -> object:
    """Have a kept compilation expire with any source of the package.

    numba looks at the file of the function only, not at those of the functions that it calls.
    """
    kept = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if kept is not None:
        kept._source_stamp = STAMP
    found: object = dispatcher
    return found
