"""Reviews for people: the queue in the order that teaches most, the evidence for one, and a decision. Values are masked."""

from __future__ import annotations

import re
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec

from leads.errors import BadInput
from leads.records import Facts
from leadstream.configuration.settings import Settings
from leadstream.customer import profile_of, profile_text
from leadstream.explaining import event_of, explained
from leadstream.masking import values
from leadstream.past import history, when
from leadstream.runtime import Runtime, clock
from matchers.learn import teaches
from routing.days import day_number
from stores import reviews
from stores.lookup import records

_FIELDS = ("name", "company", "phone", "email", "handle", "city")
_PERSONAL = re.compile(r"@|(?:\d[\s.-]?){7}")
_LONGEST_REASON = 200
#: Moves by which a person takes back what matching united (docs/objectives.md: correct owner), or had left open.
CORRECTIONS = ("split", "told_apart")
_decode = msgspec.msgpack.Decoder(Facts).decode

#: What to tell the person, by status.
SAID: dict[str, str] = {
    "same": "united: it is the same customer now, entity {entity}",
    "apart": "told apart for ever: it is a customer of its own, entity {entity}",
    "known": "that had been decided before; nothing changed",
    "split": "taken out: it is a customer of its own, entity {entity}, told apart for ever from what is left",
}
REFUSED: dict[str, str] = {
    "otherwise": "it was decided the other way before; to part a customer again use leadstream split",
    "settled": "a later lead has answered this; to part the customer again use leadstream split",
    "gone": "the other lead was removed meanwhile; the lead can only be told apart",
    "told_apart": "their customers hold leads that were told apart; take the wrong lead out first with leadstream split",
    "not_review": "this lead is not under review; to take it out of its customer use leadstream split",
    "unknown": "nothing is on record for this event",
    "under_way": "it is still under way; try again in a moment",
    "alone": "it is a customer of its own already",
    "no_lead": "it was refused and belongs to no customer",
}


class Desk:
    """Reviews over one store. Satisfies ``gateway.reviews.Reviews``."""

    def __init__(self, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def waiting(self, tenant: str, most: int) -> list[dict[str, Any]]:
        """Up to ``most`` reviews, what teaches most first, with the values of both sides masked. Raises StoreDown."""
        queue = await reviews.waiting(self._client, tenant)
        queue.sort(key=lambda one: (-teaches(one.probability, one.leads), one.seq))
        queue = queue[:most]
        found = await records(self._client, tenant, [seq for one in queue for seq in (one.seq, one.likeliest)])
        facts = {seq: _decode(record) for seq, record in found.items()}
        return [
            {
                **msgspec.to_builtins(one),
                "probability": round(one.probability, 4),
                "lead": masked(facts.get(one.seq)),
                "resembles": masked(facts.get(one.likeliest)),
            }
            for one in queue
        ]

    async def decide(self, tenant: str, event: bytes, answer: reviews.Answer, who: str, why: str) -> reviews.Decided:
        """Decide one review now. Raises StoreDown, BadInput for a reason that cannot go on record."""
        check_reason(why)
        now = clock()
        return await reviews.decide(self._client, tenant, event, answer, now, self._day(tenant, now), who, why)

    async def split(self, tenant: str, event: bytes, who: str, why: str) -> reviews.Split:
        """Take a lead out of its customer now. Raises StoreDown, BadInput for a reason that cannot go on record."""
        check_reason(why)
        now = clock()
        return await reviews.split(self._client, tenant, event, now, self._day(tenant, now), who, why)

    def _day(self, tenant: str, now_ms: int) -> int:
        return day_number(now_ms, ZoneInfo(self._settings.tenants[tenant].timezone))


def check_reason(why: str) -> None:
    """A reason stays in the journal for ever. Raises BadInput for one that looks like a number or a mailbox, or is long."""
    if len(why) > _LONGEST_REASON or _PERSONAL.search(why):
        raise BadInput(
            "bad_reason",
            f"a reason stays on record for ever: at most {_LONGEST_REASON} characters, no phone number, no mail address",
        )


def masked(facts: Facts | None) -> dict[str, str]:
    """What may be shown of a lead to whoever looks: enough to know it again, not enough to call."""
    if facts is None:
        return {}
    return {field: shown for field in _FIELDS if (shown := values(field, facts))}


async def listed(settings: Settings, tenant: str, most: int) -> list[str]:
    """The queue as lines."""
    runtime = Runtime(settings)
    try:
        rows = await Desk(runtime.client, settings).waiting(tenant, most)
        total = await reviews.waiting_count(runtime.client, tenant)
    finally:
        await runtime.close()
    lines = []
    for row in rows:
        lines.append(f"{row['event']}  {row['probability']:.0%} the same, {row['leads']} leads")
        lines += [f"    {side:<10}{'; '.join(row[side].values()) or 'gone'}" for side in ("lead", "resembles")]
    return [*lines, f"{total} wait" + (f", {len(rows)} shown" if len(rows) < total else "")]


async def shown(settings: Settings, tenant: str, event: str, lang: str) -> str:
    """The waterfall of one review, and the customer it resembles. Raises BadInput."""
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        text = await explained(runtime.index, settings, tenant, outcome, lang)
        if outcome.likeliest:
            fields = await profile_of(runtime, tenant, outcome.likeliest)
            text += "\n" + profile_text(fields, "zh" if lang == "zh" else "en")
        return text
    finally:
        await runtime.close()


async def deciding(settings: Settings, tenant: str, event: str, answer: str, who: str, why: str) -> str:
    """Decide and tell what came of it. Raises BadInput when it cannot be done."""
    if answer not in get_args(reviews.Answer):
        raise BadInput("bad_answer", "the answer is same or apart")
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        said: reviews.Answer = "same" if answer == "same" else "apart"
        done = await Desk(runtime.client, settings).decide(tenant, bytes.fromhex(outcome.event), said, who, why)
    finally:
        await runtime.close()
    return told(done.status, done.entity)


async def splitting(settings: Settings, tenant: str, event: str, who: str, why: str) -> str:
    """Take a lead out and tell what came of it. Raises BadInput when it cannot be done."""
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        done = await Desk(runtime.client, settings).split(tenant, bytes.fromhex(outcome.event), who, why)
    finally:
        await runtime.close()
    return told(done.status, done.entity)


async def corrected(settings: Settings, tenant: str) -> list[str]:
    """What people took back of what matching had decided, oldest first: when, what, the lead's receipt, who and why."""
    runtime = Runtime(settings)
    try:
        moves = [effect.move async for effect in history(runtime, tenant) if effect.move]
    finally:
        await runtime.close()
    lines = [f"{when(m.at_ms)}  {m.what:<10}  {m.event}  {m.member}: {m.why}" for m in moves if m.what in CORRECTIONS]
    return lines or ["nothing was taken back, as far as the journal goes back"]


def told(status: str, entity: int) -> str:
    """A status in words. Raises BadInput for one that refused."""
    if status in REFUSED:
        raise BadInput(status, REFUSED[status])
    return SAID[status].format(entity=entity)
