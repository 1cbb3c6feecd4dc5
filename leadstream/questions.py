"""Is it taken, may I call, I have called: questions of people and diallers about a customer by his values. Nothing is registered.

What is asked goes the way of a lead through ``prepare`` and is keyed like one; lists that keep leads away keep no question away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

from gateway.customers import Contact, Verdict
from leads.errors import BadInput
from leads.ownership import Lease
from leads.prepare import listed_not_to_contact, prepare
from leads.records import Envelope, Facts, Refused, Row
from leadstream.configuration.settings import Settings
from leadstream.policies import Policies
from matchers import question
from routing import conflict as taken
from routing.guard import Permission, permission, refused_until
from stores import conflict, guard
from stores.holders import COMPANY, CROWDED, Held, Holder
from stores.index import ValkeyIndex
from stores.lookup import roots
from streams.pipeline import TenantSpec

_facts = msgspec.msgpack.Decoder(Facts).decode
_NOT_ENOUGH = "give a phone, a mailbox, a WeChat id, or a company; a name only beside one of these"


class Counts(Protocol):
    """Where questions are counted."""

    def asked(self, tenant: str, answer: str, *, fishing: bool) -> None: ...

    def checked(self, tenant: str, reason: str) -> None: ...


class Question(NamedTuple):
    facts: Facts
    keys: tuple[bytes, ...]
    most: int  # customers behind a value from which on it tells nothing

    @property
    def closer(self) -> bool:
        return question.looks_closer(self.facts)

    def holders(self, held: Held) -> list[tuple[int, Holder]]:
        """The holders that are what was asked about, with their place among all."""
        if not self.closer:
            return list(enumerate(held.holders))
        return [
            (place, holder)
            for place, holder in enumerate(held.holders)
            if any(s in held.records and question.agrees(self.facts, _facts(held.records[s])) for s in holder.seqs)
        ]


class Questions:
    """Satisfies ``gateway.customers.Customers``. ``clock`` gives ms; time is measured only to wait for the floor."""

    def __init__(
        self,
        index: ValkeyIndex,
        settings: Settings,
        specs: Mapping[str, TenantSpec],
        policies: Policies,
        clock: Callable[[], int],
        counts: Counts,
    ) -> None:
        self._index, self._client = index, index.client
        self._settings, self._specs, self._policies = settings, specs, policies
        self._clock, self._counts = clock, counts

    async def conflict(self, tenant: str, fields: dict[str, str], asker: str, scope: str) -> Verdict:
        """Whether what ``fields`` (as a form names them) describe is taken. Raises BadInput, StoreDown."""
        began = time.monotonic()
        section = self._settings.tenants[tenant].conflict
        try:
            return await self._conflict(tenant, self.read(tenant, fields), asker, scope)
        finally:
            await until_floor(began, section.floor_ms / 1000)

    async def _conflict(self, tenant: str, asked: Question, asker: str, scope: str) -> Verdict:
        now, section = self._clock(), self._settings.tenants[tenant].conflict
        found = await conflict.ask(
            self._client,
            tenant,
            asked.keys,
            asker,
            now,
            digest=self.digest(tenant, asked),
            most=asked.most,
            scope=scope,
            allowance=section.allowance(),
            records=asked.closer,
        )
        if found.held is None:
            self._counts.asked(tenant, "wait", fishing=found.fishing)
            return Verdict("", wait_ms=found.wait_ms)
        state, until_ms = taken.answer(
            [(holder.settled, holder.leases) for _, holder in asked.holders(found.held)],
            found.held.shared > 0,
            asker,
            now,
            scope=scope,
            pools=(await self._policies.now(tenant)).pools,
        )
        self._counts.asked(tenant, state, fishing=found.fishing)
        return Verdict(state, until_ms)

    async def may_contact(self, tenant: str, fields: dict[str, str], member: str, scope: str) -> Permission:
        """Whether ``member`` may contact the customer behind these values now. Raises BadInput, StoreDown."""
        asked = self.read(tenant, fields)
        known = await guard.look(self._client, tenant, asked.keys, most=asked.most, records=asked.closer)
        holders = asked.holders(known.held)
        contacts = [known.before, *(known.contacts[place] for place, _ in holders)]
        leases: list[tuple[Lease, ...]] = [holder.leases for _, holder in holders]
        said = permission(
            await self._policies.now(tenant),
            known.barred or listed_not_to_contact(asked.facts, self._specs[tenant].preparation),
            max(one.refused_ms for one in contacts),
            sorted({moment for one in contacts for moment in one.moments}),
            leases,
            member,
            self._clock(),
            scope=scope,
        )
        self._counts.checked(tenant, said.reason)
        return said

    async def contacted(self, tenant: str, contact: Contact) -> guard.Noted:
        """Put a contact, or a refusal, on record for all colleagues. Raises BadInput, StoreDown."""
        entity, fields = 0, list[bytes]()
        if contact.receipt:
            (outcome,) = await self._index.outcomes(tenant, [bytes.fromhex(contact.receipt)])
            if outcome is None or not outcome.seq:
                raise BadInput("unknown_receipt", "nothing is on record for this receipt; name the customer by a value")
            fields = [outcome.seq.to_bytes(4, "big")]
            (entity,) = await roots(self._client, tenant, [outcome.seq])
        else:
            asked = self.read(tenant, contact.fields())
            known = await guard.look(self._client, tenant, asked.keys, most=asked.most, records=asked.closer)
            holders = [holder for _, holder in asked.holders(known.held)]
            fields = [min(holder.seqs).to_bytes(4, "big") for holder in holders] or list(asked.keys)
            entity = holders[0].entity if len(holders) == 1 else 0
        at_ms = contact.at_ms or self._clock()
        refused = (contact.until_ms or refused_until(await self._policies.now(tenant), at_ms)) if contact.refused else 0
        return await guard.contacted(
            self._client, tenant, fields, at_ms, contact.actor, refused_ms=refused, entity=entity
        )

    async def bar(self, tenant: str, fields: dict[str, str], who: str, *, off: bool = False) -> int:
        """Put values on the do-not-contact list, or take them ``off``. Gives how many that changed. Raises BadInput."""
        return await guard.bar(self._client, tenant, self.read(tenant, fields).keys, self._clock(), who, off=off)

    def read(self, tenant: str, fields: Mapping[str, str]) -> Question:
        """The question that these fields ask. Raises BadInput when they are not enough."""
        spec = self._specs[tenant]
        open_ = msgspec.structs.replace(
            spec.preparation, internal_numbers=frozenset(), do_not_contact=frozenset(), test_markers=frozenset()
        )
        lead = prepare(Row("0" * 32, dict(fields)), Envelope(tenant, "", "form", 0, ()), open_)
        keys = () if isinstance(lead, Refused) else question.keys(lead.facts, spec.keying, spec.secret)
        if isinstance(lead, Refused) or not keys:
            raise BadInput("not_enough", _NOT_ENOUGH)
        return Question(lead.facts, keys, COMPANY if question.about(lead.facts) == "company" else CROWDED)

    def digest(self, tenant: str, asked: Question) -> str:
        """What stands for the question in the journal: 32 hex digits, keyed, the same for the same question."""
        secret = self._specs[tenant].secret[:64]
        return blake2b(b"".join(sorted(asked.keys)), key=secret, digest_size=16, person=b"question").hexdigest()


async def until_floor(began: float, floor_s: float) -> None:
    """Wait until a whole number of floors has passed: what took longer than one must not show by how much."""
    if floor_s > 0:
        spent = time.monotonic() - began
        await asyncio.sleep(floor_s * (int(spent / floor_s) + 1) - spent)
