"""Whatever arrives in whatever order, with compactions in between, reads as if there were none."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.measurement import Measurement
from twin.settings import Settings
from twin.store import Store
from twin.store.archive.compacting import compact

START = datetime(2026, 1, 28, tzinfo=UTC)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
COMPACT = "compact"

READING = st.builds(
    lambda hours, name, lot, position, value, late: Measurement(
        measured_at=START + timedelta(hours=hours), station="roll", characteristic=name,
        lot_id=lot, position=position, value=value, unit="um",
        received_at=None if late is None else START + timedelta(hours=hours + late),
    ),
    st.integers(0, 120), st.sampled_from(["a", "b"]), st.sampled_from(["007", "NA", "Ü"]),
    st.integers(0, 1), st.sampled_from([1.5, 2.5]), st.one_of(st.none(), st.integers(0, 50)),
)  # fmt: skip
STEP = st.one_of(st.just(COMPACT), st.lists(READING, min_size=1, max_size=12))


@pytest.fixture(scope="module", autouse=True)
def small() -> object:
    """Files of few rows, and every late row worth one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("twin.store.archive.rows_of_month.ROW_GROUP", 7)
        patch.setattr("twin.store.archive.compacting.LATE_ROWS_WORTH_A_FILE", 1)
        yield


def answers(store: Store, since: datetime) -> list[pd.DataFrame]:
    until = since + timedelta(hours=30)
    return [
        store.measurements(),
        store.measurements("a", since=since, until=until),
        store.measurements("b", known_by=until),
        store.measurements(lot_ids=["NA"]),
        store.measurements("a", last=5),
        store.measurements(last=17, until=until, columns=("value", "position")),
    ]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=1, max_size=8), hour=st.integers(0, 120))
def test_as_if_there_were_none(steps: Sequence[object], hour: int) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        homes = [Path(one), Path(other)]
        stores = [Store.open(Settings(h, f"sqlite:///{h / 'lacss.db'}")) for h in homes]
        compacted, plain = stores
        for step in [*steps, COMPACT]:
            if step == COMPACT:
                compact(compacted, user="ana", now=NOW)
            else:
                receipts = [store.add_measurements(step) for store in stores]  # type: ignore[arg-type]
                assert receipts[0] == receipts[1]
        since = START + timedelta(hours=hour)
        for left, right in zip(answers(compacted, since), answers(plain, since), strict=True):
            pd.testing.assert_frame_equal(left, right)
        assert compacted.counts()["measurements"] == plain.counts()["measurements"]
        assert compacted.counts()["conflicts"] == plain.counts()["conflicts"]
        for store in stores:
            store.close()
