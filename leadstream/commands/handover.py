"""Commands that pass customers on many at a time: who leaves, hands over, has had them long, has signed them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from leadstream.commands.options import Actor, Config, Lang, Reason, Tenant, installation
from leadstream.commands.options import settings as settings_of
from leadstream.commands.options import tenant as tenant_of
from leadstream.commands.people import words

if TYPE_CHECKING:  # a command loads what it needs when it runs
    from leadstream.handover import Handover, Report

Member = Annotated[str, typer.Argument(help="The id of a member.")]
Preview = Annotated[bool, typer.Option("--preview", help="Only show who would get what.")]
Cap = Annotated[
    int | None, typer.Option("--cap", help="Customers one successor gets at most; without it as the policy says.")
]


def depart(
    member: Member,
    actor: Actor,
    reason: Reason,
    cap: Cap = None,
    preview: Preview = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Somebody leaves: his customers pass on by fit, protected and hot ones first, the rest to a pool; nothing new reaches him.
    Cut short, run it again."""
    _hand(config_file, tenant, preview, lang, lambda h, t: h.depart(t, member, actor, reason, cap=cap, preview=preview))


def transfer_all(
    member: Member,
    to: Annotated[str, typer.Argument(help="Who gets them.")],
    actor: Actor,
    reason: Reason,
    scope: Annotated[str | None, typer.Option(help="Only of this product line or region.")] = None,
    signed: Annotated[bool | None, typer.Option("--signed/--open", help="Only signed ones, or only open ones.")] = None,
    preview: Preview = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """All customers of one member to another, as far as he can hold them. What is locked or disputed stays."""
    from leadstream.handover import Filter

    which = Filter(scope, signed)
    _hand(
        config_file, tenant, preview, lang,
        lambda h, t: h.transfer(t, member, to, actor, reason, which, preview=preview),
    )  # fmt: skip


def rotate(
    actor: Actor,
    reason: Reason,
    months: Annotated[
        float | None, typer.Option(min=0.1, help="Owners of so long; without it as the policy says.")
    ] = None,
    cap: Cap = None,
    preview: Preview = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Customers that one owner has had too long go to colleagues by fit. Open opportunities, locks and disputes wait."""
    from leads.errors import BadInput
    from leadstream.runtime import clock

    settings = settings_of(config_file)
    rotate_ms = settings.tenants[tenant_of(settings, tenant)].policy().handover.rotate_ms
    span_ms = round(months * 30.44 * 86_400_000) if months else rotate_ms
    if not span_ms:
        raise BadInput("no_span", "say how long with --months, or set handover.rotate_days in the configuration")
    before = clock() - span_ms
    _hand(
        config_file, tenant, preview, lang,
        lambda h, t: h.rotate(t, actor, reason, before_ms=before, cap=-1 if cap is None else cap, preview=preview),
    )  # fmt: skip


def handover(
    actor: Actor,
    reason: Reason,
    preview: Preview = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Signed customers to the service team of the policy. Who signed them stays in their history."""
    _hand(config_file, tenant, preview, lang, lambda h, t: h.to_service(t, actor, reason, preview=preview))


def _hand(
    config_file: str, tenant: str, preview: bool, lang: str, ask: Callable[[Handover, str], Awaitable[Report]]
) -> None:
    from leadstream.handing import handed

    settings, chosen = installation(config_file, tenant)
    for line in asyncio.run(handed(settings, lambda h: ask(h, chosen), preview, words(lang))):
        print(line)
