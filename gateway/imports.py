"""Door (c), imports: a file of leads travels in chunks of rows. The same file with the same mapping adds nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from gateway.acceptance import ENVELOPE_BYTES, Acceptance, Meter, Unmetered, accepted, to_message
from gateway.delivery import Digester, file_digest
from gateway.files import JsonTable, RefusedRow, Table, open_table
from gateway.limits import Turnstile
from gateway.mapping import Mapping, listed, read_mapping
from gateway.payload import content_type
from gateway.problems import Problem
from gateway.refused import REASON_COLUMN
from gateway.settings import SourceSpec
from leads.records import Envelope, Row
from streams.ports import Message, Publisher
from streams.topics import RAW

#: Messages published at a time: what an import holds in memory, how often its progress moves, and an entry of the embedded
#: log. With the usual 50 rows in each, what a worker takes at a time.
MESSAGES_AT_ONCE = 32
#: Refused rows listed in an answer; the rest are only counted.
REFUSED_LISTED = 100
_UNMETERED = Unmetered()


class Batch(msgspec.Struct, frozen=True):
    """An import on record. ``last`` is the highest row number; empty rows between have no event."""

    id: str
    tenant: str
    source: str
    at_ms: int
    rows: int = 0
    refused: int = 0
    last: int = 0
    complete: bool = False


def make_batch(
    digester: Digester, tenant: str, source: str, file: BinaryIO, mapping: Mapping | None, at_ms: int
) -> Batch:
    """The batch of a file, not yet published. The same file and mapping give the same id, whatever the file is called."""
    text = mapping.canonical() if mapping else ""
    return Batch(digester.batch(tenant, source, file_digest(file), text), tenant, source, at_ms)


class Import:
    """Publishes the rows of a table. Refused rows travel too, as faults, so that each has its outcome."""

    def __init__(
        self,
        batch: Batch,
        digester: Digester,
        publisher: Publisher,
        meter: Meter = _UNMETERED,
        chunk_rows: int = 50,
        *,
        customers: bool = False,
    ) -> None:
        self.batch = batch
        self._customers = customers
        self._digester, self._publisher, self._meter, self._chunk = digester, publisher, meter, chunk_rows

    async def run(
        self,
        table: Table | JsonTable,
        refused: Callable[[RefusedRow], None] = lambda _: None,
        progress: Callable[[Batch], None] = lambda _: None,
    ) -> Batch:
        """Publish all rows; reading happens in a thread. Returns when the log has confirmed all. Raises LogDown.

        ``refused`` is called for each refused row in order, ``progress`` after each confirmed step.
        """
        rows = table.rows(self._event)
        while taken := await asyncio.to_thread(lambda: list(islice(rows, self._chunk * MESSAGES_AT_ONCE))):
            bad = [row for row in taken if isinstance(row, RefusedRow)]
            for row in bad:
                refused(row)
            whole = [self._as_row(row, table.columns) for row in taken]
            await self._publisher.publish(RAW, list(self._messages(whole)))
            self._meter.received(self.batch.tenant, "import", self.batch.source, len(whole))
            self.batch = msgspec.structs.replace(
                self.batch,
                rows=self.batch.rows + len(whole),
                refused=self.batch.refused + len(bad),
                last=whole[-1].row,
            )
            progress(self.batch)
        self.batch = msgspec.structs.replace(self.batch, complete=True)
        return self.batch

    def _event(self, row: int) -> str:
        return self._digester.row(self.batch.id, row)

    def _as_row(self, row: Row | RefusedRow, columns: tuple[str, ...]) -> Row:
        if isinstance(row, Row):
            return row
        names = (*columns, *(f"cell {n}" for n in range(len(columns) + 1, len(row.cells) + 1)))
        extra = {name: cell for name, cell in zip(names, row.cells, strict=False) if cell}
        extra[REASON_COLUMN] = row.reason
        fault = "too_large" if row.reason == "too_large" else "malformed"
        return Row(self._event(row.row), extra=extra, fault=fault, row=row.row)

    def _messages(self, rows: list[Row]) -> Iterator[Message]:
        for n in range(0, len(rows), self._chunk):
            yield from self._fitting(tuple(rows[n : n + self._chunk]))

    def _fitting(self, rows: tuple[Row, ...]) -> Iterator[Message]:
        """One message, or several when the rows are long; a row too large for any message leaves only its fault."""
        batch = self.batch
        envelope = Envelope(
            batch.tenant, batch.source, "import", batch.at_ms, rows, batch=batch.id, customers=self._customers
        )
        message = to_message(envelope, self._digester.digest("chunk", batch.id, str(rows[0].row)))
        if len(message.value) <= ENVELOPE_BYTES:
            yield message
        elif len(rows) > 1:
            half = len(rows) // 2
            yield from self._fitting(rows[:half])
            yield from self._fitting(rows[half:])
        else:
            yield from self._fitting((Row(rows[0].event, fault="too_large", row=rows[0].row),))


class _Upload(msgspec.Struct):
    file: BinaryIO
    name: str
    mapping: Mapping | None
    dry_run: bool


def router(acceptance: Acceptance) -> APIRouter:
    """Routes of files: import one, and what became of a batch."""
    routes = APIRouter()
    turnstile = Turnstile(acceptance.config.limits.imports_at_once)

    @routes.post("/v1/imports")
    async def imports(request: Request, source: str = "imports") -> JSONResponse:
        spec = acceptance.source(source, "import")
        await acceptance.admit_caller(request.headers, "imports", spec)
        acceptance.admit(source, spec)
        async with turnstile:
            upload = await _receive(request, spec)
            with upload.file:
                limits = acceptance.config.limits
                table = await asyncio.to_thread(open_table, upload.file, upload.name, upload.mapping, limits)
                if upload.dry_run:
                    return JSONResponse(await asyncio.to_thread(_previewed, table))
                return accepted(await _import(acceptance, source, spec, upload, table))

    @routes.get("/v1/imports/{batch}")
    async def progress(request: Request, batch: str) -> JSONResponse:
        token = await acceptance.callers.of(request.headers, "imports")
        stored = await acceptance.seen.get(f"batch:{batch}") if len(batch) == 32 else None
        record = msgspec.json.decode(stored, type=Batch) if stored else None
        if record is None or record.tenant != token.tenant:
            raise Problem(404, "unknown_batch", "There is no such import, or it is too long ago.")
        outcomes = await _outcomes(acceptance, record)
        pending = record.rows - sum(outcomes.values())
        return JSONResponse({**msgspec.to_builtins(record), "outcomes": dict(outcomes), "pending": pending})

    return routes


async def _receive(request: Request, spec: SourceSpec) -> _Upload:
    """The file of a multipart body (parts ``file``, ``mapping``, ``dry_run``) or the body itself, on disk beyond 1 MB."""
    query = request.query_params
    mapping, dry_run = query.get("mapping", ""), query.get("dry_run", "")
    header = request.headers.get("content-type", "")
    if header.startswith("multipart/"):
        content_type(header)
        form = await request.form(max_files=1, max_fields=10)
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise Problem(422, "missing_field", "The part “file” with the file is missing.")
        mapping, dry_run = str(form.get("mapping") or mapping), str(form.get("dry_run") or dry_run)
        file, name = part.file, part.filename or ""
    else:
        file = cast(BinaryIO, SpooledTemporaryFile(1 << 20))  # noqa: SIM115  (the caller closes it)
        async for block in request.stream():
            file.write(block)
        name = unquote(request.headers.get("x-filename", ""))
    own = Mapping(listed(spec.fields)) if spec.fields else None
    parsed = read_mapping(mapping) if mapping else own
    return _Upload(file, name, parsed, dry_run.lower() in ("1", "true", "yes"))


def _previewed(table: Table | JsonTable) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    refused: list[dict[str, Any]] = []
    for row in table.rows(str):
        counts["refused" if isinstance(row, RefusedRow) else "rows"] += 1
        if isinstance(row, RefusedRow) and len(refused) < REFUSED_LISTED:
            refused.append({"row": row.row, "reason": row.reason})
    preview = msgspec.to_builtins(table.preview())
    rows = [
        {"row": row["row"], "fields": row.get("fields", {}), "extra": row.get("extra", {})} for row in preview["rows"]
    ]
    return {**preview, "rows": rows, "readable": counts["rows"], "refused": counts["refused"], "refused_rows": refused}


async def _import(
    acceptance: Acceptance, source: str, spec: SourceSpec, upload: _Upload, table: Table | JsonTable
) -> dict[str, Any]:
    config, digester = acceptance.config, acceptance.digester
    batch = await asyncio.to_thread(
        make_batch, digester, spec.tenant, source, upload.file, upload.mapping, acceptance.clock()
    )
    key = f"batch:{batch.id}"
    await acceptance.seen.put_if_absent(key, msgspec.json.encode(batch), config.batch_s)
    shown: list[dict[str, Any]] = []

    def refused(row: RefusedRow) -> None:
        if len(shown) < REFUSED_LISTED:
            shown.append({"row": row.row, "reason": row.reason})

    job = Import(batch, digester, acceptance.publisher, acceptance.meter, config.limits.chunk_rows)
    done = await job.run(table, refused)
    await acceptance.seen.put(key, msgspec.json.encode(done), config.batch_s)
    counts = {"rows": done.rows, "refused": done.refused, "refused_rows": shown}
    return {"batch": batch.id, "status": "accepted", "href": f"/v1/imports/{batch.id}", **counts}


async def _outcomes(acceptance: Acceptance, batch: Batch) -> Counter[str]:
    counts: Counter[str] = Counter()
    events = (bytes.fromhex(acceptance.digester.row(batch.id, row)) for row in range(1, batch.last + 1))
    while taken := list(islice(events, 1_000)):
        found = await acceptance.index.outcomes(batch.tenant, taken)
        counts.update(outcome.code for outcome in found if outcome is not None)
    return counts
