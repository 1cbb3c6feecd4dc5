"""Who is told what: effects that concern an owner become notices, which wait in the store until they are sent.

A notice is dropped after a day; until then one that is not taken is tried again. Nothing waits for a receiver but notices.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from gateway.notify import Kind, Notice, Refused, Target, Undelivered, send
from leads.errors import Unavailable
from leads.policy import Member
from leads.records import Facts
from leadstream.configuration.policy import DAY_MS
from leadstream.configuration.settings import Settings
from leadstream.handles import Handles
from leadstream.masking import values
from leadstream.policies import Policies
from stores import notices
from stores.index import ValkeyIndex
from stores.journal import Effect, effects
from stores.lookup import records

_log = logging.getLogger(__name__)
_decode = msgspec.msgpack.Decoder(Notice).decode
_encode = msgspec.msgpack.Encoder().encode
_facts = msgspec.msgpack.Decoder(Facts).decode
_AT_ONCE, _HOLD_MS = 20, 30_000
#: Moves that tell the member they concern, unless he made them himself.
_MOVES: dict[str, Kind] = {
    "transfer": "given",
    "given": "given",
    "placed": "given",
    "claim": "given",
    "warning": "warning",
    "lapsed": "lapsed",
    "case_opened": "case_opened",
    "case_joined": "case_opened",
    "case_decided": "case_decided",
    "case_appealed": "case_appealed",
    "case_overdue": "case_overdue",
    "share_asked": "share_asked",
}
_FIELDS = ("name", "company", "phone", "city")


class Notices:
    """For the tenants that have a target. ``witness`` belongs to the relay of the journal, ``deliver`` runs beside it."""

    def __init__(
        self,
        index: ValkeyIndex,
        policies: Policies,
        targets: Mapping[str, Target],
        handles: Handles,
        clock: Callable[[], int],
    ) -> None:
        self._index, self._client, self._policies = index, index.client, policies
        self._targets, self._handles, self._clock = targets, handles, clock

    async def witness(self, tenant: str, entries: Sequence[tuple[int, bytes]]) -> None:
        """Keep a notice of every effect that concerns an owner. Raises StoreDown."""
        if tenant not in self._targets:
            return
        policy = await self._policies.now(tenant)
        told = [
            (effect.number, *found)
            for effect in await effects(self._index, tenant, entries)
            if (found := _concerns(effect))
        ]
        packed = await records(self._client, tenant, sorted({seq for _, _, _, seq, _ in told} - {0}))
        made = []
        for number, kind, member, seq, at_ms in told:
            about = _about(_facts(packed[seq])) if seq in packed else ""
            person = policy.members.get(member, Member(id=member))
            receipt = self._handles.of(tenant, seq) if seq else ""
            notice = Notice(f"{tenant}-{number}", kind, member, at_ms, person.contact, person.name, about, receipt)
            made.append((number, _encode(notice)))
        await notices.put(self._client, tenant, made)

    async def deliver(self, who: str, *, idle_s: float = 1.0) -> None:
        """Until cancelled: send what waits, oldest first. Of many workers one sends for a tenant at a time."""
        pause_s = idle_s
        while True:
            sent = tried = 0
            for tenant in self._targets:
                try:
                    if await notices.my_turn(self._client, tenant, who, _HOLD_MS):
                        found = await notices.waiting(self._client, tenant, _AT_ONCE)
                        tried += len(found)
                        sent += await self.send(tenant, [body for _, body in found])
                except Unavailable:
                    continue
            pause_s = idle_s if sent or not tried else min(pause_s * 2, 60.0)
            if not sent or sent < _AT_ONCE:
                await asyncio.sleep(pause_s)

    async def send(self, tenant: str, waiting: Sequence[bytes]) -> int:
        """Send these, in order, until one is not taken; those too old or that may not be sent are dropped. Gives how many are
        done with. Raises StoreDown."""
        target, done = self._targets[tenant], 0
        for body in waiting:
            notice = _decode(body)
            if self._clock() - notice.at_ms < DAY_MS:
                try:
                    await send(notice, target, self._clock())
                except Undelivered as error:
                    _log.warning("a notice waits: %s", error)
                    break
                except Refused as error:
                    _log.error("a notice is dropped: %s", error)
            await notices.done(self._client, tenant, body)
            done += 1
        return done


def _concerns(effect: Effect) -> tuple[Kind, str, int, int] | None:
    """(what, whom, a lead, when) of an effect that its owner should hear of."""
    outcome, move = effect.outcome, effect.move
    if outcome is not None:
        if (
            not outcome.owner
            or outcome.code not in ("assigned", "merged")
            or outcome.reason in ("customer", "call_update")
        ):
            return None
        return ("new_lead" if outcome.code == "assigned" else "again"), outcome.owner, outcome.seq, outcome.at_ms
    if move is None or move.what not in _MOVES or not move.member or move.actor == move.member:
        return None
    return _MOVES[move.what], move.member, move.lease.seq if move.lease else move.entity, move.at_ms


def _about(facts: Facts) -> str:
    return ", ".join(shown for field in _FIELDS if (shown := values(field, facts)))


def targets(settings: Settings, env: Mapping[str, str]) -> dict[str, Target]:
    """Where the notices of each tenant go; tenants without an address, or whose variable is not set, have none."""
    found = {}
    for name, tenant in settings.tenants.items():
        section = tenant.notify
        if section.url_env and env.get(section.url_env):
            found[name] = Target(
                url=env[section.url_env],
                secret=env.get(section.secret_env, ""),
                format=section.format,
                hosts=frozenset(section.hosts),
                private=section.private,
                link=f"{settings.gateway.public_url}/console" if settings.gateway.public_url else "",
                chinese=section.lang == "zh",
            )
    return found
