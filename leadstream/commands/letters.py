"""``leadstream deadletters``: what could not be used, and sending it again."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from leadstream.commands.options import Config
from leadstream.commands.options import settings as settings_of

letters_app = typer.Typer(no_args_is_help=True, help="What could not be used, and sending it again.")


@letters_app.command("list")
def letters_list(config_file: Config = "", reason: Annotated[list[str] | None, typer.Option()] = None) -> None:
    """Dead letters, oldest first."""
    from leadstream.letters import listing

    for line in asyncio.run(listing(settings_of(config_file), reason or [])):
        print(line)


@letters_app.command("show")
def letters_show(event: str, config_file: Config = "") -> None:
    """One dead letter with its original bytes."""
    from leadstream.letters import showing

    print(asyncio.run(showing(settings_of(config_file), event)))


@letters_app.command("redrive")
def letters_redrive(
    event: Annotated[list[str] | None, typer.Argument(help="Of the list; several.")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="All letters of this reason.")] = None,
    config_file: Config = "",
) -> None:
    """Send dead letters again, each as a new event that names the old one. Twice adds nothing."""
    from leadstream.letters import redriving

    for line in asyncio.run(redriving(settings_of(config_file), event or [], reason or [])):
        print(line)
