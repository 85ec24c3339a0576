"""How much of the beginning to leave out: MSER-5 on the mean of pilot replications.

Flow times of the n-th finished lot are averaged over the pilots, as in Welch's (1983) procedure,
and MSER-5 is applied to that much smoother series. Pilots have random numbers of their own, so the
choice does not lean on the replications that are measured afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.experiments.engine import Engine
from twin.figures_of_run import flow_series
from twin.line import LineModel
from twin.replication import Plan
from twin.warm_up import BATCH, WarmUp, mser5

__all__ = ["PILOTS", "Pilot", "run_pilots"]

PILOTS = 10
FIRST = 1 << 30
DRAWN = 200


@dataclass(frozen=True, eq=False)
class Pilot:
    """What pilot replications say about the warm-up.

    Attributes
    ----------
    found : WarmUp
        MSER-5 of the mean series.
    hours : float
        When the last lot that is left out had left, on average.
    time_h, flow_s : ndarray (n,)
        Mean time at which the n-th lot left, and its mean flow time.
    """

    found: WarmUp
    hours: float
    time_h: NDArray[np.float64]
    flow_s: NDArray[np.float64]

    @property
    def settled(self) -> bool:
        """Whether MSER-5 left out less than the half that it may; else run longer."""
        batches = len(self.flow_s) // BATCH
        return self.found.truncation_batches < batches // 2

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with at most 200 points of Welch's plot."""
        every = max(1, -(-len(self.flow_s) // DRAWN))
        smooth = _moving_average(self.flow_s, max(1, len(self.flow_s) // 20))
        return {
            "method": "mser5 on pilots",
            "pilots": PILOTS,
            "settled": self.settled,
            "mser5": self.found.to_dict(),
            "welch": {
                "time_h": self.time_h[::every].tolist(),
                "mean_flow_time_s": self.flow_s[::every].tolist(),
                "moving_average_s": smooth[::every].tolist(),
            },
        }


def run_pilots(line: LineModel, plan: Plan, engine: Engine) -> Pilot:
    """Run pilots as long as the plan, and find their warm-up.

    Raises
    ------
    InputError
        When fewer than ten lots finish in one of them.
    """
    pilot = replace(plan, warm_up_h=0.0, replications=PILOTS)
    series = []
    for number in range(FIRST, FIRST + PILOTS):
        block = engine.run_block(line, pilot, range(number, number + 1), keep_records=True)
        series.append(flow_series(block.records[0]))
    lots = min(len(flow) for _, flow in series)
    if lots < 2 * BATCH:
        raise InputError(
            f"warm_up_h auto needs runs in which at least {2 * BATCH} lots finish, got {lots}"
        )
    time_h = np.mean([left[:lots] for left, _ in series], axis=0) / 3600
    flow_s = np.mean([flow[:lots] for _, flow in series], axis=0)
    found = mser5(flow_s)
    kept = found.truncation_observations
    return Pilot(found, float(time_h[kept - 1]) if kept else 0.0, time_h, flow_s)


def _moving_average(values: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Centred mean over 2 half + 1 values, over fewer towards the ends (Welch)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    reach = np.minimum(np.minimum(places, len(values) - 1 - places), half)
    return np.asarray((sums[places + reach + 1] - sums[places - reach]) / (2 * reach + 1))
