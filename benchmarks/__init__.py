"""What the product must be fast at, measured against named peers in the same run.

Every module that measures has `rows()`; `python -m benchmarks` prints them as one table.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BenchRow"]


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One measured speed or size.

    Attributes
    ----------
    name, unit : str
    value : float
        In `unit`.
    peer : str
        What it is compared with in the same run; empty where there is none.
    ratio : float
        This over the peer; nan without a peer.
    limit : str
        What it has to keep, in words.
    """

    name: str
    value: float
    unit: str
    peer: str
    ratio: float
    limit: str
