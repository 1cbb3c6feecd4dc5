"""Whether a text as somebody wrote it speaks of a person, by the values that are his alone. Names do not count: many share one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leads.records import Envelope, Facts, Row
from leads.text import fold

_LEAST_DIGITS, _LEAST_HANDLE = 7, 6


class Person(msgspec.Struct, frozen=True):
    """``digits`` of his numbers, mailboxes and handles folded. ``events`` are his leads (32 hex digits)."""

    digits: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    @property
    def needles(self) -> list[bytes]:
        """His values as bytes, as records and messages hold them."""
        return sorted(value.encode() for value in self.digits | self.words)

    def mentioned(self, texts: Iterable[str]) -> bool:
        """Whether one of ``texts`` holds one of his values, whatever stands between its digits."""
        return any(map(self._in, texts))

    def _in(self, text: str) -> bool:
        folded = fold(text)
        digits = "".join(filter(str.isdigit, folded))
        return any(number in digits for number in self.digits) or any(word in folded for word in self.words)


def person(facts: Iterable[Facts], events: Iterable[str]) -> Person:
    """Everything that tells this person in what his leads said."""
    digits: set[str] = set()
    words: set[str] = set()
    for one in facts:
        digits.update(phone.digits for phone in one.phones if len(phone.digits) >= _LEAST_DIGITS)
        for mail in one.emails:
            words.update((mail.address, f"{mail.local}@{mail.domain}"))
        words.update(handle.value.lower() for handle in one.handles if len(handle.value) >= _LEAST_HANDLE)
    return Person(frozenset(digits), frozenset(words), frozenset(events))


def without(envelope: Envelope, whose: frozenset[str]) -> Envelope | None:
    """The envelope without these events' rows; itself when it has none of them, None when nothing is left."""
    rows = tuple(row for row in envelope.rows if row.event not in whose)
    if len(rows) == len(envelope.rows):
        return envelope
    return msgspec.structs.replace(envelope, rows=rows) if rows else None


def texts_of(row: Row) -> Iterable[str]:
    """All that a row says, value by value."""
    return (*row.fields.values(), *row.extra.values())
