"""The tests' PostgreSQL server, for measurements against a real one."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

__all__ = ["PostgresCluster", "find_postgres"]

# By its path: a package of some dependency is called `tests` too.
_FILE = Path(__file__).resolve().parent.parent / "tests" / "postgres_cluster.py"
_spec = importlib.util.spec_from_file_location("lacss_postgres_cluster", _FILE)
if _spec is None or _spec.loader is None:
    raise ImportError(f"{_FILE} is missing")
_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _module
_spec.loader.exec_module(_module)

PostgresCluster = _module.PostgresCluster
find_postgres = _module.find_postgres
