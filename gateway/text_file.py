"""CSV and TSV as people send them: any of the usual encodings and delimiters, one bad record never costs its neighbours.

Encoding: a byte order mark, then strict UTF-8, then GB18030 (what Excel writes in China) or Windows-1252 (what it
writes in the West), UTF-16 by its NULs. A few broken
bytes in a file that is UTF-8 otherwise make it neither GB18030 nor useless: the records that hold them are refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from gateway.headers import HEADER_ROWS, header_score
from gateway.records import Record, Source
from leads.errors import BadInput

#: A quoted cell that runs over more lines than this was never closed.
CELL_LINES = 100
#: Characters of one line.
LINE_CHARS = 1_000_000
_DELIMITERS = ",\t;|"
#: Chinese comes in pairs of high bytes (rare signs: high byte and digit, twice), an accent stands alone among letters.
_HIGH = re.compile(rb"[\x80-\xff]+[0-9]?")
_FORMULA = ("=", "+", "-", "@")
#: What decoding leaves of bytes that are no text. U+FFFD in valid text is somebody else's loss, of a letter, not of a lead.
_BROKEN = re.compile("[\ud800-\udfff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_text(file: BinaryIO, name: str, wanted: Sequence[str] = ()) -> Source:
    """A CSV or TSV file, read line by line. ``file`` must be seekable and stay open. Raises BadInput when it is no text."""
    encoding = find_encoding(file)
    sample = []
    for line in _lines(file, encoding):
        sample.append(line)
        if len(sample) == 50:
            break
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else find_delimiter(sample, wanted)

    def records() -> Iterator[Record]:
        return _records(_lines(file, encoding), delimiter)

    shown = {"\t": "tab"}.get(delimiter, delimiter)
    return Source(records, {"format": "text", "encoding": encoding, "delimiter": shown})


def find_encoding(file: BinaryIO) -> str:
    """Python codec of a text file; reads all of it once, in lines. Raises BadInput when it is no text."""
    file.seek(0)
    head = file.read(4096)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8 and 0 in head.partition(b"\n")[0]:  # a stray NUL further down is one bad record
        if min(even, odd) > len(head) // 16:
            raise BadInput("not_text", "This is not a text file. Send CSV, TSV, XLSX, XLS or JSONL.")
        return "utf-16-le" if odd > even else "utf-16-be"
    file.seek(0)
    good = broken = runs = single = 0
    for line in file:
        if not line.isascii():
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                broken += 1
                found = _HIGH.findall(line)
                runs += len(found)
                single += sum(len(run) == 1 for run in found)
    if broken <= good:
        return "utf-8"
    return "cp1252" if single * 2 > runs else "gb18030"


def find_delimiter(lines: list[str], wanted: Sequence[str] = ()) -> str:
    """The delimiter that shows most of a header's names; then the one that most records agree on; then most cells."""

    def score(delimiter: str) -> tuple[int, int, int]:
        rows = [record.cells for record in _records(iter(lines), delimiter) if any(record.cells)]
        named = max((header_score(row, wanted) for row in rows[:HEADER_ROWS]), default=0)
        widths = Counter(map(len, rows))
        width, often = max(((w, n) for w, n in widths.items() if w > 1), key=lambda wn: wn[1], default=(1, 0))
        return named, often, width

    return max(_DELIMITERS, key=score)


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace" if "16" in encoding else "surrogateescape", newline="")
    try:
        while line := text.readline(LINE_CHARS):
            yield line
    finally:
        text.detach()  # closing the wrapper would close the file


def _records(lines: Iterator[str], delimiter: str) -> Iterator[Record]:
    """Records; a quote that is never closed costs its own line only, the lines after it are read again."""
    waiting: deque[str] = deque()
    while line := waiting.popleft() if waiting else next(lines, ""):
        taken = [line]
        cells = _cells(line, delimiter)
        while cells is None and len(taken) < CELL_LINES and sum(map(len, taken)) < LINE_CHARS:
            if not (more := waiting.popleft() if waiting else next(lines, "")):
                break
            taken.append(more)
            cells = _cells("".join(taken), delimiter) if '"' in more else None
        if cells is None:
            waiting.extendleft(reversed(taken[1:]))
            yield Record(tuple(line.rstrip("\r\n").split(delimiter)), "unclosed_quote")
            continue
        text = line if len(taken) == 1 else "".join(taken)
        yield Record(_unescaped(cells) if "'" in text else cells, _fault(text, taken[-1]))


def _cells(text: str, delimiter: str) -> tuple[str, ...] | None:
    """The cells of one record, None when a quoted cell goes on in the next line."""
    if '"' not in text:
        return tuple(text.rstrip("\r\n").split(delimiter))
    try:
        return tuple(next(csv.reader([text], delimiter=delimiter, strict=True), ()))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
    try:
        return tuple(next(csv.reader([text], delimiter=delimiter), ()))
    except csv.Error:
        return tuple(text.rstrip("\r\n").split(delimiter))


def _unescaped(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Undo the apostrophe that keeps a spreadsheet from reading a cell as a formula."""
    return tuple(cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell for cell in cells)


def _fault(text: str, line: str) -> str:
    if len(line) >= LINE_CHARS:
        return "too_large"
    if "\0" in text:
        return "nul"
    return "" if text.isascii() or not _BROKEN.search(text) else "broken_text"
