"""Diagnosis of an alert, a what-if and advice, on three days of the reference plant."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import BenchRow
from twin.advice import advise
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.keeping import due
from twin.line import read_line
from twin.live.plant import ReferencePlant
from twin.live.plant_script import PlantScript
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch
from twin.measuring import SpecialCause
from twin.monitoring.plan import reference_plan
from twin.monitoring.watch import watch_once
from twin.recipe import Recipe
from twin.settings import Settings, data_folder
from twin.store import Store
from twin.what_if import StationOut, what_if

__all__ = ["rows"]

_START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_RECIPE = Recipe(name="LACSS 40 s")
_WEAR = SpecialCause("roll_wear", 52 * 3600.0, 8 * 3600.0, 6.0)


def rows() -> list[BenchRow]:
    """The slowest diagnosis of all alerts of a plant whose rolls wear, and two questions."""
    line, plan = read_line(data_folder() / "line.toml"), reference_plan()
    plant = ReferencePlant(
        line, _RECIPE, seed=3, started_at=_START, until=_START + timedelta(hours=62),
        script=PlantScript(causes=(_WEAR,)),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
            StoreSink(store).commit(Batch(1, tuple(plant.records())))
            watch_once(store, plan)
            expert = Diagnostician(store, plan)
            alerts = [one for one in due(store) if _able(expert, one)]
            slowest = max(_seconds(lambda n=n: expert.diagnose(n)) for n in alerts)  # type: ignore[misc]
            asked = _seconds(
                lambda: what_if(store, line, _RECIPE, plan, [StationOut("roll", 14400.0)])
            )
            advised = _seconds(lambda: advise(store, plan, _RECIPE))
    return [
        _row(f"diagnosis with its evidence, slowest of {len(alerts)} alerts", slowest, "< 10 s"),
        _row("what-if, 400 futures of a day played twice", asked, "< 10 s"),
        _row("advice for the next lot with its simulated benefit", advised, "< 5 s"),
    ]


def _able(expert: Diagnostician, alert_id: int) -> bool:
    from process_models.errors import InputError

    try:
        expert.diagnose(alert_id, evidence=False)
    except InputError:
        return False
    return True


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _row(name: str, value: float, limit: str) -> BenchRow:
    return BenchRow(name, value, "s", "", math.nan, limit)
