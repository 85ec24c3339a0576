"""The exact engine: departures of a line by recursion over lots and stations, compiled.

For the lines that it can express, it computes from the same random numbers the same times as the
SimPy model of `twin.simulation`, bit for bit, hundreds of times as fast; `unsupported` says of
every other line what stands in the way. docs/engines.md explains both. Importing this is cheap: the
compiler is loaded when something runs.
"""

from __future__ import annotations

from twin.figure_block import FigureBlock
from twin.line import LineModel
from twin.records import LineRecords
from twin.recursion.support import unsupported
from twin.replication import Plan

__all__ = ["departures", "run_block", "unsupported"]


def run_block(
    line: LineModel, plan: Plan, replications: range, *, keep_records: bool = False
) -> FigureBlock:
    """Run some replications of a plan, counted from 0; Python's lock is released meanwhile.

    Raises
    ------
    InputError
        When the warm-up is longer than the run.
    NotSupported
        When the line is one of those that `unsupported` names something of.
    """
    from process_models.errors import NotSupported

    found = unsupported(line, hours=plan.hours, lots=plan.lots)
    if found is not None:
        raise NotSupported(f"engine recursion cannot express line {line.name!r}: {found}")
    from twin.recursion.engine import run_recursion

    return run_recursion(line, plan, replications, keep_records=keep_records)


def departures(line: LineModel, plan: Plan, replication: int = 0) -> LineRecords:
    """Records of one replication: every visit, those that go on at the end included.

    Raises
    ------
    InputError, NotSupported
        As `run_block`.
    """
    one = range(replication, replication + 1)
    return run_block(line, plan, one, keep_records=True).records[0]
