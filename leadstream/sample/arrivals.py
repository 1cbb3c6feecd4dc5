"""A row on its way to a door, as each door would write it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from leads.records import Door
from leadstream.sample.people import Fields

Expect = Literal["one", "apart", "colleagues", "contested", "unsure", "suppressed", "rejected", "pooled", "call_update"]


class Arrival(NamedTuple):
    """One lead of a sample as its door gets it."""

    door: Door
    fields: Fields
    call: str = ""
    status: str = ""
    fault: str = ""
    extra: Mapping[str, str] = MappingProxyType({})


class Case(NamedTuple):
    """Leads of one story, and what should become of them."""

    kind: str
    expect: Expect | None  # None: an ordinary customer
    arrivals: tuple[Arrival, ...]


def form(fields: Fields) -> Arrival:
    """A web form with these fields."""
    return Arrival("form", fields)


def call(number: str, fields: Fields | None = None, id: str = "", status: str = "ended") -> Arrival:
    """A call to the company's line from ``number``; the caller's number is nearly all a call tells."""
    said = {"phone": number, "line": "4008205501"} | (fields or {})
    return Arrival("call", said, call=id or digest("call", number, status), status=status)


def row(fields: Fields, owner: str = "") -> Arrival:
    """A row of an imported file. ``owner``: whose customer the file says it is."""
    return Arrival("import", fields | ({"owner": owner} if owner else {}), extra={"备注2": "old list"})


def digest(*parts: object) -> str:
    """32 hex digits that follow from ``parts``."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
