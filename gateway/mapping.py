"""Columns -> lead fields. One way for files and webhooks: what a mapping names, else what the names say, the rest is kept.

A mapping is JSON: ``fields`` maps a lead field (or a custom one) to a column or to a list of columns joined by a space;
``kinds`` gives the kind of each custom field; other keys are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from typing import Any

import msgspec

from gateway.headers import recognise
from leads.errors import BadInput

KINDS = frozenset({"text", "name", "company", "address", "id", "date", "number", "category"})
#: Several columns of these are several values of one lead.
_MANY = {"phone": "; ", "email": "; "}


class Mapping(msgspec.Struct, frozen=True):
    """``fields``: lead field -> columns, joined by a space. ``kinds``: custom field -> its kind."""

    fields: dict[str, tuple[str, ...]]
    kinds: dict[str, str] = {}

    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(column for columns in self.fields.values() for column in columns))

    def canonical(self) -> str:
        """The same text for the same mapping."""
        return msgspec.json.encode([self.fields, self.kinds], order="deterministic").decode()


def read_mapping(raw: bytes | str) -> Mapping:
    """A mapping from its JSON. Raises BadInput naming what to mend."""
    try:
        value = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise BadInput("bad_mapping", "The mapping is not JSON.") from None
    return make_mapping(value)


def make_mapping(value: Any) -> Mapping:
    """A mapping from a parsed object. Raises BadInput naming what to mend."""
    if not isinstance(value, dict) or not isinstance(value.get("fields"), dict) or not value["fields"]:
        raise BadInput("bad_mapping", 'A mapping is {"fields": {"<lead field>": "<column>", ...}}.')
    fields: dict[str, tuple[str, ...]] = {}
    for field, columns in value["fields"].items():
        listed = [columns] if isinstance(columns, str) else columns
        if not (isinstance(listed, list | tuple) and listed and all(isinstance(c, str) and c for c in listed)):
            raise BadInput("bad_mapping", f"fields.{field}: give a column or a list of columns.")
        fields[field] = tuple(" ".join(column.split()) for column in listed)
    kinds = value.get("kinds") or {}
    if not isinstance(kinds, dict) or any(not isinstance(k, str) or k not in KINDS for k in kinds.values()):
        raise BadInput("bad_mapping", f"kinds: a kind is one of {', '.join(sorted(KINDS))}.")
    return Mapping(fields, kinds)


class Binding:
    """A mapping bound to the columns of one file or the keys of one body."""

    def __init__(self, columns: Sequence[str], fields: AnyMapping[str, Sequence[str]], recognised: bool) -> None:
        """``recognised``: columns that ``fields`` does not name are taken by what their names say."""
        self.columns = tuple(columns)
        place = {column: n for n, column in enumerate(columns)}
        taken = {field: [place[name] for name in names if name in place] for field, names in fields.items()}
        joins = dict.fromkeys(taken, " ")
        if recognised:
            for n, field in self._recognised({n for found in taken.values() for n in found}):
                if field not in taken or (field in _MANY and field not in fields):
                    taken.setdefault(field, []).append(n)
                    joins[field] = _MANY.get(field, " ")
        used = {n for found in taken.values() for n in found}
        self._one = [(field, found[0]) for field, found in taken.items() if len(found) == 1]
        self._several = [(field, joins[field], found) for field, found in taken.items() if len(found) > 1]
        self._rest = [(column, n) for n, column in enumerate(columns) if n not in used]

    def _recognised(self, taken: set[int]) -> list[tuple[int, str]]:
        named = ((n, recognise(column)) for n, column in enumerate(self.columns) if n not in taken)
        return [(n, field) for n, field in named if field]

    @property
    def unmapped(self) -> tuple[str, ...]:
        return tuple(column for column, _ in self._rest)

    @property
    def taken(self) -> dict[str, tuple[str, ...]]:
        """Lead field -> the columns it is read from."""
        one = {field: (self.columns[n],) for field, n in self._one}
        return one | {field: tuple(self.columns[n] for n in found) for field, _, found in self._several}

    def read(self, cells: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """(fields, extra) of one record with as many cells as there are columns; what is empty is left out."""
        fields = {field: value for field, n in self._one if (value := cells[n].strip())}
        for field, join, found in self._several:
            if text := join.join(value for n in found if (value := cells[n].strip())):
                fields[field] = text
        return fields, {column: value for column, n in self._rest if (value := cells[n].strip())}


def assign(
    record: AnyMapping[str, str], fields: AnyMapping[str, Sequence[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """(fields, extra) of a flat body: what the source's own mapping names first, then what the keys' names say."""
    return Binding(tuple(record), fields, recognised=True).read(tuple(record.values()))


def listed(fields: AnyMapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """A mapping as configuration writes it, every value a tuple of columns."""
    return {field: (columns,) if isinstance(columns, str) else tuple(columns) for field, columns in fields.items()}
