"""Options that the commands share, and what they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.mapping import Mapping, read_mapping
from leads.errors import BadInput
from leadstream.configuration import config
from leadstream.configuration.settings import Settings

Config = Annotated[str, typer.Option("--config", help="A YAML file; without one the shipped example.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose leads; without it the first tenant of the configuration.")]
File = Annotated[Path, typer.Argument(help="csv, tsv, xlsx or jsonl")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="JSON: fields -> columns.")]
Event = Annotated[str, typer.Argument(help="The receipt.")]
Lang = Annotated[str, typer.Option("--lang", help="en or zh")]
Actor = Annotated[str, typer.Option("--actor", help="Who says so; goes on record.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; goes on record, so no personal data.")]


def settings(path: str) -> Settings:
    """The configuration of a file, "" for the shipped one. Raises Misconfigured."""
    return config.load(path or None, os.environ)


def tenant(settings: Settings, name: str) -> str:
    """The tenant called so, or the first. Raises BadInput."""
    chosen = name or next(iter(settings.tenants))
    if chosen not in settings.tenants:
        raise BadInput("unknown_tenant", f"there is no tenant {chosen}; there are: {', '.join(settings.tenants)}")
    return chosen


def installation(config_file: str, name: str) -> tuple[Settings, str]:
    """The configuration and the tenant that a command is about. Raises Misconfigured, BadInput."""
    found = settings(config_file)
    return found, tenant(found, name)


def mapping(path: Path | None) -> Mapping | None:
    """The mapping in a file, None without one. Raises BadInput."""
    if path is None:
        return None
    try:
        return read_mapping(path.read_bytes())
    except OSError as error:
        raise BadInput(
            "no_file", f"{path} cannot be read ({error.strerror}); give the path of a mapping file"
        ) from error
