from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from process_models.errors import InputError
from twin.live.wire import Batch, Record, decode, encode, record_time
from twin.measurement import Measurement


def test_a_record_comes_back_as_it_was(record: Callable[[int], Record]) -> None:
    records = [record(n) for n in range(1, 8)]
    assert decode(encode(records)) == records


def test_every_field_survives() -> None:
    at = datetime(2026, 1, 5, 6, 7, 8, 123456, tzinfo=UTC)
    full = Measurement(
        measured_at=at, lot_id="007", station="cell_test", characteristic="life_h", value=412.25,
        unit="h", subgroup="NA", position=3, source="p", sequence=9, operator="o", gauge="g",
        quality="uncertain", censoring="right", received_at=at, provenance="measured",
    )
    assert decode(encode([full])) == [full]


def test_record_time_is_that_of_its_kind(
    record: Callable[[int], Record], start: datetime
) -> None:
    assert [(record_time(record(n)) - start).total_seconds() for n in (2, 3)] == [120, 180]


@pytest.mark.parametrize(
    "text", ["", "{}x", '[{"k":"z"}]', '[{"k":"m"}]', '[{"k":"e","occurred_at":"soon"}]']
)
def test_text_that_is_no_records_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        decode(text)


def test_a_batch_refuses_a_hole(record: Callable[[int], Record]) -> None:
    with pytest.raises(InputError, match="record 2 of a batch bears sequence 3"):
        Batch(1, (record(1), record(3)))


@pytest.mark.parametrize(("after", "first", "n"), [(0, 5, 3), (5, 6, 2), (7, 8, 0), (99, 8, 0)])
def test_the_part_after(
    record: Callable[[int], Record], after: int, first: int, n: int
) -> None:
    part = Batch(5, tuple(record(k) for k in (5, 6, 7))).after(after)
    assert (part.first, len(part.records), part.last) == (first, n, first + n - 1)
