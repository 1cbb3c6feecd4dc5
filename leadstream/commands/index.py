"""Commands about the index itself: how long it remembers, under which keys, and which of them say something."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from leadstream.commands.options import Config, Tenant, installation

demoted_app = typer.Typer(no_args_is_help=True, help="Values that too many customers share: no evidence any more.")


def expire(
    before: Annotated[str, typer.Option(help="A date: customers without an owner, silent since, are forgotten.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Forget customers nobody owns and nobody has heard of since a date. With keep_days the worker does it by itself."""
    from leadstream.life import expire_now

    print(asyncio.run(expire_now(*installation(config_file, tenant), before, dry_run)))


def rekey(config_file: Config = "", tenant: Tenant = "") -> None:
    """Build the index anew under this program's keys, while leads keep coming. Restart every worker first."""
    from leadstream.life import rekey as run

    asyncio.run(run(*installation(config_file, tenant), print))


@demoted_app.command("list")
def demoted_list(config_file: Config = "", tenant: Tenant = "") -> None:
    """Keys that too many customers share, and customers with too many leads."""
    from leadstream.demoting import listing

    for line in asyncio.run(listing(*installation(config_file, tenant))):
        print(line)


@demoted_app.command("restore")
def demoted_restore(
    key: Annotated[str, typer.Argument(help="As the list shows it.")],
    cap: Annotated[int, typer.Option(help="Customers that may share it from now on.", min=1)] = 128,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Make a key evidence again, with a cap of its own."""
    from leadstream.demoting import restoring

    print(asyncio.run(restoring(*installation(config_file, tenant), key, cap)))


@demoted_app.command("block")
def demoted_block(
    key: Annotated[str, typer.Argument(help="As the list shows it, or field=value.")],
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Make a key no evidence from now on: a switchboard, an agency's mailbox."""
    from leadstream.demoting import blocking

    print(asyncio.run(blocking(*installation(config_file, tenant), key)))
