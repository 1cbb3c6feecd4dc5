"""``leadstream erase``: one person out of every place that holds something of him, and the proof.

What can be written anew is (index, records, archive, dead letters of the embedded log, the store's file, files of refused rows);
what cannot (Kafka's raw messages, backups) goes by its own end, which the proof names. See docs/decisions/0009.
"""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from leads.errors import BadInput
from leads.mentions import texts_of, without
from leads.records import Envelope, Row
from leadstream.configuration.settings import Settings
from leadstream.importing import REFUSED_FILES
from leadstream.inline import put_away
from leadstream.runtime import Runtime, clock
from leadstream.service import Service, store_home
from leadstream.subject import Subject, belongs, decoded, find
from leadstream.worker import Shelf
from matchers import question
from stores import guard
from stores.archive import Archive, Entry
from stores.embedded import compact
from stores.forget import erase
from stores.journal import ValkeyJournal, note
from stores.stream_log import read as read_stream
from stores.stream_log import rewrite
from stores.sweep import sweep
from streams.archivist import ShelfPublisher
from streams.ports import Publisher
from streams.relay import relay_once
from streams.topics import DEAD, RAW, declared

#: In the data folder: which receipts were erased, to do it again after a backup was restored.
LEDGER = "erased.jsonl"
_json = msgspec.json.Encoder().encode


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somewhere he was looked for: how much there was, how much is gone, how much is left and why."""

    place: str
    found: int
    gone: int = 0
    left: int = 0
    why: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What was done, without a single value of the person. ``complete``: nothing is left that we can reach."""

    tenant: str
    at: str
    actor: str
    leads: int
    places: tuple[Place, ...]
    complete: bool


async def erasing(
    settings: Settings, tenant: str, receipt: str, fields: dict[str, str], actor: str, *, preview: bool
) -> Proof:
    """Erase whom a receipt or a value means; with ``preview`` only say what would go. Raises BadInput, Unavailable."""
    if not actor.strip():
        raise BadInput("no_actor", "say who erases with --actor: it goes on record")
    runtime = Runtime(settings)
    try:
        who = await find(runtime, tenant, receipt, fields)
        return await Erasure(runtime, who, actor, preview).run()
    finally:
        await runtime.close()


async def again(settings: Settings, tenant: str, ledger: bytes, actor: str) -> list[Proof]:
    """Erase once more everybody in a ledger: after a backup of before was restored. Raises BadInput, Unavailable."""
    lines = [msgspec.json.decode(line) for line in ledger.splitlines()]
    proofs: list[Proof] = []
    runtime = Runtime(settings)
    try:
        for line in lines:
            events = [event for event in line["receipts"] if await belongs(runtime, tenant, event)]
            if line["tenant"] == tenant and events:
                who = await find(runtime, tenant, events[0], {})
                proofs.append(await Erasure(runtime, who, actor, False).run())
    finally:
        await runtime.close()
    return proofs


class Erasure:
    """One person, place by place. ``preview`` counts and changes nothing."""

    def __init__(self, runtime: Runtime, who: Subject, actor: str, preview: bool) -> None:
        self._runtime, self._who, self._actor, self._preview = runtime, who, actor, preview
        self._person = who.person
        self._others: dict[str, bool] = {}

    async def run(self) -> Proof:
        """Erase, look again, and give the proof. Repeating it is safe. Raises Unavailable when a place does not answer."""
        who, now = self._who, datetime.now(UTC)
        places = [await self._index(), await self._contacts(), *await self._messages(), *self._refused_files()]
        if not self._preview:
            await self._settle()
            self._remember(now)
            places += await self._look_again()
        if self._runtime.settings.store.url:
            why = "a server of yours: have it run BGREWRITEAOF, and BGSAVE if it saves"
            places.append(Place("the store's own files", 0, 0, 0, why))
        places.append(
            Place("backups made before now", 0, 0, 0, "delete them, or run erase --again after restoring one")
        )
        left = any(place.left for place in places if not place.why)
        return Proof(who.tenant, now.isoformat(), self._actor, len(who.events), tuple(places), not left)

    async def _index(self) -> Place:
        """Match keys, records, entities, reviews, what was told apart: by remove.lua; ``suppressed/erased`` stays under each receipt,
        so that no message brings him back."""
        runtime, who = self._runtime, self._who
        events = [bytes.fromhex(event) for event, seq in who.events.items() if seq]
        if self._preview:
            return Place("index", len(events))
        done = await erase(runtime.client, who.tenant, events, runtime.keys_of(who.tenant), clock())
        gone = sum(one.status == "removed" for one in done)
        for now in who.entities:
            await note(runtime.client, who.tenant, "erased", clock(), now.id, self._actor, "")
        waits = sum(one.status == "under_way" for one in done)
        return Place("index", len(events), gone, waits)

    async def _contacts(self) -> Place:
        runtime, who = self._runtime, self._who
        spec = runtime.tenants()[who.tenant]
        keys = {key for facts in who.facts.values() for key in question.keys(facts, spec.keying, spec.secret)}
        fields = [*(seq.to_bytes(4, "big") for seq in who.events.values() if seq), *keys, *who.keys]
        gone = 0 if self._preview else await guard.forget(runtime.client, who.tenant, fields)
        return Place("contacts", gone, gone)

    async def _messages(self) -> list[Place]:
        runtime = self._runtime
        if not runtime.embedded_log:
            return [await self._on_kafka(topic) for topic in (RAW, DEAD)]
        if not Service(runtime.data).pid():
            await put_away(runtime)  # nobody else does
        await self._know_others()
        flying = sum([self._rest(one.value) is not one.value async for one in read_stream(runtime.url, RAW)])
        archive = Archive(
            runtime.data / "archive" / RAW, runtime.archive_key()
        )  # after the log: messages go from there to here
        held = sum(self._rest(entry.value) is not entry.value for entry in archive.read())
        gone = 0 if self._preview else await asyncio.to_thread(archive.rewrite, self._entry)
        places = [Place("raw log", flying, 0, flying), Place("archive of the raw log", held, gone)]
        dead = sum([self._rest(one.value) is not one.value async for one in read_stream(runtime.url, DEAD)])
        gone = 0 if self._preview else await rewrite(runtime.url, DEAD, lambda one: self._rest(one.value))
        return [*places, Place("dead letters", dead, dead if gone > 0 else 0, 0 if gone >= 0 else dead)]

    async def _on_kafka(self, topic: str) -> Place:
        from streams.kafka_log import read  # the Kafka extra need not be installed

        values = [m.value async for m in read(",".join(self._runtime.settings.log.bootstrap), topic)]
        await self._know_others(values)
        found = sum(self._rest(value) is not value for value in values)
        kept = next(t.retention_ms for t in declared() if t.name == topic)
        ends = (datetime.now(UTC) + timedelta(milliseconds=kept)).date().isoformat()
        why = f"Kafka deletes whole segments only: the topic keeps messages {kept // 86_400_000} days, gone by {ends}"
        return Place(f"Kafka topic {topic}", found, 0, found, why if found else "")

    async def _know_others(self, values: list[bytes] | None = None) -> None:
        """Of rows that hold a value of his: which are leads of another customer and stay."""
        if values is None:
            archive = Archive(self._runtime.data / "archive" / RAW, self._runtime.archive_key())
            values = [entry.value for entry in archive.read()]
            for topic in (RAW, DEAD):
                values += [one.value async for one in read_stream(self._runtime.url, topic)]
        rows = [row for value in values for row in _rows(decoded(value))]
        for row in rows:
            if row.event not in self._others and row.event not in self._who.events:
                mine = self._person.mentioned(texts_of(row))
                self._others[row.event] = not mine or await belongs(self._runtime, self._who.tenant, row.event)

    def _rest(self, value: bytes) -> bytes | None:
        """What is left of a message without him: the same object when he is not in it, None when nothing is."""
        envelope = decoded(value)
        if envelope is None:
            return None if self._person.mentioned([value.decode("utf-8", "replace")]) else value
        if envelope.tenant != self._who.tenant:
            return value
        whose = frozenset(row.event for row in envelope.rows if not self._others.get(row.event, False))
        mine = frozenset(event for event in whose if event in self._who.events or event in self._others)
        rest = without(envelope, mine)
        return value if rest is envelope else None if rest is None else _json(rest)

    def _entry(self, entry: Entry) -> Entry | None:
        rest = self._rest(entry.value)
        if rest is entry.value:
            return entry
        return None if rest is None else msgspec.structs.replace(entry, value=rest)

    def _refused_files(self) -> Iterator[Place]:
        """Files that an import wrote refused rows to, as far as they are where they were written."""
        listed = self._runtime.data / REFUSED_FILES
        for name in dict.fromkeys(listed.read_text().splitlines()) if listed.exists() else ():
            path = Path(name)
            if path.exists():
                yield self._refused_file(path)

    def _refused_file(self, path: Path) -> Place:
        text = path.read_text("utf-8-sig", errors="replace")
        lines = text.splitlines() if path.suffix == ".jsonl" else None
        rows = [[line] for line in lines] if lines is not None else list(csv.reader(text.splitlines(keepends=True)))
        kept = [row for row in rows if not self._person.mentioned(row)]
        gone = len(rows) - len(kept)
        if gone and not self._preview:
            part = path.with_name(path.name + ".part")
            with part.open("w", encoding="utf-8-sig" if lines is None else "utf-8", newline="") as out:
                if lines is None:
                    csv.writer(out).writerows(kept)
                else:
                    out.writelines(f"{row[0]}\n" for row in kept)
            part.replace(path)
        return Place(f"refused rows, file {path.name}", gone, 0 if self._preview else gone)

    async def _settle(self) -> None:
        """Let the journal carry the erasure to the archived records, and write the store's file anew."""
        runtime = self._runtime
        publisher: Publisher = runtime.publisher
        if runtime.embedded_log:
            key = runtime.archive_key()
            publisher = ShelfPublisher(lambda topic: Shelf(Archive(runtime.data / "archive" / topic, key)))
        while await relay_once(ValkeyJournal(runtime.client), publisher, self._who.tenant):
            pass
        if not runtime.settings.store.url:
            await asyncio.to_thread(compact, store_home(runtime.data))

    def _remember(self, now: datetime) -> None:
        line = {"at": now.isoformat(), "tenant": self._who.tenant, "receipts": sorted(self._who.events)}
        self._runtime.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._runtime.data / LEDGER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(file, "ab") as out:
            out.write(_json(line) + b"\n")

    async def _look_again(self) -> list[Place]:
        """Search everything for his values, as a stranger would: the store, each file of the data folder, the archive opened."""
        needles, runtime = self._person.needles, self._runtime
        if not needles:
            return [Place("search for his values", 0, 0, 0, "nothing is known of him that could be searched for")]
        kept = await sweep(runtime.client, needles)
        others = sum(n for name, n in kept.items() if name.endswith("}r"))
        store = sum(kept.values()) - others
        files = sum(_holds(path, needles) for path in runtime.data.rglob("*") if path.is_file())
        opened = 0
        if runtime.embedded_log:
            for folder in sorted((runtime.data / "archive").glob("*")):
                entries = Archive(folder, runtime.archive_key()).read()
                opened += sum(self._still_his(entry.value, needles) for entry in entries)
        why = "other customers have the same value" if others else ""
        return [
            Place("searched: the store", store, 0, store),
            Place("searched: records of other customers", others, 0, others, why),
            Place("searched: files of the data folder", files, 0, files, why if others else ""),
            Place("searched: the archive, opened", opened, 0, opened, why if others else ""),
        ]

    def _still_his(self, value: bytes, needles: list[bytes]) -> bool:
        return any(needle in value for needle in needles) and (decoded(value) is None or self._rest(value) is not value)


def _rows(envelope: Envelope | None) -> tuple[Row, ...]:
    return envelope.rows if envelope is not None else ()


def _holds(path: Path, needles: list[bytes]) -> bool:
    try:
        content = path.read_bytes()
    except OSError:  # a socket, or gone meanwhile
        return False
    return any(needle in content for needle in needles)


def told(proof: Proof) -> Iterator[str]:
    """The proof for a person, line by line."""
    yield f"{proof.leads} leads of this person"
    for place in proof.places:
        end = f", {place.left} left" if place.left else ""
        yield f"  {place.place}: {place.found} found, {place.gone} gone{end}{'; ' + place.why if place.why else ''}"
