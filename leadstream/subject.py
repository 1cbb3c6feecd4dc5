"""Who is meant: the leads of one person, found by a receipt or by a value of his, and everything that is kept of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import msgspec

from leads.errors import BadInput
from leads.mentions import Person, person, texts_of
from leads.records import Envelope, Facts, Row
from leadstream.explaining import event_of
from leadstream.questions import Questions
from leadstream.runtime import Runtime, clock
from stores import guard
from stores.archive import Archive
from stores.entities import Entity, entity
from stores.layout import Keys
from stores.lookup import records
from stores.sweep import seqs_by_event
from streams.metrics import Metrics, new_registry
from streams.topics import RAW

_facts = msgspec.msgpack.Decoder(Facts).decode
_envelope = msgspec.json.Decoder(Envelope).decode


class Subject(msgspec.Struct, frozen=True):
    """One person: his customers (several when nobody has united them), their leads by receipt, what is known of each."""

    tenant: str
    entities: tuple[Entity, ...]
    events: Mapping[str, int]  # receipt -> number of the lead
    facts: Mapping[int, Facts]
    keys: tuple[bytes, ...]  # under which contacts may have been noted before there was a lead

    @property
    def person(self) -> Person:
        return person(self.facts.values(), self.events)


async def find(runtime: Runtime, tenant: str, receipt: str, fields: Mapping[str, str]) -> Subject:
    """The person whom a receipt or a value means. Raises BadInput when nobody is meant, or too many; StoreDown."""
    if receipt:
        outcome = await event_of(runtime.index, tenant, receipt)
        if not outcome.seq:
            return Subject(tenant, (), {receipt: 0}, {}, ())
        return await _of(runtime, tenant, [outcome.seq], (), [receipt])
    questions = Questions(
        runtime.index, runtime.settings, runtime.tenants(), runtime.policies, clock, Metrics(new_registry())
    )
    asked = questions.read(tenant, fields)
    known = await guard.look(runtime.client, tenant, asked.keys, most=asked.most, records=asked.closer)
    if known.held.shared:
        raise BadInput("shared", "too many customers share this value to tell whose it is; give a receipt")
    holders = [holder for _, holder in asked.holders(known.held)]
    if len(holders) > 1 and not asked.facts.name:
        raise BadInput(
            "several", f"{len(holders)} customers have this value: give the name too (--named), or a receipt"
        )
    found = await _of(runtime, tenant, [holder.entity for holder in holders], asked.keys, ())
    facts = dict(found.facts) or {0: asked.facts}  # no lead of his is left, but messages may be
    return msgspec.structs.replace(found, facts=facts)


async def _of(
    runtime: Runtime, tenant: str, seqs: Sequence[int], keys: tuple[bytes, ...], events: Collection[str]
) -> Subject:
    entities = {now.id: now for seq in seqs for now in [await entity(runtime.client, tenant, seq)] if now.id}
    members = {member for now in entities.values() for member in now.members}
    found = await seqs_by_event(runtime.client, Keys.of(tenant).events, members) if members else {}
    facts = {seq: _facts(record) for seq, record in (await records(runtime.client, tenant, sorted(members))).items()}
    mine = (
        {event.hex(): seq for event, seq in found.items()}
        | dict.fromkeys(events, 0)
        | {event.hex(): seq for event, seq in found.items()}
    )
    return Subject(tenant, tuple(entities.values()), mine, facts, keys)


async def raw(runtime: Runtime, who: Subject) -> AsyncIterator[tuple[Envelope, Row]]:
    """What the doors accepted of this person, as far back as messages are kept: his events, and rows of no customer (refused
    ones) that hold a value of his. Raises Unavailable, BadInput for a wrong archive key."""
    async for envelope in _envelopes(runtime):
        if envelope.tenant == who.tenant:
            for row in envelope.rows:
                if await is_his(runtime, who, row):
                    yield envelope, row


async def is_his(runtime: Runtime, who: Subject, row: Row) -> bool:
    """Whether a row is of this person. One that is another customer's lead is not, whatever it says."""
    if row.event in who.events:
        return True
    if not who.person.mentioned(texts_of(row)):
        return False
    return not await belongs(runtime, who.tenant, row.event)


async def belongs(runtime: Runtime, tenant: str, event: str) -> bool:
    """Whether this event is a lead of a customer now."""
    try:
        (outcome,) = await runtime.index.outcomes(tenant, [bytes.fromhex(event)])
    except ValueError:
        return False
    return outcome is not None and outcome.entity > 0


async def _envelopes(runtime: Runtime) -> AsyncIterator[Envelope]:
    if runtime.embedded_log:
        values = [entry.value for entry in Archive(runtime.data / "archive" / RAW, runtime.archive_key()).read()]
        for value in values:
            if (envelope := decoded(value)) is not None:
                yield envelope
        return
    from streams.kafka_log import read  # the Kafka extra need not be installed

    async for message in read(",".join(runtime.settings.log.bootstrap), RAW):
        if (envelope := decoded(message.value)) is not None:
            yield envelope


def decoded(value: bytes) -> Envelope | None:
    """The envelope in a message, None when it is none."""
    try:
        return _envelope(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
