"""``leadstream demoted``: the keys that are no evidence any more, and customers too large to be one person."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from leads.errors import BadInput
from leads.prepare import prepare
from leads.records import Envelope, Facts, Refused, Row
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime, clock
from matchers.keys import KINDS
from matchers.schemes import SCHEMES, cased
from stores import demoted as store
from streams.pipeline import TenantSpec

_NAMED = re.compile(r"([A-Za-z]):([0-9a-f]{16})")
_OPEN_KINDS = frozenset("OGH")  # a firm is no person


async def listing(settings: Settings, tenant: str) -> list[str]:
    """A line a demoted key, the oldest first, then a line a customer that is too large. Raises StoreDown."""
    runtime = Runtime(settings)
    try:
        spec = runtime.tenants()[tenant]
        lines = [_line(one, spec) for one in await store.demoted(runtime.client, tenant)]
        most = settings.tenants[tenant].large_customer
        too_large = await store.large(runtime.client, tenant, most)
    finally:
        await runtime.close()
    lines = lines or ["no key is demoted"]
    return lines + [
        f"customer {entity} has {leads:,} leads, more than {most:,}: is it one?" for entity, leads in too_large
    ]


async def restoring(settings: Settings, tenant: str, name: str, cap: int) -> str:
    """Make a key evidence again. Raises BadInput for a name or a key nobody demoted."""
    runtime = Runtime(settings)
    try:
        key = _key(name, runtime.tenants()[tenant])
        if not await store.restore(runtime.client, tenant, key, cap, clock()):
            raise BadInput("not_demoted", "this key is not demoted; see leadstream demoted list")
    finally:
        await runtime.close()
    return f"{_name(key)} is evidence again until {min(cap, store.MOST_CAP)} customers share it"


async def blocking(settings: Settings, tenant: str, name: str) -> str:
    """Make a key no evidence. ``name`` is a key of the list, or field=value as a form would say it. Raises BadInput."""
    runtime = Runtime(settings)
    try:
        key = _key(name, runtime.tenants()[tenant])
        await store.block(runtime.client, tenant, key, clock())
    finally:
        await runtime.close()
    return f"{_name(key)} is no evidence from now on; to take that back: leadstream demoted restore {_name(key)}"


def _key(name: str, spec: TenantSpec) -> bytes:
    """The key a person means."""
    if found := _NAMED.fullmatch(name):
        return found[1].encode() + bytes.fromhex(found[2])
    field, said, value = name.partition("=")
    if said:
        lead = prepare(Row("0" * 32, {field: value}), Envelope(spec.name, "", "form", 0, ()), spec.preparation)
        keys = () if isinstance(lead, Refused) else spec.keying.keys(lead.facts, spec.secret)
        if keys:
            return keys[0]
    raise BadInput(
        "bad_key", "give a key as the list shows it (P:0123456789abcdef), or field=value, such as phone=02155550100"
    )


def _name(key: bytes) -> str:
    return f"{chr(key[0])}:{key[1:].hex()}"


def _line(one: store.Demoted, spec: TenantSpec) -> str:
    since = datetime.fromtimestamp(one.since_ms / 1_000, UTC).date().isoformat()
    kind = KINDS.get(chr(one.key[0]).upper(), "").partition(";")[0].partition(",")[0]
    cap = f", up to {one.cap}" if one.state == "restored" else ""
    return f"{_name(one.key)}  {one.state}{cap} since {since}  {one.customers} customers or more  {kind}: {_value(one, spec)}"


def _value(one: store.Demoted, spec: TenantSpec) -> str:
    """The value behind a key, masked: a lead that has it still knows it."""
    if one.sample is None:
        return "nobody has it now"
    facts = msgspec.msgpack.decode(one.sample, type=Facts)
    for version, case in spec.keying.versions:
        keys = cased(version, case, facts, spec.secret)
        for key, (kind, value) in zip(keys, SCHEMES[version](facts), strict=True):
            if key == one.key:
                return masked(kind, value)
    return "made by another version of keys"


def masked(kind: str, value: str) -> str:
    """What a key holds as it may be shown."""
    if kind in _OPEN_KINDS:
        return value.rstrip("|")
    if kind == "E":
        local, _, domain = value.partition("@")
        return f"{local[:1]}***@{domain}"
    if kind == "P":
        return f"{value[:3]}****{value[-2:]}" if len(value) > 6 else "****"
    return f"{value[:1]}***"
