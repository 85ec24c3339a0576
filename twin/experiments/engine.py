"""Which engine runs a line, and why: the exact recursion where it can express it, else SimPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from process_models.errors import InputError, NotSupported
from twin.figure_block import FigureBlock
from twin.line import LineModel
from twin.line_pace import check_pace
from twin.replication import Plan, run_block

__all__ = ["ENGINES", "Engine", "choose_engine"]

ENGINES = ("auto", "simpy", "recursion")


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine of a line and why it was taken."""

    name: str
    reason: str

    @property
    def threads(self) -> bool:
        """Whether several replications run at once in threads of one process."""
        return self.name == "recursion"

    @property
    def run_block(self) -> Callable[..., FigureBlock]:
        """Runs some replications: `run_block(line, plan, replications, keep_records=...)`."""
        if self.name == "simpy":
            return run_block
        run: Callable[..., FigureBlock] = _recursion().run_block
        return run


def choose_engine(line: LineModel, plan: Plan, asked: str) -> Engine:
    """The engine for a line.

    Raises
    ------
    InputError
        When `asked` is no engine, or the run would never end.
    NotSupported
        When the recursion is asked for and cannot express the line; names the feature.
    """
    if asked not in ENGINES:
        raise InputError(f"engine must be one of {', '.join(ENGINES)}, got {asked!r}")
    check_pace(line, hours=plan.until_s and plan.until_s / 3600, lots=plan.lots)
    if asked == "simpy":
        return Engine("simpy", "asked for")
    missing = _missing(line, plan)
    if asked == "recursion":
        if missing is not None:
            raise NotSupported(f"engine recursion cannot express line {line.name!r}: {missing}")
        return Engine("recursion", "asked for")
    if missing is not None:
        return Engine("simpy", f"the recursion cannot express {missing}")
    return Engine("recursion", "the line has nothing that the recursion cannot express")


def _missing(line: LineModel, plan: Plan) -> str | None:
    found: str | None = _recursion().unsupported(line, hours=plan.hours, lots=plan.lots)
    return found


def _recursion() -> Any:
    """Imported only where it is asked: its compiler takes a while to load."""
    return import_module("twin.recursion")
