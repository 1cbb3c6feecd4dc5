"""``leadstream customer``: the profile of the customer a lead belongs to. Masked; in full it is noted in the journal."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from leads.errors import BadInput
from leads.profiles import Field, Known, Value, Witness, profile
from leads.records import Address, Company, Custom, Email, Facts, Handle, Name, Phone
from leadstream import masking
from leadstream.configuration.settings import Settings
from leadstream.explaining import event_of
from leadstream.levelwords import FIELDS, Lang, word
from leadstream.runtime import Runtime, clock
from stores.entities import entity
from stores.journal import note
from stores.lookup import records

_decode = msgspec.msgpack.Decoder(Facts).decode
_OTHERS: dict[Lang, str] = {"en": "also", "zh": "另有"}
_LEADS: dict[Lang, str] = {"en": "customer {id}: {n} leads{owner}", "zh": "客户 {id}：{n} 条线索{owner}"}


async def profiled(settings: Settings, tenant: str, event: str, lang: str, reveal_to: str | None) -> str:
    """The profile as text. ``reveal_to`` is who sees the values in full, None for masked ones. Raises BadInput."""
    if reveal_to == "":
        raise BadInput("no_actor", "say who looks with --actor: it goes on record")
    said: Lang = "zh" if lang == "zh" else "en"
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        if not outcome.seq:
            raise BadInput("no_lead", "this event was refused and belongs to no customer")
        now = await entity(runtime.client, tenant, outcome.seq)
        fields = await profile_of(runtime, tenant, outcome.seq)
        if reveal_to is not None:  # on record before it is shown
            await note(runtime.client, tenant, "revealed", clock(), now.id, reveal_to, event)
    finally:
        await runtime.close()
    owner = f", {now.owner()}" if now.owner() else ""
    head = _LEADS[said].format(id=now.id, n=len(now.members), owner=owner)
    return head + "\n" + profile_text(fields, said, masked=reveal_to is None)


async def profile_of(runtime: Runtime, tenant: str, seq: int) -> tuple[Field, ...]:
    """The profile of the entity that a lead is in now, by the tenant's rules. Raises StoreDown."""
    now = await entity(runtime.client, tenant, seq)
    found = await records(runtime.client, tenant, now.members)
    section = runtime.settings.tenants[tenant].profile
    return profile((Witness(s, _decode(record)) for s, record in found.items()), section.rules, section.trust)


def profile_text(fields: tuple[Field, ...], lang: Lang, *, masked: bool = True) -> str:
    """A field a line: the best value, when and whence; the other values below it."""
    lines = []
    for field in fields:
        lines.append(f"  {word(FIELDS, field.name, lang)}: {_line(field.best, masked)}")
        lines += [f"      {_OTHERS[lang]} {_line(known, masked)}" for known in field.values[1:]]
    return "\n".join(lines)


def _line(known: Known, masked: bool) -> str:
    day = datetime.fromtimestamp(known.at_ms / 1_000, UTC).strftime("%Y-%m-%d")
    whence = "/".join(filter(None, (known.door, known.source)))
    return f"{text_of(known.value, masked)}  ({day}, {whence}, {len(known.seqs)}x)"


def text_of(value: Value, masked: bool) -> str:
    """One value for people."""
    match value:
        case Name():
            return masking.name(value) if masked else value.text
        case Company():
            return masking.company(value)
        case Phone():
            return masking.phone(value) if masked else "-".join(filter(None, (value.mask or value.digits, value.ext)))
        case Email():
            return masking.email(value) if masked else value.address
        case Handle():
            return masking.handle(value) if masked else f"{value.kind} {value.value}"
        case Address():
            return masking.address(value) if masked else value.text
        case Custom():
            return masking.custom(value) if masked else value.value
    return value
