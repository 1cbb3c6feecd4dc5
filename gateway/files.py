"""Files of leads -> rows, one after the other in bounded memory. What the import door and the command line share.

with open_table(path, "leads.csv", mapping) as table:    # looks at the top only (a text file: once at all bytes)
    for row in table.rows(event_of_row): ...              # Row, or RefusedRow with the reason
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Mapping_
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO, Self

import msgspec

from gateway.headers import HEADER_ROWS, find_header, unique
from gateway.mapping import Binding, Mapping
from gateway.payload import Malformed, flatten
from gateway.records import Record, Source, readable
from gateway.refused import OVERFLOW_COLUMN, REASON_COLUMN, write_refused
from gateway.settings import Limits
from gateway.sheet_file import OLE, ZIP, open_sheet
from gateway.text_file import LINE_CHARS, open_text
from leads.errors import BadInput
from leads.records import Row


class RefusedRow(msgspec.Struct, frozen=True, gc=False):
    """A row nobody could read. ``reason`` is closed: ragged, broken_text, nul, unclosed_quote, too_large, not_json."""

    row: int
    reason: str
    cells: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True):
    """What would be read. ``fields``: lead field -> columns. ``rows`` are the first good ones."""

    about: dict[str, str]
    columns: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    unmapped: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


_LIMITS = Limits()


class _Opened:
    """A file held open while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class Table(_Opened):
    """An opened file with columns. Row 1 is the first record below the header; empty records are skipped but counted."""

    refused_suffix = ".refused.csv"

    def __init__(self, file: BinaryIO, source: Source, header: int, columns: tuple[str, ...], binding: Binding) -> None:
        super().__init__(file)
        self._source, self._header, self._binding = source, header, binding
        self.columns = columns

    def rows(self, event: Callable[[int], str]) -> Iterator[Row | RefusedRow]:
        """Every row from the top, in file order. ``event`` gives the event id of a row number."""
        records = islice(self._source.records(), self._header + 1, None)
        width = len(self.columns)
        for n, record in enumerate(records, 1):
            cells = record.cells
            if not record.fault and not any(cell.strip() for cell in cells):
                continue
            if fault := record.fault or self._misfit(cells, width):
                yield RefusedRow(n, fault, tuple(map(readable, cells)))
                continue
            fields, extra = self._binding.read(cells)
            extra.pop(REASON_COLUMN, None)
            yield Row(event(n), fields, extra, row=n)

    def preview(self, most: int = 5) -> Preview:
        """How the file is understood, with the first ``most`` good rows."""
        good = islice((row for row in self.rows(str) if isinstance(row, Row)), most)
        about, binding = self._source.about, self._binding
        return Preview(about, self.columns, binding.taken, binding.unmapped, tuple(good), self._source.notes)

    def again(self, reasons: Mapping_[int, str]) -> Iterator[RefusedRow]:
        """The rows of these numbers with their cells as they are, refused for the reason given."""
        for n, record in enumerate(islice(self._source.records(), self._header + 1, None), 1):
            if n in reasons:
                yield RefusedRow(n, reasons[n], tuple(map(readable, record.cells)))

    def write_refused(self, out: IO[str], refused: Iterable[RefusedRow]) -> int:
        """Write refused rows as CSV to mend (open ``out`` as ``refused.write_refused`` says); gives how many."""
        return write_refused(out, self.columns, refused)

    def _misfit(self, cells: tuple[str, ...], width: int) -> str:
        if len(cells) != width and self._source.ragged and (len(cells) < width or any(cells[width:])):
            return "ragged"
        if OVERFLOW_COLUMN in self.columns and any(cells[self.columns.index(OVERFLOW_COLUMN) :]):
            return "ragged"
        return ""


class JsonTable(_Opened):
    """An opened file of JSON objects, one a line; each line has keys of its own."""

    refused_suffix = ".refused.jsonl"

    def __init__(self, file: BinaryIO, mapping: Mapping | None, limits: Limits) -> None:
        super().__init__(file)
        self._mapping, self._limits = mapping, limits
        top = [row for _, row in zip(range(HEADER_ROWS), self._objects(), strict=False)]
        keys = dict.fromkeys(key for _, flat in top if isinstance(flat, dict) for key in flat)
        self.columns = tuple(keys)
        self._bindings: dict[tuple[str, ...], Binding] = {}
        missing = [column for column in (mapping.columns() if mapping else ()) if column not in keys]
        if keys and mapping and len(missing) == len(mapping.columns()):
            raise BadInput("missing_column", f"The file has none of the mapping's keys; it has {', '.join(keys)}.")

    def rows(self, event: Callable[[int], str]) -> Iterator[Row | RefusedRow]:
        """Every row from the top, in file order. ``event`` gives the event id of a row number."""
        for n, flat in self._objects():
            if isinstance(flat, RefusedRow):
                yield flat
            elif flat:
                fields, extra = self._bind(tuple(flat)).read(tuple(flat.values()))
                yield Row(event(n), fields, extra, row=n)

    def preview(self, most: int = 5) -> Preview:
        """How the file is understood, with the first ``most`` good rows."""
        good = islice((row for row in self.rows(str) if isinstance(row, Row)), most)
        binding = self._bind(self.columns)
        return Preview({"format": "jsonl"}, self.columns, binding.taken, binding.unmapped, tuple(good))

    def again(self, reasons: Mapping_[int, str]) -> Iterator[RefusedRow]:
        """The lines of these numbers as they are, refused for the reason given."""
        for n, line in self._lines():
            if n in reasons:
                yield RefusedRow(n, reasons[n], (_shown(line),))

    def write_refused(self, out: IO[str], refused: Iterable[RefusedRow]) -> int:
        """Write refused lines as they are, to mend; gives how many."""
        return sum(bool(out.write(f"{cell}\n")) for row in refused for cell in row.cells)

    def _bind(self, keys: tuple[str, ...]) -> Binding:
        if keys not in self._bindings:
            if len(self._bindings) > 1_000:
                self._bindings.clear()
            self._bindings[keys] = _bind(keys, self._mapping)
        return self._bindings[keys]

    def _objects(self) -> Iterator[tuple[int, dict[str, str] | RefusedRow]]:
        for n, line in self._lines():
            yield n, self._object(n, line)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines with their numbers; one that is too long is empty."""
        self._file.seek(0)
        n = 0
        while line := self._file.readline(LINE_CHARS):
            n += 1
            whole = line.endswith(b"\n") or len(line) < LINE_CHARS
            while not whole:  # the rest of a line that is too long
                rest = self._file.readline(LINE_CHARS)
                whole = rest.endswith(b"\n") or len(rest) < LINE_CHARS
                line = b"" if rest else line
            yield n, line

    def _object(self, n: int, line: bytes) -> dict[str, str] | RefusedRow:
        if not line:
            return RefusedRow(n, "too_large", ())
        try:
            text = line.decode("utf-8-sig").strip()
            value = json.loads(text, parse_int=str, parse_float=str) if text else {}
            if isinstance(value, dict):
                return flatten(value, msgspec.structs.replace(self._limits, fields=self._limits.columns))
            reason = "not_json"
        except UnicodeDecodeError:
            reason = "broken_text"
        except (ValueError, RecursionError):
            reason = "not_json"
        except Malformed as error:
            reason = "nul" if "NUL" in error.reason else "broken_text" if "broken" in error.reason else "not_json"
        return RefusedRow(n, reason, (_shown(line),))


def _shown(line: bytes) -> str:
    return readable(line.decode("utf-8", "surrogateescape").rstrip("\r\n"))


def open_table(
    source: Path | str | bytes | BinaryIO, filename: str = "", mapping: Mapping | None = None, limits: Limits = _LIMITS
) -> Table | JsonTable:
    """Open a file of leads: what it is its first bytes say, and only then its name. Keep an opened file open meanwhile.

    With a mapping only what it names becomes a field; without one columns are recognised by their names. Everything
    else is kept in ``extra``. Raises BadInput saying what to mend.
    """
    if isinstance(source, Path | str):
        filename = filename or Path(source).name
        try:
            file: BinaryIO = Path(source).open("rb")  # noqa: SIM115  (the table closes it)
        except OSError as error:
            raise BadInput("no_file", f"The file cannot be opened ({error.strerror}). Check its path.") from None
    else:
        file = io.BytesIO(source) if isinstance(source, bytes) else source
    file.seek(0)
    head = file.read(4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BadInput("empty_file", "The file has no rows. Check that the right file was chosen.")
    if head.startswith((ZIP, OLE)):
        return _grid(file, open_sheet(file, mapping.columns() if mapping else (), limits), mapping, limits)
    suffix = Path(filename).suffix.lower()
    if suffix == ".json" and head.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"[":
        raise BadInput("json_array", "This is one JSON array. Send JSON Lines: an object a line, named .jsonl.")
    if suffix in (".jsonl", ".ndjson") or (
        suffix not in (".csv", ".tsv") and head.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"{"
    ):
        return JsonTable(file, mapping, limits)
    return _grid(file, open_text(file, filename, mapping.columns() if mapping else ()), mapping, limits)


def _grid(file: BinaryIO, source: Source, mapping: Mapping | None, limits: Limits) -> Table:
    top: list[Record] = list(islice(source.records(), HEADER_ROWS))
    rows = [[readable(" ".join(cell.split())) for cell in record.cells] for record in top]
    header = find_header(rows, mapping.columns() if mapping else ())
    cells = rows[header]
    while cells and not cells[-1] and source.ragged:
        cells = cells[:-1]
    if len(cells) > limits.columns:
        raise BadInput("too_many_columns", f"A file may have {limits.columns} columns; this one has {len(cells)}.")
    columns = unique(cells)
    return Table(file, source, header, columns, _bind(columns, mapping))


def _bind(columns: tuple[str, ...], mapping: Mapping | None) -> Binding:
    return Binding(columns, mapping.fields if mapping else {}, recognised=mapping is None)
