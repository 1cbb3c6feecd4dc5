"""What the installation is: the configuration in force, and the topics as declared."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from leads.errors import BadInput
from leadstream.commands.options import Config
from leadstream.commands.options import settings as settings_of
from leadstream.configuration import config
from leadstream.configuration.settings import Settings

topics_app = typer.Typer(no_args_is_help=True, help="The topics as declared, on a real cluster.")
config_app = typer.Typer(no_args_is_help=True, help="The configuration.")


@topics_app.command("apply")
def topics_apply(config_file: Config = "") -> None:
    """Create missing topics and bring their settings to what is declared."""
    _topics(settings_of(config_file), mend=True)


@topics_app.command("check")
def topics_check(config_file: Config = "") -> None:
    """What differs from what is declared. Exit status 1 when something does."""
    _topics(settings_of(config_file), mend=False)


def _topics(settings: Settings, *, mend: bool) -> None:
    if settings.log.kind != "kafka":
        raise BadInput("no_kafka", "the log is embedded and needs no topics; set log.kind to kafka and log.bootstrap")
    from streams.admin import apply, check
    from streams.topics import declared

    act = apply if mend else check
    found = act(
        ",".join(settings.log.bootstrap),
        declared(settings.log.partitions),
        replication=settings.log.replication,
    )
    for difference in found:
        print(("done: " if mend and difference.mendable else "") + str(difference))
    wrong = [d for d in found if not mend or not d.mendable]
    print("topics are as declared" if not wrong else f"{len(wrong)} differences")
    sys.exit(1 if wrong else 0)


@config_app.command("check")
def config_check(config_file: Annotated[str, typer.Argument(help="The file to check.")] = "") -> None:
    """Every mistake with its path; exit status 2 when there is one."""
    settings = settings_of(config_file)
    missing = config.missing_secrets(settings, os.environ)
    for path, what in missing:
        print(f"{path}: {what}", file=sys.stderr)
    print("the configuration can be used" if not missing else "the configuration can be used once these are set")


@config_app.command("show")
def config_show(config_file: Config = "") -> None:
    """The configuration in force, without secrets."""
    print(config.show(settings_of(config_file)))
