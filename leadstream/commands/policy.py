"""``leadstream policy``: who gets which lead, checked, explained, tried out, and looked up for any day."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from leadstream.commands.options import Config, Lang, Tenant
from leadstream.commands.options import settings as _settings
from leadstream.commands.options import tenant as _tenant

policy_app = typer.Typer(no_args_is_help=True, help="Who gets which lead: the rules, checked, explained and tried out.")

At = Annotated[str, typer.Option("--at", help="A day or moment, local to the tenant; without it now.")]
Candidate = Annotated[Path, typer.Argument(help="A configuration file with the policy to look at.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


@policy_app.command("check")
def check(file: Candidate) -> None:
    """Mistakes, and what is hardly meant: unreachable rules, rules that give nobody, shut pools. Exit status 2, 1."""
    from leadstream.policy_file import doubtful

    found = doubtful(file, os.environ, datetime.now(UTC).year)
    for line in found:
        print(line)
    print(f"{len(found)} doubts" if found else "no mistakes, no doubts")
    sys.exit(1 if found else 0)


@policy_app.command("explain")
def explain(
    lead: Annotated[str, typer.Argument(help="A receipt, a JSON object of fields, or a file with one.")],
    at: At = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Which rule takes a lead, who may get it, and why not the others."""
    from leadstream import policy_reading
    from leadstream.runtime import clock

    settings = _settings(config_file)
    who = _tenant(settings, tenant)
    words: Literal["en", "zh"] = "zh" if lang == "zh" else "en"
    if re.fullmatch(r"[0-9a-f]{32}", lead):
        lines = asyncio.run(policy_reading.explain_receipt(settings, who, lead, words))
    else:
        at_ms = policy_reading.moment_ms(at, settings.tenants[who].timezone) if at else clock()
        lines = policy_reading.explain_fields(settings, who, policy_reading.read_lead(lead), at_ms, words)
    print("\n".join(lines))


@policy_app.command("simulate")
def simulate(
    file: Candidate,
    since: Annotated[str, typer.Option("--since", help="First day, like 2026-11-01.")],
    as_json: Json = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Recorded leads under a candidate policy: who would have got them, how fairly, after how long. Changes nothing."""
    from leadstream.simulating import as_text
    from leadstream.simulating import simulate as run

    settings = _settings(config_file)
    who = _tenant(settings, tenant)
    candidate = _settings(str(file))
    found = asyncio.run(run(settings, who, candidate.tenants[_tenant(candidate, who)].policy(), since))
    print(msgspec.json.encode(found).decode() if as_json else "\n".join(as_text(found)))


@policy_app.command("show")
def show(at: At = "", config_file: Config = "", tenant: Tenant = "") -> None:
    """The policy in force at a moment, as the workers put it on record."""
    from leadstream.policy_reading import show as shown

    settings = _settings(config_file)
    print(asyncio.run(shown(settings, _tenant(settings, tenant), at)))


@policy_app.command("list")
def list_(config_file: Config = "", tenant: Tenant = "") -> None:
    """Every policy that was in force, and since when."""
    from leadstream.policy_reading import history

    settings = _settings(config_file)
    for line in asyncio.run(history(settings, _tenant(settings, tenant))):
        print(line)
