"""``leadstream import``: a file of leads into the log, and what became of each row. Resumable: the same file adds nothing."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.delivery import Digester
from gateway.files import JsonTable, RefusedRow, Table, open_table
from gateway.imports import Batch, Import, make_batch
from gateway.mapping import Mapping
from leads.errors import BadInput, LeadstreamError
from leads.policy import Policy
from leads.prepare import ALIASES
from leads.records import Outcome, Row
from leadstream.configuration.settings import Settings
from leadstream.inline import prepare_log, work_off
from leadstream.runtime import Runtime, clock
from leadstream.service import Service
from routing.roster import known_as, whom
from stores.idempotency import RedisIdempotency
from stores.undo import undo

#: Outcomes asked for in one round trip.
_ASK = 1_000
#: Without any progress for so long a person should look.
_STUCK_S = 60.0
#: In the data folder: the files that refused rows were written to.
REFUSED_FILES = "refused-files.txt"


async def import_file(
    settings: Settings,
    tenant: str,
    file: Path,
    mapping: Mapping | None,
    source: str,
    dry_run: bool,
    *,
    customers: bool = False,
) -> None:
    """Publish the rows, wait for their outcomes, print a summary, write refused rows beside the file. Raises BadInput.

    ``customers``: the rows are customers the company has already, each with its owner.
    """
    with open_table(file, file.name, mapping) as table:
        if dry_run:
            check_owners(table, settings.tenants[tenant].policy(), tenant, customers=customers)
            show_preview(table)
            return
        runtime = Runtime(settings)
        try:
            check_owners(table, await runtime.policies.now(tenant), tenant, customers=customers)
            digester = Digester(runtime.gateway().digest_secret)
            with file.open("rb") as opened:
                batch = make_batch(digester, tenant, source, opened, mapping, clock())
            done = await _publish(runtime, table, batch, digester, customers)
            outcomes = await _await_outcomes(runtime, table, done, digester)
        finally:
            await runtime.close()
        summary(done, outcomes)
        _write_refused(runtime.data, table, file, outcomes)


def check_owners(table: Table | JsonTable, policy: Policy, tenant: str, *, customers: bool) -> None:
    """Every owner named must be there, called by id or name. Raises BadInput with those who are not; of mere leads it is
    told only: the rules give them to somebody. A tenant without members knows nobody."""
    named = Counter(_owner(row) for row in table.rows(str) if isinstance(row, Row))
    if customers and not set(named) - {""}:
        raise BadInput(
            "no_owner", "no column says who owns each customer: call it owner (负责人), or name it in the mapping"
        )
    known = known_as(policy)
    unknown = [owner for owner in named if owner and not whom(known, owner)]
    if not unknown:
        return
    who = f"not members of {tenant}: {', '.join(unknown[:20])}"
    if customers:
        raise BadInput("unknown_owner", f"{who}; add them, or correct the file")
    print(f"{who}; the rules give these {sum(named[owner] for owner in unknown)} rows to somebody")


def _owner(row: Row) -> str:
    return next((text.strip() for name, text in row.fields.items() if ALIASES.get(name) == "claimant"), "")


async def _publish(
    runtime: Runtime, table: Table | JsonTable, batch: Batch, digester: Digester, customers: bool
) -> Batch:
    if runtime.embedded_log:
        await prepare_log(runtime)
    chunk_rows = runtime.settings.limits.chunk_rows
    job = Import(batch, digester, runtime.publisher, chunk_rows=chunk_rows, customers=customers)
    with _progress() as progress:
        task = progress.add_task("sent", total=None)
        done = await job.run(table, progress=lambda b: progress.update(task, completed=b.rows))
        progress.update(task, total=done.rows, completed=done.rows)
    seen = RedisIdempotency(runtime.client)
    await seen.put(f"batch:{done.id}", msgspec.json.encode(done), runtime.gateway().batch_s)
    return done


async def _await_outcomes(
    runtime: Runtime, table: Table | JsonTable, batch: Batch, digester: Digester
) -> dict[int, Outcome]:
    """Row -> outcome. Works the log off here when no service does."""
    wanted = [row.row for row in table.rows(str)]
    if runtime.embedded_log and not Service(runtime.data).pid():
        await work_off(runtime)
    outcomes: dict[int, Outcome] = {}
    idle_s = 0.0
    with _progress() as progress:
        task = progress.add_task("decided", total=len(wanted))
        while left := [row for row in wanted if row not in outcomes]:
            before = len(outcomes)
            for start in range(0, len(left), _ASK):
                rows = left[start : start + _ASK]
                events = [bytes.fromhex(digester.row(batch.id, row)) for row in rows]
                found = await runtime.index.outcomes(batch.tenant, events)
                outcomes |= {row: outcome for row, outcome in zip(rows, found, strict=True) if outcome}
            progress.update(task, completed=len(outcomes))
            idle_s = 0.0 if len(outcomes) > before else idle_s + 0.2
            if idle_s > _STUCK_S:
                raise LeadstreamError(f"{len(left)} rows wait for a worker; is one running? The import can be repeated")
            if len(outcomes) < len(wanted):
                await asyncio.sleep(0.2)
    return outcomes


def show_preview(table: Table | JsonTable) -> None:
    """How the file would be read."""
    counts: Counter[str] = Counter()
    for row in table.rows(str):
        counts["refused" if isinstance(row, RefusedRow) else "readable"] += 1
    preview = table.preview()
    about = ", ".join(f"{key} {value}" for key, value in preview.about.items())
    print(f"{counts['readable']} rows can be read, {counts['refused']} cannot ({about})")
    for field, columns in preview.fields.items():
        print(f"  {field:<14} <- {' + '.join(columns)}")
    if preview.unmapped:
        print(f"  kept as they are: {', '.join(preview.unmapped)}")
    for note in preview.notes:
        print(f"  note: {note}")
    for row in preview.rows:
        print(f"  row {row.row}: " + "; ".join(f"{name}={value}" for name, value in row.fields.items()))
    print("nothing was imported (--dry-run)")


def summary(batch: Batch, outcomes: dict[int, Outcome]) -> None:
    """Counts of outcomes, the batch id and how to take it back."""
    counts = Counter((o.code, o.reason) for o in outcomes.values())
    console = Console(width=100)
    for (code, reason), n in counts.most_common():
        console.print(f"{n:>9,}  {code} ({reason})")
    console.print(f"{len(outcomes):>9,}  rows in all, batch {batch.id}")
    console.print(f"to take it back: leadstream undo {batch.id}", style="dim")


def note_refused_file(data: Path, path: Path) -> None:
    """Remember where rows of people were written to, for whoever has to be erased from there."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / REFUSED_FILES).open("a", encoding="utf-8") as out:
        out.write(f"{path.resolve()}\n")


def _write_refused(data: Path, table: Table | JsonTable, file: Path, outcomes: dict[int, Outcome]) -> None:
    """Rows that nobody could read and rows that were rejected, with the reason, to mend and import again."""
    reasons = {row: o.detail or o.reason for row, o in outcomes.items() if o.code == "rejected"}
    if not reasons:
        return
    path = file.with_name(file.stem + table.refused_suffix)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        count = table.write_refused(out, table.again(reasons))
    note_refused_file(data, path)
    print(f"{count} rows were refused: mend them in {os.fspath(path)} and import that file")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=False,
    )


async def batch_events(runtime: Runtime, tenant: str, batch: str) -> tuple[Batch, Sequence[bytes]]:
    """The batch on record and the event ids of its rows. Raises BadInput for a batch nobody knows."""
    stored = await RedisIdempotency(runtime.client).get(f"batch:{batch}")
    record = msgspec.json.decode(stored, type=Batch) if stored else None
    if record is None or record.tenant != tenant:
        raise BadInput("unknown_batch", f"no import {batch} is on record; the import printed its id")
    digester = Digester(runtime.gateway().digest_secret)
    return record, [bytes.fromhex(digester.row(batch, row)) for row in range(1, record.last + 1)]


async def undo_batch(settings: Settings, tenant: str, batch: str, dry_run: bool) -> str:
    """Take an import back, or say what would go. Gives what to tell the person. Raises BadInput."""
    runtime = Runtime(settings)
    try:
        record, events = await batch_events(runtime, tenant, batch)
        done = await undo(runtime.client, tenant, events, runtime.keys_of(tenant), clock(), preview=dry_run)
    finally:
        await runtime.close()
    verb = "would be" if dry_run else "were"
    lines = [
        f"import {batch} of {record.source}, {record.rows} rows: {done.removed} leads {verb} taken back",
        f"  {done.emptied} customers {verb} gone, {done.split} {verb} split into those they were before",
        f"  {done.absent} rows have no lead on record",
    ]
    if done.under_way:
        lines.append(f"  {done.under_way} are under way: run this again in a moment")
    return "\n".join(lines)
