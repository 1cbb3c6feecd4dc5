"""Commands about leads: a file of them, what became of one, the duplicates among them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leadstream.commands.options import Config, File, MappingFile, Tenant, installation
from leadstream.commands.options import mapping as mapping_of
from leadstream.commands.options import settings as settings_of
from leadstream.commands.options import tenant as tenant_of

customers_app = typer.Typer(no_args_is_help=True, help="The customers and owners a company already has.")


def import_(
    file: File,
    mapping: MappingFile = None,
    source: Annotated[str, typer.Option(help="Where the file is from; counts in the truth report.")] = "files",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show how the file would be read.")] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Import a file of leads. The same file twice adds nothing; refused rows are written beside it."""
    from leadstream.importing import import_file

    asyncio.run(import_file(*installation(config_file, tenant), file, mapping_of(mapping), source, dry_run))


def undo(
    batch: Annotated[str, typer.Argument(help="The batch id that the import printed.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Take an import of leads or customers back, by its batch id."""
    from leadstream.importing import undo_batch

    print(asyncio.run(undo_batch(*installation(config_file, tenant), batch, dry_run)))


def dedupe(
    file: File,
    mapping: MappingFile = None,
    out: Annotated[Path | None, typer.Option(help="CSV with id,entity_id.")] = None,
    truth: Annotated[Path | None, typer.Option(help="CSV with id,cluster_id or id_a,id_b.")] = None,
    report: Annotated[Path | None, typer.Option(help="JSON with speed, sizes and scores.")] = None,
) -> None:
    """Find the duplicates of a file: the same engine on a throw-away store."""
    from leadstream.dedupe import dedupe as run
    from leadstream.dedupe import score, write_clusters
    from leadstream.truth import read_truth

    done = asyncio.run(run(file, mapping_of(mapping)))
    if truth:
        score(done, read_truth(truth, list(done.entity_of)))
    if out:
        write_clusters(out, done.entity_of)
    text = json.dumps(msgspec.to_builtins(done.report), indent=1)
    if report:
        report.write_text(text + "\n", encoding="utf-8")
    print(text)


def explain(
    event: Annotated[str, typer.Argument(help="The receipt.")],
    lang: Annotated[str, typer.Option(help="en or zh")] = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Why this lead went where it went."""
    from leadstream.explaining import explain_event

    print(asyncio.run(explain_event(*installation(config_file, tenant), event, lang)))


@customers_app.command("import")
def customers_import(
    file: File,
    mapping: MappingFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Day one: existing customers with their owners (column ``owner``), as the starting state."""
    from leadstream.importing import import_file

    settings = settings_of(config_file)
    asyncio.run(
        import_file(
            settings, tenant_of(settings, tenant), file, mapping_of(mapping), "customers", dry_run, customers=True
        )
    )
