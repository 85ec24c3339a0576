"""What an evaluation found: points that signal, before they become alerts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.spc import ChartResult, Panel, evaluate
from twin.monitoring.limits import LimitsVersion, plan_options
from twin.monitoring.planned import PlannedCharacteristic
from twin.monitoring.points import Points

__all__ = [
    "LOOK_BACK",
    "NO_DATA",
    "OUTSIDE_SPECIFICATION",
    "Finding",
    "chart_findings",
    "signals_found",
    "specification_findings",
]

NO_DATA = "no_data"
OUTSIDE_SPECIFICATION = "outside_specification"
_SPECIFICATION_PANEL = "specification"
LOOK_BACK = 50
"""Points among which the beginning of a change is sought."""
_LOCATION_PANELS = frozenset({"individual", "xbar", "ewma", "cusum_high", "cusum_low", "ma"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One point that breaks one rule.

    Attributes
    ----------
    index : int
        Of the point among those evaluated, from 0.
    at_us, known_at_us, since_us : int
        When it was measured, when it was known, and when the change probably began.
    direction : str
        `high`, `low` or empty.
    """

    planned: PlannedCharacteristic
    chart: str
    panel: str
    rule: str
    severity: str
    index: int
    at_us: int
    known_at_us: int
    since_us: int
    lot_id: str
    value: float | None
    direction: str
    limits_version: int | None
    provenance: str = ""

    @property
    def fingerprint(self) -> str:
        """What tells the runs of one rule on one panel, up or down, from those of others."""
        place = (self.planned.station, self.planned.name, self.chart)
        return "/".join((*place, self.panel, self.rule, self.direction))


def chart_findings(
    planned: PlannedCharacteristic, version: LimitsVersion, points: Points, from_us: int
) -> list[Finding]:
    """Signals of the plan's rules on points measured from `from_us`, against frozen limits.

    Earlier points count as history, so that run rules, EWMA and CUSUM carry over.
    """
    result = evaluate(version.limits, points.data(), plan_options(planned, phase1=0))
    return signals_found(planned, version, result, points, from_us=from_us)


def signals_found(
    planned: PlannedCharacteristic,
    version: LimitsVersion,
    result: ChartResult,
    points: Points,
    *,
    from_us: int,
    before: int = 0,
    drawn: int = 0,
) -> list[Finding]:
    """What the signals of a chart, or of its newest piece, say about points from `from_us`.

    Parameters
    ----------
    points : Points
        Those of the piece, and of the time before as many as the search for a change needs.
    before : int
        Points of the chart that came before the first of `points`.
    drawn : int
        How many of `points` come before the first that `result` has drawn.
    """
    means = points.means()
    centre = _centre(version, result, means)
    panels = {panel.statistic: panel for panel in result.panels}
    found = []
    for signal in result.signals:
        index = signal.point - 1 - before
        located = signal.panel in _LOCATION_PANELS
        if points.at_us[index] < from_us or not (located or _counts(signal.panel, signal.rule)):
            continue
        panel, start = panels[signal.panel], change_point(means, centre, index)
        found.append(
            Finding(
                planned=planned,
                chart=result.chart,
                panel=signal.panel,
                rule=signal.rule,
                severity=planned.rules.get(signal.rule, "major"),
                index=signal.point - 1,
                at_us=int(points.at_us[index]),
                known_at_us=int(points.known_at_us[index]),
                since_us=int(points.at_us[start if located else index]),
                lot_id=points.lot_ids[index],
                value=float(panel.points[index - drawn]),
                direction=_direction(panel, index - drawn) if located else "",
                limits_version=version.version,
                provenance=points.provenance,
            )
        )
    return found


def specification_findings(
    planned: PlannedCharacteristic, points: Points, from_us: int, before: int = 0
) -> list[Finding]:
    """Points measured from `from_us` whose mean lies outside the specification.

    Single readings of a subgroup that do not conform cost yield, not an alert. `before` points
    came before the first of `points`.
    """
    means = points.means()
    high = np.full(points.n, False) if planned.usl is None else means > planned.usl
    low = np.full(points.n, False) if planned.lsl is None else means < planned.lsl
    found = []
    for index in np.flatnonzero((low | high) & (points.at_us >= from_us)).tolist():
        above = bool(high[index])
        found.append(
            Finding(
                planned=planned,
                chart=planned.chart,
                panel=_SPECIFICATION_PANEL,
                rule=OUTSIDE_SPECIFICATION,
                severity=planned.specification_severity,
                index=before + index,
                at_us=int(points.at_us[index]),
                known_at_us=int(points.known_at_us[index]),
                since_us=int(points.at_us[index]),
                lot_id=points.lot_ids[index],
                value=float(means[index]),
                direction="high" if above else "low",
                limits_version=None,
                provenance=points.provenance,
            )
        )
    return found


def change_point(means: NDArray[np.float64], centre: float, index: int) -> int:
    """First point of the shifted part, by maximum likelihood over the points up to `index`.

    Step change of a normal mean with known variance (Samuel, Pignatiello and Calvin 1998): the
    start t maximises (T - t)(mean of t+1..T - centre)².

    >>> change_point(np.array([0.0, 0.1, -0.1, 2.0, 2.1, 1.9]), 0.0, 5)
    3
    """
    first = max(0, index + 1 - LOOK_BACK)
    deviations = means[first : index + 1][::-1] - centre
    lengths = np.arange(1, len(deviations) + 1)
    likelihood = np.cumsum(deviations) ** 2 / lengths
    return index - int(np.argmax(likelihood))


def _counts(panel: str, rule: str) -> bool:
    # A moving range repeats what the individual says, and runs of ranges mean little.
    return panel != "moving_range" and rule == "beyond_limits"


def _direction(panel: Panel, index: int) -> str:
    if panel.statistic.startswith("cusum_"):
        return panel.statistic.removeprefix("cusum_")
    line = panel.centre_line
    centre = 0.0 if line is None else float(np.broadcast_to(line, panel.points.shape)[index])
    return "high" if float(panel.points[index]) > centre else "low"


def _centre(version: LimitsVersion, result: ChartResult, means: NDArray[np.float64]) -> float:
    stored = version.limits.parameters.get("centre")
    if isinstance(stored, int | float):
        return float(stored)
    line = result.panels[0].centre_line
    return float(line) if isinstance(line, int | float) else float(means.mean())
