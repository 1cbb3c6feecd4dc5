"""Commands about people: the roster and their tokens."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer

from leads.errors import BadInput
from leads.roster import What
from leadstream.commands.options import Config, File, Lang, Tenant, installation
from leadstream.commands.options import settings as settings_of
from leadstream.commands.options import tenant as tenant_of
from leadstream.levelwords import Lang as Words

people_app = typer.Typer(
    no_args_is_help=True, help="Who is there: joining, pausing, absence, leaving, from a sheet or one by one."
)
token_app = typer.Typer(no_args_is_help=True, help="Tokens for the HTTP door; the store keeps only their digest.")

Member = Annotated[str, typer.Argument(help="The id of a member.")]
At = Annotated[str, typer.Option("--from", help="A day or a time, like 2026-05-01; without it now.")]
Why = Annotated[str, typer.Option("--reason", help="Goes on record, so no personal data.")]
By = Annotated[str, typer.Option("--actor", help="Who says so; goes on record. Without it the user of this machine.")]


@people_app.command("list")
def people_list(
    at: Annotated[str, typer.Option(help="As of a day or a time.")] = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Everybody, a line each."""
    from leadstream.staff import listed

    for line in asyncio.run(listed(*installation(config_file, tenant), at, words(lang))):
        print(line)


@people_app.command("show")
def people_show(member: Member, lang: Lang = "en", config_file: Config = "", tenant: Tenant = "") -> None:
    """One person and everything that changed about him."""
    from leadstream.staff import shown

    for line in asyncio.run(shown(*installation(config_file, tenant), member, words(lang))):
        print(line)


@people_app.command("import")
def people_import(
    file: File,
    actor: By = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Bring people to what a sheet says. Every mistake is told with row and column; with one in it nothing is changed."""
    from leadstream.staff import imported

    asked = imported(*installation(config_file, tenant), file, actor or user(), dry_run, words(lang))
    for line in asyncio.run(asked):
        print(line)


@people_app.command("pause")
def people_pause(
    member: Member,
    from_: At = "",
    reason: Why = "",
    actor: By = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Give somebody no new leads until he resumes."""
    _tell("paused", member, from_, reason, actor, lang, config_file, tenant)


@people_app.command("resume")
def people_resume(
    member: Member,
    from_: At = "",
    reason: Why = "",
    actor: By = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Give somebody leads again."""
    _tell("resumed", member, from_, reason, actor, lang, config_file, tenant)


@people_app.command("leave")
def people_leave(
    member: Member,
    from_: At = "",
    reason: Why = "",
    actor: By = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Somebody leaves: nothing new reaches him from then on."""
    _tell("left", member, from_, reason, actor, lang, config_file, tenant)


@people_app.command("absence")
def people_absence(
    member: Member,
    from_: Annotated[str, typer.Option("--from", help="First moment away, like 2026-05-01.")],
    until: Annotated[str, typer.Option(help="The moment of return.")],
    reason: Why = "",
    actor: By = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Somebody is away for a time."""
    _tell("absent", member, "", reason, actor, lang, config_file, tenant, away=(from_, until))


def _tell(
    what: What,
    member: str,
    at: str,
    why: str,
    actor: str,
    lang: str,
    config_file: str,
    tenant: str,
    away: tuple[str, str] | None = None,
) -> None:
    from leadstream.asked import Asked
    from leadstream.staff import change, moment

    settings, chosen = installation(config_file, tenant)
    absence = {"from": away[0], "until": away[1], "reason": why} if away else None
    asked = Asked(what, member, moment(at, settings, chosen), why, absence=absence)
    print(asyncio.run(change(settings, chosen, [asked], actor or user(), words(lang))))


@token_app.command("issue")
def token_issue(
    role: Annotated[str, typer.Option(help="agent, leader, admin or dialler")],
    member: Annotated[str, typer.Option(help="Whom it speaks for; agents and leaders need one.")] = "",
    days: Annotated[float, typer.Option(help="Good for so long; 0 until revoked.", min=0)] = 90,
    scope: Annotated[list[str] | None, typer.Option(help="Open less than the role does.")] = None,
    note: Annotated[str, typer.Option(help="Where it is used.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="End the earlier ones of the same member and role.")
    ] = False,
    grace_hours: Annotated[float, typer.Option(help="With --replace: so long both are good.", min=0)] = 24,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """A new token, shown this once."""
    from leadstream.tokens import issue

    settings = settings_of(config_file)
    grace = grace_hours if replace else None
    made = issue(settings, tenant_of(settings, tenant), role, member, tuple(scope or ()), days, note, grace)
    for line in asyncio.run(made):
        print(line)


@token_app.command("list")
def token_list(config_file: Config = "", tenant: Tenant = "") -> None:
    """The tokens issued: whose, what they open, until when."""
    from leadstream.tokens import listed

    for line in asyncio.run(listed(*installation(config_file, tenant))):
        print(line)


@token_app.command("revoke")
def token_revoke(
    id: Annotated[str, typer.Argument(help="As the list shows it.")], config_file: Config = "", tenant: Tenant = ""
) -> None:
    """End a token now."""
    from leadstream.tokens import revoke

    print(asyncio.run(revoke(*installation(config_file, tenant), id)))


def words(lang: str) -> Words:
    """The language to speak. Raises BadInput for one nobody speaks here."""
    if lang == "zh":
        return "zh"
    if lang == "en":
        return "en"
    raise BadInput("bad_lang", "the language is en or zh")


def user() -> str:
    """Who sits at this machine, as its system knows him."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
