"""Options that the commands share, and what they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from leads.errors import BadInput
from leadstream import config
from leadstream.settings import Settings

Config = Annotated[str, typer.Option("--config", help="A YAML file; without one the shipped example.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose leads; without it the first tenant of the configuration.")]
File = Annotated[Path, typer.Argument(help="csv, tsv, xlsx or jsonl")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="JSON: fields -> columns.")]


def settings(path: str) -> Settings:
    """The configuration of a file, "" for the shipped one. Raises Misconfigured."""
    return config.load(path or None, os.environ)


def tenant(settings: Settings, name: str) -> str:
    """The tenant called so, or the first. Raises BadInput."""
    chosen = name or next(iter(settings.tenants))
    if chosen not in settings.tenants:
        raise BadInput("unknown_tenant", f"there is no tenant {chosen}; there are: {', '.join(settings.tenants)}")
    return chosen
