"""`__all__` of every module is true (ruff sorts it), and every module says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for room in ("process_models", "twin", "dashboards")
    for path in (ROOT / room).rglob("*.py")
)


def public_list(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            return list(ast.literal_eval(node.value))
    return None


def reading_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as ruff (RUF022) sorts `__all__`."""
    if name.isupper():
        return 0, name
    return (1 if name[0].isupper() else 2), name


def bound_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Assign):
            targets = [name for target in node.targets for name in ast.walk(target)]
            names |= {t.id for t in targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


@pytest.mark.parametrize("module", MODULES)
def test_module_says_what_it_is_for_and_lists_its_names(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a module begins with what it is for"
    names = public_list(tree)
    if names is not None:
        assert names == sorted(names, key=reading_order)
        assert set(names) <= bound_names(tree)
