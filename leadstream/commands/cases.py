"""Commands about disputes and shares: ``leadstream case`` and ``leadstream share``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Annotated

import typer

from leadstream.commands.options import Actor, Config, Event, Lang, Reason, Tenant, installation
from leadstream.commands.owners import Admin
from leadstream.commands.people import words

if TYPE_CHECKING:
    from leads.cases import Answer
    from leadstream.disputes import Disputes

case_app = typer.Typer(
    no_args_is_help=True, help="Disputes about whose a customer is: evidence, the written rule, a decision."
)

Number = Annotated[int, typer.Argument(help="The number of the case.")]
Scope = Annotated[str, typer.Option("--scope", help="Product line or region, where customers have an owner in each.")]
ShareOption = Annotated[list[str] | None, typer.Option("--share", help="member=50, in per cent; once for each member.")]


@case_app.command("open")
def case_open(
    event: Event,
    actor: Actor,
    reason: Reason,
    member: Annotated[str, typer.Option("--for", help="Whose it should be; without it the actor's own.")] = "",
    scope: Scope = "",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Dispute whose the customer of a lead is. While the case runs nobody else can take him."""
    from leadstream.casebook import filed

    print(asyncio.run(filed(*installation(config_file, tenant), event, scope, actor, member, reason)))


@case_app.command("list")
def case_list(
    everything: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Cases that wait for a decision, what is due first first."""
    from leadstream.casebook import listed

    print(asyncio.run(listed(*installation(config_file, tenant), everything, words(lang))))


@case_app.command("show")
def case_show(number: Number, lang: Lang = "en", config_file: Config = "", tenant: Tenant = "") -> None:
    """The evidence from the record, who did what, and what the written rule proposes."""
    from leadstream.casebook import shown

    print(asyncio.run(shown(*installation(config_file, tenant), number, words(lang))))


@case_app.command("state")
def case_state(
    number: Number,
    text: Annotated[str, typer.Argument(help="What happened; goes on record, so no personal data.")],
    actor: Actor,
    names: Annotated[str, typer.Option(help="The member the customer named as his.")] = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Put a statement on record: a party's, or a leader's who asked the customer."""
    from leadstream.casebook import told

    settings, chosen = installation(config_file, tenant)
    print(asyncio.run(told(settings, chosen, lambda c: c.state(chosen, number, actor, text, names), words(lang))))


@case_app.command("decide")
def case_decide(
    number: Number,
    actor: Actor,
    reason: Reason,
    owner: Annotated[str, typer.Option(help="Whose it is; without it as the rule proposes.")] = "",
    share: ShareOption = None,
    admin: Admin = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Decide as a leader who is no party, or as an admin. The customer passes on, and the shares stand, in the same step."""
    from leadstream.casebook import percent, told

    settings, chosen = installation(config_file, tenant)
    parts = percent(share or ())

    def decide(court: Disputes) -> Awaitable[Answer]:
        return court.decide(chosen, number, actor, reason, owner, parts, admin=admin)

    print(asyncio.run(told(settings, chosen, decide, words(lang))))


@case_app.command("appeal")
def case_appeal(
    number: Number, actor: Actor, reason: Reason, lang: Lang = "en", config_file: Config = "", tenant: Tenant = ""
) -> None:
    """Appeal as a party, in time. Another leader decides for good; until then the decision stands."""
    from leadstream.casebook import told

    settings, chosen = installation(config_file, tenant)
    print(asyncio.run(told(settings, chosen, lambda c: c.appeal(chosen, number, actor, reason), words(lang))))


def share(
    event: Event,
    actor: Actor,
    share: ShareOption = None,
    scope: Scope = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Propose shares of a customer beforehand, or consent to them: in force once everybody in them has."""
    from leadstream.casebook import percent, told

    settings, chosen = installation(config_file, tenant)
    parts = percent(share or ())
    print(asyncio.run(told(settings, chosen, lambda c: c.agree(chosen, event, scope, actor, parts), words(lang))))


def work(event: Event, scope: Scope = "", lang: Lang = "en", config_file: Config = "", tenant: Tenant = "") -> None:
    """Who did what for a customer, with evidence; notes are listed apart and weigh nothing. And whom he leans on."""
    from leadstream.bonds import worked

    for line in asyncio.run(worked(*installation(config_file, tenant), event, scope, words(lang))):
        print(line)


def dependence(
    most: Annotated[int, typer.Option(help="How many to show.")] = 20,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """The customers that have become one salesperson's own: by share of contacts, years, and inbound calls while his."""
    from leadstream.bonds import dependent

    for line in asyncio.run(dependent(*installation(config_file, tenant), most, words(lang))):
        print(line)
