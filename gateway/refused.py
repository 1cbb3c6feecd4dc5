"""Refused rows as a file a person can mend and import again: UTF-8 with a mark, the original columns, the reason last."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import IO, Protocol

REASON_COLUMN = "refused_reason"
#: Cells of a ragged row that have no column. A row that still has any is refused again.
OVERFLOW_COLUMN = "refused_overflow"

_TEXTS = {
    "ragged": "more or fewer cells than the header",
    "broken_text": "bytes that are not text in the file's encoding",
    "nul": "NUL characters",
    "unclosed_quote": "a quote that is never closed",
    "too_large": "too large",
    "not_json": "not a JSON object",
}


class _Refused(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def cells(self) -> tuple[str, ...]: ...


def write_refused(out: IO[str], columns: Sequence[str], refused: Iterable[_Refused]) -> int:
    """Write refused rows as CSV; gives how many. Open ``out`` with ``encoding="utf-8-sig", newline=""``.

    Cells that a spreadsheet would take for a formula get an apostrophe, which reading takes off again.
    """
    kept = [column for column in columns if column not in (REASON_COLUMN, OVERFLOW_COLUMN)]
    writer = csv.writer(out)
    count = 0
    for row in refused:
        if not count:
            writer.writerow([*map(escaped, kept), REASON_COLUMN, OVERFLOW_COLUMN])
        cells, overflow = list(row.cells[: len(kept)]), row.cells[len(columns) :]
        cells += [""] * (len(kept) - len(cells))
        reason = f"row {row.row}: {_TEXTS.get(row.reason, row.reason)}"
        writer.writerow([*map(escaped, cells), reason, escaped(" | ".join(overflow))])
        count += 1
    return count


def escaped(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
