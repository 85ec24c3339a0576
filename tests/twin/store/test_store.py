from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from process_models.errors import InputError
from twin.settings import Settings
from twin.store import Receipt, Store, writing
from twin.store.times import from_us, to_us

Made = Callable[..., Any]


def test_what_was_written_is_read(store: Store, measured: Made) -> None:
    row = measured(position=3, sequence=7, operator="ana", gauge="laser-1", source="csv")
    assert store.add_measurements([row]) == Receipt(accepted=1)
    (read,) = store.measurements().to_dict("records")
    for name in ("lot_id", "station", "characteristic", "value", "unit", "position", "sequence",
                 "operator", "gauge", "source", "quality", "censoring", "provenance"):  # fmt: skip
        assert read[name] == getattr(row, name)
    assert read["measured_at"] == row.measured_at
    assert pd.isna(read["received_at"])


def test_text_that_looks_like_something_else_stays_text(store: Store, measured: Made) -> None:
    store.add_measurements([measured(lot_id="007"), measured(lot_id="NA")])
    assert sorted(store.measurements()["lot_id"]) == ["007", "NA"]


def test_the_same_again_is_a_duplicate_and_another_value_a_conflict(
    store: Store, measured: Made
) -> None:
    store.add_measurements([measured()])
    again = [measured(), measured(value=61.0), measured(position=1)]
    assert store.add_measurements(again) == Receipt(accepted=1, duplicates=1, conflicts=1)
    assert store.measurements()["value"].tolist() == [60.0, 60.0]
    assert store.counts()["conflicts"] == 1
    store.add_measurements([measured(value=61.0)])
    assert store.counts()["conflicts"] == 1, "the same conflict is kept once"


def test_a_batch_is_compared_with_itself(store: Store, measured: Made) -> None:
    receipt = store.add_measurements([measured(), measured(), measured(value=1.0)])
    assert receipt == Receipt(accepted=1, duplicates=1, conflicts=1)


@pytest.mark.parametrize(
    "change",
    [{"lot_id": "L2"}, {"station": "wind"}, {"characteristic": "x"}, {"position": 2},
     {"source": "b"}, {"sequence": 2}],
)  # fmt: skip
def test_every_part_of_the_identity_counts(
    store: Store, measured: Made, change: dict[str, Any]
) -> None:
    assert store.add_measurements([measured(), measured(**change)]).accepted == 2


@pytest.mark.parametrize("change", [{"operator": "bo"}, {"gauge": "x"}, {"subgroup": "s"}])
def test_other_columns_do_not_make_another_measurement(
    store: Store, measured: Made, change: dict[str, Any]
) -> None:
    assert store.add_measurements([measured(), measured(**change)]).duplicates == 1


def test_late_rows_are_counted_and_stored(store: Store, measured: Made) -> None:
    store.add_measurements([measured(120)])
    receipt = store.add_measurements([measured(59), measured(61)], late_after_s=3600)
    assert receipt == Receipt(accepted=2, late=1)
    assert len(store.measurements()) == 3
    assert store.add_measurements([measured(0, characteristic="new")]).late == 0


NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("provenance", "ahead_s", "received_after_s", "future"),
    [
        ("measured", 59, None, False),
        ("measured", 61, None, True),
        ("imported", 61, 0, True),
        ("measured", -3600, -3700, True),  # received before it was measured, both long ago
        ("measured", -3600, -3659, False),
        ("measured", 61, 61, True),  # whatever it claims, it is ahead of this machine
        ("simulated", 10**7, None, False),  # a simulated plant has a clock of its own
        ("simulated", 10**7, 10**7, False),
        ("simulated", 0, -61, True),
    ],
)
def test_readings_from_the_future_are_uncertain(
    store: Store, measured: Made, provenance: str, ahead_s: float,
    received_after_s: float | None, future: bool,
) -> None:  # fmt: skip
    received = None if received_after_s is None else NOW + timedelta(seconds=received_after_s)
    row = measured(
        measured_at=NOW + timedelta(seconds=ahead_s), received_at=received, provenance=provenance
    )
    bad = replace(row, position=1, quality="bad")
    with store.database.ingesting() as connection:
        receipt = writing.write_measurements(connection, [row, bad], now=to_us(NOW))
    assert receipt == Receipt(accepted=2, future=2 * future)
    qualities = store.measurements()["quality"].tolist()
    assert qualities == ["uncertain" if future else "good", "bad"]
    assert len(store.hourly("thickness_um", "roll")) == (0 if future else 1)


def test_events_from_the_future_are_counted(store: Store, happened: Made) -> None:
    rows = [happened(occurred_at=NOW + timedelta(seconds=s)) for s in (59, 61)]
    with store.database.ingesting() as connection:
        assert writing.write_events(connection, rows, now=to_us(NOW)) == Receipt(2, future=1)


def test_rows_come_in_the_order_of_time_then_sequence_then_position(
    store: Store, measured: Made
) -> None:
    rows = [measured(1), measured(0, sequence=2), measured(0, sequence=1, position=2),
            measured(0, sequence=1, position=1)]  # fmt: skip
    store.add_measurements(rows)
    read = store.measurements()
    found = list(zip(read["sequence"], read["position"], strict=True))
    assert found == [(1, 1), (1, 2), (2, 0), (0, 0)]


def test_selections(store: Store, measured: Made) -> None:
    rows = [measured(m, lot_id=f"L{m}") for m in range(5)]
    store.add_measurements([*rows, measured(characteristic="h2o_ppm", station="wind", unit="ppm")])
    at = rows[2].measured_at
    assert len(store.measurements("thickness_um")) == 5
    assert len(store.measurements(station="wind")) == 1
    assert len(store.measurements("thickness_um", "wind")) == 0
    assert store.measurements(lot_ids=["L1", "L4"])["lot_id"].tolist() == ["L1", "L4"]
    assert store.measurements("thickness_um", since=at)["lot_id"].tolist() == ["L2", "L3", "L4"]
    assert store.measurements("thickness_um", until=at)["lot_id"].tolist() == ["L0", "L1", "L2"]
    assert store.measurements("thickness_um", last=2)["lot_id"].tolist() == ["L3", "L4"]
    assert list(store.measurements(columns=("value",)).columns) == ["value"]


def test_what_became_known_later_is_left_out(store: Store, measured: Made) -> None:
    at = measured().measured_at
    later = measured(1, lot_id="late", received_at=at + timedelta(hours=9))
    store.add_measurements([measured(), later])
    assert store.measurements(known_by=at + timedelta(hours=1))["lot_id"].tolist() == ["L00001"]
    assert len(store.measurements(known_by=at + timedelta(hours=9))) == 2
    assert len(store.measurements(known_by=at - timedelta(hours=1))) == 0


def test_a_time_without_offset_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="since needs an offset from UTC, got 2026-01-05"):
        store.measurements(since=datetime(2026, 1, 5))


def test_events(store: Store, happened: Made) -> None:
    rows = [happened(0), happened(1, event="start"), happened(2, event="down", lot_id="")]
    assert store.add_events(rows) == Receipt(accepted=3)
    assert store.add_events([rows[0], happened(0, recipe="other")]) == Receipt(
        duplicates=1, conflicts=1
    )
    read = store.events()
    assert read["event"].tolist() == ["arrive", "start", "down"]
    assert store.events(lot_ids=["L00001"])["event"].tolist() == ["arrive", "start"]
    assert len(store.events(since=rows[1].occurred_at)) == 2
    assert len(store.events(known_by=rows[0].occurred_at)) == 1


def test_genealogy_comes_from_splits_and_merges(store: Store, happened: Made) -> None:
    store.add_events(
        [
            happened(0, event="split", parent_lot_id="FR1", lot_id="L1"),
            happened(1, event="merge", parent_lot_id="L1", lot_id="W1"),
            happened(1, event="merge", parent_lot_id="L2", lot_id="W1"),
            happened(2, event="arrive", lot_id="L9"),
        ]
    )
    pairs = store.genealogy()[["parent_lot_id", "lot_id"]].to_numpy().tolist()
    assert pairs == [["FR1", "L1"], ["L1", "W1"], ["L2", "W1"]]


def test_counts_and_series(store: Store, measured: Made) -> None:
    assert store.counts()["measurements"] == 0
    assert store.characteristics() == []
    store.add_measurements([measured(5), measured(1)])
    assert store.counts()["measurements"] == 2
    (series,) = store.characteristics()
    assert (series.characteristic, series.station, series.unit, series.n) == (
        "thickness_um", "roll", "um", 2,
    )  # fmt: skip
    assert series.last_measured_at == measured(5).measured_at


def test_nothing_to_add(store: Store) -> None:
    assert store.add_measurements([]) == store.add_events([]) == Receipt()
    assert store.measurements().empty
    assert store.events().empty


def test_it_is_there_when_opened_again(settings: Settings, measured: Made) -> None:
    with Store.open(settings) as first:
        first.add_measurements([measured(i) for i in range(3)])
    with Store.open(settings) as second:
        assert len(second.measurements()) == 3
        assert second.add_measurements([measured(i) for i in range(4)]) == Receipt(1, 3)


def test_a_thousand_known_rows_are_found(store: Store, measured: Made) -> None:
    rows = [measured(i / 10, position=i % 5) for i in range(1200)]
    store.add_measurements(rows)
    assert store.add_measurements(rows).duplicates == 1200
    assert store.counts()["measurements"] == 1200


def test_times_are_exact(store: Store, measured: Made) -> None:
    at = from_us(to_us(measured().measured_at) + 123457)
    store.add_measurements([measured(measured_at=at)])
    assert store.measurements()["measured_at"][0].to_pydatetime() == at


def test_receipts_add_up() -> None:
    assert Receipt(1, 2, 3, 4, 5) + Receipt(10, 20, 30, 40, 50) == Receipt(11, 22, 33, 44, 55)
