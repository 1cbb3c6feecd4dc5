"""The command line. Thin: each command reads its arguments, calls one function and prints.

Exit status: 0 done, 1 failed, 2 wrong usage or unreadable input. Messages on stderr say what to do next.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leads.errors import BadInput, LeadstreamError, Misconfigured, Mistakes
from leadstream import cli_cases, cli_handover, cli_owners, cli_reports, config, desk
from leadstream.cli_customers import access, audit, bar, conflict, erase
from leadstream.cli_index import demoted_app, expire, rekey
from leadstream.cli_people import people_app, token_app
from leadstream.cli_policy import policy_app
from leadstream.cli_recovery import backup, doctor, rebuild, restore
from leadstream.options import Config, File, MappingFile, Tenant
from leadstream.options import mapping as _mapping
from leadstream.options import settings as _settings
from leadstream.options import tenant as _tenant
from leadstream.settings import Settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="One customer, one owner."
)
topics_app = typer.Typer(no_args_is_help=True, help="The topics as declared, on a real cluster.")
customers_app = typer.Typer(no_args_is_help=True, help="The customers and owners a company already has.")
letters_app = typer.Typer(no_args_is_help=True, help="What could not be used, and sending it again.")
config_app = typer.Typer(no_args_is_help=True, help="The configuration.")
for name, sub in (
    ("topics", topics_app),
    ("customers", customers_app),
    ("deadletters", letters_app),
    ("config", config_app),
    ("review", desk.review_app),
    ("demoted", demoted_app),
    ("people", people_app),
    ("pool", cli_owners.pool_app),
    ("token", token_app),
    ("policy", policy_app),
    ("case", cli_cases.case_app),
):
    app.add_typer(sub, name=name)
for command in (desk.split, desk.customer, desk.learn, cli_cases.share, cli_cases.work, cli_cases.dependence):
    app.command()(command)
for passing in (cli_handover.depart, cli_handover.transfer_all, cli_handover.rotate, cli_handover.handover):
    app.command()(passing)
for report in (cli_reports.fairness, cli_reports.hotline, cli_reports.sources):
    app.command()(report)
for act in cli_owners.ACTS:
    app.command()(act)
app.command()(expire)
app.command()(conflict)
app.command()(bar)
for private in (erase, access, audit):
    app.command()(private)
app.command()(rekey)
for recovering in (doctor, backup, restore, rebuild):
    app.command()(recovering)


def main() -> None:
    """The console script: errors of ours become one message and the right exit status."""
    try:
        app()
    except Misconfigured as error:
        for path, what in error.faults:
            print(f"{path}: {what}", file=sys.stderr)
        sys.exit(2)
    except Mistakes as error:
        for place, what in error.found:
            print(f"{place}: {what}", file=sys.stderr)
        sys.exit(2)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except LeadstreamError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def demo() -> None:
    """Sample leads from all three doors through the embedded pipeline, the outcomes as a table."""
    from leadstream.demo import run_demo

    sys.exit(0 if asyncio.run(run_demo()) else 1)


@app.command()
def up(
    config_file: Config = "",
    foreground: Annotated[bool, typer.Option(help="Stay in this terminal.")] = False,
    metrics_port: Annotated[int, typer.Option(help="Port of the worker's /metrics.")] = 9464,
) -> None:
    """Start the embedded service: store, pipeline, gateway."""
    from leadstream.service import Service, await_ready

    settings = _settings(config_file)
    service = Service(Path(settings.data))
    more = ["--config", config_file] if config_file else []
    if foreground:
        service.supervise([["worker", "--metrics-port", str(metrics_port), *more], ["gateway", *more]])
        return
    if service.pid():
        print("already up")
    else:
        service.start([*more, "--metrics-port", str(metrics_port)])
    url = f"http://{settings.gateway.host}:{settings.gateway.port}"
    await_ready(url, service.log)
    print(f"up: {url}   metrics: {url}/metrics and port {metrics_port}   log: {service.log}")


@app.command()
def down(config_file: Config = "") -> None:
    """Stop the embedded service; what is in hand is finished, all data is on disk."""
    from leadstream.service import Service

    print("down" if Service(Path(_settings(config_file).data)).end() else "was not up")


@app.command()
def status(config_file: Config = "", tenant: Tenant = "") -> None:
    """Is the service up, and what is on record. Exit status 1 when it is not up."""
    from leadstream.overview import overview
    from leadstream.service import Service

    settings = _settings(config_file)
    pid = Service(Path(settings.data)).pid()
    print(f"service: {f'up (process {pid})' if pid else 'not up'}")
    if pid or settings.store.url:
        for line in asyncio.run(overview(settings, _tenant(settings, tenant))):
            print(line)
    sys.exit(0 if pid else 1)


@app.command()
def worker(
    config_file: Config = "",
    slot: Annotated[str, typer.Option(help="Name of this worker; the same after a restart.")] = "",
    metrics_port: Annotated[int, typer.Option(help="Port of /metrics; 0 is none.")] = 9464,
) -> None:
    """One worker: takes leads from the log until it is told to stop."""
    from leadstream.worker import run_worker

    run_worker(_settings(config_file), slot or os.environ.get("HOSTNAME", "worker"), metrics_port)


@app.command()
def gateway(config_file: Config = "") -> None:
    """One HTTP door."""
    from leadstream.door import run_gateway

    run_gateway(_settings(config_file))


@app.command("import")
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

    settings = _settings(config_file)
    asyncio.run(import_file(settings, _tenant(settings, tenant), file, _mapping(mapping), source, dry_run))


@app.command()
def undo(
    batch: Annotated[str, typer.Argument(help="The batch id that the import printed.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Take an import of leads or customers back, by its batch id."""
    from leadstream.importing import undo_batch

    settings = _settings(config_file)
    print(asyncio.run(undo_batch(settings, _tenant(settings, tenant), batch, dry_run)))


@app.command()
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

    done = asyncio.run(run(file, _mapping(mapping)))
    if truth:
        score(done, read_truth(truth, list(done.entity_of)))
    if out:
        write_clusters(out, done.entity_of)
    text = json.dumps(msgspec.to_builtins(done.report), indent=1)
    if report:
        report.write_text(text + "\n", encoding="utf-8")
    print(text)


@app.command()
def explain(
    event: Annotated[str, typer.Argument(help="The receipt.")],
    lang: Annotated[str, typer.Option(help="en or zh")] = "en",
    config_file: Config = "",
    tenant: Tenant = "",
) -> None:
    """Why this lead went where it went."""
    from leadstream.explaining import explain_event

    settings = _settings(config_file)
    print(asyncio.run(explain_event(settings, _tenant(settings, tenant), event, lang)))


@topics_app.command("apply")
def topics_apply(config_file: Config = "") -> None:
    """Create missing topics and bring their settings to what is declared."""
    _topics(_settings(config_file), mend=True)


@topics_app.command("check")
def topics_check(config_file: Config = "") -> None:
    """What differs from what is declared. Exit status 1 when something does."""
    _topics(_settings(config_file), mend=False)


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

    settings = _settings(config_file)
    asyncio.run(
        import_file(settings, _tenant(settings, tenant), file, _mapping(mapping), "customers", dry_run, customers=True)
    )


@letters_app.command("list")
def letters_list(config_file: Config = "", reason: Annotated[list[str] | None, typer.Option()] = None) -> None:
    """Dead letters, oldest first."""
    from leadstream.letters import listing

    for line in asyncio.run(listing(_settings(config_file), reason or [])):
        print(line)


@letters_app.command("show")
def letters_show(event: str, config_file: Config = "") -> None:
    """One dead letter with its original bytes."""
    from leadstream.letters import showing

    print(asyncio.run(showing(_settings(config_file), event)))


@letters_app.command("redrive")
def letters_redrive(event: str, config_file: Config = "") -> None:
    """Send a dead letter again as a new event that names the old one."""
    from leadstream.letters import redriving

    print(asyncio.run(redriving(_settings(config_file), event)))


@config_app.command("check")
def config_check(config_file: Annotated[str, typer.Argument(help="The file to check.")] = "") -> None:
    """Every mistake with its path; exit status 2 when there is one."""
    settings = _settings(config_file)
    missing = config.missing_secrets(settings, os.environ)
    for path, what in missing:
        print(f"{path}: {what}", file=sys.stderr)
    print("the configuration can be used" if not missing else "the configuration can be used once these are set")


@config_app.command("show")
def config_show(config_file: Config = "") -> None:
    """The configuration in force, without secrets."""
    print(config.show(_settings(config_file)))
