"""Commands about one person, named by his values: is he taken, nobody may call him, what is kept of him, erase him."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leads.errors import BadInput
from leadstream.commands.options import Config, Tenant, installation
from leadstream.commands.options import settings as settings_of
from leadstream.commands.options import tenant as tenant_of

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


Receipt = Annotated[str, typer.Argument(help="The receipt of any lead of this person; without one give --by.")]
By = Annotated[str, typer.Option("--by", help="phone, email or wechat: asked for, or read from standard input.")]
Named = Annotated[bool, typer.Option("--named", help="Ask for the name too: several people share the value.")]


def erase(
    actor: Who,
    receipt: Receipt = "",
    by: By = "",
    named: Named = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without it, only what would go.")] = False,
    proof: Annotated[Path | None, typer.Option(help="Where to write the proof as JSON.")] = None,
    again: Annotated[
        Path | None, typer.Option(help="After a restore: erased.jsonl of the data folder of before.")
    ] = None,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Take one person out of everything that is kept, with a proof. Exit status 1 while something is left."""
    from leadstream import erasing

    settings, name = installation(config_file, tenant)
    if again is not None:
        proofs = asyncio.run(erasing.again(settings, name, again.read_bytes(), actor))
        print(f"{len(proofs)} people were erased again")
        sys.exit(0 if all(one.complete for one in proofs) else 1)
    done = asyncio.run(erasing.erasing(settings, name, receipt, _value(receipt, by, named), actor, preview=not yes))
    for line in erasing.told(done):
        print(line)
    if not yes:
        print("nothing was changed; to do it: --yes")
        return
    print("nothing of him is left that can be reached" if done.complete else "NOT COMPLETE: run it again in a moment")
    if proof is not None:
        _private(proof, msgspec.json.format(msgspec.json.encode(done), indent=1))
    sys.exit(0 if done.complete else 1)


def access(
    actor: Who,
    out: Annotated[Path, typer.Option(help="Where to write it (JSON). Only you can read it.")],
    receipt: Receipt = "",
    by: By = "",
    named: Named = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Everything that is kept of one person, as a file for him."""
    from leadstream.access import gathered

    kept = asyncio.run(gathered(*installation(config_file, tenant), receipt, _value(receipt, by, named), actor))
    _private(out, msgspec.json.format(msgspec.json.encode(kept), indent=1))
    print(f"{len(kept['leads'])} leads, {len(kept['received'])} messages, {len(kept['history'])} moves: {out}")


def audit(
    receipt: Annotated[
        str, typer.Argument(help="The receipt of any lead of this person; without one, of everybody.")
    ] = "",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Who looked at whom, and when: revealed values, questions asked, data handed out, people erased."""
    from leadstream.access import audited

    for line in asyncio.run(audited(*installation(config_file, tenant), receipt)):
        print(line)


def _value(receipt: str, by: str, named: bool) -> dict[str, str]:
    """The value a person is meant by: never an argument, which every user of the machine could read."""
    if receipt:
        return {}
    if by not in ("phone", "email", "wechat"):
        raise BadInput("nobody", "say who is meant: a receipt, or --by phone, email or wechat")
    wanted = (by, "name") if named else (by,)
    return {
        field: (str(typer.prompt(field)) if sys.stdin.isatty() else sys.stdin.readline()).strip() for field in wanted
    }


def _private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content + b"\n")
