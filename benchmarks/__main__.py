"""Run every benchmark and print one table."""

from __future__ import annotations

import importlib
import math
import pkgutil
import sys

import benchmarks
from twin.output import table

_PARTS = ("__main__", "postgres", "site_parts")


def main(names: list[str]) -> None:
    """Print the rows of the modules `names`, by default of all."""
    found = sorted(
        m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in _PARTS
    )
    rows = []
    for name in names or found:
        rows += importlib.import_module(f"benchmarks.{name}").rows()
    table(
        "Benchmarks",
        ("what", "value", "unit", "peer", "ratio", "limit"),
        [(r.name, r.value, r.unit, r.peer, _ratio(r.ratio), r.limit) for r in rows],
    )


def _ratio(ratio: float) -> float | None:
    return ratio if math.isfinite(ratio) else None


if __name__ == "__main__":
    main(sys.argv[1:])
