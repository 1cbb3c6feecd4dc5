"""The weight table: field, comparison level, and the two probabilities its bits come from.

A level's bits are log2 of a likelihood ratio. Two kinds of row:

* ``index``: agreement on a *value*. ``m`` is how often two leads of one customer show this level; ``u`` is how many
  other holders of the value nature provides. Bits are ``log2(m * N / (rivals + u))`` with N entities so far and
  ``rivals`` the further entities seen to hold it. N cancels against the prior ``log2(lambda / N)``, so a mobile
  number nobody else has is worth the same among ten thousand customers as among a million.
* ``pair``: ``m`` and ``u`` are the chances of the level between two leads of one customer and of two customers;
  bits are ``log2(m / u)``. Disagreements are of this kind.

Figures are hand-set from agreement rates and refined on public and synthetic sets (docs/matching.md); origin says from what.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from math import log2
from typing import Any, Literal

import msgspec

from leads.errors import Misconfigured

Scale = Literal["index", "pair"]


class Level(msgspec.Struct, frozen=True):
    """One row: ``most`` caps the bits an ``index`` row may give (0: no cap)."""

    field: str
    level: str
    scale: Scale
    m: float
    u: float
    most: float = 0.0
    origin: str = ""


def _index(field: str, level: str, m: float, u: float, origin: str, most: float = 0.0) -> Level:
    return Level(field, level, "index", m, u, most, origin)


def _pair(field: str, level: str, m: float, u: float, origin: str) -> Level:
    return Level(field, level, "pair", m, u, 0.0, origin)


TABLE: tuple[Level, ...] = (
    # ---- phone. Personal unless the number is a landline, a service number or carries an extension of its own
    _index("phone", "mobile", 0.9, 0.02, "one holder in fifty shares or inherits a mobile number"),
    _index("phone", "number", 0.9, 0.08, "kind unknown: mostly personal"),
    _index("phone", "extension", 0.9, 0.02, "same number and same extension: one desk"),
    _index("phone", "line", 0.9, 0.7, "landline: colleagues share it; an account"),
    _index("phone", "service", 0.9, 5.0, "400, 800, 95xxx: a whole customer base may show it"),
    _index("phone", "near", 0.03, 0.05, "one digit off or two swapped, 8 digits or more", 9.0),
    _index("phone", "line_near", 0.03, 0.05, "the same of a line or of who knows what: as often a colleague's", 9.0),
    _index(
        "phone", "masked", 0.5, 0.3, "masked or rounded number: known digits agree; narrower heads count in bits", 9.0
    ),
    _pair("phone", "other_extension", 0.06, 0.96, "same number, other extension: a colleague"),
    _pair("phone", "differs", 0.14, 0.98, "a second or a changed mobile"),
    _pair("phone", "line_differs", 0.65, 0.98, "a landline on one side: people have a desk and a mobile"),
    _pair("phone", "bare_differs", 0.01, 0.98, "an organisation lists few numbers"),
    # ---- e-mail
    _index("email", "exact", 0.9, 0.01, "a mailbox has one holder"),
    _index("email", "role", 0.9, 0.7, "info@, sales@: an account"),
    _index("email", "role_near", 0.1, 0.7, "sa1es@ for sales@"),
    _index("email", "other_suffix", 0.05, 0.0002, "same mailbox under .com and .cn", 8.0),
    _index("email", "near", 0.05, 0.1, "mailbox one letter off, same domain", 10.0),
    _index("email", "near_digit", 0.008, 0.001, "mailbox one digit off: often the next person of that name", 3.0),
    _index("email", "domain", 0.5, 14.0, "other mailbox at one company domain: colleagues; an account"),
    _pair("email", "same_local", 0.16, 0.01, "same mailbox name with digits at another provider"),
    _pair("email", "same_local_plain", 0.14, 0.1, "same mailbox name without digits: names make it"),
    _pair("email", "differs", 0.17, 0.98, "a second mailbox"),
    _pair("email", "work_and_home", 0.5, 0.98, "one at a company, one at a provider: people have both"),
    # ---- handles (WeChat, QQ, ...)
    _index("handle", "exact", 0.9, 0.02, "a handle has one holder"),
    _index("handle", "from_name", 0.9, 0.3, "a handle made of the name follows from the name", 4.0),
    _index("handle", "mailbox", 0.3, 0.1, "WeChat of one side, mailbox name of the other"),
    _pair("handle", "differs", 0.12, 0.98, "people keep one WeChat"),
    # ---- identifiers and dates a tenant declares
    _index("id", "exact", 0.9, 0.0005, "identifiers are unique but for typing: one in two thousand is somebody else's"),
    _index("id", "near", 0.08, 0.05, "one character off or two swapped"),
    _pair("id", "differs", 0.044, 0.999, "an identifier differs"),
    _index("date", "exact", 0.9, 0.05, "birth date: N / 20,000 others by nature at least"),
    _pair("date", "near", 0.08, 0.01, "one digit off or day and month swapped"),
    _pair("date", "parts", 0.03, 0.021, "two of year, month, day agree"),
    _pair("date", "differs", 0.031, 0.99, "a date differs"),
    _pair("category", "same", 0.9, 0.45, "few values, says little"),
    _pair("category", "differs", 0.1, 0.55, "few values, says little"),
    _pair("number", "differs", 0.4, 0.95, "amounts change between leads"),
    _pair("number", "same", 0.5, 0.02, "an amount agrees"),
    # ---- name; bits of agreement are log2(m / u of the name), u from the shipped rarity tables or seen counts
    _pair("name", "partial", 0.12, 0.96, "one of two given characters differs: kin or typing"),
    _pair("name", "conflict_given", 0.011, 0.995, "same surname, other given name: kin"),
    _pair("name", "conflict_surname", 0.17, 0.96, "other surname, same given name: misread surname or marriage"),
    _pair("name", "partial_conflict", 0.022, 0.995, "王总 against 李伟"),
    _pair("name", "conflict", 0.0039, 0.999, "two full names without a common part"),
    _pair("name", "overruled", 0.11, 0.9, "names contradict but birth date, identifier or mailbox agree: not kin"),
    _pair("name", "mailbox_of_kin", 0.03, 0.9, "no name, but a mailbox with the surname and another given name"),
    _pair("name", "absent", 0.18, 1.0, "a nameless side and nothing personal that agrees"),
    _pair("name", "both_absent", 0.7, 0.5, "both without a name"),
    _pair("name", "both_bare", 0.85, 0.15, "two bare companies: the name is not expected"),
    # ---- company (account)
    _index("company", "core", 0.6, 0.7, "same core: colleagues; an account"),
    _index("company", "core_bare", 0.6, 0.08, "same core of two leads that are nothing but the organisation"),
    _index("company", "sounds", 0.1, 0.7, "core alike in sound: heard on the phone, or other script"),
    _index("company", "brand", 0.2, 0.3, "brand or prefix only, as people say it"),
    _index("company", "near", 0.06, 4.0, "one character off, four or more"),
    _index("company", "inside", 0.1, 0.3, "one name inside the other"),
    _index("company", "domain", 0.3, 1.5, "the mail domain of one side spells the organisation of the other"),
    _pair("company", "differs", 0.044, 0.995, "other company: people change jobs, cells get mixed up"),
    _pair("company", "script_differs", 0.24, 0.98, "Han against Latin: a translation says nothing"),
    _pair("company", "bare_differs", 0.0155, 0.995, "two bare companies of other names"),
    # ---- address (account)
    _index("address", "road_number", 0.7, 1.0, "same house; u is how many entities share a building"),
    _index("address", "near", 0.15, 2.0, "same number, road nearly the same"),
    _index("address", "room", 0.7, 0.2, "same room"),
    _index(
        "address", "whole", 0.7, 0.2, "the same to the letter, no room told: a home; of an organisation the building"
    ),
    _pair("address", "other_room", 0.48, 0.96, "other room of the house"),
    _pair("address", "road", 0.5, 0.03, "same road, a number missing on one side"),
    _pair("address", "number_near", 0.08, 0.01, "same road, number one digit off"),
    _pair("address", "other_number", 0.1, 0.2, "same road, other number: neighbours, or moved within the road"),
    _pair("address", "differs", 0.062, 0.99, "other house"),
    _pair("address", "bare_differs", 0.0078, 0.99, "other house of an organisation: another site"),
    _pair(
        "address",
        "bare_number",
        0.0078,
        0.99,
        "other number in the road of an organisation: another site, if not a typing error",
    ),
    # ---- place (account)
    _pair("city", "differs", 0.21, 0.97, "other city"),
    _pair("city", "bare_differs", 0.031, 0.99, "other city of an organisation: a branch"),
    _pair("postcode", "differs", 0.34, 0.97, "other postcode"),
    # ---- free text of records that are nothing but text
    _index("text", "same", 0.5, 0.05, "the same text"),
)


class Weights(msgspec.Struct, frozen=True, dict=True):
    """The table and the few numbers around it. Frozen; ``version`` names the content."""

    table: tuple[Level, ...] = TABLE
    same: float = 1.0  # join the best entity from here (bits)
    unsure: float = -1.0  # a person looks from here to ``same``
    merge: float = 3.0  # a further entity is united from here, and only when the names agree
    name_city: float = 2.0  # extra bits asked for when nothing but name and place agree
    least_entities: float = 1_000.0  # N is at least this: a young index is no proof that names are rare
    joined_low: float = 0.2  # bounds of lambda, the share of leads that join, per new entity
    joined_high: float = 2.0
    account: float = 0.0  # log2 odds from which two leads are of one account (matchers/account.py)
    temperature: float = 0.7  # bits times it are calibrated log2 odds (python -m benchmarks.calibration)

    def probability(self, bits: float) -> float:
        """Bits as a calibrated probability. Fields are not quite independent, so the sum is too sure by a factor: Platt's
        scaling (1999) with a slope alone, fitted on leads of two makes; an offset differed in sign between them."""
        return float(1.0 / (1.0 + 2.0 ** -max(min(self.temperature * bits, 200.0), -200.0)))

    @property
    def version(self) -> str:
        """Twelve hex digits of the content's hash."""
        return blake2b(msgspec.json.encode(self), digest_size=6).hexdigest()

    @cached_property
    def rows(self) -> dict[tuple[str, str], Level]:
        """(field, level) -> row."""
        return {(row.field, row.level): row for row in self.table}

    @cached_property
    def bits(self) -> dict[tuple[str, str], float]:
        """(field, level) -> bits of the ``pair`` rows."""
        return {key: log2(row.m / row.u) for key, row in self.rows.items() if row.scale == "pair"}


DEFAULT = Weights()


def load(settings: Mapping[str, Any]) -> Weights:
    """Weights from a mapping: ``{"same": 1.5, "levels": {"phone.mobile": {"m": .9, "u": .05}}}`` over the defaults.

    Raises Misconfigured naming every unknown key, so that a typing mistake never goes unnoticed.
    """
    plain = {
        "same",
        "unsure",
        "merge",
        "name_city",
        "least_entities",
        "joined_low",
        "joined_high",
        "account",
        "temperature",
    }
    faults = [(key, "unknown setting") for key in settings if key not in plain | {"levels"}]
    rows = {f"{row.field}.{row.level}": row for row in TABLE}
    for name, change in dict(settings.get("levels", {})).items():
        if name not in rows:
            faults.append((f"levels.{name}", "unknown level; see matchers/weights.py for the table"))
            continue
        unknown = [key for key in change if key not in {"m", "u", "most"}]
        faults += [(f"levels.{name}.{key}", "unknown; write m, u or most") for key in unknown]
        bad = [key for key, value in change.items() if not isinstance(value, int | float) or value < 0]
        faults += [(f"levels.{name}.{key}", "write a positive number") for key in bad]
        if not unknown and not bad:
            rows[name] = msgspec.structs.replace(rows[name], **{key: float(value) for key, value in change.items()})
    if faults:
        raise Misconfigured(faults)
    numbers = {key: float(value) for key, value in settings.items() if key in plain}
    return Weights(table=tuple(rows.values()), **numbers)
