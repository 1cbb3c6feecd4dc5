"""Letters that a system on the way has damaged: UTF-8 read as Latin-1, HTML left in a field, letters it did not know."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from leads.records import Note

_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d?);", re.IGNORECASE)
_FOLLOWS: Final = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # bytes that follow in UTF-8, as Windows shows them
_MISREAD: Final = re.compile(rf"[\u00c2-\u00df][{_FOLLOWS}]|[\u00e0-\u00f4][{_FOLLOWS}]{{2}}")
_LOST: Final = re.compile("\ufffd+|(?<=[^\\W\\d_])\\?(?=[^\\W\\d_])")
#: The fields by which records are compared; in the others a letter more or less changes nothing.
_NAMES: Final = ("name", "company", "city", "address")
#: One cheap look: a sign of damage, or a letter that UTF-8 read as Latin-1 would begin with.
_SUSPECT: Final = re.compile("[&?\ufffd\u00c2-\u00f4]")


def with_letters(fields: dict[str, str]) -> tuple[dict[str, str], tuple[Note, ...]]:
    """``fields`` with damaged letters of names put right, and what was done; the very same dict when nothing was."""
    mended = {
        field: text
        for field in _NAMES
        if (written := fields.get(field)) and _SUSPECT.search(written) and (text := mend(written)) != written
    }
    return (fields | mended, tuple(Note(field, "letters_mended") for field in mended)) if mended else (fields, ())


def mend(text: str) -> str:
    """``text`` in the letters it was written in. A letter that is lost is left out of a name: one short is a typing error,
    a sign in its place breaks the word."""
    if "&" in text and _ENTITY.search(text):
        text = unescape(unescape(text))
    if not text.isascii() and _MISREAD.search(text):
        text = _as_utf8(text)
    return _LOST.sub("", text)


def _as_utf8(text: str) -> str:
    """The text that UTF-8 read as Windows-1252 came from; itself when it is none, all of it."""
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")  # the five bytes that Windows-1252 leaves free
