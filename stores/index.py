"""The index and the state of every lead on Valkey or Redis: register and commit as one atomic script each.

Every method takes a whole batch in one round trip and is idempotent by event, so the driver may send it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from redis.asyncio import Redis

from leads.commonness import ACCOUNT, COMMON, FEW, WEAK
from leads.records import (
    Committed,
    Decision,
    IndexStats,
    Outcome,
    Plan,
    RegisterAnswer,
    Registration,
)
from stores import codec
from stores.answers import read_answer, without
from stores.connect import guarded
from stores.layout import BLAME, Keys, slot_key
from stores.scripts import Script

#: A lead's keys beyond these are not indexed; they come strongest first. The mask of shared keys is a double in Lua.
MOST_KEYS = 52
_COMMON = (WEAK, ACCOUNT, COMMON, FEW)
REGISTER = Script("register", "register_numbers", "register_buckets", logged=False)


class ValkeyIndex:
    """Satisfies ``streams.ports.Index``. Shared by all coroutines of one event loop; keeps no state of leads.

    ``cap`` is how many entities may share a key before it stops being evidence (at most 127), ``top`` how many candidate
    entities a lead gets, ``members`` how many leads a view of an entity lists.
    """

    def __init__(self, client: Redis, *, cap: int = 32, top: int = 20, members: int = 16) -> None:
        assert 0 < cap <= 127, "counts travel as signed bytes"
        self.client: Any = client  # the driver's types cannot tell that answers are bytes here
        #: Tables of key (U, L) that this process makes keys for, by tenant; the store refuses who leaves out one in force.
        self.cases: dict[str, str] = {}
        self.cap = cap
        self._limits = (cap, top, members)
        self._commit = Script(
            "commit", "entities", "lease", "commit_read", "commit_turn", "commit_unite", "commit_unique"
        )
        self._plans: dict[tuple[str, bytes], tuple[str, str]] = {}

    async def register(self, tenant: str, batch: Sequence[Registration]) -> RegisterAnswer:
        """Step 2, see the port."""
        if not batch:
            return RegisterAnswer((), {}, {}, await self.stats(tenant))
        at = Keys.of(tenant)
        keys = [r.keys if len(r.keys) <= MOST_KEYS else r.keys[:MOST_KEYS] for r in batch]
        blob = b"".join(chain.from_iterable(keys))
        kinds = bytes(sorted(set(blob[::9])))
        tables = [
            at.counters,
            at.events,
            at.records,
            at.entities,
            at.aliases,
            at.demoted,
            *(at.bucket(chr(kind)) for kind in kinds),
        ]
        sizes = bytes(map(len, keys))
        arguments: list[Any] = [
            b"".join([r.event for r in batch]),
            sizes,
            blob,
            kinds,
            *self._limits,
            1,
        ]
        records = [r.record for r in batch]
        lengths = codec.pack_seqs([len(record) for record in records])
        with guarded("register"):
            arguments += [lengths, b"".join(records), self.cases.get(tenant, ""), 0, *_COMMON]
            reply = await REGISTER(self.client, tables, arguments)
        answer = read_answer(batch, sizes, reply)
        gone = {seq for seq in codec.unpack_seqs(reply[3]) if seq not in answer.records}
        return without(answer, gone) if gone else answer

    async def commit(self, tenant: str, decisions: Sequence[Decision]) -> list[Committed]:
        """Step 5, see the port."""
        if not decisions:
            return []
        at = Keys.of(tenant)
        plans: dict[bytes, bytes] = {}
        places: dict[int, int] = {}  # id(plan) -> place in the batch; leads of one rule share the object
        order: dict[bytes, int] = {}
        days: dict[int, int] = {}
        packed_decisions: list[bytes] = []
        for decision in decisions:
            place = 0
            if decision.plan is not None:
                place = places.get(id(decision.plan), 0)
                if not place:
                    digest, packed = codec.pack_plan(decision.plan)
                    place = places[id(decision.plan)] = order.setdefault(digest, len(order) + 1)
                    plans[digest] = packed
                    self._remember(tenant, digest, decision.plan)
            day = days.setdefault(decision.day, len(days) + 1)
            packed_decisions += codec.pack_decision(decision, place, day)
        listed = list(chain.from_iterable(plans.items()))
        tables = [at.counters, at.events, at.entities, at.aliases, at.plans, at.turns, at.open, at.journal, at.apart]
        tables += [at.beyond, at.waiting, at.timers, at.holders, *(at.day(day) for day in days)]
        with guarded("commit"):
            arguments = [len(plans), *listed, b"".join(packed_decisions), *codec.pack_taken(decisions)]
            reply = await self._commit(self.client, tables, arguments)
        return await self._read_commits(tenant, decisions, packed_decisions[1::2], reply)

    async def outcomes(self, tenant: str, events: Sequence[bytes]) -> list[Outcome | None]:
        """Step 0: what is on record; None for an event that is unknown or only registered."""
        if not events:
            return []
        with guarded("read outcomes"):
            values = await self.client.hmget(Keys.of(tenant).events, list(events))
        stored = [value if value is not None and len(value) > 4 else None for value in values]
        plans = await self.plans_of(tenant, [value for value in stored if value])
        pairs = zip(events, stored, strict=True)
        return [codec.outcome_of(tenant, event, value, plans) if value else None for event, value in pairs]

    async def plan(self, tenant: str, digest: str) -> Plan | None:
        """The plan an outcome names (hex digest), None when unknown."""
        with guarded("read a plan"):
            packed = await self.client.hget(Keys.of(tenant).plans, bytes.fromhex(digest))
        return codec.unpack_plan(packed) if packed else None

    async def stats(self, tenant: str) -> IndexStats:
        """How many leads there are, and how many joined an earlier one."""
        with guarded("read counters"):
            seq, joined = await self.client.hmget(Keys.of(tenant).counters, ["seq", "joined"])
        return IndexStats(int(seq or 0), int(joined or 0))

    async def mark(self, slot: str, refs: Sequence[str]) -> None:
        """Remember what this worker slot has in hand (empty: nothing)."""
        with guarded("mark"):
            async with self.client.pipeline(transaction=True) as both:
                both.delete(slot_key(slot))
                if refs:
                    both.rpush(slot_key(slot), *refs)
                await both.execute()

    async def marked(self, slot: str) -> tuple[str, ...]:
        """What the previous holder of this slot had in hand when it died."""
        with guarded("read marks"):
            refs = await self.client.lrange(slot_key(slot), 0, -1)
        return tuple(ref.decode() for ref in refs)

    async def blame(self, ref: str) -> int:
        """Count one death for this message; gives the new count."""
        with guarded("blame"):
            return int(await self.client.hincrby(BLAME, ref, 1))

    def _remember(self, tenant: str, digest: bytes, plan: Plan) -> None:
        if len(self._plans) > 50_000:
            self._plans.clear()
        self._plans[tenant, digest] = (plan.rule, plan.policy)

    async def plans_of(self, tenant: str, stored: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
        """(rule, policy) of every plan these outcomes name; read from the store when this process has not met it."""
        digests = {codec.plan_digest(value) for value in stored}
        missing = [digest for digest in digests if any(digest) and (tenant, digest) not in self._plans]
        if missing:
            with guarded("read plans"):
                for digest, packed in zip(
                    missing, await self.client.hmget(Keys.of(tenant).plans, missing), strict=True
                ):
                    if packed:
                        self._remember(tenant, digest, codec.unpack_plan(packed))
        return {digest: self._plans[tenant, digest] for digest in digests if (tenant, digest) in self._plans}

    async def _read_commits(
        self, tenant: str, decisions: Sequence[Decision], bodies: Sequence[bytes], reply: Any
    ) -> list[Committed]:
        statuses, values = reply[::2], reply[1::2]
        stored = [v + b if s == b"n" else v for s, v, b in zip(statuses, values, bodies, strict=True)]
        plans = await self.plans_of(tenant, [value for value in stored if value])
        return [
            codec.committed(codec.outcome_of(tenant, decision.event, value, plans), status != b"o", status == b"t")
            if status != b"s"
            else Committed(None)
            for decision, status, value in zip(decisions, statuses, stored, strict=True)
        ]
