"""XLSX and XLS through calamine, behind checks: an encrypted file is named as such, a bomb is never opened."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from gateway.headers import HEADER_ROWS, header_score
from gateway.records import Record, Source
from gateway.settings import Limits
from leads.errors import BadInput

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]{0,200}?\s)?r=["']\$?([A-Z]{1,7})\$?(\d{1,9})""")


def open_sheet(file: BinaryIO, wanted: tuple[str, ...], limits: Limits) -> Source:
    """The sheet that holds the leads: the one whose top has most of the ``wanted`` columns, or most recognised names.

    Raises BadInput: encrypted, zip_bomb, too_large, not_a_workbook.
    """
    file.seek(0)
    content = file.read()
    if content.startswith(ZIP):
        check_package(file, limits)
    elif _ENCRYPTED in content:  # an encrypted XLSX is an OLE file with the real one inside
        raise _encrypted()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            meta.name
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
        ]
        best = _choose(book, names, wanted)
    except PasswordError:
        raise _encrypted() from None
    except BadInput:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the reader is no Exception; a bad file must never end the process
        detail = (
            f"The workbook cannot be read ({type(error).__name__}). Open it in Excel, save it as XLSX, send it again."
        )
        raise BadInput("not_a_workbook", detail) from None
    others = [name for name in names if name != best.name]
    notes = (f"{len(others)} other sheet(s) were not read",) if others else ()
    return Source(lambda: _records(best), {"format": "workbook", "sheet": best.name}, ragged=False, notes=notes)


def _encrypted() -> BadInput:
    return BadInput("encrypted", "The workbook has a password. Save it without one and send it again.")


def check_package(file: BinaryIO, limits: Limits) -> None:
    """Look at a zip package before anything unpacks it: sizes and ratio from its directory, cells from its sheets.

    The reader refuses members larger than the directory says, so the directory can be trusted. Two cells far apart
    make the reader fill all between them, hence the look at the corners. Raises BadInput.
    """
    try:
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            size, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
            if size > limits.unpacked_bytes or size > limits.pack_ratio * max(packed, 10_000):
                raise BadInput("zip_bomb", "The workbook unpacks to far more than it should. It was not opened.")
            if "xl/workbook.xml" not in package.namelist():
                raise BadInput("not_a_workbook", "This is not an XLSX workbook. Send CSV, TSV, XLSX, XLS or JSONL.")
            for member in members:
                if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                    _check_corners(package, member, limits)
    except BadInput:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
        raise BadInput("not_a_workbook", "The workbook is damaged. Save it again in Excel and send it again.") from None


def _check_corners(package: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    columns = rows = 0
    tail = b""
    with package.open(member) as stream:
        while block := stream.read(1 << 20):
            for letters, digits in _CELL.findall(tail + block):
                rows = max(rows, int(digits))
                columns = max(columns, _column(letters))
            tail = block[-256:]
            if rows * columns > limits.cells:
                detail = "A sheet has cells so far apart that it would be millions of rows. Delete what is far below or right."
                raise BadInput("too_large", detail)


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n


def _choose(book: CalamineWorkbook, names: list[str], wanted: tuple[str, ...]) -> Any:
    best, most = None, -1
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            score = max(header_score(record.cells, wanted) for record in islice(_records(sheet), HEADER_ROWS))
            if score > most:
                best, most = sheet, score
    if best is None:
        raise BadInput("empty_file", "The workbook has no filled sheet. Check that the right file was chosen.")
    return best


def _records(sheet: Any) -> Iterator[Record]:
    """Rows from the top of the sheet. A cell merged downwards counts for every row it covers."""
    left = sheet.start[1] if sheet.start else 0
    merged: dict[tuple[int, int], int] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        merged.update(((row, column - left), top) for row in range(top + 1, min(bottom, top + 10_000) + 1))
    tops: dict[tuple[int, int], str] = {}
    wanted = {(top, column) for (_, column), top in merged.items()}
    for n, row in enumerate(sheet.iter_rows()):
        cells = [cell_text(value) for value in row]
        if merged:
            for column in range(len(cells)):
                if (n, column) in wanted:
                    tops[n, column] = cells[column]
                elif (top := merged.get((n, column))) is not None and not cells[column]:
                    cells[column] = tops.get((top, column), "")
        fault = "nul" if any("\0" in cell for cell in cells) else ""
        yield Record(tuple(cells), fault)


def cell_text(value: Any) -> str:
    """A cell as a person would type it: 13800138000 and not 13800138000.0, dates as ISO 8601."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
