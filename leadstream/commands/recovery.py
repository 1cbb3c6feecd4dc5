"""Commands for the night: what is wrong, a backup and its restoring, the state made again from what was relayed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from leadstream.commands.options import Config, Tenant, installation
from leadstream.commands.options import settings as settings_of


def doctor(config_file: Config = "") -> None:
    """What is wrong with this installation and what to do. Changes nothing. Exit status 1 when something is bad."""
    from leadstream.doctor import Finding, examine

    async def all_() -> list[Finding]:
        found = []
        async for finding in examine(settings_of(config_file)):
            print(finding)
            found.append(finding)
        return found

    found = asyncio.run(all_())
    bad = sum(finding.level == "bad" for finding in found)
    print(f"{bad} bad, {sum(f.level == 'look' for f in found)} to look at" if bad else "nothing is bad")
    sys.exit(1 if bad else 0)


def backup(
    out: Annotated[Path, typer.Argument(help="Where to write it, e.g. leads-2026-03-01.tar.gz")],
    config_file: Config = "",
) -> None:
    """The embedded store, its archive and its keys as of now, in one file. Leads may keep coming."""
    from leadstream.backup import backup as run

    print(run(settings_of(config_file), out))


def restore(file: Annotated[Path, typer.Argument(help="A backup.")], config_file: Config = "") -> None:
    """Fill an empty data folder from a backup."""
    from leadstream.backup import restore as run

    print(run(settings_of(config_file), file))


def rebuild(
    check: Annotated[
        bool, typer.Option("--check", help="Into a store that is thrown away; compare, change nothing.")
    ] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """The state made again from the relayed journal, never by judging again. With --check: would it be the same?"""
    from leadstream import recovery

    settings, name = installation(config_file, tenant)
    if not check:
        recovery.told(asyncio.run(recovery.rebuild_now(settings, name)), print)
        return
    done, compared = asyncio.run(recovery.check(settings, name))
    recovery.told(done, print)
    for table, (here, again) in compared.tables.items():
        print(
            f"{table:<4} {here or '(none)':<34}{'the same' if here == again else 'DIFFERENT: ' + (again or '(none)')}"
        )
    print("a rebuild gives this state" if not compared.differing else f"{len(compared.differing)} tables differ")
    sys.exit(1 if compared.differing else 0)
