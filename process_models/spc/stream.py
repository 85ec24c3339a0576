"""Charts of points that come one by one, bit for bit as if they had come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from process_models.spc.arrays import FloatArray
from process_models.spc.change_point import LOOK_BACK, ChangePoint, Evidence
from process_models.spc.data import ChartData
from process_models.spc.engine import judge
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.registry import find_kind
from process_models.spc.result import ChartResult, Panel, Signal

__all__ = ["Stream", "StreamPoint", "StreamUpdate", "stream"]

_DEFAULT = ChartOptions()


@dataclass(frozen=True, slots=True)
class StreamPoint:
    """One point of one panel with the lines at it; nan and None as in `Panel`."""

    value: float
    centre_line: float | None
    lcl: float | None
    ucl: float | None


@dataclass(frozen=True, slots=True)
class StreamUpdate:
    """What one more point did.

    Attributes
    ----------
    point : int
        Its number, from 1.
    panels : mapping of str to StreamPoint
    signals : tuple of Signal
    since : tuple of ChangePoint or None
        When the change began that each signal has found.
    """

    point: int
    panels: Mapping[str, StreamPoint]
    signals: tuple[Signal, ...]
    since: tuple[ChangePoint | None, ...]


class Stream:
    """A chart against frozen limits that is fed point by point, in constant memory.

    `evaluate` on all points at once gives the same bits. Points count as later than Phase I unless
    the options say otherwise by `phase1`.

    >>> limits = FrozenLimits("i_mr", 20, (), {"centre": 10.0, "sigma": 1.0})
    >>> chart = Stream(limits)
    >>> [len(chart.update(x).signals) for x in (10.2, 9.9, 13.5)]
    [0, 0, 1]
    """

    def __init__(self, limits: FrozenLimits, options: ChartOptions = _DEFAULT) -> None:
        self._limits = limits
        later = options.phase1 is None
        self._options = replace(options, phase1=0) if later else options
        self._memory = Memory()
        self._said: dict[str, Evidence] = {}

    @property
    def points(self) -> int:
        """How many points have come."""
        return self._memory.points

    def update(
        self,
        value: float | Sequence[float] | FloatArray,
        *,
        size: float | None = None,
        part: str | None = None,
        variables: tuple[str, ...] = (),
    ) -> StreamUpdate:
        """The next value, subgroup, observation of several variables, or subgroup of those.

        Parameters
        ----------
        value : float, (m,) or (m, p) array-like
        size : float, optional
            Sample size or area of opportunity of a count.
        part : str, optional
            Of a short-run chart.
        variables : tuple of str
            Names of several variables.

        Raises
        ------
        InputError
            When the point does not suit the chart; the stream stays as it was.
        """
        row = np.asarray(value, dtype=np.float64)[None]
        sizes = None if size is None else np.array([float(size)])
        parts = None if part is None else (part,)
        result = self.extend(ChartData(row, sizes, variables, parts))
        at = {panel.statistic: _at(panel) for panel in result.panels}
        return StreamUpdate(self.points, at, result.signals, result.since())

    def extend(self, data: ChartData) -> ChartResult:
        """The next points, many at once; the result holds these only, numbered from the first.

        Raises
        ------
        InputError
            When the points do not suit the chart; the stream stays as it was.
        """
        result = judge(self._limits, data, self._options, self._memory)
        whole = {name: make().after(self._said.get(name)) for name, make in result.evidence.items()}
        self._said = {name: evidence.last(LOOK_BACK) for name, evidence in whole.items()}
        return replace(result, evidence={name: _Kept(said) for name, said in whole.items()})


def stream(limits: FrozenLimits, options: ChartOptions = _DEFAULT) -> Stream:
    """A chart that is fed point by point against `limits`.

    Raises
    ------
    InputError
        When the limits are of an unknown kind.
    """
    find_kind(limits.kind)
    return Stream(limits, options)


@dataclass(frozen=True, eq=False, slots=True)
class _Kept:
    evidence: Evidence

    def __call__(self) -> Evidence:
        return self.evidence


def _at(panel: Panel) -> StreamPoint:
    return StreamPoint(
        float(panel.points[0]), _line(panel.centre_line), _line(panel.lcl), _line(panel.ucl)
    )


def _line(line: float | FloatArray | None) -> float | None:
    return float(line[0]) if isinstance(line, np.ndarray) else line
