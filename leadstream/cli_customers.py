"""Commands about one customer, named by his values: is he taken, nobody may call him."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from leads.errors import BadInput
from leadstream.options import Config, Tenant
from leadstream.options import settings as settings_of
from leadstream.options import tenant as tenant_of

Phone = Annotated[str, typer.Option("--phone", help="- reads it from standard input.")]
Email = Annotated[str, typer.Option("--email", help="- reads it from standard input.")]
Wechat = Annotated[str, typer.Option("--wechat")]
Company = Annotated[str, typer.Option("--company")]
Name = Annotated[str, typer.Option("--name", help="Only beside one of the others.")]
City = Annotated[str, typer.Option("--city", help="Of the company.")]
Who = Annotated[str, typer.Option("--actor", help="Who asks; goes on record.")]

SAID: dict[str, str] = {
    "free": "free: nobody has it",
    "in_pool": "in a pool: it may be claimed",
    "shared": "cannot be told by this: too many share it; ask by something else",
    "under_way": "a lead with it is being decided; ask again in a moment",
    "cooling": "in a pool, not for you yet: until {until}",
    "protected": "protected{until}; if it should be yours, file a case",
}


def conflict(
    actor: Who,
    phone: Phone = "",
    email: Email = "",
    wechat: Wechat = "",
    company: Company = "",
    name: Name = "",
    city: City = "",
    scope: Annotated[str, typer.Option("--scope")] = "",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Is this phone, company or person taken? Never says whose. Every question is on record."""
    from leadstream.asking import asking

    settings = settings_of(config_file)
    fields = _fields(phone=phone, email=email, wechat=wechat, company=company, name=name, city=city)
    verdict = asyncio.run(asking(settings, tenant_of(settings, tenant), fields, actor, scope))
    if not verdict.state:
        raise BadInput("too_many_questions", f"asked too often; again in {-(-verdict.wait_ms // 1000)} s")
    print(told(verdict.state, verdict.until_ms))


def bar(
    actor: Who,
    phone: Phone = "",
    email: Email = "",
    wechat: Wechat = "",
    off: Annotated[bool, typer.Option("--off", help="Take it off the list again.")] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Put a phone or a mailbox on the list of those that nobody may contact."""
    from leadstream.asking import barring

    settings = settings_of(config_file)
    fields = _fields(phone=phone, email=email, wechat=wechat)
    changed = asyncio.run(barring(settings, tenant_of(settings, tenant), fields, actor, off))
    print(("taken off the list" if off else "nobody may contact it from now on") if changed else "it is so already")


def told(state: str, until_ms: int) -> str:
    """What to tell the person who asked."""
    until = datetime.fromtimestamp(until_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC") if until_ms else ""
    return SAID[state].format(until=f" until {until}" if state == "protected" and until else until)


def _fields(**given: str) -> dict[str, str]:
    """What was said; ``-`` is read from standard input, so that it stands in no list of processes."""
    return {field: sys.stdin.readline().strip() if text == "-" else text for field, text in given.items() if text}
