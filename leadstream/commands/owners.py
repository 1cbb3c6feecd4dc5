"""Commands about who has a customer. Exit status 1 when it is refused: the message says why, never whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from leads.errors import BadInput
from leadstream.commands.options import Config, Lang, Tenant, installation
from leadstream.commands.options import settings as settings_of
from leadstream.commands.options import tenant as tenant_of
from leadstream.commands.people import user, words

pool_app = typer.Typer(no_args_is_help=True, help="Pools: what waits for somebody who takes it.")

Receipt = Annotated[str, typer.Argument(help="Receipt of any lead of the customer, or what a list shows for it.")]
As = Annotated[str, typer.Option("--actor", help="The member who does it.")]
Admin = Annotated[bool, typer.Option("--admin", help="As who runs this installation, not as a member.")]
Scope = Annotated[str, typer.Option(help="Product line or region; one by default.")]
Why = Annotated[str, typer.Option("--reason", help="Goes on record, so no personal data.")]
Pool = Annotated[str, typer.Option(help="Which pool.")]


def claim(
    receipt: Receipt,
    actor: As = "",
    member: Annotated[str, typer.Option(help="Leaders: whom it is for.")] = "",
    pool: Pool = "",
    scope: Scope = "",
    reason: Why = "",
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Take a customer from the pool. What is known of him is shown once it is yours."""
    _act("claim", receipt, actor, admin, lang, config_file, tenant, member=member, pool=pool, scope=scope, why=reason)


def release(
    receipt: Receipt,
    actor: As = "",
    pool: Pool = "",
    scope: Scope = "",
    reason: Why = "",
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Give a customer back to a pool."""
    _act("release", receipt, actor, admin, lang, config_file, tenant, pool=pool, scope=scope, why=reason)


def transfer(
    receipt: Receipt,
    to: Annotated[str, typer.Option("--to", help="The member who gets it.")],
    actor: As = "",
    scope: Scope = "",
    reason: Why = "",
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Give a customer to another member."""
    _act("transfer", receipt, actor, admin, lang, config_file, tenant, member=to, scope=scope, why=reason)


def follow_up(
    receipt: Receipt,
    kind: Annotated[str, typer.Option(help="call, mail, visit or note; a note is no evidence")],
    seconds: Annotated[int, typer.Option(help="Of a call.", min=0)] = 0,
    at: Annotated[str, typer.Option(help="When it was; without it now.")] = "",
    actor: As = "",
    scope: Scope = "",
    reason: Why = "",
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Put a contact with a customer on record."""
    from leadstream.staff import moment

    if kind not in ("call", "mail", "visit", "note"):
        raise BadInput("bad_kind", "the kind is call, mail, visit or note")
    when = moment(at, *installation(config_file, tenant))
    if when > datetime.now().timestamp() * 1_000:
        raise BadInput("bad_date", "it has not happened yet")
    _act(
        "follow_up",
        receipt,
        actor,
        admin,
        lang,
        config_file,
        tenant,
        kind=kind,
        seconds=seconds,
        at_ms=when,
        scope=scope,
        why=reason,
    )


def approve(
    receipt: Receipt,
    actor: As = "",
    scope: Scope = "",
    reason: Why = "",
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Accept what a member has reported; protection begins."""
    _act("approve", receipt, actor, admin, lang, config_file, tenant, scope=scope, why=reason)


def lock(
    receipt: Receipt,
    until: Annotated[str, typer.Option(help="A day or a time; without it the lock ends.")] = "",
    actor: As = "",
    scope: Scope = "",
    reason: Why = "",
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Keep a customer as he is until a time: nobody may claim, recycle or transfer him."""
    from leadstream.staff import moment

    until_ms = moment(until, *installation(config_file, tenant)) if until else 0
    _act("lock", receipt, actor, admin, lang, config_file, tenant, until_ms=until_ms, scope=scope, why=reason)


def report(
    what: Annotated[
        list[str], typer.Argument(help="A receipt, or what is known of him: phone=... name=... company=...")
    ],
    actor: As,
    scope: Scope = "",
    reason: Why = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Announce a customer before working him."""
    from leadstream.owning import reporting, speaker

    if len(what) == 1 and "=" not in what[0]:
        _act("report", what[0], actor, False, lang, config_file, tenant, scope=scope, why=reason)
        return
    fields = dict(one.partition("=")[::2] for one in what)
    if not all(fields.values()):
        raise BadInput("bad_field", "write each thing you know as field=value: phone=13800138000")
    settings, chosen = installation(config_file, tenant)
    print(asyncio.run(reporting(settings, speaker(chosen, actor, admin=False), fields, scope, words(lang))))


@pool_app.command("list")
def pool_list(
    actor: As = "", admin: Admin = False, lang: Lang = "en", config_file: Config = "", tenant: Tenant = ""
) -> None:
    """The pools that a member may claim from or leads; with --admin all."""
    from leadstream.owning import pools, speaker

    settings = settings_of(config_file)
    who = speaker(tenant_of(settings, tenant), _speaks(actor, admin), admin=admin)
    for told in asyncio.run(pools(settings, who, words(lang))):
        print(told)


@pool_app.command("show")
def pool_show(
    pool: Annotated[str, typer.Argument(help="As the list shows it.")],
    actor: As = "",
    after: Annotated[str, typer.Option(help="Where the page before ended.")] = "",
    most: Annotated[int, typer.Option(help="How many.", min=1, max=200)] = 50,
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """What waits in a pool, the latest first. Values are masked; the first column is what to claim it by."""
    from leadstream.owning import speaker, waiting

    settings = settings_of(config_file)
    who = speaker(tenant_of(settings, tenant), _speaks(actor, admin), admin=admin)
    for told in asyncio.run(waiting(settings, who, pool, after, most, words(lang))):
        print(told)


def _act(
    what: str, receipt: str, actor: str, admin: bool, lang: str, config_file: str, tenant: str, **said: Any
) -> None:
    from leadstream.owning import acting, new_act, speaker

    settings = settings_of(config_file)
    who = speaker(tenant_of(settings, tenant), _speaks(actor, admin), admin=admin)
    print(asyncio.run(acting(settings, who, new_act(what, receipt, who.member, **said), words(lang))))


def _speaks(actor: str, admin: bool) -> str:
    if not actor and not admin:
        raise BadInput("no_actor", "say which member does it with --actor, or --admin for who runs this installation")
    return actor or user()


#: The commands of this page that stand at the top, as typer names them: follow_up is follow-up.
ACTS: tuple[Callable[..., None], ...] = (claim, release, transfer, follow_up, report, approve, lock)
