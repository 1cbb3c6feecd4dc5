"""Reports for leaders: ``leadstream fairness``, ``hotline``, ``sources``. Read from what happened, so anybody can check them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
import typer

from leads.errors import BadInput
from leadstream.commands.options import Config, Tenant
from leadstream.commands.options import settings as _settings
from leadstream.commands.options import tenant as _tenant
from routing.days import Unit

Since = Annotated[str, typer.Option("--since", help="First day, like 2026-11-01; without it from the beginning.")]
Until = Annotated[str, typer.Option("--until", help="Last day.")]
Team = Annotated[str, typer.Option("--team", help="Only this team.")]
By = Annotated[str, typer.Option("--by", help="week or month, of the tenant's time zone")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


def fairness(
    since: Since = "",
    until: Until = "",
    team: Team = "",
    by: By = "week",
    as_json: Json = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Who was due and given what: entitlement, turns, exempt customers, absence, Gini, longest drought."""
    from leadstream.fairness import as_text, books

    settings = _settings(config_file)
    found = asyncio.run(books(settings, _tenant(settings, tenant), since, until, _unit(by), team))
    _show(found, as_text(found), as_json)


def hotline(
    since: Since = "",
    until: Until = "",
    team: Team = "",
    by: By = "week",
    answered: Annotated[bool, typer.Option("--answered", help="By who answered, not by who became the owner.")] = False,
    as_json: Json = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """How calls of new customers spread over people and lines. Exit status 1 when one or two people hold a line."""
    from leadstream.hotline import as_text, spread

    settings = _settings(config_file)
    who = _tenant(settings, tenant)
    found = asyncio.run(spread(settings, who, since, until, _unit(by), team, "agent" if answered else "owner"))
    _show(found, as_text(found), as_json)
    if any(one.alarming for one in found):
        raise typer.Exit(1)


def sources(
    since: Since = "",
    until: Until = "",
    late_after: Annotated[int, typer.Option("--late-after", help="Minutes after which a lead counts as late.")] = 60,
    as_json: Json = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """The truth report: what each source and campaign really brought. Duplicates, its own twice, invalid, late, refused."""
    from leadstream.sources import as_text, truth

    settings = _settings(config_file)
    found = asyncio.run(truth(settings, _tenant(settings, tenant), since, until, late_after))
    _show(found, as_text(found), as_json)


def _unit(text: str) -> Unit:
    if text not in ("week", "month"):
        raise BadInput("bad_period", "--by is week or month")
    return "week" if text == "week" else "month"


def _show(found: Any, lines: list[str], as_json: bool) -> None:
    print(msgspec.json.encode(found).decode() if as_json else "\n".join(lines))
