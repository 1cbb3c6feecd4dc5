"""Commands for people who decide: reviews, a lead in the wrong customer, a customer's profile, what decisions teach."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from leadstream.commands.options import Actor, Config, Event, Lang, MappingFile, Reason, Tenant, installation
from leadstream.commands.options import mapping as mapping_of

review_app = typer.Typer(no_args_is_help=True, help="Leads that wait for a person to say whose they are.")


@review_app.command("list")
def review_list(
    most: Annotated[int, typer.Option(help="How many to show.")] = 50, config_file: Config = "", tenant: Tenant = ""
) -> None:
    """What waits; what teaches most comes first. Values are masked."""
    from leadstream.reviewing import listed

    for line in asyncio.run(listed(*installation(config_file, tenant), most)):
        print(line)


@review_app.command("show")
def review_show(event: Event, lang: Lang = "en", config_file: Config = "", tenant: Tenant = "") -> None:
    """The evidence for one review, and what is known of the customer it resembles."""
    from leadstream.reviewing import shown

    print(asyncio.run(shown(*installation(config_file, tenant), event, lang)))


@review_app.command("decide")
def review_decide(
    event: Event,
    answer: Annotated[str, typer.Argument(help="same or apart")],
    actor: Actor,
    reason: Reason,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Say whether a lead is the customer it resembles. Once: a pair told apart is never asked about again."""
    from leadstream.reviewing import deciding

    print(asyncio.run(deciding(*installation(config_file, tenant), event, answer, actor, reason)))


@review_app.command("corrected")
def review_corrected(config_file: Config = "", tenant: Tenant = "") -> None:
    """What people took back of what had been decided: split, told apart. With receipts, for leadstream explain."""
    from leadstream.reviewing import corrected

    for line in asyncio.run(corrected(*installation(config_file, tenant))):
        print(line)


def split(event: Event, actor: Actor, reason: Reason, config_file: Config = "", tenant: Tenant = "") -> None:
    """Take a lead out of the customer it was united with; they are told apart for ever."""
    from leadstream.reviewing import splitting

    print(asyncio.run(splitting(*installation(config_file, tenant), event, actor, reason)))


def customer(
    event: Event,
    reveal: Annotated[bool, typer.Option("--reveal", help="Values in full; noted in the journal.")] = False,
    actor: Annotated[str, typer.Option("--actor", help="Who looks; needed with --reveal.")] = "",
    lang: Lang = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """The profile of the customer a lead belongs to: the best value of each field, whence it came, and all others."""
    from leadstream.customer import profiled

    print(asyncio.run(profiled(*installation(config_file, tenant), event, lang, actor if reveal else None)))


def learn(
    file: Annotated[Path | None, typer.Argument(help="A file of leads; without one what is on record.")] = None,
    mapping: MappingFile = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the lines for the configuration.")] = None,
    most: Annotated[int, typer.Option(help="Leads on record to learn from.")] = 100_000,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Weights from unlabelled leads and from reviews decided. Changes nothing: it reports, and writes what to adopt."""
    from leadstream.learning import learn_from

    learn_from(*installation(config_file, tenant), file, mapping_of(mapping), out, most)
