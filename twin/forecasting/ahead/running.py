"""Chooses the engine and runs the line on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from process_models.errors import InputError, NotSupported
from twin.calibration import CalibratedLine
from twin.forecasting.ahead.beginning import beginning_of
from twin.forecasting.ahead.by_simpy import simpy_futures
from twin.forecasting.ahead.exact import cannot, exact_futures
from twin.forecasting.ahead.futures import Ahead
from twin.line import LineModel
from twin.line_time import line_seconds
from twin.state import LineState

__all__ = ["engine_for", "run_ahead"]

Engine = Literal["auto", "recursion", "simpy"]


def engine_for(line: LineModel) -> tuple[str, str]:
    """The engine that runs this line on from work in process, and why not the exact one.

    Examples
    --------
    >>> from twin.line import read_line
    >>> from twin.settings import data_folder
    >>> engine_for(read_line(data_folder() / "line.toml"))
    ('recursion', '')
    """
    why = cannot(line)
    return ("simpy", why) if why else ("recursion", "")


def run_ahead(
    calibration: CalibratedLine,
    state: LineState,
    *,
    horizon_s: float,
    replications: int,
    seed: int = 0,
    engine: Engine = "auto",
    progress: Callable[[float], None] | None = None,
) -> Ahead:
    """Run the line on from `state`, with parameters drawn anew for every future.

    Two calls with the same seed and replications meet the same chances: give both a line that
    differs in one thing, and their differences are paired ones.

    Parameters
    ----------
    calibration : CalibratedLine
        From `twin.calibration.calibrated`; for a changed line, the same with another `line`.
    state : LineState
        From `twin.state.line_state` or a `twin.in_step` tracker.
    horizon_s : float
        New lots enter so long; those of the start are followed until they leave.
    progress : callable, optional
        Called with the share done.

    Raises
    ------
    InputError
        When an option is out of range.
    NotSupported
        When the exact engine is asked for and cannot express the line.
    """
    _check(horizon_s, replications)
    chosen, why = engine_for(calibration.line)
    if engine == "recursion" and why:
        raise NotSupported(f"engine recursion cannot start line {calibration.line.name!r}: {why}")
    chosen = "simpy" if engine == "simpy" else chosen
    beginning = beginning_of(state, calibration.line)
    run = exact_futures if chosen == "recursion" else simpy_futures
    leave_s, outcome = run(
        calibration, beginning, line_seconds(state.as_of), horizon_s=horizon_s,
        replications=replications, seed=seed, progress=progress,
    )[:2]  # fmt: skip
    names = [one.name for one in calibration.line.path]
    return Ahead(
        state.as_of, horizon_s, tuple(lot.lot_id for lot in beginning.lots),
        tuple(names[lot.place] for lot in beginning.lots), leave_s, outcome, chosen, why,
    )  # fmt: skip


def _check(horizon_s: float, replications: int) -> None:
    if not 0 < horizon_s < float("inf"):
        raise InputError(f"horizon must be above 0 s, got {horizon_s:g}")
    if replications < 1:
        raise InputError(f"replications must be at least 1, got {replications}")
