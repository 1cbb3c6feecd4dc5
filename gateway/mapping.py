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
        self._fields: dict[str, list[int]] = {}
        for field, names in fields.items():
            if found := [place[name] for name in names if name in place]:
                self._fields[field] = found
        self._joins = dict.fromkeys(self._fields, " ")
        self._han = False
        if recognised:
            self._recognise({n for found in self._fields.values() for n in found})
        used = {n for found in self._fields.values() for n in found}
        self._rest = [(n, column) for n, column in enumerate(columns) if n not in used]

    def _recognise(self, taken: set[int]) -> None:
        free: dict[str, list[int]] = {}
        for n, column in enumerate(self.columns):
            if n not in taken and (field := recognise(column)):
                free.setdefault(field, []).append(n)
        surname, given = free.pop("surname", []), free.pop("given", [])
        whole = set(_MANY)
        if (surname or given) and "name" not in free:
            # 姓 + 名 in Chinese order and unspaced; first name + last name as spoken
            self._han = not any(self.columns[n].isascii() for n in surname + given)
            free["name"] = [*surname, *given] if self._han else [*given, *surname]
            whole.add("name")
        district = free.pop("district", [])
        if district:
            free["address"] = sorted(district + free.get("address", [])[:1])
            whole.add("address")
        for field, found in free.items():
            if field not in self._fields:
                self._fields[field] = found if field in whole else found[:1]
                self._joins[field] = _MANY.get(field, " ")

    @property
    def unmapped(self) -> tuple[str, ...]:
        return tuple(column for _, column in self._rest)

    @property
    def taken(self) -> dict[str, tuple[str, ...]]:
        """Lead field -> the columns it is read from."""
        return {field: tuple(self.columns[n] for n in found) for field, found in self._fields.items()}

    def read(self, cells: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """(fields, extra) of one record with as many cells as there are columns; what is empty is left out."""
        fields: dict[str, str] = {}
        for field, found in self._fields.items():
            values = [cells[n].strip() for n in found]
            join = "" if field == "name" and self._han else self._joins[field]
            if text := join.join(value for value in values if value):
                fields[field] = text
        extra = {column: cells[n] for n, column in self._rest if cells[n].strip()}
        return fields, extra


def assign(
    record: AnyMapping[str, str], fields: AnyMapping[str, Sequence[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """(fields, extra) of a flat body: what the source's own mapping names first, then what the keys' names say."""
    return Binding(tuple(record), fields, recognised=True).read(tuple(record.values()))


def listed(fields: AnyMapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """A mapping as configuration writes it, every value a tuple of columns."""
    return {field: (columns,) if isinstance(columns, str) else tuple(columns) for field, columns in fields.items()}
