"""Every function that opens a writing transaction for a person asks for permission first."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3] / "twin"
NOBODY = {
    # What the program does by itself, with the reason that no person stands behind it.
    "access/sessions.py": "a session is touched and ended by its own token",
    "access/signing_in.py": "nobody is signed in yet",
    "access/permit.py": "writes refusals down",
    "monitoring/audit.py": "the transaction that others write in",
    "store/backup/restoring.py": "only the command line restores, which has the files anyway",
    "store/database.py": "migrations",
}
PERMITS = {"permit"}


def opens(node: ast.AST) -> bool:
    """Whether a function has a `with ....writing()` of a database or an audit log."""
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr == "writing"
        for part in ast.walk(node)
        if isinstance(part, ast.With)
        for item in part.items
    )


def called(node: ast.AST) -> set[str]:
    names = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            target = part.func
            names.add(
                target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            )
    return names


def for_a_person(node: ast.FunctionDef) -> bool:
    every = [*node.args.args, *node.args.kwonlyargs]
    return any(argument.arg in ("user", "who", "by") for argument in every)


def unguarded(source: str) -> set[str]:
    """Functions of a module that write for a person while nobody on the way there asks."""
    functions = {
        node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
    }

    def asked(name: str, seen: frozenset[str] = frozenset()) -> bool:
        if called(functions[name]) & PERMITS:
            return True
        callers = [n for n, f in functions.items() if name in called(f) and n not in seen | {name}]
        return bool(callers) and all(asked(caller, seen | {name}) for caller in callers)

    return {
        name
        for name, node in functions.items()
        if opens(node) and for_a_person(node) and not asked(name)
    }


def modules() -> list[Path]:
    return [p for p in sorted(ROOT.rglob("*.py")) if str(p.relative_to(ROOT)) not in NOBODY]


def test_who_writes_for_a_person_asks_first() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules()
        for name in unguarded(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_what_is_left_out_is_there() -> None:
    assert all((ROOT / name).is_file() for name in NOBODY)


BARE = """
def change(store, number, user):
    with store.database.writing() as connection:
        pass
"""
GUARDED = BARE.replace("    with", "    permit(store, 'x', user=user)\n    with")
BEHIND = """
def change(store, user):
    permit(store, "x", user=user)
    _write(store, user)
def _write(store, user):
    with AuditLog(store).writing() as connection:
        pass
"""
ONE_WAY_ROUND = BEHIND + "\ndef other(store, user):\n    _write(store, user)\n"
METHOD = """
class Desk:
    def close(self, number, *, user):
        with self._audit.writing() as connection:
            pass
"""


@pytest.mark.parametrize(
    ("source", "found"),
    [(BARE, {"change"}), (GUARDED, set()), (BEHIND, set()), (ONE_WAY_ROUND, {"_write"}),
     (METHOD, {"close"}), (BARE.replace(", user", ""), set())],
)  # fmt: skip
def test_control_a_writer_without_permission_is_found(source: str, found: set[str]) -> None:
    assert unguarded(source) == found
