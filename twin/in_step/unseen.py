"""What cannot be seen of the line, as particles that agree with what was seen.

The rest of each service given how long it has lasted, the work left until each failure given how
long the server has lasted, the rest of each repair; and the vapour that is left and the wear of the
rolls, from the lots since the last maintenance. Every particle has parameters of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.calibration import CalibratedLine
from twin.calibration.families import FAMILIES
from twin.forecasting.ahead.beginning import beginning_of
from twin.line import LineModel
from twin.state import LineState

__all__ = ["Particles", "particles"]

Floats = NDArray[np.float64]
_LEVELS = (0.05, 0.5, 0.95)
_DEPLETION_SD, _WEAR_SD = 0.5, 0.5  # of ln, between lines: assumed


@dataclass(frozen=True)
class Particles:
    """N particles of each thing.

    Attributes
    ----------
    service_left_s : mapping of str to ndarray (N,)
        By lot in service.
    to_failure_s, repair_left_s : mapping of str to ndarray (N,)
        By station: work to the next failure; rest of the repair where it is down.
    vapour_share : ndarray (N,) or None
        Share of a fresh charge that is left; None without a station `sublimation`.
    roll_wear_um : ndarray (N,) or None
        By how much wear has opened the gap.
    """

    service_left_s: Mapping[str, Floats]
    to_failure_s: Mapping[str, Floats]
    repair_left_s: Mapping[str, Floats]
    vapour_share: Floats | None
    roll_wear_um: Floats | None

    def to_dict(self) -> dict[str, Any]:
        """5, 50 and 95 % quantiles of each, as JSON."""
        return {
            "service_left_s": {lot: _told(one) for lot, one in self.service_left_s.items()},
            "to_failure_s": {name: _told(one) for name, one in self.to_failure_s.items()},
            "repair_left_s": {name: _told(one) for name, one in self.repair_left_s.items()},
            "vapour_share": None if self.vapour_share is None else _told(self.vapour_share),
            "roll_wear_um": None if self.roll_wear_um is None else _told(self.roll_wear_um),
        }


def particles(
    calibration: CalibratedLine,
    state: LineState,
    passes: Mapping[str, int] | None = None,
    *,
    n: int = 1_000,
    seed: int = 0,
) -> Particles:
    """Draw what cannot be seen.

    Parameters
    ----------
    passes : mapping of str to int, optional
        Lots since the last maintenance, by station, as `CurrentState.passes`.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(17,)))
    drawn = calibration.draw(rng, n)
    line = calibration.line
    beginning = beginning_of(state, line)
    services = {}
    for lot in beginning.lots:
        if lot.phase == "in_service":
            name = line.path[lot.place].name
            theta = drawn.service[name].copy()
            theta[:, 0] += np.log(drawn.pace[name])
            family = FAMILIES[calibration.stations[name].service.family]
            age = np.full(n, lot.had_s)
            services[lot.lot_id] = family.remaining(age, theta, rng.random(n))
    failures = {}
    for name, theta in drawn.to_failure.items():
        fit = calibration.stations[name]
        if fit.to_failure is not None and fit.age_s:
            age = np.full(n, max(fit.age_s))
            failures[name] = FAMILIES[fit.to_failure.family].remaining(age, theta, rng.random(n))
    repairs = {}
    for repair in beginning.repairs:
        name = line.path[repair.place].name
        known = calibration.stations[name].repair
        if known is not None:
            age = np.full(n, repair.since_s)
            repairs[name] = FAMILIES[known.family].remaining(age, drawn.repair[name], rng.random(n))
    vapour, wear = _used(line, passes or {}, rng, n)
    return Particles(services, failures, repairs, vapour, wear)


def _used(
    line: LineModel, passes: Mapping[str, int], rng: np.random.Generator, n: int
) -> tuple[Floats | None, Floats | None]:
    """Vapour left and wear of the rolls, from the lots that passed and what one lot takes."""
    size, names = line.process, {one.name for one in line.path}
    vapour = wear = None
    if "sublimation" in names:
        since = passes.get("sublimation", 0)
        used = since % size.vapour_refill_lots
        share = size.vapour_depletion_share_per_lot * np.exp(_DEPLETION_SD * rng.standard_normal(n))
        vapour = np.clip(1.0 - share * used, 0.0, 1.0)
    if "roll" in names:
        used = passes.get("roll", 0) % size.roll_regrind_passes
        wear = size.roll_wear_um_per_pass * np.exp(_WEAR_SD * rng.standard_normal(n)) * used
    return vapour, wear


def _told(drawn: Floats) -> dict[str, float]:
    low, median, high = np.quantile(drawn, _LEVELS).tolist()
    return {"low": low, "median": median, "high": high}
