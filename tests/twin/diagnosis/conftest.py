"""Scripted lines: the reference plant's truth on an even flow of lots, one cause each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from process_models.physics import ProcessSettings
from twin.diagnosis.baseline import Baseline, baseline_of
from twin.diagnosis.holding import rolls_of
from twin.diagnosis.hypotheses import hypotheses
from twin.diagnosis.incident import Incident, View, view_of
from twin.diagnosis.ranking import Comparison, compare
from twin.diagnosis.readings import LotTable, lot_table
from twin.line import LineModel
from twin.live.commissioning import draw_plant
from twin.measuring import CAUSES, CauseSchedule, LineMeasuring, SpecialCause
from twin.monitoring.plan import reference_plan
from twin.state import PATH

TAKT_S, LOTS, PHASE1, BEGINS = 480.0, 205, 110, 150
LAG_S = {"unwind": 0.0, "sublimation": 1500.0, "wind": 4600.0, "roll": 5700.0, "inspect": 6500.0}
OUTSIDE = (
    ("exposure_s", "sublimation"), ("rolling_pressure_mpa", "roll"),
    ("foil_temperature_c", "sublimation"), ("areal_capacity_mah_cm2", "inspect"),
    ("o2_ppm", "sublimation"),
)  # fmt: skip
_FIRST_S = 1.8e9  # some time in 2027


@dataclass(frozen=True)
class Case:
    """One scripted line around its first signal."""

    cause: str
    base: Baseline
    view: View
    own: int
    began_s: float
    splits: pd.DataFrame

    def compared(self, order: NDArray[np.int64] | None = None) -> Comparison:
        """Every cause weighed; `order` puts the characteristics in a wrong one."""
        candidates = hypotheses(reference_plan(), self.base, ProcessSettings())
        pattern = self.view.pattern
        if order is not None:
            pattern = replace(
                pattern, values=pattern.values[order],
                precision=pattern.precision[order][:, :, order], pull=pattern.pull[order],
            )  # fmt: skip
        rolls_s = rolls_of(self.view, self.splits)
        return compare(self.view, candidates, self.own, rolls_s, pattern=pattern)


Make = Callable[..., Case | None]


@pytest.fixture(scope="session")
def scripted(reference_line: LineModel) -> Make:
    """Make a line of hidden parameters with one cause; None where nothing signals."""

    def make(seed: int, cause: str, until_lots: int = LOTS) -> Case | None:
        rng = np.random.default_rng((seed, 77))
        start_s = BEGINS * TAKT_S
        schedule = CauseSchedule()
        if cause in CAUSES:
            kind = CAUSES[cause]
            sign = -1.0 if kind.signed and rng.random() < 0.5 else 1.0
            size = sign * rng.uniform(kind.low, kind.high)
            duration_s = rng.uniform(4, 6.5) * 3600.0
            schedule = CauseSchedule((SpecialCause(cause, start_s, duration_s, size),))
        frame = _measured(seed, schedule, reference_line)
        keys = _keys(frame)
        touched = set(CAUSES[cause].shows_in) if cause in CAUSES else set()
        if cause not in CAUSES:
            shifted = OUTSIDE[int(rng.integers(len(OUTSIDE)))]
            frame, touched = _shifted(frame, shifted, start_s, rng), {shifted[0]}
        table = lot_table(frame, keys, PATH)
        kept = np.arange(len(table.lot_ids)) < until_lots
        return _case(cause, table.chosen(kept), keys, touched, start_s)

    return make


def _measured(seed: int, schedule: CauseSchedule, line: LineModel) -> pd.DataFrame:
    settings = ProcessSettings()
    truth = draw_plant(line, settings, seed=seed, until_s=1.0)
    measuring = LineMeasuring(settings, truth.parameters, schedule, seed=seed)
    rows = [
        (lot * TAKT_S + lag, "finish", f"L{lot:05d}", station, "")
        for lot in range(LOTS) for station, lag in LAG_S.items()
    ]  # fmt: skip
    events = pd.DataFrame(rows, columns=["time_s", "event", "lot", "station", "parent_lot"])
    read = measuring.measure(events.sort_values("time_s"), LOTS * TAKT_S + 1e5)
    return pd.DataFrame(
        {
            "measured_at": pd.to_datetime([_FIRST_S + r.time_s for r in read], unit="s", utc=True),
            "lot_id": [r.lot_id for r in read], "station": [r.station for r in read],
            "characteristic": [r.characteristic for r in read],
            "value": [r.value for r in read], "quality": "good", "censoring": "exact",
        }
    )  # fmt: skip


def _keys(frame: pd.DataFrame) -> list[tuple[str, str]]:
    present = set(zip(frame["characteristic"], frame["station"], strict=True))
    planned = reference_plan().characteristics
    return [(p.name, p.station) for p in planned if (p.name, p.station) in present]


def _shifted(
    frame: pd.DataFrame, key: tuple[str, str], start_s: float, rng: np.random.Generator
) -> pd.DataFrame:
    own = (frame["characteristic"] == key[0]) & (frame["station"] == key[1])
    spread = frame.loc[own, "value"].head(PHASE1).std()
    late = frame["measured_at"] >= pd.to_datetime(_FIRST_S + start_s, unit="s", utc=True)
    size = spread * float(rng.uniform(4, 8)) * float(rng.choice([-1, 1]))
    value = frame["value"] + size * (own & late)
    return frame.assign(value=value.clip(lower=0.0))


def _case(
    cause: str, table: LotTable, keys: list[tuple[str, str]], touched: set[str], start_s: float
) -> Case | None:
    base = baseline_of(tuple(keys), table.values[:PHASE1])
    assert base is not None
    standard = (table.values - base.centre) / base.sd
    after = table.read_s >= _FIRST_S + start_s
    found = [
        (float(table.read_s[signal[0], place]), place, signal)
        for place, (name, _) in enumerate(base.keys) if name in touched
        and len(signal := np.flatnonzero(after[:, place] & (np.abs(standard[:, place]) > 3.5))) > 1
    ]  # fmt: skip
    if not found:
        return None
    _, own, signal = min(found)
    at = [datetime.fromtimestamp(float(table.read_s[i, own]), UTC) for i in (signal[0], signal[-1])]
    incident = Incident(1, base.keys[own], at[0], at[0], at[1], None)
    view = view_of(table, base, incident)
    assert view is not None
    rolls = [f"FR{int(lot[1:]) // 10:05d}" for lot in table.lot_ids]
    splits = pd.DataFrame({"lot_id": table.lot_ids, "parent_lot_id": rolls})
    return Case(cause, base, view, own, _FIRST_S + start_s, splits)
