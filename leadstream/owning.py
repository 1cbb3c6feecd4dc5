"""``leadstream claim, release, transfer ...``: what owners and leaders do, from the command line."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.delivery import fresh_event
from gateway.mapping import assign
from gateway.ownership import REPORTS, receipt_of
from gateway.problems import Problem
from gateway.settings import ROLES, Role, TokenSpec
from gateway.shapes import Customer
from leads.errors import BadInput, LeadstreamError
from leads.ownership import REFUSALS, Act
from leads.records import Envelope, Row
from leadstream.configuration.settings import Settings
from leadstream.levelwords import Lang
from leadstream.ownership import Owners
from leadstream.ownerwords import refused, say
from leadstream.runtime import Runtime, clock
from streams.metrics import Metrics, new_registry


def speaker(tenant: str, actor: str, *, admin: bool) -> TokenSpec:
    """Who sits at the command line: a member with the rights the policy gives him, or who runs the installation."""
    role: Role = "admin" if admin else "leader"
    return TokenSpec(sha256="", tenant=tenant, scopes=ROLES[role], role=role, member=actor)


async def acting(settings: Settings, who: TokenSpec, act: Act, lang: Lang) -> str:
    """Do it and tell what came of it. Raises BadInput; LeadstreamError when it was refused."""
    receipt_of(act.event)
    async with _owners(settings) as owners:
        moved = await owners.move(who, act)
        if moved.status == "refused":
            raise LeadstreamError(refused(moved.reason, lang))
        customer = await owners.see(who, act.event, act.scope)
    told = [say("known" if moved.status == "known" else act.what, lang)]
    if moved.reason:
        told.append(refused(moved.reason, lang))
    return "; ".join([*told, *([line(customer, settings, who.tenant, lang)] if customer else [])])


async def reporting(settings: Settings, who: TokenSpec, fields: Mapping[str, str], scope: str, lang: Lang) -> str:
    """Report a customer who may not be known yet. Raises BadInput; LeadstreamError when it was refused."""
    known, extra = assign(fields, {})
    row = Row(event=fresh_event(), fields={**known, "claimant": who.member}, extra=extra)
    async with _owners(settings) as owners:
        outcome = await owners.report(who, Envelope(who.tenant, REPORTS, "import", clock(), (row,)), scope)
        if isinstance(outcome, str):
            raise LeadstreamError(refused(outcome, lang))
        customer = await owners.see(who, row.event, scope) if outcome.seq else None
    told = [row.event, say("outcome", lang, code=outcome.code, reason=outcome.reason)]
    return "  ".join([*told, *([line(customer, settings, who.tenant, lang)] if customer else [])])


async def pools(settings: Settings, who: TokenSpec, lang: Lang) -> list[str]:
    """A line a pool. Raises StoreDown."""
    async with _owners(settings) as owners:
        found = await owners.pools(who)
    return [
        "  ".join(
            filter(
                None,
                (
                    f"{pool.id:<16}",
                    say("waiting", lang, n=pool.waiting),
                    say("turns", lang, used=pool.claimed_today, cap=pool.claims_a_day)
                    if pool.claims_a_day >= 0
                    else "",
                ),
            )
        )
        for pool in found
    ]


async def waiting(settings: Settings, who: TokenSpec, pool: str, after: str, most: int, lang: Lang) -> list[str]:
    """What waits in a pool, masked, with what to claim it by. Raises BadInput, LeadstreamError, StoreDown."""
    async with _owners(settings) as owners:
        page = await owners.waiting(who, pool, after, most)
    zone = ZoneInfo(settings.tenants[who.tenant].timezone)
    lines = [
        "  ".join(filter(None, (one.receipt, _when(one.since_ms, zone), one.why, _values(one))))
        for one in page.customers
    ]
    return [*(lines or [say("nothing", lang)]), *([say("more", lang, after=page.next)] if page.next else [])]


@asynccontextmanager
async def _owners(settings: Settings) -> AsyncIterator[Owners]:
    """Owners with a runtime of their own; what the door would answer as a problem becomes an error of ours."""
    runtime = Runtime(settings)
    try:
        yield Owners(runtime, clock, lambda: runtime.shell(Metrics(new_registry()), "command"))
    except Problem as problem:
        if problem.code in REFUSALS:
            raise LeadstreamError(problem.detail) from None
        raise BadInput(problem.code, problem.detail) from None
    finally:
        await runtime.close()


def line(customer: Customer, settings: Settings, tenant: str, lang: Lang) -> str:
    """How a customer stands."""
    word = "reported_by" if customer.status == "reported" else customer.status
    told = [say(word, lang, owner=customer.owner, pool=customer.pool)]
    if customer.lapses_ms:
        zone = ZoneInfo(settings.tenants[tenant].timezone)
        told.append(say("until", lang, when=_when(customer.lapses_ms, zone)))
    return ", ".join(told)


def new_act(what: str, event: str, actor: str, **said: object) -> Act:
    """An act of now, under an id of its own."""
    return Act(**{"id": secrets.token_hex(16), "what": what, "event": event, "actor": actor, "at_ms": clock()} | said)  # type: ignore[arg-type]


def _when(ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ms / 1_000, zone).strftime("%Y-%m-%d %H:%M")


def _values(customer: Customer) -> str:
    return ", ".join(known[0].value for known in customer.fields.values() if known)
