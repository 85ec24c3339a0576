"""What can be reported: a control chart, a capability study, a gauge study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.reporting.document import About

if TYPE_CHECKING:
    from process_models.capability import CapabilitySixpack
    from process_models.gauge import Cells, GaugeStudy
    from process_models.spc import ChangePoint, ChartOptions, ChartResult
    from twin.monitoring.charting import StoredChart

__all__ = ["CapabilityReport", "ChartReport", "GaugeReport"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ChartReport:
    """A control chart with what is known of its points.

    Attributes
    ----------
    times : sequence of n datetime
        Of the points, with an offset; empty where they have none.
    lots : sequence of n str
        Of the points; empty where they have none.
    lsl, usl : float or None
        Specification, drawn only where single readings are plotted.
    limits_version : int or None
        Of the frozen limits; None where the limits come from the points shown.
    options : ChartOptions or None
        With which the chart was made, where that is known.
    x_title : str
        What the points are in order of.

    Raises
    ------
    InputError
        When there are not as many times, or lots, as points.
    """

    result: ChartResult
    about: About
    times: Sequence[datetime] = ()
    lots: Sequence[str] = ()
    lsl: float | None = None
    usl: float | None = None
    limits_version: int | None = None
    options: ChartOptions | None = None
    x_title: str = "Point, in order of time"

    def __post_init__(self) -> None:
        for name in ("times", "lots"):
            count = len(getattr(self, name))
            if count not in (0, self.result.n):
                raise InputError(
                    f"{name} must be none or one a point, got {count} for {self.result.n} points"
                )

    @classmethod
    def of_stored(
        cls, stored: StoredChart, about: About, options: ChartOptions | None = None
    ) -> ChartReport:
        """The report of what is stored, against the specification of its control plan."""
        planned = stored.planned
        return cls(
            result=stored.result,
            about=about,
            times=tuple(stored.times.to_pydatetime()),
            lots=stored.lot_ids,
            lsl=None if planned is None else planned.lsl,
            usl=None if planned is None else planned.usl,
            limits_version=stored.limits_version,
            options=options,
        )

    @cached_property
    def since(self) -> tuple[ChangePoint | None, ...]:
        """When the change began that each signal has found."""
        return self.result.since()

    def change(self, statistic: str) -> ChangePoint | None:
        """When the change began that the newest signal of a panel has found."""
        found = [
            (signal.point, since)
            for signal, since in zip(self.result.signals, self.since, strict=True)
            if signal.panel == statistic and since is not None
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None


@dataclass(frozen=True, kw_only=True, eq=False)
class CapabilityReport:
    """A capability study.

    Attributes
    ----------
    view : CapabilitySixpack
    values : (n,) array
        In the order they were made.
    """

    view: CapabilitySixpack
    values: NDArray[np.float64]
    about: About


@dataclass(frozen=True, kw_only=True, eq=False)
class GaugeReport:
    """A gauge study with what is drawn of it."""

    study: GaugeStudy
    drawn: Cells
    about: About
