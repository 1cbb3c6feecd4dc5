"""Segments on disk: what was confirmed is there, what was cut short is not, and nobody reads it without the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import BadInput, StoreDown
from stores.archive import Archive, Entry

KEY = bytes(range(32))
ENTRIES = [Entry(f"t/0/{n}", b"key", b"value \x00\xff" + bytes([n]), (("h", b"\x00"),)) for n in range(5)]


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    archive = Archive(tmp_path, KEY)

    archive.append(ENTRIES[:2])
    archive.append(ENTRIES[2:])

    assert list(archive.read()) == ENTRIES


def test_a_new_segment_is_begun_when_one_is_full(tmp_path: Path) -> None:
    archive = Archive(tmp_path, KEY, segment_bytes=100)

    for entry in ENTRIES:
        archive.append([entry])

    assert len(archive.segments()) > 1
    assert list(archive.read()) == ENTRIES


@pytest.mark.parametrize("cut", [1, 3, 4, 20])
def test_a_frame_cut_short_by_a_crash_is_cut_off(tmp_path: Path, cut: int) -> None:
    archive = Archive(tmp_path, KEY)
    archive.append(ENTRIES[:1])
    whole = archive.segments()[0].stat().st_size
    archive.append(ENTRIES[1:2])
    with archive.segments()[0].open("r+b") as file:
        file.truncate(whole + cut)

    again = Archive(tmp_path, KEY)
    assert list(again.read()) == ENTRIES[:1]
    again.append(ENTRIES[2:])

    assert list(again.read()) == [ENTRIES[0], *ENTRIES[2:]]


def test_nothing_of_a_lead_is_in_clear_on_disk(tmp_path: Path) -> None:
    archive = Archive(tmp_path, KEY)

    archive.append([Entry("t/0/1", b"13800138001", b"zhang@example.com")])

    raw = archive.segments()[0].read_bytes()
    assert b"13800138001" not in raw
    assert b"zhang@example.com" not in raw


def test_another_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    Archive(tmp_path, KEY).append(ENTRIES)

    with pytest.raises(BadInput, match="key"):
        list(Archive(tmp_path, bytes(32)).read())


def test_a_disk_that_takes_nothing_is_store_down(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreDown):
        Archive(tmp_path / "file" / "below", KEY).append(ENTRIES)
