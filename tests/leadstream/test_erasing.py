"""One person out of every place, and everybody else untouched: on a real embedded store with its log and archive."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.customers import Contact
from leads.errors import BadInput
from leads.records import Envelope, Row
from leadstream import erasing
from leadstream.access import audited, gathered
from leadstream.backup import backup, restore
from leadstream.configuration import config
from leadstream.configuration.settings import Settings
from leadstream.customer import profiled
from leadstream.erasing import LEDGER, Proof
from leadstream.importing import import_file
from leadstream.inline import prepare_log, put_away, work_off
from leadstream.questions import Questions
from leadstream.recovery import check
from leadstream.runtime import Runtime, clock
from leadstream.service import store_home
from leadstream.worker import Shelf
from stores.archive import Archive
from stores.embedded import compact, stop
from stores.journal import ValkeyJournal
from stores.recall import latest
from stores.sweep import sweep
from streams.archivist import ShelfPublisher
from streams.metrics import Metrics, new_registry
from streams.ports import Message
from streams.relay import relay_once
from streams.topics import RAW

#: The first two and the refused last are 秦无涯; the third has his phone at home and is somebody else.
LEADS = """name,company,phone,email,message
秦无涯,,13751234567,qin.wuya@nowhere.example,问价
Qin Wuya,,137 5123 4567,qin.wuya@nowhere.example,再问
陈静,,13911112222,chen@nowhere.example,hello
秦无涯,,13751234567,qin.wuya@nowhere.example,问价问价问价问价问价问价问价问价问价问价问价问价问价问价问价
"""
MINE = [b"13751234567", b"137 5123 4567", b"qin.wuya", "秦无涯".encode(), b"Qin Wuya"]
OTHERS = [b"13911112222", b"chen@nowhere.example"]
CONFIG = "limits: {max_value_chars: 40}\ntenants: {main: {do_not_contact: [], members: {ann: {}}}}"


class Place:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings: Settings = config.parse(f"data: {home}/data\n{CONFIG}", {}, home)
        self.data = Path(self.settings.data)

    async def filled(self) -> None:
        """Leads imported, relayed and archived; contacts noted, values revealed."""
        file = self.home / "leads.csv"
        rows = LEADS.replace("问价问价", "问价" * 80)  # too large: refused with its bytes kept
        file.write_text(rows, encoding="utf-8")
        await import_file(self.settings, "main", file, None, "fair", False)
        file.unlink()
        runtime = Runtime(self.settings)
        try:
            questions = Questions(
                runtime.index, self.settings, runtime.tenants(), runtime.policies, clock, Metrics(new_registry())
            )
            for phone in ("13751234567", "13911112222"):
                await questions.contacted("main", Contact(phone=phone, actor="ann"))
            await questions.conflict("main", {"phone": "13751234567"}, "ann", "")
            await put_away(runtime)
            await relayed(runtime)
        finally:
            await runtime.close()
        await profiled(self.settings, "main", await self.receipt(), "en", "zhou")

    async def receipt(self) -> str:
        runtime = Runtime(self.settings)
        try:
            return (await latest(runtime.index, "main", 10))[0].event
        finally:
            await runtime.close()

    async def erase(self, preview: bool = False) -> Proof:
        fields = {"phone": "+86 13751234567"}
        return await erasing.erasing(self.settings, "main", "", fields, "zhou", preview=preview)

    async def everywhere(self, needles: list[bytes]) -> dict[str, int]:
        """Where any of these bytes are: each key of the store, each file on disk, each archive opened."""
        runtime = Runtime(self.settings)
        try:
            found: dict[str, int] = dict(await sweep(runtime.client, needles))
            for folder in (self.data / "archive").glob("*"):
                for entry in Archive(folder, runtime.archive_key()).read():
                    if any(needle in entry.value or needle in entry.key for needle in needles):
                        found[f"archive {folder.name}"] = found.get(f"archive {folder.name}", 0) + 1
        finally:
            await runtime.close()
        for path in self.home.rglob("*"):
            if path.is_file() and any(needle in path.read_bytes() for needle in needles):
                found[path.name] = 1
        return found


async def relayed(runtime: Runtime) -> None:
    key = runtime.archive_key()
    shelves = ShelfPublisher(lambda topic: Shelf(Archive(runtime.data / "archive" / topic, key)))
    while await relay_once(ValkeyJournal(runtime.client), shelves, "main"):
        pass


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        made = Place(Path(home))
        await made.filled()
        yield made
        stop(store_home(made.data))


async def test_nothing_of_an_erased_person_is_left_anywhere(place: Place) -> None:
    before = await place.everywhere(MINE)
    assert {"{main}r", "log:leads.dead", "archive leads.raw", "archive leads.records", "leads.refused.csv"} <= set(
        before
    )
    assert any(name.endswith(".aof") for name in before), "the store's own file holds what it was told"
    others = await place.everywhere(OTHERS)

    preview = await place.erase(preview=True)
    assert await place.everywhere(MINE) == before, "a preview changes nothing"
    assert not any(one.gone for one in preview.places)

    proof = await place.erase()
    assert proof.complete, proof
    assert {one.place: one.gone for one in proof.places if one.gone} == {
        "index": 2,
        "contacts": 1,
        "archive of the raw log": 1,
        "dead letters": 1,
        "refused rows, file leads.refused.csv": 1,
    }
    assert await place.everywhere(MINE) == {}
    assert not any(needle in msgspec.json.encode(proof) for needle in MINE)
    after = await place.everywhere(OTHERS)
    assert {n: c for n, c in after.items() if not n.endswith(".aof")} == {
        n: c for n, c in others.items() if not n.endswith(".aof")
    }, "nobody else lost anything"


async def test_neither_a_replay_nor_a_rebuild_brings_an_erased_person_back(place: Place) -> None:
    runtime = Runtime(place.settings)
    raw = [entry.value for entry in Archive(place.data / "archive" / RAW, runtime.archive_key()).read()]
    await runtime.close()
    assert (await place.erase()).complete

    runtime = Runtime(place.settings)
    try:
        await prepare_log(runtime)
        await runtime.publisher.publish(RAW, [Message(RAW, b"", value) for value in raw])  # as Kafka would, days later
        await work_off(runtime)
        known = await runtime.index.outcomes("main", [bytes.fromhex(row.event) for row in rows(raw)])
        assert [o.reason for o in known if o and o.code == "suppressed"] == ["erased", "erased"]
        assert not [key for key in await sweep(runtime.client, MINE) if key.startswith("{main}")]
        await relayed(runtime)
    finally:
        await runtime.close()
    _, compared = await check(place.settings, "main")
    assert compared.differing == []
    assert (await place.erase()).complete, "what the replay brought into the log and the dead letters goes as well"
    assert await place.everywhere(MINE) == {}


def rows(values: list[bytes]) -> list[Row]:
    return [row for value in values for row in msgspec.json.decode(value, type=Envelope).rows]


async def test_a_backup_of_before_is_erased_again_after_it_was_restored(place: Place) -> None:
    file = place.home / "backup.tar.gz"
    await in_thread(backup, place.settings, file)
    assert (await place.erase()).complete
    ledger = (place.data / LEDGER).read_bytes()
    assert not any(needle in ledger for needle in MINE)

    settings = config.parse(f"data: {place.home}/again\n{CONFIG}", {}, place.home)
    await in_thread(restore, settings, file)
    file.unlink()
    restored = Place(place.home)
    restored.settings, restored.data = settings, Path(settings.data)
    try:
        assert "{main}r" in await restored.everywhere(MINE)
        proofs = await erasing.again(settings, "main", ledger, "zhou")
        assert [one.complete for one in proofs] == [True]
        assert "{main}r" not in await restored.everywhere(MINE)
        assert await erasing.again(settings, "main", ledger, "zhou") == [], "nothing is left to erase again"
    finally:
        stop(store_home(restored.data))


async def in_thread(work: Any, *arguments: Any) -> None:
    import asyncio

    await asyncio.to_thread(work, *arguments)


async def test_a_person_gets_all_that_is_kept_of_him_and_nothing_of_others(place: Place) -> None:
    kept = await gathered(place.settings, "main", await place.receipt(), {}, "zhou")
    text = msgspec.json.encode(kept)
    assert all(needle in text for needle in MINE)
    assert not any(needle in text for needle in OTHERS)
    assert len(kept["received"]) == 3, "two leads and the row that was refused"
    assert [one["what"] for one in kept["history"]][-2:] == ["revealed", "accessed"]
    assert len(kept["contacts"]) == 1


async def test_who_saw_what_is_on_record(place: Place) -> None:
    receipt = await place.receipt()
    await gathered(place.settings, "main", receipt, {}, "lin")
    lines = await audited(place.settings, "main", receipt)
    assert [line.split()[1:3] for line in lines] == [["ann", "asked"], ["zhou", "revealed"], ["lin", "accessed"]]
    await place.erase()
    assert (await audited(place.settings, "main", ""))[-1].split()[1:3] == ["zhou", "erased"]


async def test_a_value_that_many_share_means_nobody(place: Place) -> None:
    with pytest.raises(BadInput, match="--actor"):
        await erasing.erasing(place.settings, "main", "", {"phone": "13751234567"}, " ", preview=True)
    with pytest.raises(BadInput, match="nothing is on record"):
        await erasing.erasing(place.settings, "main", "00" * 16, {}, "zhou", preview=True)


async def test_somebody_with_the_same_phone_keeps_his_lead(place: Place) -> None:
    file = place.home / "home.csv"
    file.write_text("name,phone,email\n孟小雨,13751234567,meng@nowhere.example\n", encoding="utf-8")
    receipt = await place.receipt()
    await import_file(place.settings, "main", file, None, "fair", False)
    file.unlink()
    for work in (place.erase(), gathered(place.settings, "main", "", {"phone": "13751234567"}, "zhou")):
        with pytest.raises(BadInput, match="2 customers have this value"):
            await work
    his = await gathered(place.settings, "main", "", {"phone": "13751234567", "name": "秦无涯"}, "zhou")
    assert receipt in {one["receipt"] for one in his["leads"]}
    assert "meng@nowhere.example" not in repr(his)
    proof = await erasing.erasing(place.settings, "main", receipt, {}, "zhou", preview=False)
    left = await place.everywhere(MINE[2:])
    assert left == {}
    assert set(await place.everywhere([b"meng@nowhere.example"])) >= {"{main}r", "archive leads.raw"}
    shared = next(one for one in proof.places if one.place == "searched: records of other customers")
    assert (shared.left, shared.why) == (1, "other customers have the same value")


def test_the_store_can_be_told_to_write_its_file_anew(tmp_path: Path) -> None:
    from redis import Redis

    from stores.embedded import socket_path, start_or_attach

    with tempfile.TemporaryDirectory(prefix="ls") as home:
        start_or_attach(home, fsync="everysec")
        try:
            with Redis(unix_socket_path=str(socket_path(Path(home).resolve()))) as client:
                client.set("a", "a-secret-value")
                client.delete("a")
                assert any(b"a-secret-value" in path.read_bytes() for path in Path(home).rglob("*.aof"))
                compact(Path(home))
                assert not any(b"a-secret-value" in p.read_bytes() for p in Path(home).rglob("*") if p.is_file())
        finally:
            stop(home)
