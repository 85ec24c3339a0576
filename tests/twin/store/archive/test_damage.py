"""A damaged file is found and named; wrong numbers are never given."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from process_models.errors import StoreError
from tests.twin.store.archive.conftest import NOW
from twin.settings import Settings
from twin.store import Store
from twin.store.archive import month_file
from twin.store.archive.checking import verify
from twin.store.archive.compacting import compact
from twin.store.archive.month_file import open_verified, read_groups
from twin.store.backup import back_up, restore, verify_backup

Made = Callable[..., Any]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def archived(store: Store, made: Made, happened: Made) -> Store:
    store.add_measurements(made())
    store.add_events(happened())
    compact(store, user="ana", now=NOW)
    return store


def first_file(store: Store, kind: str = "measurements") -> Path:
    return min((store.home / "archive").glob(f"{kind}-*.parquet"))


def flipped(content: bytes, bit: int) -> bytes:
    broken = bytearray(content)
    broken[bit // 8] ^= 1 << bit % 8
    return bytes(broken)


def test_flipped_bits_are_found_and_the_file_is_named(
    archived: Store, rounds: Callable[[int, int], int]
) -> None:
    path, draw = first_file(archived), random.Random(3)
    sound, frame = path.read_bytes(), archived.measurements()
    for bit in draw.sample(range(8 * len(sound)), rounds(60, 5_000)):
        path.write_bytes(flipped(sound, bit))
        with pytest.raises(StoreError, match=f"{path.name} is damaged"):
            archived.measurements()
    path.write_bytes(sound)
    pd.testing.assert_frame_equal(archived.measurements(), frame)


def test_without_the_hash_and_the_checksums_numbers_would_be_wrong(archived: Store) -> None:
    """The control: Parquet alone gives other numbers for some of these bits, and no error."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = first_file(archived)
    sound = path.read_bytes()
    right, silent = pq.read_table(path), 0
    for bit in range(8 * 4, 8 * len(sound) // 2, 8 * 23 + 1):
        path.write_bytes(flipped(sound, bit))
        try:
            silent += not pq.read_table(path).equals(right)
        except (OSError, pa.ArrowException, ValueError):
            continue
    assert silent > 0


def test_damage_after_the_hash_was_compared_fails_the_page_checksum(archived: Store) -> None:
    import pyarrow.parquet as pq

    path = first_file(archived)
    sound = path.read_bytes()
    column = pq.read_metadata(path).row_group(0).column(pq.read_schema(path).names.index("value"))
    with open_verified(path, month_file.sha256_of(path)) as file:
        begins = column.dictionary_page_offset or column.data_page_offset
        place = begins + column.total_compressed_size - 5
        path.write_bytes(flipped(sound, 8 * place))
        with pytest.raises(StoreError, match=r"is damaged.*(checksum|CRC|crc)"):
            read_groups(path, file, [0], ["value"])


def test_a_missing_file_is_named(archived: Store) -> None:
    path = first_file(archived, "events")
    path.unlink()
    with pytest.raises(StoreError, match=f"{path.name} is missing"):
        archived.events()
    assert len(archived.measurements()) == 600, "the others are still read"


def test_files_that_are_not_asked_for_are_not_read(archived: Store) -> None:
    first_file(archived).write_bytes(b"nothing")
    assert len(archived.measurements("thickness_um", last=50)) == 50
    assert len(archived.measurements(since=NOW - timedelta(days=60))) > 0


def test_verification_finds_what_nobody_read(archived: Store) -> None:
    path = first_file(archived)
    assert verify(archived).problems == ()
    path.write_bytes(flipped(path.read_bytes(), 999))
    (path.parent / "measurements-2020-01-000000000000.parquet").write_bytes(b"left behind")
    report = verify(archived)
    assert len(report.problems) == 1
    assert path.name in report.problems[0]
    assert report.unknown == ("measurements-2020-01-000000000000.parquet",)


def test_a_damaged_file_comes_back_from_a_backup(archived: Store, settings: Settings) -> None:
    frame, events = archived.measurements(), archived.events()
    backup = back_up(archived.database, archived.home, reason="nightly")
    archived.close()
    path = first_file(archived)
    content = path.read_bytes()
    path.unlink()  # a new file in its place: the backup may be a link to the old one
    path.write_bytes(flipped(content, 999))
    restore(backup, settings, user="ana", replace=True)
    with Store.open(settings) as again:
        pd.testing.assert_frame_equal(again.measurements(), frame)
        pd.testing.assert_frame_equal(again.events(), events)
        assert verify(again).problems == ()


def test_a_backup_holds_the_archive_and_tells_what_of_it_is_damaged(
    archived: Store, tmp_path: Path
) -> None:
    sound = back_up(archived.database, archived.home, reason="r")
    assert sum(part.file.startswith("archive/") for part in verify_backup(sound).parts) == 6
    assert verify_backup(sound).problems == ()
    path = first_file(archived)
    gone = first_file(archived, "events")
    broken = flipped(path.read_bytes(), 999)
    path.unlink()
    path.write_bytes(broken)
    gone.unlink()
    manifest = verify_backup(back_up(archived.database, archived.home, reason="r"))
    assert len(manifest.problems) == 2
    assert {path.name in problem or gone.name in problem for problem in manifest.problems} == {True}
    with Store.open(Settings(tmp_path / "e", f"sqlite:///{tmp_path / 'e.db'}")) as other:
        assert other.counts()["measurements"] == 0
