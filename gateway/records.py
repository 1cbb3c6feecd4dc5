"""What a file reader gives: records in file order, good or with the reason why not, and what it found out about the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record of a file. ``fault`` is why it cannot be used ("" when it can): broken_text, nul, unclosed_quote, ..."""

    cells: tuple[str, ...]
    fault: str = ""


class Source(msgspec.Struct, frozen=True):
    """An opened file. ``records`` starts from the top each time it is called. ``about`` is for the preview."""

    records: Callable[[], Iterator[Record]]
    about: dict[str, str]
    ragged: bool = True  # a record with more or fewer cells than the header is a fault (a workbook's rows are even)
    notes: tuple[str, ...] = ()


def readable(text: str) -> str:
    r"""Text that any log takes: bytes that were not text become ``\xNN``, NUL becomes ``\x00``."""
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
