"""The imports point one way: process_models <- twin <- dashboards, and each tool has its room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"process_models", "twin", "dashboards"}
MAY_IMPORT = {
    "process_models": {"process_models"},
    "twin": {"process_models", "twin"},
    "dashboards": OURS,
}
ONLY_IN = {
    "streamlit": "dashboards",
    "plotly": "dashboards",
    "simpy": "twin",
    "sqlalchemy": "twin",
    "asyncua": "twin",
    "apprise": "twin",
    "typer": "twin",
}
SPC_DOES_NOT_KNOW = (
    "process_models.quality",
    "process_models.capability",
    "process_models.physics",
)
PURE_ROOM_FORBIDS = {"os", "pathlib", "io", "socket", "time", "datetime", "sqlite3", "urllib"}


def imported(path: Path) -> set[str]:
    """Full names of all modules that a file imports, wherever the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("relative import")
    return names


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", sorted(OURS))
def test_a_room_imports_only_the_rooms_before_it(room: str) -> None:
    strays = {
        (str(path.relative_to(ROOT)), name)
        for path in files(room)
        for name in imported(path)
        if (top := name.split(".")[0]) in OURS and top not in MAY_IMPORT[room]
    }
    assert strays == set()


@pytest.mark.parametrize(("library", "room"), sorted(ONLY_IN.items()))
def test_a_tool_is_used_in_its_room_only(library: str, room: str) -> None:
    strays = {
        str(path.relative_to(ROOT))
        for other in OURS - {room}
        for path in files(other)
        if any(name.split(".")[0] == library for name in imported(path))
    }
    assert strays == set()


def test_spc_knows_neither_quality_nor_capability() -> None:
    strays = {
        (str(path.relative_to(ROOT)), name)
        for path in files("process_models/spc")
        for name in imported(path)
        if name.startswith(SPC_DOES_NOT_KNOW)
    }
    assert strays == set()


def test_process_models_know_no_clock_file_or_network() -> None:
    strays = {
        (str(path.relative_to(ROOT)), name)
        for path in files("process_models")
        for name in imported(path)
        if name.split(".")[0] in PURE_ROOM_FORBIDS
    }
    assert strays == set()


def test_the_rule_sees_an_import_inside_a_function(tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    path.write_text("def f():\n    from twin import store\n")
    assert "twin.store" in imported(path)
